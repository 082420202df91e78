//! What stands in a Lease, and whether it may be taken.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::LeaseSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;

use super::Lease;

// === impl Lease ===

impl Lease {
    /// Whether the lease is free, ours, or was given no sign of for too long.
    pub(super) fn may_take(&self, record: &LeaseSpec, unchanged_for: Duration) -> bool {
        let holder = record.holder_identity.as_deref().unwrap_or_default();
        holder.is_empty() || holder == self.identity || unchanged_for > self.patience(record)
    }

    /// How long a holder may give no sign: what itself has promised.
    pub(super) fn patience(&self, record: &LeaseSpec) -> Duration {
        let promised = record.lease_duration_seconds.and_then(|s| u64::try_from(s).ok());
        promised.map_or(self.duration, Duration::from_secs)
    }

    /// The record of this process as the holder, after an earlier record.
    pub(super) fn record(&self, earlier: Option<&LeaseSpec>) -> LeaseSpec {
        let now = MicroTime(Timestamp::now());
        let renewed = earlier.filter(|r| r.holder_identity.as_ref() == Some(&self.identity));
        let transitions = earlier.and_then(|r| r.lease_transitions).unwrap_or_default();
        LeaseSpec {
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: i32::try_from(self.duration.as_secs()).ok(),
            acquire_time: renewed.and_then(|r| r.acquire_time.clone()).or_else(|| Some(now.clone())),
            renew_time: Some(now),
            lease_transitions: Some(transitions + i32::from(earlier.is_some() && renewed.is_none())),
            ..LeaseSpec::default()
        }
    }
}
