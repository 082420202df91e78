//! Drives any [`Managed`] with any [`Connect`], as Crossplane's managed reconciler does.
//!
//! ```text
//!   watch ─┐
//!   poll ──┼─► admit ─► track ─► connect ─► observe ─► plan ─► act ─► publish ─► report ─┐
//!   wake ──┘    core    usage                          core                      status, │
//!    ▲                                                                           event,  │
//!    └──────────────────────────── retry ◄───────────────────────────────────── metric ◄─┘
//! ```
//!
//! What is decided, `core` decides; this crate only carries it out. One reconcile of an object runs at a time, and
//! what it learns is written once, at its end, and only when it differs from what is stored. The one exception is
//! the record of creation: it is durable before Create is called (see `writer`).
//!
//! # What a provider is made of
//!
//! | you implement | for | and say there |
//! |---|---|---|
//! | [`Managed`] | the kind, a [`kube::CustomResource`] | where the shared parts of its spec and status are |
//! | [`Connect`] | what holds clients and credentials | how an object's external resource is reached |
//! | [`External`] | what it connects to | how to observe, create, update and delete |
//!
//! The smallest kind there can be is a spec with the shared part flattened in, and three accessors. (A kind with
//! fields of its own, in a provider that runs: `examples/files.rs`, 150 lines.)
//!
//! ```no_run
//! use goldenpath_provider_core::{
//!     Connect, ConnectionDetails, Drift, Event, External, Fault, Managed, ManagedSpec, ManagedStatus, Observation,
//!     Present, Readiness,
//! };
//! use goldenpath_provider_runtime::{ConfigGroup, Controller, Options, Runtime};
//! use kube::{Client, CustomResource, ResourceExt};
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(CustomResource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
//! #[kube(group = "flags.example.org", version = "v1", kind = "Flag", namespaced, status = "ManagedStatus")]
//! struct FlagSpec {
//!     #[serde(flatten)]
//!     managed: ManagedSpec,
//! }
//!
//! impl Managed for Flag {
//!     fn managed_spec(&self) -> &ManagedSpec {
//!         &self.spec.managed
//!     }
//!     fn managed_status(&self) -> Option<&ManagedStatus> {
//!         self.status.as_ref()
//!     }
//!     fn managed_status_mut(&mut self) -> &mut ManagedStatus {
//!         self.status.get_or_insert_default()
//!     }
//! }
//!
//! /// The flags that are up, in a service without credentials.
//! #[derive(Clone, Default)]
//! struct Flags(std::sync::Arc<tokio::sync::Mutex<std::collections::BTreeSet<String>>>);
//!
//! impl Connect<Flag> for Flags {
//!     type External = Self;
//!
//!     async fn connect(&self, _: &Flag) -> Result<Self, Fault> {
//!         Ok(self.clone())
//!     }
//! }
//!
//! impl External<Flag> for Flags {
//!     type Inputs = ();
//!
//!     async fn observe(&self, flag: &mut Flag) -> Result<Observation, Fault> {
//!         let is_up = self.0.lock().await.contains(&flag.external_name());
//!         let present = || Observation::Present(Present::new(Drift::none(), Readiness::Available));
//!         Ok(if is_up { present() } else { Observation::Absent })
//!     }
//!
//!     async fn prepare(&self, _: &Flag) -> Result<(), Fault> {
//!         Ok(())
//!     }
//!
//!     async fn create(&self, flag: &mut Flag, (): ()) -> Result<ConnectionDetails, Fault> {
//!         self.0.lock().await.insert(flag.external_name());
//!         Ok(ConnectionDetails::new())
//!     }
//!
//!     async fn update(&self, _: &mut Flag, _: &Drift) -> Result<ConnectionDetails, Fault> {
//!         Ok(ConnectionDetails::new())
//!     }
//!
//!     async fn delete(&self, flag: &mut Flag) -> Result<Option<Event>, Fault> {
//!         self.0.lock().await.remove(&flag.external_name());
//!         Ok(None)
//!     }
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), kube::Error> {
//!     let client = Client::try_default().await?;
//!     let runtime = Runtime::new(client, Options::new("provider-flags", ConfigGroup::none()));
//!     Controller::<Flag, _>::new(&runtime, Flags::default()).run().await; // until `runtime.shutdown`
//!     Ok(())
//! }
//! ```
//!
//! A provider of several kinds says them in one list, [`Controllers`]. One with credentials has the kinds
//! `ProviderConfig`, `ClusterProviderConfig` and `ProviderConfigUsage`, and says so with [`ConfigGroup::new`]: the list
//! says which managed resources use them, and runs what keeps them while they are used. A process of several
//! replicas takes part in the election of a [`Lease`] first and runs with the [`Leadership`] that it has won.
//!
//! # What the runtime sees to
//!
//! - One reconcile of an object at a time; again on every change of its spec, labels or annotations, on a change of
//!   its configuration or of what it [refers to], after a failure with backoff, and at each poll.
//! - Management policies, pause, orphaning, finalizers, reconcile requests and poll intervals as in Crossplane.
//! - Create is on record, with the finalizer and the external name, before it is called. A Create, Update or Delete
//!   that has begun is never cancelled: not by a timeout, a shutdown, or the loss of the lease. The end of a Create,
//!   and the details that only Create returns, are written however long it takes.
//! - The conditions `Synced` and `Ready`, `status.problem` with field and remedy, events without repetition, one log
//!   line a decision, Crossplane's metrics. A status is written when it differs: four writes from new to ready, none
//!   at rest.
//! - What was there and is not found any more is looked for again before its object is let go, and what was to outlive
//!   it is [confirmed] first.
//! - The connection Secret, the usage of the configuration, and their end.
//! - A controller runs while its kind is served: it starts when the CRD is established, and stops when it is gone and
//!   every object of it was let go. No other controller notices.
//! - A panic of yours ends one reconcile, and its words go to the log alone.
//!
//! # What it asks of you
//!
//! - Every call may come again after a crash at any point, and must then find what the earlier call has made: so an
//!   external name that is known before Create, or [`External::DETERMINISTIC_NAME`] set to `false`.
//! - Calls are short. A long operation is begun, and [observed] until it has ended.
//! - Only the service's own "not found" is [`Observation::Absent`]. Any other failure is a [`Fault`]: a false absence
//!   of an object that is being deleted would let its external resource be forgotten.
//! - Words are stable: no request ids, times or counters in a [`Fault`] or a [`Readiness`], for each difference is a
//!   write. And nothing secret outside of [`Sensitive`].
//! - A client that tries again by itself asks [`Leadership::holds`] before each attempt: the process may have been
//!   stopped between two of them.
//! - A password that you choose is returned by [`External::details_before_create`], so that it is durable first.
//!
//! [`Connect`]: goldenpath_provider_core::Connect
//! [`External`]: goldenpath_provider_core::External
//! [`External::DETERMINISTIC_NAME`]: goldenpath_provider_core::External::DETERMINISTIC_NAME
//! [`External::details_before_create`]: goldenpath_provider_core::External::details_before_create
//! [`Fault`]: goldenpath_provider_core::Fault
//! [`Managed`]: goldenpath_provider_core::Managed
//! [`Observation::Absent`]: goldenpath_provider_core::Observation::Absent
//! [`Readiness`]: goldenpath_provider_core::Readiness
//! [`Sensitive`]: goldenpath_provider_core::Sensitive
//! [confirmed]: goldenpath_provider_core::External::confirm_removal
//! [observed]: goldenpath_provider_core::External::observe
//! [refers to]: goldenpath_provider_core::Managed::references

mod act;
pub mod admin;
mod bucket;
mod call;
pub mod change_log;
pub mod config_group;
mod connection;
pub mod controller;
pub mod controllers;
mod dependents;
mod diff;
mod error;
pub mod event;
mod executor;
mod gate;
pub mod lease;
mod local_state;
mod metadata;
pub mod metrics;
pub mod objects;
pub mod options;
mod predicate;
pub mod provider_config;
mod queue;
pub mod rate;
mod reconcile;
mod reconciliation;
mod report;
mod requeue;
mod retry;
pub mod runtime;
#[cfg(test)]
mod testing;
mod trim;
mod up_to_date;
mod usage;
mod watch_diff;
mod watched;
mod writer;

pub use change_log::ChangeLog;
pub use config_group::ConfigGroup;
pub use controller::Controller;
pub use controllers::Controllers;
pub use event::Recorder;
pub use lease::{Election, Leadership, Lease};
pub use metrics::{Metrics, UpjetMetrics};
pub use objects::ClusterObjects;
pub use options::Options;
pub use runtime::Runtime;
pub use up_to_date::UpToDate;
