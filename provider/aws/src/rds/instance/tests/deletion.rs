//! Deletion against a scripted RDS.

use aws_sdk_rds::operation::delete_db_instance::{DeleteDBInstanceError, DeleteDbInstanceOutput};

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
