// The External Secrets Operator, reduced to what a control plane for tests needs: the reconcilers of SecretStore,
// ClusterSecretStore and ExternalSecret. Leader election, webhooks and the generators' reconcilers are left out.
package main

import (
	"flag"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	esv1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	esv1alpha1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1alpha1"
	genv1alpha1 "github.com/external-secrets/external-secrets/apis/generators/v1alpha1"
	"github.com/external-secrets/external-secrets/pkg/controllers/common"
	"github.com/external-secrets/external-secrets/pkg/controllers/externalsecret"
	"github.com/external-secrets/external-secrets/pkg/controllers/externalsecret/esmetrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/metrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/secretstore"
	"github.com/external-secrets/external-secrets/pkg/controllers/secretstore/cssmetrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/secretstore/ssmetrics"
	_ "github.com/external-secrets/external-secrets/pkg/provider/aws"
)

// must ends the process with the step that failed: without any one of them the operator would be silently incomplete.
func must(step string, err error) {
	if err != nil {
		ctrl.Log.WithName("setup").Error(err, step)
		os.Exit(1)
	}
}

func main() {
	metricsAddress := flag.String("metrics-addr", "0", "where metrics are served; 0 serves none")
	concurrent := flag.Int("concurrent", 4, "how many objects of a kind are reconciled at once")
	flag.Parse()
	ctrl.SetLogger(zap.New())

	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		clientgoscheme.AddToScheme, esv1.AddToScheme, esv1alpha1.AddToScheme, genv1alpha1.AddToScheme,
	} {
		utilruntime.Must(add(scheme))
	}

	// The reconcilers count into these and panic when they are missing.
	metrics.SetUpLabelNames(false)
	esmetrics.SetUpMetrics()
	ssmetrics.SetUpMetrics()
	cssmetrics.SetUpMetrics()

	config := ctrl.GetConfigOrDie()
	config.QPS, config.Burst = 50, 100
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:  scheme,
		Metrics: metricsserver.Options{BindAddress: *metricsAddress},
		// Secrets are read at the moment of use: no copy of a foreign secret lives in this process.
		Client: client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}, &corev1.ConfigMap{}}}},
	})
	must("create the manager", err)

	options := controller.Options{MaxConcurrentReconciles: *concurrent, RateLimiter: common.BuildRateLimiter()}
	log := ctrl.Log.WithName("controllers")
	must("set up SecretStore", (&secretstore.StoreReconciler{
		Client: manager.GetClient(), Log: log.WithName("SecretStore"), Scheme: scheme,
		ControllerClass: "default", RequeueInterval: time.Minute,
	}).SetupWithManager(manager, options))
	must("set up ClusterSecretStore", (&secretstore.ClusterStoreReconciler{
		Client: manager.GetClient(), Log: log.WithName("ClusterSecretStore"), Scheme: scheme,
		ControllerClass: "default", RequeueInterval: time.Minute,
	}).SetupWithManager(manager, options))

	managed, err := common.BuildManagedSecretClient(manager, "")
	must("create the client for managed secrets", err)
	must("set up ExternalSecret", (&externalsecret.Reconciler{
		Client: manager.GetClient(), SecretClient: managed, Log: log.WithName("ExternalSecret"), Scheme: scheme,
		RestConfig: config, ControllerClass: "default", RequeueInterval: time.Hour,
		ClusterSecretStoreEnabled: true, EnableFloodGate: true, EnableGeneratorState: false,
	}).SetupWithManager(manager, options))

	must("run", manager.Start(ctrl.SetupSignalHandler()))
}
