//! The registry of golden paths.

pub mod app;
pub mod database;

use crate::entry::Entry;

/// Every golden path.
pub static ALL: &[Entry] = &[
    Entry::of::<app::App>(),
    Entry::of::<database::Database>(),
    Entry::of_claim::<database::claim::DatabaseClaim>(),
];
