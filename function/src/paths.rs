//! The registry of golden paths.

pub mod app;
pub mod database;
pub mod gateway;
pub mod ingress_request;
pub mod secret_sync;

use crate::entry::Entry;

/// Every golden path.
pub static ALL: &[Entry] = &[
    Entry::of::<app::App>(),
    Entry::of::<database::Database>(),
    Entry::of::<ingress_request::IngressRequests>(),
    Entry::of::<secret_sync::SecretSyncs>(),
    Entry::of_claim::<app::claim::AppClaim>(),
    Entry::of_claim::<database::claim::DatabaseClaim>(),
];
