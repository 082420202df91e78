//! The kinds that stories speak of.

use kube::core::{ApiResource, GroupVersionKind};

/// The app XR.
pub fn app() -> ApiResource {
    kind("goldenpath.io", "v1alpha1", "GoldenPathApp", "goldenpathapps")
}

/// The database XR.
pub fn database() -> ApiResource {
    kind("goldenpath.io", "v1alpha1", "GoldenPathDatabase", "goldenpathdatabases")
}

/// The XR of Secrets that follow the secret store.
pub fn secret_sync() -> ApiResource {
    kind("goldenpath.io", "v1alpha1", "SecretSync", "secretsyncs")
}

/// What brings a kind to the cluster.
pub fn custom_resource_definition() -> ApiResource {
    kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions")
}

/// The claim of an app.
pub fn app_claim() -> ApiResource {
    kind("goldenpath.io", "v1alpha1", "AppClaim", "appclaims")
}

/// The XR of the cluster that Crossplane makes of an app's claim.
pub fn claimed_app() -> ApiResource {
    kind("goldenpath.io", "v1alpha1", "XAppClaim", "xappclaims")
}

/// The claim of a database.
pub fn database_claim() -> ApiResource {
    kind("goldenpath.io", "v1alpha1", "DatabaseClaim", "databaseclaims")
}

/// The XR of the cluster that Crossplane makes of a claim.
pub fn claimed_database() -> ApiResource {
    kind("goldenpath.io", "v1alpha1", "XDatabaseClaim", "xdatabaseclaims")
}

/// The managed DB instance.
pub fn instance() -> ApiResource {
    kind("rds.aws.m.goldenpath.io", "v1alpha1", "Instance", "instances")
}

/// The managed subnet group.
pub fn subnet_group() -> ApiResource {
    kind("rds.aws.m.goldenpath.io", "v1alpha1", "SubnetGroup", "subnetgroups")
}

/// The managed parameter group.
pub fn parameter_group() -> ApiResource {
    kind("rds.aws.m.goldenpath.io", "v1alpha1", "ParameterGroup", "parametergroups")
}

/// The managed secret.
pub fn managed_secret() -> ApiResource {
    kind("secretsmanager.aws.m.goldenpath.io", "v1alpha1", "Secret", "secrets")
}

/// Crossplane's reason not to delete an object.
pub fn usage() -> ApiResource {
    kind("protection.crossplane.io", "v1beta1", "Usage", "usages")
}

/// What the runtime's example provider keeps.
pub fn file() -> ApiResource {
    kind("files.example.org", "v1alpha1", "File", "files")
}

/// External Secrets' request.
pub fn external_secret() -> ApiResource {
    kind("external-secrets.io", "v1", "ExternalSecret", "externalsecrets")
}

/// External Secrets' store for all namespaces.
pub fn cluster_secret_store() -> ApiResource {
    kind("external-secrets.io", "v1", "ClusterSecretStore", "clustersecretstores")
}

/// The provider's configuration for all namespaces.
pub fn cluster_provider_config() -> ApiResource {
    kind("aws.m.goldenpath.io", "v1alpha1", "ClusterProviderConfig", "clusterproviderconfigs")
}

/// The provider's configuration for one namespace.
pub fn provider_config() -> ApiResource {
    kind("aws.m.goldenpath.io", "v1alpha1", "ProviderConfig", "providerconfigs")
}

/// The provider's record that a managed resource uses a configuration.
pub fn provider_config_usage() -> ApiResource {
    kind("aws.m.goldenpath.io", "v1alpha1", "ProviderConfigUsage", "providerconfigusages")
}

/// Kubernetes' Secret.
pub fn secret() -> ApiResource {
    kind("", "v1", "Secret", "secrets")
}

/// Kubernetes' Namespace.
pub fn namespace() -> ApiResource {
    kind("", "v1", "Namespace", "namespaces")
}

/// Kubernetes' rules of traffic.
pub fn network_policy() -> ApiResource {
    kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies")
}

/// Amazon EKS's choice of the security groups of pods.
pub fn security_group_policy() -> ApiResource {
    kind("vpcresources.k8s.aws", "v1beta1", "SecurityGroupPolicy", "securitygrouppolicies")
}

/// Kubernetes' autoscaler.
pub fn horizontal_pod_autoscaler() -> ApiResource {
    kind("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
}

/// The XR of a way through the gateway.
pub fn ingress_request() -> ApiResource {
    kind("goldenpath.io", "v1alpha1", "IngressRequest", "ingressrequests")
}

/// Kubernetes' way through a gateway.
pub fn ingress() -> ApiResource {
    kind("networking.k8s.io", "v1", "Ingress", "ingresses")
}

/// Kong's plugin of a route.
pub fn kong_plugin() -> ApiResource {
    kind("configuration.konghq.com", "v1", "KongPlugin", "kongplugins")
}

/// Somebody whom Kong knows.
pub fn kong_consumer() -> ApiResource {
    kind("configuration.konghq.com", "v1", "KongConsumer", "kongconsumers")
}

/// KEDA's autoscaler.
pub fn scaled_object() -> ApiResource {
    kind("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects")
}

/// Prometheus Operator's monitor of Services.
pub fn service_monitor() -> ApiResource {
    kind("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors")
}

/// Prometheus Operator's monitor of pods.
pub fn pod_monitor() -> ApiResource {
    kind("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors")
}

/// Prometheus Operator's alerts.
pub fn prometheus_rule() -> ApiResource {
    kind("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules")
}

/// Kubernetes' limit of how many pods are evicted.
pub fn pod_disruption_budget() -> ApiResource {
    kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets")
}

/// Kubernetes' account of pods.
pub fn service_account() -> ApiResource {
    kind("", "v1", "ServiceAccount", "serviceaccounts")
}

/// Kubernetes' Service.
pub fn service() -> ApiResource {
    kind("", "v1", "Service", "services")
}

/// Kubernetes' Deployment.
pub fn deployment() -> ApiResource {
    kind("apps", "v1", "Deployment", "deployments")
}

/// Kubernetes' Job.
pub fn job() -> ApiResource {
    kind("batch", "v1", "Job", "jobs")
}

/// Crossplane's definition of an XR.
pub fn definition() -> ApiResource {
    kind("apiextensions.crossplane.io", "v2", "CompositeResourceDefinition", "compositeresourcedefinitions")
}

/// The XR of the function's example.
pub fn route() -> ApiResource {
    kind("routes.example.org", "v1alpha1", "Route", "routes")
}

/// Crossplane's way from an XR to what it is composed of.
pub fn composition() -> ApiResource {
    kind("apiextensions.crossplane.io", "v1", "Composition", "compositions")
}

/// Crossplane's record of an installed provider.
pub fn provider_revision() -> ApiResource {
    kind("pkg.crossplane.io", "v1", "ProviderRevision", "providerrevisions")
}

/// Any other kind.
pub fn kind(group: &str, version: &str, kind: &str, plural: &str) -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
}
