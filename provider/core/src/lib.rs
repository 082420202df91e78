//! The managed-resource contract of Crossplane, as values and pure functions.
//!
//! A *managed resource* is a Kubernetes object that stands for one *external resource*. This crate says what
//! both look like to the runtime and decides, without a client, a clock or a runtime, what is to be done next:
//!
//! ```text
//! admit(managed) ──► Admission        may this object be reconciled at all?
//! External::observe ──► Observation   what does the outside look like?
//! plan(lifecycle, policies, seen, now) ──► Step   the one thing to do about it
//! ```
//!
//! `provider/runtime` carries the steps out; `provider/aws` implements [`External`] and [`Connect`].

pub mod condition;
pub mod configuration;
pub mod creation;
pub mod drift;
pub mod external;
pub mod fault;
pub mod managed;
pub mod objects;
pub mod plan;
pub mod policy;
pub mod sensitive;

pub use condition::{Condition, ConditionStatus};
pub use configuration::{Configuration, SecretReference};
pub use creation::Creation;
pub use drift::{Change, ChangeClass, Drift};
pub use external::{Connect, ConnectionDetails, External, Observation, Present, Readiness};
pub use fault::{Fault, FaultKind};
pub use managed::{
    LocalSecretReference, Managed, ManagedSpec, ManagedStatus, Problem, ProviderConfigReference, Reference,
};
pub use objects::Objects;
pub use plan::{Admission, Deletion, Lifecycle, Step, admit, plan};
pub use policy::{ManagementAction, Policies};
pub use sensitive::Sensitive;
