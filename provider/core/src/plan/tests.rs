use k8s_openapi::jiff::Timestamp;
use rstest::rstest;

use super::*;
use crate::creation::{FAILED, PENDING, SUCCEEDED};
use crate::{Change, ChangeClass, ConnectionDetails};

const NOW: &str = "2026-01-01T00:01:00Z";

/// As it is where what is missing was looked for often enough.
fn lifecycle(deletion: Deletion, created: Option<&str>) -> Lifecycle {
    let annotations = created
        .map(|at| [(PENDING.to_owned(), at.to_owned()), (SUCCEEDED.to_owned(), at.to_owned())])
        .into_iter()
        .flatten()
        .collect();
    let creation = Creation::from_annotations(&annotations);
    missing_since("2026-01-01T00:00:00Z", Lifecycle { deletion, creation, ..admitted() })
}

fn admitted() -> Lifecycle {
    let (deletion, creation) = (Deletion::None, Creation::default());
    Lifecycle { deletion, creation, creation_grace: CREATION_GRACE, missing_since: None }
}

fn missing_since(since: &str, lifecycle: Lifecycle) -> Lifecycle {
    Lifecycle { missing_since: Some(since.parse().unwrap()), ..lifecycle }
}

fn drift(class: ChangeClass) -> Drift {
    Drift::none().with(Change { field: "f".into(), from: "a".into(), to: "b".into(), class, downtime: false })
}

fn present(drift: Drift, readiness: Readiness) -> Observation {
    Observation::Present(Present {
        drift,
        readiness,
        late_initialized: false,
        connection: ConnectionDetails::new(),
        next_look: None,
    })
}

fn fault() -> Fault {
    Fault::user("NotOwned", "belongs to somebody else")
}

fn settled() -> Observation {
    present(Drift::none(), Readiness::Available)
}

#[rstest]
#[case::absent_is_created(Deletion::None, None, Policies::ALL, Observation::Absent, Step::Create)]
#[case::absent_just_after_create_may_be_a_delay(
    Deletion::None,
    Some("2026-01-01T00:00:45Z"),
    Policies::ALL,
    Observation::Absent,
    Step::AwaitExistence
)]
#[case::absent_long_after_create_is_created_again(
    Deletion::None,
    Some("2026-01-01T00:00:00Z"),
    Policies::ALL,
    Observation::Absent,
    Step::Create
)]
#[case::absent_and_only_observed_is_told(
    Deletion::None,
    None,
    Policies::OBSERVE,
    Observation::Absent,
    Step::Fail(missing())
)]
#[case::what_vanished_is_told_and_not_remade(
    Deletion::None,
    None,
    Policies::ALL,
    Observation::Vanished(fault()),
    Step::Fail(fault())
)]
#[case::what_is_not_ours_is_told(
    Deletion::None,
    None,
    Policies::ALL,
    Observation::Foreign(fault()),
    Step::Fail(fault())
)]
#[case::in_sync_rests(Deletion::None, None, Policies::ALL, settled(), Step::Nothing)]
#[case::drift_is_put_back(
    Deletion::None,
    None,
    Policies::ALL,
    present(drift(ChangeClass::Immediate), Readiness::Available),
    Step::Update(drift(ChangeClass::Immediate))
)]
#[case::drift_that_may_not_be_put_back_is_left(
    Deletion::None,
    None,
    Policies::OBSERVE,
    present(drift(ChangeClass::Immediate), Readiness::Available),
    Step::SkipUpdate(drift(ChangeClass::Immediate))
)]
#[case::a_refused_change_is_never_asked_for(
    Deletion::None,
    None,
    Policies::ALL,
    present(drift(ChangeClass::Refused), Readiness::Available),
    Step::RefuseReplacement(refusal(&drift(ChangeClass::Refused).changes[0]))
)]
#[case::a_refused_change_is_left_where_nothing_is_updated(
    Deletion::None,
    None,
    Policies::OBSERVE,
    present(drift(ChangeClass::Refused), Readiness::Available),
    Step::SkipUpdate(drift(ChangeClass::Refused))
)]
#[case::deleted_and_held_by_others_waits(
    Deletion::Held,
    None,
    Policies::ALL,
    settled(),
    Step::AwaitFinalizers
)]
#[case::deleted_is_removed(Deletion::Due, None, Policies::ALL, settled(), Step::Delete)]
#[case::being_removed_is_not_removed_twice(
    Deletion::Due,
    None,
    Policies::ALL,
    present(Drift::none(), Readiness::Deleting),
    Step::AwaitRemoval
)]
#[case::deleted_and_gone_is_released(
    Deletion::Due,
    None,
    Policies::ALL,
    Observation::Absent,
    Step::RemoveFinalizer
)]
#[case::deleted_and_vanished_is_released(
    Deletion::Due,
    None,
    Policies::ALL,
    Observation::Vanished(fault()),
    Step::RemoveFinalizer
)]
#[case::deleted_and_not_ours_is_released_untouched(
    Deletion::Due,
    None,
    Policies::ALL,
    Observation::Foreign(fault()),
    Step::RemoveFinalizer
)]
#[case::deleted_just_after_create_waits_to_see_it(
    Deletion::Due,
    Some("2026-01-01T00:00:45Z"),
    Policies::ALL,
    Observation::Absent,
    Step::AwaitExistence
)]
#[case::gone_just_after_create_and_delete_is_released(
    Deletion::Begun,
    Some("2026-01-01T00:00:45Z"),
    Policies::ALL,
    Observation::Absent,
    Step::RemoveFinalizer
)]
#[case::asked_to_go_and_still_there_is_asked_again(
    Deletion::Begun,
    Some("2026-01-01T00:00:45Z"),
    Policies::ALL,
    settled(),
    Step::Delete
)]
fn the_next_step_follows_from_what_is_seen(
    #[case] deletion: Deletion,
    #[case] created: Option<&str>,
    #[case] policies: Policies,
    #[case] seen: Observation,
    #[case] expected: Step,
) {
    let now: Timestamp = NOW.parse().unwrap();
    assert_eq!(plan(lifecycle(deletion, created), policies, &seen, None, now), expected);
}

#[test]
fn what_was_there_is_let_go_once_it_is_missing_for_a_while() {
    let now: Timestamp = NOW.parse().unwrap();
    let vanished = Observation::Vanished(fault());
    let at = |since: &str| missing_since(since, lifecycle(Deletion::Due, None));
    for (since, expected) in [
        ("2026-01-01T00:01:00Z", Step::AwaitExistence),
        ("2026-01-01T00:00:41Z", Step::AwaitExistence),
        ("2026-01-01T00:00:40Z", Step::RemoveFinalizer),
    ] {
        assert_eq!(plan(at(since), Policies::ALL, &vanished, None, now), expected, "{since}");
    }
}

/// The order of Crossplane's algorithm (steps 10 to 20), as a list of conditions, with the differences by rule.
fn by_the_algorithm(
    at: Lifecycle,
    policies: Policies,
    seen: &Observation,
    exhausted: Option<&Drift>,
) -> Step {
    let now = NOW.parse().unwrap();
    let Lifecycle { deletion, creation, creation_grace, missing_since } = at;
    let gone = matches!(seen, Observation::Absent | Observation::Vanished(_));
    let foreign = matches!(seen, Observation::Foreign(_));
    let alone = matches!(deletion, Deletion::Due | Deletion::Begun);
    // What is not ours is let go untouched, and what was asked to go is not waited for.
    if alone && foreign || deletion == Deletion::Begun && gone {
        return Step::RemoveFinalizer;
    }
    if *seen == Observation::Absent && policies.only_observe() {
        return Step::Fail(missing());
    }
    if gone && creation.succeeded_within(creation_grace, now) {
        return Step::AwaitExistence;
    }
    if deletion == Deletion::Held {
        return Step::AwaitFinalizers;
    }
    if deletion != Deletion::None {
        return match seen {
            Observation::Present(Present { readiness: Readiness::Deleting, .. }) => Step::AwaitRemoval,
            Observation::Present(_) => Step::Delete,
            // One answer lets nothing go.
            Observation::Vanished(_) if missing_since.is_none() => Step::AwaitExistence,
            _ => Step::RemoveFinalizer,
        };
    }
    let drift = match seen {
        Observation::Vanished(fault) | Observation::Foreign(fault) => return Step::Fail(fault.clone()),
        Observation::Absent if policies.may_create() => return Step::Create,
        Observation::Absent => return Step::Fail(missing()),
        Observation::Present(Present { drift, .. }) => drift,
    };
    if drift.is_empty() {
        return Step::Nothing;
    }
    if !policies.may_update() {
        return Step::SkipUpdate(drift.clone());
    }
    let Some(_) = drift.actionable().next() else {
        return Step::RefuseReplacement(refusal(&drift.changes[0]));
    };
    if exhausted == Some(drift) {
        return Step::StopUpdating(drift.clone());
    }
    Step::Update(drift.clone())
}

#[test]
fn over_the_whole_product_the_next_step_is_that_of_the_algorithm() {
    let both = drift(ChangeClass::Immediate).with(drift(ChangeClass::Refused).changes[0].clone());
    let drifts = [Drift::none(), drift(ChangeClass::Immediate), drift(ChangeClass::Refused), both];
    let readiness = [
        Readiness::Available,
        Readiness::Creating(String::new()),
        Readiness::Unavailable("failed".into()),
        Readiness::Deleting,
    ];
    let mut all_seen =
        vec![Observation::Absent, Observation::Vanished(fault()), Observation::Foreign(fault())];
    for drift in &drifts {
        all_seen.extend(readiness.iter().map(|readiness| present(drift.clone(), readiness.clone())));
    }
    let (long_ago, recently) = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:45Z");
    let creations = [
        vec![],
        vec![(PENDING, recently)],
        vec![(PENDING, recently), (SUCCEEDED, recently)],
        vec![(PENDING, long_ago), (SUCCEEDED, long_ago)],
        vec![(PENDING, recently), (FAILED, recently)],
    ];
    let now: Timestamp = NOW.parse().unwrap();
    let mut cases = 0;
    for policies in Policies::all() {
        for deletion in [Deletion::None, Deletion::Held, Deletion::Due, Deletion::Begun] {
            for creation in &creations {
                let record = creation.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
                let creation = Creation::from_annotations(&record);
                let once = Lifecycle { deletion, creation, ..admitted() };
                let often = missing_since("2026-01-01T00:00:00Z", once);
                for (at, seen) in
                    [once, often].into_iter().flat_map(|at| all_seen.iter().map(move |seen| (at, seen)))
                {
                    for exhausted in [None, Some(&drifts[1]), Some(&drifts[3])] {
                        let expected = by_the_algorithm(at, policies, seen, exhausted);
                        let step = plan(at, policies, seen, exhausted, now);
                        assert_eq!(step, expected, "{at:?} {policies:?} {seen:?} {exhausted:?}");
                        cases += 1;
                    }
                }
            }
        }
    }
    assert_eq!(cases, 13 * 4 * 5 * 2 * 19 * 3);
}
