//! `AppClaim`: how users of Crossplane v1 ask for an app.

use crate::claims::Claim;
use crate::paths::app::App;
use crate::paths::app::api::{AppStatus, Phase};

/// The claim of apps.
#[derive(Debug)]
pub struct AppClaim;

// === impl AppClaim ===

impl Claim for AppClaim {
    type Of = App;
    const KIND: &'static str = "AppClaim";

    fn pending() -> AppStatus {
        AppStatus { phase: Some(Phase::Pending), ..AppStatus::default() }
    }
}
