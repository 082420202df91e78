//! Requests what differs, so that the refusal of one part delays no other.

use aws_sdk_rds::Client;
use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_core::{Drift, Fault, FaultKind, Sensitive};

use super::faults::FAULTS;
use super::group::{self, Group};
use super::input;
use crate::client::Service;
use crate::fault::{ErrorClass, Failure};

/// A refusal of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// The part that it is about; all that was asked for, if it is not known.
    pub(super) group: Option<Group>,
    pub(super) fault: Fault,
}

/// What requests are made of besides the drift, and whom they go to.
#[derive(Clone, Copy)]
pub(super) struct Requests<'a> {
    pub(super) rds: &'a Service<Client>,
    pub(super) wanted: &'a Instance,
    pub(super) db: &'a DbInstance,
    pub(super) password: Option<&'a Sensitive>,
}

// === impl Requests ===

impl Requests<'_> {
    /// Requests everything at once. What AWS refuses of it by name is left out and the rest is requested again; where it
    /// names nothing, each group is requested by itself. Returns the refusals, in the order in which they came.
    pub(super) async fn ask(self, drift: &Drift) -> Vec<Refused> {
        let mut refused = Vec::new();
        let mut left = drift.clone();
        while let Some(fault) = self.send(&left).await {
            let groups = group::of(&left);
            if !is_about_a_value(&fault) {
                refused.push(Refused { group: None, fault });
                break;
            }
            match group::of_field(fault.field.as_deref()).filter(|group| groups.contains(group)) {
                Some(group) => {
                    refused.push(Refused { group: Some(group), fault });
                    left = group::without(&left, group);
                }
                None if groups.len() < 2 => {
                    refused.push(Refused { group: groups.first().copied(), fault });
                    break;
                }
                None => {
                    refused.extend(self.each(&left).await);
                    break;
                }
            }
        }
        refused
    }

    /// Asks for each group with a request of its own. Once AWS has taken one it may take no more for a while: the others
    /// are asked for when it does again.
    async fn each(self, drift: &Drift) -> Vec<Refused> {
        let mut refused = Vec::new();
        let mut is_one_taken = false;
        for group in group::of(drift) {
            match self.send(&group::only(drift, group)).await {
                None => is_one_taken = true,
                Some(fault) if is_one_taken && fault.reason == "WaitingForState" => break,
                Some(fault) => refused.push(Refused { group: Some(group), fault }),
            }
        }
        refused
    }

    /// Sends one request, if there is anything to ask for, and says why it was refused.
    async fn send(self, drift: &Drift) -> Option<Fault> {
        let Self { rds, wanted, db, password } = self;
        let request = input::modify(wanted, drift, db, password)?;
        match rds.call(&FAULTS, request.send_with(&rds.client)).await {
            Ok(_) | Err(Failure { class: ErrorClass::Done, .. }) => None,
            Err(failure) => Some(failure.hiding(password).into()),
        }
    }
}

/// Whether another request at the same moment may succeed. With an instance that accepts no changes now, or a role that
/// may make none, it would not.
fn is_about_a_value(fault: &Fault) -> bool {
    let concerns_all = matches!(fault.reason, "WaitingForState" | "AccessDenied" | "CredentialsInvalid");
    match fault.kind {
        FaultKind::Terminal | FaultKind::User | FaultKind::Waiting => !concerns_all,
        FaultKind::Throttled | FaultKind::Transient | FaultKind::Conflict => false,
    }
}

/// All refusals as one fault: a transient one decides when to retry, and the message has all of them.
pub(super) fn joined(mut refused: Vec<Fault>) -> Option<Fault> {
    refused.sort_by_key(|fault| fault.kind != FaultKind::Waiting);
    refused.into_iter().reduce(|mut first, next| {
        first.message = format!("{}; {}", first.message, next.message);
        first
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_all_reported_and_the_one_that_passes_decides_when() {
        let terminal = Fault::terminal("InvalidSpec", "no such class").at(".spec.forProvider.instanceClass");
        let waiting = Fault::waiting("InUse", "being changed");
        let joined = joined(vec![terminal.clone(), waiting]).unwrap();
        assert_eq!((joined.kind, joined.reason), (FaultKind::Waiting, "InUse"));
        assert_eq!(joined.message, "being changed; no such class");
        assert_eq!(super::joined(vec![terminal.clone()]), Some(terminal));
        assert_eq!(super::joined(vec![]), None);
    }
}
