//! Deletion against a scripted RDS.

use aws_sdk_rds::operation::delete_db_instance::{DeleteDBInstanceError, DeleteDbInstanceOutput};
use aws_sdk_rds::operation::describe_db_snapshots::{DescribeDBSnapshotsError, DescribeDbSnapshotsOutput};
use aws_sdk_rds::types::DbSnapshot;
use goldenpath_provider_core::Event;
use rstest::rstest;

use super::*;

#[tokio::test]
async fn protection_holds_deletion_until_the_spec_says_otherwise() {
    let fault = session(&[&found(db().build())]).delete(&mut testing::instance()).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::User, "DeletionProtected"));

    let mut instance = testing::instance();
    instance.spec.for_provider.deletion_protection = Some(false);
    let modify = mock!(Client::modify_db_instance)
        .match_requests(|r| r.deletion_protection() == Some(false) && r.apply_immediately() == Some(false))
        .then_output(|| ModifyDbInstanceOutput::builder().build());
    let delete = mock!(Client::delete_db_instance)
        .match_requests(|r| r.final_db_snapshot_identifier() == Some("payments-orders-abc12-final-abcdefgh"))
        .then_output(|| DeleteDbInstanceOutput::builder().build());
    session(&[&found(db().build()), &modify, &delete]).delete(&mut instance).await.unwrap();
    let asked = instance.status.unwrap().at_provider.final_snapshot;
    assert_eq!(asked.as_deref(), Some("payments-orders-abc12-final-abcdefgh"));
}

#[tokio::test]
async fn a_read_replica_goes_without_a_snapshot_and_says_so() {
    let replica = db().deletion_protection(false).read_replica_source_db_instance_identifier("source");
    let delete = mock!(Client::delete_db_instance)
        .match_requests(|r| r.skip_final_snapshot() == Some(true) && r.delete_automated_backups().is_none())
        .then_output(|| DeleteDbInstanceOutput::builder().build());
    let told = session(&[&found(replica.build()), &delete]).delete(&mut testing::instance()).await.unwrap();
    let words = "AWS takes no final snapshot of a read replica: its data is in the source";
    assert_eq!(told, Some(Event::warning("FinalSnapshotSkipped", words)));
}

fn snapshot(status: &'static str, of: &'static str) -> Rule {
    mock!(Client::describe_db_snapshots).then_output(move || {
        let found = DbSnapshot::builder().status(status).dbi_resource_id(of).db_snapshot_arn("arn:s");
        DescribeDbSnapshotsOutput::builder().db_snapshots(found.build()).build()
    })
}

fn no_snapshot() -> Rule {
    mock!(Client::describe_db_snapshots)
        .then_error(|| DescribeDBSnapshotsError::generic(code("DBSnapshotNotFound")))
}

/// What is known when its DB instance is gone.
fn gone(asked: Option<&str>) -> Instance {
    let mut instance = pinned("db-ABCDEFGHIJ");
    instance.at_provider_mut().final_snapshot = asked.map(str::to_owned);
    instance
}

#[rstest]
#[case::there(&[snapshot("available", "db-ABCDEFGHIJ")], Ok("The final snapshot is arn:s"))]
#[case::being_taken(&[snapshot("creating", "db-ABCDEFGHIJ")], Err("WaitingForSnapshot"))]
#[case::failed(&[snapshot("failed", "db-ABCDEFGHIJ")], Err("FinalSnapshotFailed"))]
#[case::missing(&[no_snapshot()], Err("FinalSnapshotMissing"))]
#[case::of_another_instance(&[snapshot("available", "db-OTHER")], Err("FinalSnapshotMissing"))]
#[tokio::test]
async fn a_snapshot_that_was_asked_for_has_to_be_there(
    #[case] answers: &[Rule],
    #[case] expected: Result<&str, &str>,
) {
    let answers: Vec<_> = answers.iter().collect();
    let told = session(&answers).confirm_removal(&gone(Some("asked"))).await;
    let told = told.map(|event| event.unwrap().message).map_err(|fault| fault.reason);
    assert_eq!(told.as_deref().map_err(|reason| *reason), expected);
}

#[tokio::test]
async fn one_that_this_process_does_not_know_of_is_looked_for() {
    // The answer of Delete was lost: the second name is the one that AWS has taken.
    let answers = [&no_snapshot(), &snapshot("available", "db-ABCDEFGHIJ")];
    assert!(session(&answers).confirm_removal(&gone(None)).await.unwrap().is_some());
    // Somebody else has deleted the DB instance.
    assert_eq!(session(&[&no_snapshot(), &no_snapshot()]).confirm_removal(&gone(None)).await, Ok(None));
    // Nothing was ever made, or nothing is wanted.
    assert_eq!(session(&[]).confirm_removal(&testing::instance()).await, Ok(None));
    let mut unwanted = gone(Some("asked"));
    unwanted.spec.for_provider.skip_final_snapshot = Some(true);
    assert_eq!(session(&[]).confirm_removal(&unwanted).await, Ok(None));
}

#[tokio::test]
async fn deletion_may_be_repeated() {
    let unprotected = || db().deletion_protection(false);
    session(&[&not_found()]).delete(&mut testing::instance()).await.unwrap();
    let deleting = unprotected().db_instance_status("deleting").build();
    session(&[&found(deleting)]).delete(&mut testing::instance()).await.unwrap();
    let gone = mock!(Client::delete_db_instance)
        .then_error(|| DeleteDBInstanceError::generic(code("DBInstanceNotFound")));
    session(&[&found(unprotected().build()), &gone]).delete(&mut testing::instance()).await.unwrap();

    let taken = mock!(Client::delete_db_instance)
        .then_error(|| DeleteDBInstanceError::generic(code("DBSnapshotAlreadyExists")));
    let next = mock!(Client::delete_db_instance)
        .match_requests(|r| r.final_db_snapshot_identifier() == Some("payments-orders-abc12-final-11111111"))
        .then_output(|| DeleteDbInstanceOutput::builder().build());
    session(&[&found(unprotected().build()), &taken, &next]).delete(&mut testing::instance()).await.unwrap();
}
