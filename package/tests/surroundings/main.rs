//! What is around the packages holds together: monitoring, what applies and what shows, and the docs.
//!
//! Everything here is read from the tree; nothing is started.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod argocd;
mod backstage;
mod commands;
mod docs;
mod drift;
mod kustomize;
mod kyverno;
mod monitoring;
mod names;
mod reference;
mod schema;
mod tree;
