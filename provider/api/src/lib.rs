//! The provider's custom resources, as types and nothing else: what `function` renders and `provider/aws` serves.
//!
//! Names of fields under `forProvider` and `atProvider` are those of provider-upjet-aws's namespaced kinds, so that
//! moving from or to it is a change of group. The CRDs in `package/provider/crds` are generated from here.

pub mod config;
mod managed;
pub mod rds;
mod reference;
pub mod secretsmanager;

pub use goldenpath_provider_core::{ConditionStatus, ManagedSpec, ManagementAction, Problem};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;
pub use managed::AwsManaged;
pub use reference::LocalReference;

/// Every CRD of the provider, in the order of their file names.
pub fn crds() -> Vec<CustomResourceDefinition> {
    vec![
        config::ClusterProviderConfig::crd(),
        config::ProviderConfig::crd(),
        config::ProviderConfigUsage::crd(),
        rds::Instance::crd(),
        rds::ParameterGroup::crd(),
        rds::SubnetGroup::crd(),
        secretsmanager::Secret::crd(),
    ]
}
