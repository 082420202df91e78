//! Token buckets: how many calls an account may make in a region, of a service, for reading and for changing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{Knobs, Request};

/// What has been used of each bucket.
#[derive(Debug, Default)]
pub(crate) struct Limits(BTreeMap<Bucket, Level>);

/// Account, region, service, and whether the call only reads.
type Bucket = (String, String, crate::Service, bool);

#[derive(Debug)]
struct Level {
    tokens: f64,
    at: Timestamp,
}

// === impl Limits ===

impl Limits {
    /// Whether a call is let through; it has then used its token.
    pub(crate) fn admit(&mut self, now: Timestamp, account: &str, request: &Request, knobs: &Knobs) -> bool {
        if knobs.rate <= 0.0 {
            return true;
        }
        let reads = ["Describe", "List", "Get"].iter().any(|verb| request.operation.starts_with(verb));
        let bucket = (account.to_owned(), request.region.clone(), request.service, reads);
        let capacity = knobs.burst.max(1.0);
        let level = self.0.entry(bucket).or_insert(Level { tokens: capacity, at: now });
        let passed = now.duration_since(level.at).as_secs_f64().max(0.0);
        level.tokens = (level.tokens + passed * knobs.rate).min(capacity);
        level.at = now;
        if level.tokens < 1.0 {
            return false;
        }
        level.tokens -= 1.0;
        true
    }
}
