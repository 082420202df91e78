//! Secrets Manager: secrets with their versions, stages and recovery windows.

pub(crate) mod rules;

use jiff::Timestamp;

use crate::cloud::unknown;
use crate::{Call, Refusal, Structure};

/// The secrets of an account in a region.
#[derive(Debug, Default)]
pub(crate) struct SecretsManager {}

// === impl SecretsManager ===

impl SecretsManager {
    /// Answers a call.
    pub(crate) fn answer(&mut self, call: &mut Call<'_>) -> Result<Structure, Refusal> {
        self.settle(call.now);
        unknown(call)
    }

    /// Carries out what is due.
    #[allow(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "nothing is due yet")]
    pub(crate) fn settle(&mut self, _now: Timestamp) {}
}
