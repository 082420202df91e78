//! The registry of golden paths.

pub mod app;
pub mod database;
pub mod gateway;
pub mod ingress_request;

use crate::entry::Entry;

/// Every golden path.
pub static ALL: &[Entry] = &[
    Entry::of::<app::App>(),
    Entry::of::<database::Database>(),
    Entry::of::<ingress_request::IngressRequests>(),
    Entry::of_claim::<database::claim::DatabaseClaim>(),
];
