//! Which kinds configure a provider, and which use them.

use goldenpath_provider_core::{Configuration, Managed, SecretReference};
use kube::api::{ApiResource, DynamicObject};
use kube::core::GroupVersionKind;

/// Where the provider's configuration kinds are, and which managed resources use them.
#[derive(Clone, Debug)]
pub struct ConfigGroup {
    group: &'static str,
    version: &'static str,
    managed: Vec<ApiResource>,
    readers: Vec<Reader>,
}

/// How a kind of configuration is read.
#[derive(Clone, Debug)]
struct Reader {
    kind: String,
    secrets: fn(&DynamicObject) -> Vec<SecretReference>,
}

/// Keeps a usage until its managed resource is gone.
pub(crate) const USAGE_FINALIZER: &str = "finalizer.providerconfigusage.crossplane.io";
/// Names the used configuration.
pub(crate) const CONFIG_LABEL: &str = "crossplane.io/provider-config";
/// Names the kind of the used configuration.
pub(crate) const CONFIG_KIND_LABEL: &str = "crossplane.io/provider-config-kind";

// === impl ConfigGroup ===

impl ConfigGroup {
    /// The kinds `ProviderConfig`, `ClusterProviderConfig` and `ProviderConfigUsage` of a group and version.
    pub fn new(group: &'static str, version: &'static str) -> Self {
        Self { group, version, managed: Vec::new(), readers: Vec::new() }
    }

    /// None of them: the provider needs no credentials. No usage is recorded, and no configuration is watched.
    pub fn none() -> Self {
        Self::new("", "")
    }

    /// Whether there are such kinds.
    pub(crate) fn exists(&self) -> bool {
        !self.group.is_empty()
    }

    /// Adds a managed resource that uses them.
    #[must_use]
    pub fn used_by<M: Managed>(self) -> Self {
        self.used_by_kind(ApiResource::erase::<M>(&()))
    }

    /// As [`used_by`](ConfigGroup::used_by), for a kind that is known by name only.
    pub(crate) fn used_by_kind(mut self, managed: ApiResource) -> Self {
        self.managed.push(managed);
        self
    }

    /// Reads a kind of configuration as this type.
    #[must_use]
    pub fn read_as<C: Configuration>(mut self) -> Self {
        let secrets = |config: &DynamicObject| {
            config.clone().try_parse::<C>().map_or_else(|_| Vec::new(), |config| config.secrets())
        };
        self.readers.push(Reader { kind: C::kind(&()).into_owned(), secrets });
        self
    }

    /// The Secrets that the credentials of a configuration of a kind come from: what a change of a Secret has to be
    /// compared with (R106). None for a configuration that does not parse, or whose kind is not read.
    pub fn secrets(&self, kind: &str, config: &DynamicObject) -> Vec<SecretReference> {
        let reader = self.readers.iter().find(|r| r.kind == kind);
        reader.map_or_else(Vec::new, |reader| (reader.secrets)(config))
    }

    pub(crate) fn configs(&self) -> ApiResource {
        self.kind("ProviderConfig")
    }

    pub(crate) fn cluster_configs(&self) -> ApiResource {
        self.kind("ClusterProviderConfig")
    }

    pub(crate) fn usages(&self) -> ApiResource {
        self.kind("ProviderConfigUsage")
    }

    pub(crate) fn managed(&self) -> &[ApiResource] {
        &self.managed
    }

    fn kind(&self, kind: &str) -> ApiResource {
        ApiResource::from_gvk(&GroupVersionKind::gvk(self.group, self.version, kind))
    }
}

#[cfg(test)]
mod tests {
    use kube::CustomResource;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(CustomResource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
    #[kube(group = "config.goldenpath.io", version = "v1", kind = "ProviderConfig", namespaced)]
    struct Spec {
        secret: String,
    }

    impl Configuration for ProviderConfig {
        fn secrets(&self) -> Vec<SecretReference> {
            vec![SecretReference { namespace: "n".into(), name: self.spec.secret.clone() }]
        }
    }

    #[test]
    fn a_configuration_is_asked_for_its_secrets_as_its_own_type() {
        let group = ConfigGroup::new("config.goldenpath.io", "v1").read_as::<ProviderConfig>();
        let config = |spec| {
            let config = json!({"apiVersion": "config.goldenpath.io/v1", "kind": "ProviderConfig",
                "metadata": {"name": "default", "namespace": "n"}, "spec": spec});
            serde_json::from_value::<DynamicObject>(config).unwrap()
        };
        let names = |kind: &str, config: &DynamicObject| {
            group.secrets(kind, config).into_iter().map(|s| s.name).collect::<Vec<_>>()
        };
        assert_eq!(names("ProviderConfig", &config(json!({"secret": "aws"}))), ["aws"]);
        assert_eq!(names("ProviderConfig", &config(json!({}))), [""; 0], "it does not parse");
        assert_eq!(
            names("ClusterProviderConfig", &config(json!({"secret": "aws"}))),
            [""; 0],
            "its kind is not read"
        );
    }
}
