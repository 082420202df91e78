//! All of this AWS: the accounts with their regions, what may be asked of them, and what has been.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::limits::Limits;
use crate::protocol::Response;
use crate::rds::Rds;
use crate::rules::general;
use crate::secretsmanager::SecretsManager;
use crate::sts::{ACCOUNT, Sts};
use crate::{Call, Chance, Faults, Knobs, Log, Refusal, Request, Service, ec2, protocol};

/// Keys with this in them are unknown to AWS.
const REJECTED_KEY: &str = "REJECT";

/// The state machine.
#[derive(Debug)]
#[allow(
    clippy::zero_sized_map_values,
    reason = "nobody can have anything before the services have operations"
)]
pub struct Cloud {
    /// How it behaves.
    pub knobs: Knobs,
    /// What shall go wrong.
    pub faults: Faults,
    /// What was called.
    pub log: Log,
    regions: BTreeMap<(String, String), Region>,
    sts: Sts,
    limits: Limits,
    chance: Chance,
}

/// What an account has in a region.
#[derive(Debug, Default)]
pub(crate) struct Region {
    pub(crate) rds: Rds,
    pub(crate) secrets: SecretsManager,
}

// === impl Cloud ===

impl Cloud {
    /// An AWS in which nobody has anything.
    pub fn new(seed: u64, knobs: Knobs) -> Self {
        Self {
            knobs,
            faults: Faults::default(),
            log: Log::default(),
            regions: BTreeMap::new(),
            sts: Sts::default(),
            limits: Limits::default(),
            chance: Chance::new(seed),
        }
    }

    /// Answers a request of an account. What became due in between happens first.
    pub fn answer(&mut self, now: Timestamp, account: &str, request: &Request) -> Response {
        let Self { knobs, regions, sts, limits, chance, faults: _, log: _ } = self;
        let mut call = Call { now, account, request, chance, knobs };
        let answer = admitted(&call, limits, sts).and_then(|()| {
            let region = regions.entry((account.to_owned(), request.region.clone())).or_default();
            match request.service {
                Service::Rds => region.rds.answer(&mut call),
                Service::SecretsManager => region.secrets.answer(&mut call),
                Service::Sts => sts.answer(&mut call),
                Service::Ec2 => ec2::answer(&call),
            }
        });
        protocol::write(&mut call, answer)
    }

    /// Whose account an access key is of.
    pub fn account_of(&self, access_key: &str) -> String {
        self.sts.account_of(access_key).unwrap_or_else(|| ACCOUNT.to_owned())
    }

    /// An error that was ordered, in the protocol of the request.
    pub(crate) fn ordered_error(
        &mut self,
        request: &Request,
        status: u16,
        code: &str,
        message: &str,
    ) -> Response {
        protocol::error(request, status, code, message, self.chance.uuid())
    }

    /// The stream that identifiers are drawn from.
    pub(crate) fn draw(&mut self) -> &mut Chance {
        &mut self.chance
    }

    /// Every region of every account, by account and name, with what is due done.
    pub(crate) fn regions(
        &mut self,
        now: Timestamp,
    ) -> impl Iterator<Item = (&(String, String), &mut Region)> {
        let Self { knobs, regions, .. } = self;
        regions.iter_mut().map(move |(key, region)| {
            region.rds.settle(now, knobs);
            region.secrets.settle(now);
            (key, region)
        })
    }
}

/// Whether AWS listens at all.
fn admitted(call: &Call<'_>, limits: &mut Limits, sts: &Sts) -> Result<(), Refusal> {
    let is_json = call.request.service == Service::SecretsManager;
    if call.request.access_key.contains(REJECTED_KEY) {
        let rule = if is_json { &general::UNRECOGNIZED_CLIENT } else { &general::INVALID_CLIENT_TOKEN_ID };
        return Err(rule.refuse(&[]));
    }
    if sts.is_expired(&call.request.access_key, call.now) {
        let rule = if is_json { &general::EXPIRED_TOKEN_EXCEPTION } else { &general::EXPIRED_TOKEN };
        return Err(rule.refuse(&[]));
    }
    if !limits.admit(call.now, call.account, call.request, call.knobs) {
        let rule = if is_json { &general::THROTTLING_EXCEPTION } else { &general::THROTTLING };
        return Err(rule.refuse(&[]));
    }
    Ok(())
}
