//! A DB instance against a scripted RDS: a call that the script does not have fails the test.

mod deletion;
mod faults;
mod groups;
mod references;
mod tables;

use aws_sdk_rds::Client;
use aws_sdk_rds::error::ErrorMetadata;
use aws_sdk_rds::operation::add_tags_to_resource::AddTagsToResourceOutput;
use aws_sdk_rds::operation::create_db_instance::{CreateDBInstanceError, CreateDbInstanceOutput};
use aws_sdk_rds::operation::describe_db_instances::{DescribeDBInstancesError, DescribeDbInstancesOutput};
use aws_sdk_rds::operation::modify_db_instance::ModifyDbInstanceOutput;
use aws_sdk_rds::types::{Endpoint, PendingModifiedValues};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use goldenpath_provider_api::rds::PasswordVersion;
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::{Change, ChangeClass, FaultKind, Readiness, creation};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use serde_json::json;

use super::*;
use crate::testing::{self, FakeObjects, PASSWORD};

/// The DB instance as AWS shows it once it is what [`testing::instance`] wants.
fn db() -> aws_sdk_rds::types::builders::DbInstanceBuilder {
    DbInstance::builder()
        .db_instance_identifier("payments-orders-abc12")
        .dbi_resource_id("db-ABCDEFGHIJ")
        .db_instance_arn("arn:aws:rds:eu-central-1:1:db:payments-orders-abc12")
        .db_instance_status("available")
        .engine("postgres")
        .engine_version("16.3")
        .db_instance_class("db.t4g.small")
        .allocated_storage(20)
        .max_allocated_storage(100)
        .storage_type("gp3")
        .iops(3000)
        .storage_encrypted(true)
        .db_name("orders")
        .master_username("app")
        .backup_retention_period(7)
        .deletion_protection(true)
        .endpoint(Endpoint::builder().address("orders.rds").port(5432).build())
        .set_tag_list(Some(tags::sdk(crate::tags::desired(&testing::instance(), testing::CLUSTER))))
}

fn pinned(id: &str) -> Instance {
    let mut instance = testing::instance();
    instance.at_provider_mut().resource_id = Some(id.into());
    instance.at_provider_mut().password_applied = Some(version("v1"));
    instance
}

fn version(version: &str) -> PasswordVersion {
    PasswordVersion { secret_arn: "arn:secret".into(), version_id: version.into() }
}

fn password() -> Password {
    Password { text: Sensitive::new(PASSWORD.into()), version: version("v1") }
}

fn found(db: DbInstance) -> Rule {
    mock!(Client::describe_db_instances)
        .match_requests(|r| r.db_instance_identifier() == Some("payments-orders-abc12"))
        .then_output(move || DescribeDbInstancesOutput::builder().db_instances(db.clone()).build())
}

fn code(code: &'static str) -> ErrorMetadata {
    ErrorMetadata::builder().code(code).message("as AWS says it").build()
}

fn not_found() -> Rule {
    mock!(Client::describe_db_instances)
        .then_error(|| DescribeDBInstancesError::generic(code("DBInstanceNotFound")))
}

/// Nor does another name have what is known by its identity.
fn nowhere() -> Rule {
    mock!(Client::describe_db_instances)
        .match_requests(|r| r.filters().iter().any(|filter| filter.name() == Some("dbi-resource-id")))
        .then_output(|| DescribeDbInstancesOutput::builder().build())
}

fn already_exists() -> Rule {
    mock!(Client::create_db_instance)
        .then_error(|| CreateDBInstanceError::generic(code("DBInstanceAlreadyExists")))
}

fn with(rds: &[&Rule], secrets: &[&Rule], objects: FakeObjects) -> Session<FakeObjects> {
    let rds = mock_client!(aws_sdk_rds, RuleMode::Sequential, rds);
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::Sequential, secrets);
    testing::session(objects, rds, secrets)
}

fn session(rds: &[&Rule]) -> Session<FakeObjects> {
    with(rds, &[], FakeObjects::default())
}

fn secret_in_aws() -> Secret {
    let mut secret = testing::secret();
    secret.status = Some(serde_json::from_value(json!({"atProvider": {"arn": "arn:secret"}})).unwrap());
    secret
}

fn value(json: &'static str) -> Rule {
    mock!(aws_sdk_secretsmanager::Client::get_secret_value)
        .match_requests(|r| r.secret_id() == Some("arn:secret"))
        .then_output(move || GetSecretValueOutput::builder().secret_string(json).version_id("v1").build())
}

const VALUE: &str = r#"{"username":"app","password":"Tr0ub4dor-and-3-more-words"}"#;

#[tokio::test]
async fn what_is_as_wanted_is_available_and_without_drift() {
    let mut instance = pinned("db-ABCDEFGHIJ");
    let seen = session(&[&found(db().build())]).observe(&mut instance).await.unwrap();
    let Observation::Present(present) = seen else { panic!("{seen:?}") };
    assert_eq!((present.drift, present.readiness), (Drift::none(), Readiness::Available));
    let status = &instance.status.unwrap().at_provider;
    assert_eq!(status.resource_id.as_deref(), Some("db-ABCDEFGHIJ"));
    assert_eq!(status.endpoint.as_deref(), Some("orders.rds:5432"));
    assert_eq!(status.planned_changes, []);
}

#[tokio::test]
async fn what_is_absent_may_be_created_unless_it_was_there() {
    let observe = async |mut instance: Instance| {
        let known = crate::ownership::pinned_id(&instance).is_some();
        let session = if known { session(&[&not_found(), &nowhere()]) } else { session(&[&not_found()]) };
        (session.observe(&mut instance).await.unwrap(), instance)
    };
    assert_eq!(observe(testing::instance()).await.0, Observation::Absent);

    let (seen, _) = observe(pinned("db-ABCDEFGHIJ")).await;
    assert!(
        matches!(seen, Observation::Vanished(f) if f.reason == "ExternallyDeleted" && f.remedy.is_some())
    );

    let mut recreated = pinned("db-ABCDEFGHIJ");
    recreated.spec.for_provider.recreate_when_missing = Some(true);
    let (seen, instance) = observe(recreated).await;
    assert_eq!(seen, Observation::Absent);
    assert_eq!(instance.status.unwrap().at_provider.resource_id, None, "the lost one is forgotten");
}

#[tokio::test]
async fn what_is_not_ours_is_foreign() {
    let foreign = Box::new(db().set_tag_list(Some(Vec::new())).build());
    let observe = async |mut instance: Instance, db: Box<DbInstance>| {
        let is_other =
            crate::ownership::pinned_id(&instance).is_some_and(|id| db.dbi_resource_id() != Some(&id));
        let session = if is_other { session(&[&found(*db), &nowhere()]) } else { session(&[&found(*db)]) };
        session.observe(&mut instance).await.unwrap()
    };
    let reason = |seen: &Observation| match seen {
        Observation::Foreign(fault) => fault.reason,
        _ => "ours",
    };
    let mut adopting = testing::instance();
    adopting.metadata.annotations.as_mut().unwrap().insert("goldenpath.io/adopt".into(), "true".into());
    let mut looking = testing::instance();
    looking.spec.managed.management_policies =
        Some(vec![goldenpath_provider_core::ManagementAction::Observe]);
    for (why, instance, db, expected) in [
        ("no tags", testing::instance(), foreign.clone(), "NotOwned"),
        ("no tags, and the pinned identity", pinned("db-ABCDEFGHIJ"), foreign.clone(), "ours"),
        ("our tags, and another identity", pinned("db-OTHER"), Box::new(db().build()), "IdentityChanged"),
        ("no tags, and asked to adopt", adopting, foreign.clone(), "ours"),
        ("no tags, and only looking", looking, foreign, "ours"),
    ] {
        assert_eq!(reason(&observe(instance, db).await), expected, "{why}");
    }
}

#[tokio::test]
async fn an_object_being_created_takes_its_password_along_and_shows_it_nowhere() {
    let objects = FakeObjects::default().with(&secret_in_aws());
    let create = mock!(Client::create_db_instance)
        .match_requests(|r| {
            r.master_user_password() == Some(PASSWORD)
                && r.storage_encrypted() == Some(true)
                && r.tags().len() == 5
        })
        .then_output(|| {
            CreateDbInstanceOutput::builder().db_instance(db().db_instance_status("creating").build()).build()
        });
    let session = with(&[&create], &[&value(VALUE)], objects);
    let mut instance = testing::instance();
    let inputs = session.prepare(&instance).await.unwrap();
    let connection = session.create(&mut instance, inputs.clone()).await.unwrap();
    assert!(!connection.contains_key("password"), "no connection Secret was asked for");
    assert!(!format!("{inputs:?}{instance:?}{connection:?}").contains(PASSWORD));
    let seen = instance.status.unwrap().at_provider;
    assert_eq!(seen.resource_id.as_deref(), Some("db-ABCDEFGHIJ"));
    assert_eq!(seen.password_applied, Some(version("v1")));
}

#[tokio::test]
async fn a_password_is_published_before_create_so_that_no_crash_loses_it() {
    let objects = FakeObjects::default().with(&secret_in_aws());
    let session = with(&[], &[&value(VALUE)], objects);
    let inputs = session.prepare(&testing::instance()).await.unwrap();
    let known = External::<Instance>::details_before_create(&session, &inputs);
    assert_eq!(known["password"].expose(), PASSWORD);
    assert_eq!(External::<Instance>::details_before_create(&session, &None), ConnectionDetails::new());
}

#[tokio::test]
async fn a_secret_that_was_not_found_to_be_ours_is_not_read() {
    // Whoever may write annotations can name any secret and call it made; there is nothing scripted to read.
    let mut secret = testing::secret();
    secret.annotations_mut().extend([
        (creation::EXTERNAL_NAME.to_owned(), "goldenpath/dev/other-team/orders-db".to_owned()),
        (creation::SUCCEEDED.to_owned(), "2026-01-01T00:00:00Z".to_owned()),
    ]);
    secret.status = None;
    let session = with(&[], &[], FakeObjects::default().with(&secret));
    let fault = session.prepare(&testing::instance()).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::Waiting, "WaitingForSecret"));
}

#[tokio::test]
async fn a_secret_that_is_going_is_not_read_for_an_instance_that_came_after() {
    let at = |text: &str| Some(Time(text.parse().unwrap()));
    let mut secret = secret_in_aws();
    secret.metadata.deletion_timestamp = at("2026-01-01T00:00:10Z");
    let mut instance = testing::instance();
    instance.metadata.creation_timestamp = at("2026-01-01T00:00:11Z");
    let session = with(&[], &[], FakeObjects::default().with(&secret));
    let fault = session.prepare(&instance).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::Waiting, "WaitingForSecret"));
    assert_eq!(fault.message, "Secret \"orders-db\" is being deleted, and is to be made again");

    instance.metadata.creation_timestamp = at("2026-01-01T00:00:00Z");
    let session = with(&[], &[&value(VALUE)], FakeObjects::default().with(&secret));
    assert!(session.prepare(&instance).await.unwrap().is_some(), "it is kept for this one");
}

#[tokio::test]
async fn without_the_secret_create_waits() {
    let fault = session(&[]).prepare(&testing::instance()).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::Waiting, "WaitingForSecret"));

    let not_yet = FakeObjects::default().with(&testing::secret());
    let fault = with(&[], &[], not_yet).prepare(&testing::instance()).await.unwrap_err();
    assert_eq!(
        fault.message, "Secret \"orders-db\" does not exist yet",
        "it is in the cluster and not in AWS"
    );

    let objects = FakeObjects::default().with(&secret_in_aws());
    let session = with(&[], &[&value(r#"{"username":"app"}"#)], objects);
    let fault = session.prepare(&testing::instance()).await.unwrap_err();
    assert_eq!(fault.message, "Secret \"orders-db\" has no key \"password\"");
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_finds_what_it_made() {
    let mut instance = testing::instance();
    let session = session(&[&already_exists(), &found(db().build())]);
    session.create(&mut instance, Some(password())).await.unwrap();
    assert_eq!(instance.status.unwrap().at_provider.resource_id.as_deref(), Some("db-ABCDEFGHIJ"));
}

#[tokio::test]
async fn a_create_that_meets_a_foreign_instance_touches_nothing() {
    let mut instance = testing::instance();
    let foreign = db().set_tag_list(Some(Vec::new())).build();
    let fault = session(&[&already_exists(), &found(foreign)]).create(&mut instance, None).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::User, "NotOwned"));
    assert_eq!(instance.status, None);
}

#[tokio::test]
async fn a_refused_password_is_not_disclosed() {
    let refused =
        || ErrorMetadata::builder().code("InvalidParameterValue").message(format!("odd: {PASSWORD}")).build();
    let create =
        mock!(Client::create_db_instance).then_error(move || CreateDBInstanceError::generic(refused()));
    let fault = session(&[&create]).create(&mut testing::instance(), Some(password())).await.unwrap_err();
    assert!(!format!("{fault:?}").contains(PASSWORD), "{fault}");
}

#[tokio::test]
async fn all_that_differs_goes_into_one_request_and_tags_into_their_own() {
    let mut instance = testing::instance();
    instance.spec.for_provider.backup_retention_period = Some(14);
    instance.spec.for_provider.multi_az = Some(true);
    let seen = db().set_tag_list(Some(Vec::new())).deletion_protection(false).build();
    let tag = mock!(Client::add_tags_to_resource)
        .match_requests(|r| r.tags().len() == 5)
        .then_output(|| AddTagsToResourceOutput::builder().build());
    let modify = mock!(Client::modify_db_instance)
        .match_requests(|r| {
            r.backup_retention_period() == Some(14)
                && r.multi_az() == Some(true)
                && r.deletion_protection() == Some(true)
                && r.apply_immediately() == Some(false)
                && r.engine_version().is_none()
                && r.master_user_password().is_none()
        })
        .then_output(|| ModifyDbInstanceOutput::builder().build());
    instance.at_provider_mut().resource_id = Some("db-ABCDEFGHIJ".into());
    let drift = delta::drift(&instance, testing::CLUSTER, &seen, delta::Asked::LongAgo);
    session(&[&found(seen), &tag, &modify]).update(&mut instance, &drift).await.unwrap();
}

#[tokio::test]
async fn a_restored_instance_gets_the_password_once() {
    let mut instance = testing::instance();
    instance.spec.for_provider.snapshot_identifier = Some("before".into());
    let first = session(&[&found(db().build())]).observe(&mut instance).await.unwrap();
    let Observation::Present(Present { drift, readiness, .. }) = first else { panic!("{first:?}") };
    assert_eq!(drift.summary(), "masterUserPassword: (of the backup) -> (of the secret)");
    assert!(matches!(readiness, Readiness::Creating(_)));

    let modify = mock!(Client::modify_db_instance)
        .match_requests(|r| r.master_user_password() == Some(PASSWORD))
        .then_output(|| ModifyDbInstanceOutput::builder().build());
    let objects = FakeObjects::default().with(&secret_in_aws());
    let session_ = with(&[&found(db().build()), &modify], &[&value(VALUE)], objects);
    session_.update(&mut instance, &drift).await.unwrap();
    assert!(!format!("{instance:?}{drift:?}").contains(PASSWORD));

    let second = session(&[&found(db().build())]).observe(&mut instance).await.unwrap();
    let Observation::Present(present) = second else { panic!("{second:?}") };
    assert_eq!((present.drift, present.readiness), (Drift::none(), Readiness::Available));
}

#[tokio::test]
async fn a_major_upgrade_waits_for_permission_and_holds_nothing_else_up() {
    let mut instance = pinned("db-ABCDEFGHIJ");
    instance.spec.for_provider.engine_version = Some("17".into());
    instance.spec.for_provider.backup_retention_period = Some(14);
    let modify = mock!(Client::modify_db_instance)
        .match_requests(|r| r.engine_version().is_none() && r.backup_retention_period() == Some(14))
        .then_output(|| ModifyDbInstanceOutput::builder().build());
    let drift = delta::drift(&instance, testing::CLUSTER, &db().build(), delta::Asked::LongAgo);
    let fault = session(&[&found(db().build()), &modify]).update(&mut instance, &drift).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::Terminal, "MajorUpgradeNotAllowed"));

    instance.spec.for_provider.allow_major_version_upgrade = Some(true);
    let modify = mock!(Client::modify_db_instance)
        .match_requests(|r| r.engine_version() == Some("17") && r.allow_major_version_upgrade() == Some(true))
        .then_output(|| ModifyDbInstanceOutput::builder().build());
    session(&[&found(db().build()), &modify]).update(&mut instance, &drift).await.unwrap();
}
