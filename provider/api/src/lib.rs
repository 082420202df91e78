//! The provider's custom resources, as types and nothing else: what `function` renders and `provider/aws` serves.
//!
//! Names of fields under `forProvider` and `atProvider` are those of provider-upjet-aws's namespaced kinds, so that
//! moving from or to it is a change of group. The CRDs in `package/provider/crds` are generated from the types that the
//! provider registers (`provider/src/controllers.rs`).

pub mod config;
mod managed;
pub mod rds;
mod reference;
pub mod secretsmanager;

pub use goldenpath_provider_core::creation::{PASSWORD_APPLIED, RESOURCE_ID};
pub use goldenpath_provider_core::managed::{ADOPT, UNOWNED};
pub use goldenpath_provider_core::{ConditionStatus, ManagedSpec, ManagementAction, Problem, duration};
pub use managed::AwsManaged;
pub use reference::LocalReference;
