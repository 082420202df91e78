//! `DatabaseClaim`: how users of Crossplane v1 ask for a database.

use crate::claims::Claim;
use crate::paths::database::Database;
use crate::paths::database::api::{DatabaseStatus, Phase};

/// The claim of databases.
#[derive(Debug)]
pub struct DatabaseClaim;

// === impl DatabaseClaim ===

impl Claim for DatabaseClaim {
    type Of = Database;
    const KIND: &'static str = "DatabaseClaim";

    fn pending() -> DatabaseStatus {
        DatabaseStatus { phase: Some(Phase::Pending), ..DatabaseStatus::default() }
    }
}
