package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource/fake"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"sigs.k8s.io/controller-runtime/pkg/client"
	clientfake "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// Outcome is what one reconcile has done: what it asked and told, and what it left changed.
type Outcome struct {
	// Calls are those of the external client, in order.
	Calls []string `json:"calls,omitempty"`
	// Events are told as "Type Reason: message", in order.
	Events []string `json:"events,omitempty"`
	// Requeue is when the reconcile wants to run again: "never", "soon" (rate-limited), "poll", or "error".
	Requeue string `json:"requeue"`
	// StatusWrites counts the writes of the status.
	StatusWrites int `json:"statusWrites,omitempty"`
	// Gone says that the object does not exist any more.
	Gone bool `json:"gone,omitempty"`
	// Annotations are those of Crossplane that were set or changed, without their prefix; a time is "now".
	Annotations map[string]string `json:"annotations,omitempty"`
	// Finalizers is by how many there are more, or less, than before.
	Finalizers int `json:"finalizers,omitempty"`
	// Conditions are those that were set or changed, as "Type=Status Reason: message", sorted.
	Conditions []string `json:"conditions,omitempty"`
	// Seen says that what Observe put into the status was stored.
	Seen bool `json:"seen,omitempty"`
	// Filled says that what Observe put into the spec was stored.
	Filled bool `json:"filled,omitempty"`
	// Handled says that the request to reconcile is marked as handled.
	Handled bool `json:"handled,omitempty"`
	// Secret are the keys of the connection Secret, sorted.
	Secret []string `json:"secret,omitempty"`
}

const (
	prefix = "crossplane.io/"
	token  = "t1"
)

// kinds are what the API server knows.
var kinds = func() *runtime.Scheme {
	scheme := runtime.NewScheme()
	must(addToScheme(scheme))
	must(corev1.AddToScheme(scheme))
	return scheme
}()

var actions = map[rune]xpv2.ManagementAction{
	'*': xpv2.ManagementActionAll,
	'O': xpv2.ManagementActionObserve,
	'C': xpv2.ManagementActionCreate,
	'U': xpv2.ManagementActionUpdate,
	'L': xpv2.ManagementActionLateInitialize,
	'D': xpv2.ManagementActionDelete,
}

// run reconciles one case once, with Crossplane's own reconciler.
func run(c Case, policies string) Outcome {
	thing := object(c, policies)
	w := &world{Case: c}
	var out Outcome
	objects := []client.Object{thing}
	if c.Secret == "foreign" {
		objects = append(objects, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "c"}, Type: corev1.SecretTypeOpaque,
		})
	}
	kube := clientfake.NewClientBuilder().WithScheme(kinds).WithObjects(objects...).
		WithTypeConverters(managedfields.NewDeducedTypeConverter()).
		WithStatusSubresource(thing).WithInterceptorFuncs(faults(w, &out)).Build()

	reconciler := managed.NewReconciler(&fake.Manager{Client: kube, Scheme: kinds}, resource.ManagedKind(thingKind),
		managed.WithExternalConnector(w),
		managed.WithRecorder(w),
		managed.WithPollInterval(10*time.Minute),
		managed.WithManagementPolicies(),
		managed.WithDeterministicExternalName(c.Deterministic),
	)
	key := client.ObjectKeyFromObject(thing)
	result, err := reconciler.Reconcile(context.Background(), reconcile.Request{NamespacedName: key})
	out.Calls, out.Events, out.Requeue = w.calls, w.events, requeue(result, err)
	out.read(kube, thing)
	return out
}

// object is the managed resource of a case as the API server has it.
func object(c Case, policies string) *Thing {
	thing := &Thing{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "x", UID: "u-1", Generation: 1}}
	for _, letter := range policies {
		thing.Spec.ManagementPolicies = append(thing.Spec.ManagementPolicies, actions[letter])
	}
	thing.Finalizers = []string{managed.FinalizerName, "example.org/other"}[:c.Finalizers]
	if c.Deleted {
		thing.DeletionTimestamp = &metav1.Time{Time: time.Now()}
	}
	now := time.Now()
	if c.Create != "" {
		meta.SetExternalName(thing, "x")
	}
	if c.Create != "" && c.Create != "named" {
		meta.SetExternalCreatePending(thing, now.Add(-time.Hour))
	}
	switch c.Create {
	case "grace":
		meta.SetExternalCreateSucceeded(thing, now.Add(-5*time.Second))
	case "succeeded":
		meta.SetExternalCreateSucceeded(thing, now.Add(-50*time.Minute))
	case "failed":
		meta.SetExternalCreateFailed(thing, now.Add(-50*time.Minute))
	}
	switch c.Was {
	case "ready":
		thing.SetConditions(xpv2.Available(), xpv2.ReconcileSuccess())
	case "deleting":
		thing.SetConditions(xpv2.Deleting(), xpv2.ReconcileSuccess())
	case "paused":
		thing.SetConditions(xpv2.ReconcilePaused())
	}
	if c.Paused {
		meta.AddAnnotations(thing, map[string]string{meta.AnnotationKeyReconciliationPaused: "true"})
	}
	if c.Requested {
		meta.AddAnnotations(thing, map[string]string{meta.AnnotationKeyReconcileRequestedAt: token})
	}
	if c.Secret != "" {
		thing.Spec.WriteConnectionSecretToReference = &xpv2.LocalSecretReference{Name: "c"}
	}
	return thing
}

// faults counts the writes of the status, and lets the case's writes fail.
func faults(w *world, out *Outcome) interceptor.Funcs {
	return interceptor.Funcs{
		Update: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.UpdateOption) error {
			created := slices.Contains(w.calls, "create")
			if _, ours := o.(*Thing); ours && (w.failing("write") || created && (w.failing("record") || w.failing("create"))) {
				return w.refusal()
			}
			return c.Update(ctx, o, opts...)
		},
		SubResourceUpdate: func(ctx context.Context, c client.Client, sub string, o client.Object, opts ...client.SubResourceUpdateOption) error {
			if w.failing("status") {
				return w.refusal()
			}
			out.StatusWrites++
			return c.SubResource(sub).Update(ctx, o, opts...)
		},
	}
}

func (w *world) failing(what string) bool { return strings.HasPrefix(w.Fails, what+" ") }

// refusal is the answer of an API server that refuses a write.
func (w *world) refusal() error {
	if strings.HasSuffix(w.Fails, " 409") {
		return kerrors.NewConflict(schema.GroupResource{Resource: "things"}, "x", errors.New("changed"))
	}
	return &kerrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: 500, Reason: metav1.StatusReasonInternalError, Message: "InternalError",
	}}
}

func requeue(result reconcile.Result, err error) string {
	switch {
	case err != nil:
		return "error"
	case result.RequeueAfter > 0:
		return "poll"
	case result.Requeue: //nolint:staticcheck // What the reconciler returns.
		return "soon"
	default:
		return "never"
	}
}

// read takes the outcome from what the API server has afterwards.
func (out *Outcome) read(kube client.Client, before *Thing) {
	secret := &corev1.Secret{}
	if kube.Get(context.Background(), client.ObjectKey{Namespace: "n", Name: "c"}, secret) == nil {
		out.Secret = slices.Sorted(maps.Keys(secret.Data))
	}
	after := &Thing{}
	if err := kube.Get(context.Background(), client.ObjectKeyFromObject(before), after); err != nil {
		out.Gone = kerrors.IsNotFound(err)
		return
	}
	out.Annotations = map[string]string{}
	for key, value := range after.Annotations {
		if value == before.Annotations[key] {
			continue
		}
		if _, err := time.Parse(time.RFC3339, value); err == nil {
			value = "now"
		}
		out.Annotations[strings.TrimPrefix(key, prefix)] = value
	}
	out.Finalizers = len(after.Finalizers) - len(before.Finalizers)
	for _, c := range after.Status.Conditions {
		if !c.Equal(before.GetCondition(c.Type)) {
			out.Conditions = append(out.Conditions, sorted(describe(c)))
		}
	}
	slices.Sort(out.Conditions)
	out.Seen, out.Filled = after.Status.Seen != "", after.Spec.Size != ""
	out.Handled = after.Status.LastHandledReconcileAt == token
}

func describe(c xpv2.Condition) string {
	text := fmt.Sprintf("%s=%s %s", c.Type, c.Status, c.Reason)
	if c.Message != "" {
		text += ": " + c.Message
	}
	return text
}

// sorted puts the names in "([...])" in order: Crossplane prints a set of policies as it comes (R12).
func sorted(text string) string {
	before, rest, found := strings.Cut(text, "([")
	names, after, ends := strings.Cut(rest, "])")
	if !found || !ends {
		return text
	}
	words := strings.Fields(names)
	slices.Sort(words)
	return before + "([" + strings.Join(words, " ") + "])" + after
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
