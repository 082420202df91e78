//! How the managed resources that use a configuration are reconciled.

use std::time::Duration;

use goldenpath_provider_core::Backoff;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the managed resources that use a configuration are reconciled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReconciliationPolicy {
    /// How their failures back off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exponential_failure_rate_limiter: Option<ExponentialFailureRateLimiter>,
}

/// Delays between failures, doubled from one to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.baseDelay) || duration(self.baseDelay) >= duration('1s')", "message": "baseDelay must be at least 1s"},
    {"rule": "!has(self.maxDelay) || duration(self.maxDelay) >= duration('60s')", "message": "maxDelay must be at least 60s"},
    {"rule": "!has(self.baseDelay) || !has(self.maxDelay) || duration(self.maxDelay) >= duration(self.baseDelay)", "message": "maxDelay must be at least baseDelay"},
    {"rule": "!has(self.baseDelay) || has(self.maxDelay) || duration(self.baseDelay) <= duration('60s')", "message": "baseDelay must be at most 60s unless maxDelay is set"},
]))]
pub struct ExponentialFailureRateLimiter {
    /// The first delay, at least `1s`; `1s` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("maxLength" = 32))]
    pub base_delay: Option<kube::core::Duration>,
    /// The longest delay, at least `60s`; `60s` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("maxLength" = 32))]
    pub max_delay: Option<kube::core::Duration>,
}

// === impl ReconciliationPolicy ===

impl ReconciliationPolicy {
    /// The delays between failures; `None` unless they are given.
    pub(super) fn backoff(&self) -> Option<Backoff> {
        let limiter = self.exponential_failure_rate_limiter.as_ref()?;
        let ExponentialFailureRateLimiter { base_delay, max_delay } = limiter;
        let Backoff { base, cap } = Backoff::default();
        Some(Backoff {
            base: base_delay.map_or(base, Duration::from),
            cap: max_delay.map_or(cap, Duration::from),
        })
    }
}
