//! STS: who asks, and the roles that are taken on.

pub(crate) mod rules;

use std::collections::BTreeMap;

use crate::cloud::unknown;
use crate::{Call, Refusal, Structure};

/// The keys that were issued.
#[derive(Debug, Default)]
pub(crate) struct Sts {
    /// Access key to account.
    sessions: BTreeMap<String, String>,
}

// === impl Sts ===

impl Sts {
    /// Answers a call.
    #[allow(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "no role is taken on yet")]
    pub(crate) fn answer(&mut self, call: &mut Call<'_>) -> Result<Structure, Refusal> {
        unknown(call)
    }

    /// Whose account an access key is of, if it was issued here.
    pub(crate) fn account_of(&self, access_key: &str) -> Option<&str> {
        self.sessions.get(access_key).map(String::as_str)
    }
}
