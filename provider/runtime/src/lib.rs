//! Drives any [`Managed`](goldenpath_provider_core::Managed) with any
//! [`Connect`](goldenpath_provider_core::Connect), as Crossplane's managed reconciler does.
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
//! the record of creation: it is durable before Create is called (see `persist`).
//!
//! ```text
//! let runtime = Runtime::new(client, options, recorder, metrics, shutdown);
//! Controller::new(&runtime, connector).wakes_on::<Other>().run().await;
//! ```

mod act;
pub mod admin;
mod connection;
pub mod controller;
mod convergence;
mod diff;
mod error;
pub mod event;
mod gate;
mod interest;
pub mod lease;
mod memory;
pub mod metrics;
pub mod objects;
mod persist;
pub mod provider_config;
mod reconcile;
mod report;
mod retry;
mod run;
pub mod runtime;
#[cfg(test)]
mod testing;
mod usage;

pub use controller::Controller;
pub use event::Recorder;
pub use lease::{Election, Leadership, Lease};
pub use metrics::{Metrics, UpjetMetrics};
pub use objects::ClusterObjects;
pub use provider_config::ConfigGroup;
pub use runtime::{Options, Runtime};
