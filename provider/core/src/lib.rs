//! The managed-resource contract of Crossplane, as values and pure functions.
//!
//! A *managed resource* is a Kubernetes object that stands for one *external resource*. This crate says what
//! both look like to the runtime and decides, without a client, a clock or a runtime, the next step:
//!
//! ```text
//! admit(managed) ──► Admission        may this object be reconciled at all?
//! External::observe ──► Observation   the external resource as it is
//! plan(lifecycle, policies, seen, exhausted, now) ──► Step   the one thing to do about it
//! ```
//!
//! A decision is a value, so it can be read, tabled and tested without a cluster:
//!
//! ```
//! use goldenpath_provider_core::{
//!     Change, Creation, Deletion, Drift, Lifecycle, Observation, Policies, Present, Readiness, Step, plan,
//! };
//! use k8s_openapi::jiff::{SignedDuration, Timestamp};
//!
//! let lifecycle = Lifecycle {
//!     deletion: Deletion::None,
//!     creation: Creation::default(),
//!     creation_grace: SignedDuration::from_secs(30),
//!     missing_since: None,
//! };
//! let drift = Drift::none().with(Change::immediate("size", "small", "large"));
//! let seen = Observation::Present(Present::new(drift.clone(), Readiness::Available));
//! let now = Timestamp::UNIX_EPOCH;
//!
//! assert_eq!(plan(lifecycle, Policies::ALL, &Observation::Absent, None, now), Step::Create);
//! assert_eq!(plan(lifecycle, Policies::ALL, &seen, None, now), Step::Update(drift.clone()));
//! assert_eq!(plan(lifecycle, Policies::ALL, &seen, Some(&drift), now), Step::StopUpdating(drift.clone()));
//! assert_eq!(plan(lifecycle, Policies::OBSERVE, &seen, None, now), Step::SkipUpdate(drift));
//! ```
//!
//! What is missing for a provider of your own: a kind that is [`Managed`], and the [`External`] and [`Connect`] behind
//! it. The documentation of `provider/runtime` shows the smallest one.
//!
//! `provider/runtime` carries the steps out; `provider/aws` implements [`External`] and [`Connect`].

pub mod condition;
pub mod configuration;
pub mod convergence;
pub mod creation;
pub mod drift;
pub mod duration;
pub mod event;
pub mod external;
pub mod fault;
pub mod managed;
pub mod objects;
pub mod plan;
pub mod policy;
pub mod sensitive;

pub use condition::{Condition, ConditionStatus};
pub use configuration::{Backoff, Configuration, SecretReference};
pub use creation::Creation;
pub use drift::{Change, ChangeClass, Drift};
pub use event::{Event, Severity};
pub use external::{Connect, ConnectionDetails, External, Observation, Present, Readiness};
pub use fault::{Fault, FaultKind};
pub use managed::{
    GroupKind, LocalSecretReference, Managed, ManagedSpec, ManagedStatus, ObjectName, Problem,
    ProviderConfigReference, Reference,
};
pub use objects::Objects;
pub use plan::{Admission, Deletion, Lifecycle, Step, admit, plan};
pub use policy::{ManagementAction, Policies};
pub use sensitive::Sensitive;
