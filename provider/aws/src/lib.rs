//! Adapters from managed resources to AWS: the only crate that sees the AWS SDK's types.
//!
//! ```text
//! Connector ──► Clients::session   whose credentials, which endpoint; cached SDK clients
//!     │
//!     ▼
//! Adapter: External<M>             the only awaits; each calls, in this order,
//!     ├── input    spec → request            pure
//!     ├── status   answer → atProvider       pure
//!     ├── delta    spec × answer → Drift     pure
//!     └── fault    SdkError → Fault          pure, one table
//! ```
//!
//! A password passes through as [`Sensitive`](goldenpath_provider_core::Sensitive), from Secrets Manager to the
//! one request that needs it, and is in no status, drift, fault or log.

mod client;
mod fault;
pub mod rds;
pub mod secretsmanager;
mod tags;

#[cfg(test)]
mod testing;

pub use client::{Calls, Clients};
