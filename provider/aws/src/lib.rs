//! Adapters from managed resources to AWS: the only crate that sees the AWS SDK's types.
//!
//! ```text
//! Connector ──► Clients::services   credentials, endpoint; cached SDK clients
//!     │
//!     ▼
//! Session: External<M>              all I/O; one folder a kind, each with the same leaves:
//!     ├── input      spec → request             pure
//!     ├── status     answer → atProvider        pure
//!     ├── delta      spec × answer → Drift      pure
//!     ├── ownership  what identifies it         the rule itself is in ownership.rs, once
//!     ├── deletion   how it is deleted          pure
//!     └── faults     the kind's own errors      consulted before those that all kinds share
//! ```
//!
//! `R1` to `R252` in comments are the rules of `docs/managed-runtime.md`.
//!
//! A password passes through as [`Sensitive`](goldenpath_provider_core::Sensitive), from Secrets Manager to the
//! one request that needs it, and is in no status, drift, fault or log.

mod client;
mod connector;
mod fault;
mod kms;
mod lifecycles;
mod ownership;
mod rds;
mod secretsmanager;
mod tags;

#[cfg(test)]
mod testing;

pub use client::{CallMetrics, Clients};
pub use connector::{Connector, Session};
