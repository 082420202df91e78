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

/// Requests everything at once, and where AWS refuses that, each group by itself. Returns the refusals, in the order of
/// the groups.
pub(super) async fn ask(
    rds: &Service<Client>,
    wanted: &Instance,
    drift: &Drift,
    db: &DbInstance,
    password: Option<&Sensitive>,
) -> Vec<Refused> {
    let groups = group::of(drift);
    let Some(fault) = send(rds, wanted, drift, db, password).await else {
        return Vec::new();
    };
    if groups.len() < 2 || !is_about_a_value(&fault) {
        return vec![Refused { group: None, fault }];
    }
    let mut refused = Vec::new();
    for group in groups {
        let fault = send(rds, wanted, &group::only(drift, group), db, password).await;
        refused.extend(fault.map(|fault| Refused { group: Some(group), fault }));
    }
    refused
}

/// Sends one request, if there is anything to ask for, and says why it was refused.
async fn send(
    rds: &Service<Client>,
    wanted: &Instance,
    drift: &Drift,
    db: &DbInstance,
    password: Option<&Sensitive>,
) -> Option<Fault> {
    let request = input::modify(wanted, drift, db, password)?;
    match rds.call(&FAULTS, request.send_with(&rds.client)).await {
        Ok(_) | Err(Failure { class: ErrorClass::Done, .. }) => None,
        Err(failure) => Some(failure.hiding(password).into()),
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
