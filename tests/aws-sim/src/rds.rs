//! RDS: DB instances with their lives, snapshots, groups, offers and events.

pub(crate) mod rules;

use jiff::Timestamp;

use crate::cloud::unknown;
use crate::{Call, Chance, Knobs, Node, Refusal, Structure};

/// What an account has of RDS in a region.
#[derive(Debug, Default)]
pub(crate) struct Rds {}

// === impl Rds ===

impl Rds {
    /// Answers a call.
    pub(crate) fn answer(&mut self, call: &mut Call<'_>) -> Result<Structure, Refusal> {
        self.settle(call.now, call.knobs, call.chance);
        match call.request.operation.as_str() {
            "DescribeDBInstances" => match call.form().get("DBInstanceIdentifier") {
                Some(name) => Err(rules::DB_INSTANCE_NOT_FOUND.refuse(&[name])),
                None => Ok(Structure::new().with("DBInstances", Node::List("DBInstance", Vec::new()))),
            },
            _ => unknown(call),
        }
    }

    /// Carries out what is due.
    #[allow(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "nothing is due yet")]
    pub(crate) fn settle(&mut self, _now: Timestamp, _knobs: &Knobs, _chance: &mut Chance) {}
}
