//! The provider's custom resources, as types and nothing else: what `function` renders and `provider/aws` serves.
//!
//! Names of fields under `forProvider` and `atProvider` are those of provider-upjet-aws's namespaced kinds, so that
//! moving from or to it is a change of group. The CRDs in `package/provider/crds` are generated from here.

pub mod config;
pub mod rds;
pub mod secretsmanager;

pub use goldenpath_provider_core::{ConditionStatus, ManagedSpec, ManagementAction, Problem};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;

/// Every CRD of the provider, in the order of their file names.
pub fn crds() -> Vec<CustomResourceDefinition> {
    vec![
        config::ClusterProviderConfig::crd(),
        config::ProviderConfig::crd(),
        config::ProviderConfigUsage::crd(),
        rds::Instance::crd(),
        rds::ParameterGroup::crd(),
        secretsmanager::Secret::crd(),
    ]
}

/// Implements [`goldenpath_provider_core::Managed`] for a kind whose spec and status flatten the shared parts.
macro_rules! managed {
    ($kind:ty, references: $references:expr) => {
        impl goldenpath_provider_core::Managed for $kind {
            fn managed_spec(&self) -> &goldenpath_provider_core::ManagedSpec {
                &self.spec.managed
            }

            fn managed_status(&self) -> Option<&goldenpath_provider_core::ManagedStatus> {
                self.status.as_ref().map(|s| &s.managed)
            }

            fn managed_status_mut(&mut self) -> &mut goldenpath_provider_core::ManagedStatus {
                &mut self.status.get_or_insert_default().managed
            }

            fn references(&self) -> Vec<goldenpath_provider_core::Reference> {
                let references: fn(&$kind) -> Vec<goldenpath_provider_core::Reference> = $references;
                references(self)
            }
        }
    };
}
use managed;
