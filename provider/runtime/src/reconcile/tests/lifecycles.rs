//! Whole lifecycles of a managed resource, interrupted at every point: nothing is lost, nothing is doubled, nobody has to
//! help.
//!
//! A lifecycle is run once to count the points at which its process can be interrupted (see [`CrashPoints`]), then once
//! for each point and each interruption; so what a later reconcile does in addition is covered without being listed.

use goldenpath_provider_core::{ConditionStatus, Managed};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::testing::api::FakeApi;
use crate::testing::cloud::Cloud;
use crate::testing::crash_points::{CrashPoints, Then};
use crate::testing::process::{End, Orders, Outside, Process};
use crate::testing::{Thing, thing};

/// A part of a lifecycle: what somebody does, and what has to come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The thing is made.
    Create,
    /// Somebody changes what is outside.
    Drift,
    /// Somebody changes what is desired.
    Change,
    /// The thing is deleted.
    Delete,
}

/// What happens to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interruption {
    /// It is killed.
    Killed,
    /// It is asked to end.
    Drained,
    /// Another process may act from now on.
    LeaseLost,
    /// It is asked to end, and its reconcile is dropped at once.
    Dropped,
    /// Its answer takes longer than it waits.
    Slow,
    /// The API server fails.
    Failed,
    /// The API server says that somebody else was faster.
    Refused,
}

/// How often a resource is seen being made: enough for the reconciles in between to differ from the others.
const LOOKS: u32 = 2;
const PHASES: [Phase; 4] = [Phase::Create, Phase::Drift, Phase::Change, Phase::Delete];

// === impl Phase ===

impl Phase {
    /// Somebody does it.
    pub(super) fn begin(self, outside: &Outside) {
        match self {
            Self::Create => outside.api.put(thing(&json!({"spec": {
                "size": "small",
                "providerConfigRef": {"kind": "ProviderConfig", "name": "default"},
                "writeConnectionSecretToRef": {"name": "c"},
            }}))),
            Self::Drift => outside.cloud.resize("x", "huge"),
            Self::Change => {
                let mut changed = outside.api.get("things/x").unwrap();
                crate::testing::api::merge(
                    &mut changed,
                    &json!({"metadata": {"generation": 2}, "spec": {"size": "large"}}),
                );
                outside.api.put(changed);
            }
            Self::Delete => outside.api.delete("things/x"),
        }
    }

    /// What has come of it.
    #[track_caller]
    pub(super) fn check(self, outside: &Outside, how: &str) {
        let existing = outside.cloud.existing();
        assert_eq!(outside.cloud.created(), 1, "{how}: resources made in all");
        match self {
            Self::Delete => {
                assert!(existing.is_empty(), "{how}: left behind: {existing:?}");
                assert_eq!(outside.api.list("things"), [json!(null); 0], "{how}");
                assert_eq!(outside.api.list("providerconfigusages"), [json!(null); 0], "{how}");
                assert_eq!(outside.api.list("secrets"), [json!(null); 0], "{how}");
            }
            Self::Create | Self::Drift | Self::Change => {
                let size = if self == Self::Change { "large" } else { "small" };
                assert_eq!(existing.keys().collect::<Vec<_>>(), ["x"], "{how}");
                assert_eq!(existing["x"].size, size, "{how}");
                check_thing(outside, &outside.thing().expect("it exists"), how);
                let password = k8s_openapi::ByteString(existing["x"].password.clone().into_bytes());
                let published = &outside.api.get("secrets/c").expect("a connection Secret")["data"];
                assert_eq!(published["password"], json!(password), "{how}: the password is the one in use");
                assert_eq!(published["host"], "aA==", "{how}");
            }
        }
    }
}

#[track_caller]
fn check_thing(outside: &Outside, thing: &Thing, how: &str) {
    let status = thing.managed_status().expect("a status");
    for r#type in ["Ready", "Synced"] {
        let condition = thing.condition(r#type).expect("a condition");
        assert_eq!(condition.status, ConditionStatus::True, "{how}: {condition:?}");
        assert_eq!(condition.observed_generation, thing.metadata.generation, "{how}: {condition:?}");
    }
    assert_eq!(status.problem, None, "{how}");
    assert_eq!(thing.metadata.finalizers, Some(vec![FINALIZER.to_owned()]), "{how}");
    assert_eq!(thing.metadata.annotations.as_ref().unwrap()["crossplane.io/external-name"], "x", "{how}");
    assert!(outside.knows_its_creation(), "{how}: {:?}", thing.metadata.annotations);
    let usages = outside.api.list("providerconfigusages");
    assert_eq!(usages.len(), 1, "{how}: {usages:?}");
}

/// A cluster with a configuration in it, and a cloud that is empty and slow.
pub(super) fn outside(looks: u32) -> Outside {
    let outside = Outside { api: FakeApi::default(), cloud: Cloud::slow(looks) };
    outside.api.put(json!({
        "apiVersion": "config.goldenpath.io/v1", "kind": "ProviderConfig",
        "metadata": {"name": "default", "namespace": "n", "uid": "c-1", "generation": 1},
    }));
    outside
}

/// A lifecycle without incident: the points of each phase.
fn uneventful() -> Vec<(Phase, Vec<String>)> {
    let (outside, points) = (outside(LOOKS), CrashPoints::uninterrupted());
    let process = Process::start(&outside, &points, &Orders::none());
    let mut begun = 0;
    PHASES
        .map(|phase| {
            phase.begin(&outside);
            assert_eq!(process.run(), End::AtRest);
            phase.check(&outside, "undisturbed");
            let names = points.passed().split_off(begun);
            begun += names.len();
            (phase, names)
        })
        .into()
}

/// A lifecycle whose first process is interrupted at one point; in which phase that was, if it was.
fn interrupted(interruption: Interruption, at: usize) -> Option<Phase> {
    let (outside, orders, dropped) = (outside(LOOKS), Orders::elected(), CancellationToken::new());
    let points = CrashPoints::interrupted(at, {
        let (orders, dropped) = (orders.clone(), dropped.clone());
        let api = outside.api.clone();
        move |name| match interruption {
            Interruption::Failed | Interruption::Refused => {
                let code = if interruption == Interruption::Failed { 500 } else { 409 };
                name.strip_prefix("before ").inspect(|request| api.fail(request, code));
                Then::GoOn
            }
            Interruption::Killed => Then::Die,
            Interruption::Slow => Then::Wait(Duration::from_mins(3)),
            Interruption::Drained => {
                orders.shutdown.cancel();
                Then::GoOn
            }
            Interruption::LeaseLost => {
                orders.leadership.end();
                Then::GoOn
            }
            Interruption::Dropped => {
                dropped.cancel();
                Then::GoOn
            }
        }
    });
    let mut process = Process::start(&outside, &points, &orders);
    let mut interrupted_in = None;
    for phase in PHASES {
        phase.begin(&outside);
        let end = if interruption == Interruption::Dropped && interrupted_in.is_none() {
            process.run_until_dropped(&dropped)
        } else {
            process.run()
        };
        let how = format!("{interruption:?} at {at} in {phase:?}, {:?}", points.passed().get(at));
        if interrupted_in.is_none() && points.passed().len() > at {
            interrupted_in = Some(phase);
            if matches!(interruption, Interruption::Drained | Interruption::LeaseLost | Interruption::Dropped)
            {
                let is_known = outside.knows_its_creation() || outside.cloud.created() == 0;
                assert!(is_known && outside.cloud.in_flight().is_empty(), "{how}: a call was given up");
            }
            if matches!(
                interruption,
                Interruption::Killed
                    | Interruption::Drained
                    | Interruption::LeaseLost
                    | Interruption::Dropped
            ) {
                process = Process::start(&outside, &CrashPoints::uninterrupted(), &Orders::none());
                assert_eq!(process.run(), End::AtRest, "{how}");
            }
        } else {
            assert_eq!(end, End::AtRest, "{how}");
        }
        phase.check(&outside, &how);
        assert!(
            interruption != Interruption::Refused || outside.warnings().is_empty(),
            "{how}: {:?}",
            outside.warnings()
        );
    }
    interrupted_in
}

/// Runs a lifecycle for each point, until there are no more.
fn at_every_point(interruption: Interruption) {
    let points: Vec<_> = uneventful().into_iter().map(|(phase, names)| (phase, names.len())).collect();
    let mut lifecycles = 0;
    while interrupted(interruption, lifecycles).is_some() {
        lifecycles += 1;
    }
    eprintln!("{interruption:?}: {lifecycles} lifecycles, points of an uneventful one: {points:?}");
    assert!(
        lifecycles >= points.iter().map(|(_, points)| points).sum(),
        "{lifecycles} lifecycles, {points:?}"
    );
}

#[test]
fn a_process_killed_at_any_point_loses_and_doubles_nothing() {
    at_every_point(Interruption::Killed);
}

#[test]
fn a_process_asked_to_end_at_any_point_ends_what_it_has_begun() {
    at_every_point(Interruption::Drained);
}

#[test]
fn a_process_that_leads_no_more_at_any_point_ends_what_it_has_begun() {
    at_every_point(Interruption::LeaseLost);
}

#[test]
fn a_reconcile_given_up_at_any_point_gives_up_no_create_and_no_delete() {
    at_every_point(Interruption::Dropped);
}

#[test]
fn an_answer_that_is_late_at_any_point_loses_and_doubles_nothing() {
    at_every_point(Interruption::Slow);
}

#[test]
fn a_request_that_fails_at_any_point_loses_and_doubles_nothing() {
    at_every_point(Interruption::Failed);
}

#[test]
fn a_conflict_at_any_point_is_silent() {
    at_every_point(Interruption::Refused);
}

/// What a dead process has asked for may be carried out at any later time.
#[test]
fn a_call_carried_out_after_its_caller_has_died_doubles_nothing() {
    let mut lifecycles = 0;
    let mut at = 0;
    for (phase, names) in uneventful() {
        for name in names {
            if ["before create", "before update", "before delete"].contains(&name.as_str()) {
                lifecycles += landed_at_every_point(phase, at);
            }
            at += 1;
        }
    }
    assert!(lifecycles > 0, "no call was interrupted");
    eprintln!("carried out late: {lifecycles} lifecycles");
}

/// Runs a lifecycle for each point of the second process, at which what the first has sent arrives; how many.
fn landed_at_every_point(phase: Phase, sent: usize) -> usize {
    let mut lifecycles = 0;
    while landed(phase, sent, lifecycles) {
        lifecycles += 1;
    }
    lifecycles
}

/// A lifecycle whose first process dies at one point; what it has sent arrives at another one of the second process.
/// Whether it has arrived within the phase.
fn landed(during: Phase, sent: usize, arrives: usize) -> bool {
    let (outside, points) = (outside(LOOKS), CrashPoints::interrupted(sent, |_| Then::Die));
    let mut process = Process::start(&outside, &points, &Orders::none());
    let mut is_in_time = true;
    for phase in PHASES {
        phase.begin(&outside);
        if process.run() == End::Died {
            assert_eq!(phase, during);
            let (calls, cloud) = (outside.cloud.in_flight(), outside.cloud.clone());
            assert_eq!(calls.len(), 1, "one call is on its way");
            let points = CrashPoints::interrupted(arrives, move |_| {
                cloud.land(&calls);
                Then::GoOn
            });
            process = Process::start(&outside, &points, &Orders::none());
            assert_eq!(process.run(), End::AtRest);
            is_in_time = points.passed().len() > arrives;
        }
        phase.check(&outside, &format!("sent at {sent} in {during:?}, arrived at {arrives}"));
        if phase == during {
            return is_in_time;
        }
    }
    unreachable!("the phase is one of a lifecycle");
}
