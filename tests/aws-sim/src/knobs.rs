//! How this AWS behaves where AWS publishes no number, or where a test has no hours: each is a knob.

use serde::{Deserialize, Serialize};

/// Times in seconds, and what else AWS leaves open. A name that is not here is an error, so that a typo is seen.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Knobs {
    /// From the create call to `available`, or to the first backup.
    pub creating: f64,
    /// The first backup.
    pub backing_up: f64,
    /// A modification, a reboot, a start, a stop.
    pub modifying: f64,
    /// A deletion.
    pub deleting: f64,
    /// How long an instance still says `available` after an accepted Modify.
    pub lag: f64,
    /// How long `storage-optimization` lasts after a change of storage.
    pub optimizing: f64,
    /// How long storage cannot be changed again after a change; six hours at AWS.
    pub storage_cooldown: f64,
    /// How long a protection that is taken off still protects from deletion.
    pub protected: f64,
    /// How long a secret that was deleted without recovery still holds its name.
    pub forgetting: f64,
    /// Calls a second that an account may make of RDS for each family, reads and changes; zero is without limit.
    pub rate: f64,
    /// How many calls may come at once on top.
    pub burst: f64,
    /// DB instances of an account in a region.
    pub instance_quota: usize,
    /// Whether maintenance windows open by themselves; else only the side path opens them.
    pub windows: bool,
    /// Whether an instance tells its tags; partitions and policies exist in which it does not.
    pub tag_list: bool,
}

// === impl Knobs ===

impl Default for Knobs {
    /// AWS's rules at a test's pace: short times, and no limit that a test has not asked for.
    fn default() -> Self {
        Self {
            creating: 2.0,
            backing_up: 0.0,
            modifying: 1.0,
            deleting: 1.0,
            lag: 0.0,
            optimizing: 0.0,
            storage_cooldown: 6.0 * 3600.0,
            protected: 0.0,
            forgetting: 0.0,
            rate: 0.0,
            burst: 0.0,
            instance_quota: usize::MAX,
            windows: true,
            tag_list: true,
        }
    }
}
