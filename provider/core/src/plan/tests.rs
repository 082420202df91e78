use k8s_openapi::jiff::Timestamp;
use rstest::rstest;

use super::*;
use crate::creation::{PENDING, SUCCEEDED};
use crate::{Change, ChangeClass, ConnectionDetails};

const NOW: &str = "2026-01-01T00:01:00Z";

fn lifecycle(deletion: Deletion, created: Option<&str>) -> Lifecycle {
    let annotations = created
        .map(|at| [(PENDING.to_owned(), at.to_owned()), (SUCCEEDED.to_owned(), at.to_owned())])
        .into_iter()
        .flatten()
        .collect();
    Lifecycle { deletion, creation: Creation::from_annotations(&annotations), creation_grace: CREATION_GRACE }
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
    Step::Report(missing())
)]
#[case::what_vanished_is_told_and_not_remade(
    Deletion::None,
    None,
    Policies::ALL,
    Observation::Vanished(fault()),
    Step::Report(fault())
)]
#[case::what_is_not_ours_is_told(
    Deletion::None,
    None,
    Policies::ALL,
    Observation::Foreign(fault()),
    Step::Report(fault())
)]
#[case::in_sync_rests(Deletion::None, None, Policies::ALL, settled(), Step::Rest)]
#[case::drift_is_put_back(
    Deletion::None,
    None,
    Policies::ALL,
    present(drift(ChangeClass::Immediate), Readiness::Available),
    Step::Update(drift(ChangeClass::Immediate))
)]
#[case::drift_that_may_not_be_put_back_rests(
    Deletion::None,
    None,
    Policies::OBSERVE,
    present(drift(ChangeClass::Immediate), Readiness::Available),
    Step::Rest
)]
#[case::a_refused_change_is_never_asked_for(
    Deletion::None,
    None,
    Policies::ALL,
    present(drift(ChangeClass::Refused), Readiness::Available),
    Step::Refuse(refusal(&drift(ChangeClass::Refused).changes[0]))
)]
#[case::a_refused_change_is_no_matter_where_nothing_is_updated(
    Deletion::None,
    None,
    Policies::OBSERVE,
    present(drift(ChangeClass::Refused), Readiness::Available),
    Step::Rest
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
#[case::deleted_and_gone_is_released(Deletion::Due, None, Policies::ALL, Observation::Absent, Step::Release)]
#[case::deleted_and_vanished_is_released(
    Deletion::Due,
    None,
    Policies::ALL,
    Observation::Vanished(fault()),
    Step::Release
)]
#[case::deleted_and_not_ours_is_released_untouched(
    Deletion::Due,
    None,
    Policies::ALL,
    Observation::Foreign(fault()),
    Step::Release
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
    Step::Release
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
    assert_eq!(plan(lifecycle(deletion, created), policies, &seen, now), expected);
}
