//! What AWS refuses of one group delays no other.

use aws_sdk_rds::operation::describe_events::DescribeEventsOutput;
use aws_sdk_rds::operation::modify_db_instance::ModifyDBInstanceError;
use aws_sdk_rds::operation::modify_db_instance::ModifyDbInstanceInput;

use super::*;

fn refused(code: &'static str, message: &'static str, matches: fn(&ModifyDbInstanceInput) -> bool) -> Rule {
    let error = move || ErrorMetadata::builder().code(code).message(message).build();
    mock!(Client::modify_db_instance)
        .match_requests(matches)
        .then_error(move || ModifyDBInstanceError::generic(error()))
}

fn taken(matches: fn(&ModifyDbInstanceInput) -> bool) -> Rule {
    mock!(Client::modify_db_instance)
        .match_requests(matches)
        .then_output(|| ModifyDbInstanceOutput::builder().build())
}

const COOLDOWN: (&str, &str) = (
    "InvalidParameterCombination",
    "You can't currently modify the storage of this DB instance because the previous storage change is being optimized.",
);

/// An instance that is to have more storage, and its protection back.
fn growing() -> (Instance, DbInstance) {
    let mut instance = pinned("db-ABCDEFGHIJ");
    instance.spec.for_provider.allocated_storage = Some(40);
    (instance, db().deletion_protection(false).build())
}

#[tokio::test]
async fn a_refused_group_delays_no_other() {
    let (mut instance, seen) = growing();
    instance.spec.for_provider.instance_class = "db.bogus.large".into();
    let refusal = ("InvalidParameterValue", "Invalid DB Instance class: db.bogus.large");
    let all = refused(refusal.0, refusal.1, |r| {
        r.db_instance_class().is_some()
            && r.allocated_storage() == Some(40)
            && r.deletion_protection() == Some(true)
    });
    let others = taken(|r| {
        r.deletion_protection() == Some(true)
            && r.db_instance_class().is_none()
            && r.allocated_storage() == Some(40)
    });
    let drift = delta::drift(&instance, testing::CLUSTER, &seen, delta::Asked::LongAgo);
    let rules = [&found(seen), &all, &others];
    let fault = session(&rules).update(&mut instance, &drift).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::Terminal, "InvalidSpec"));
    assert_eq!(fault.field.as_deref(), Some(".spec.forProvider.instanceClass"));
    assert_eq!([&all, &others].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn where_no_field_is_named_each_group_is_asked_for_and_what_protects_comes_first() {
    let (mut instance, seen) = growing();
    instance.spec.for_provider.instance_class = "db.bogus.large".into();
    let refusal = ("InvalidParameterCombination", "That does not go together");
    let all = refused(refusal.0, refusal.1, |r| {
        r.db_instance_class().is_some() && r.allocated_storage() == Some(40)
    });
    let protection = taken(|r| r.deletion_protection() == Some(true) && r.allocated_storage().is_none());
    let busy =
        refused("InvalidDBInstanceState", "Instance is not available.", |r| r.db_instance_class().is_some());
    let drift = delta::drift(&instance, testing::CLUSTER, &seen, delta::Asked::LongAgo);
    let rules = [&found(seen), &all, &protection, &busy];
    session(&rules).update(&mut instance, &drift).await.unwrap();
    assert_eq!([&all, &protection, &busy].map(Rule::num_calls), [1, 1, 1], "the rest follows when it can");
}

#[tokio::test]
async fn an_instance_that_takes_no_changes_now_is_asked_once() {
    let (mut instance, seen) = growing();
    let busy = refused("InvalidDBInstanceState", "Instance is not available.", |_| true);
    let drift = delta::drift(&instance, testing::CLUSTER, &seen, delta::Asked::LongAgo);
    let fault = session(&[&found(seen), &busy]).update(&mut instance, &drift).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::Waiting, "WaitingForState"));
    assert_eq!(busy.num_calls(), 1);
}

#[tokio::test]
async fn storage_that_was_changed_not_long_ago_is_left_alone_and_nothing_else_is() {
    let (mut instance, seen) = growing();
    let all = refused(COOLDOWN.0, COOLDOWN.1, |r| r.deletion_protection().is_some());
    let protection = taken(|r| r.deletion_protection() == Some(true) && r.allocated_storage().is_none());
    let drift = delta::drift(&instance, testing::CLUSTER, &seen, delta::Asked::LongAgo);
    let events = mock!(Client::describe_events)
        .match_requests(|r| r.source_identifier() == Some("payments-orders-abc12"))
        .then_output(|| DescribeEventsOutput::builder().build());
    let rules = [&found(seen), &all, &protection, &events];
    let fault = session(&rules).update(&mut instance, &drift).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::Waiting, "StorageCooldown"));
    assert_eq!([&all, &protection, &events].map(Rule::num_calls), [1, 1, 1]);

    // From now on it is told, and not asked for; another change passes.
    let seen = db().multi_az(true).build();
    instance.spec.for_provider.multi_az = Some(false);
    let looked = session(&[&found(seen)]).observe(&mut instance).await.unwrap();
    let Observation::Present(present) = looked else { panic!("{looked:?}") };
    assert_eq!(present.drift.summary(), "multiAz: true -> false");
    let until = instance.at_provider().unwrap().storage_modifiable_from.clone().unwrap().0;
    assert_eq!(present.next_look, Some(until), "it is looked at again when its time comes");
    let told = instance.at_provider().unwrap();
    assert_eq!(told.notices[0].code, "StorageCooldown");
    assert!(told.planned_changes.iter().any(|change| change.field == "allocatedStorage"), "{told:?}");

    // The time comes.
    let passed = k8s_openapi::jiff::Timestamp::UNIX_EPOCH;
    instance.at_provider_mut().storage_modifiable_from =
        Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(passed));
    let looked = session(&[&found(db().build())]).observe(&mut instance).await.unwrap();
    let Observation::Present(present) = looked else { panic!("{looked:?}") };
    assert_eq!(present.drift.summary(), "allocatedStorage: 20 -> 40");
    assert_eq!(instance.at_provider().unwrap().storage_modifiable_from, None);
}
