//! A secret against a scripted Secrets Manager: a call that the script does not have fails the test.

mod faults;
mod successor;
mod tables;

use std::sync::{Arc, Mutex};

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ErrorMetadata;
use aws_sdk_secretsmanager::operation::create_secret::{CreateSecretError, CreateSecretOutput};
use aws_sdk_secretsmanager::operation::delete_secret::{DeleteSecretError, DeleteSecretOutput};
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretError;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueOutput;
use aws_sdk_secretsmanager::operation::restore_secret::RestoreSecretOutput;
use aws_sdk_secretsmanager::operation::tag_resource::TagResourceOutput;
use aws_sdk_secretsmanager::operation::update_secret::UpdateSecretOutput;
use aws_sdk_secretsmanager::operation::update_secret_version_stage::UpdateSecretVersionStageOutput;
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_types::DateTime;
use goldenpath_provider_api::secretsmanager::{AttachedInstance, AttachmentKeys};
use goldenpath_provider_core::{FaultKind, Readiness};
use serde_json::{Value, json};

use super::*;
use crate::testing::{self, FakeObjects, PASSWORD};

const ARN: &str = "arn:aws:secretsmanager:eu-central-1:1:secret:goldenpath/prod/payments/orders-AbCdEf";
const NAME: &str = "goldenpath/prod/payments/orders";

/// The secret as AWS shows it after its creation.
fn described() -> aws_sdk_secretsmanager::operation::describe_secret::builders::DescribeSecretOutputBuilder {
    DescribeSecretOutput::builder()
        .arn(ARN)
        .name(NAME)
        .version_ids_to_stages("v1", vec!["AWSCURRENT".into()])
        .set_tags(Some(input::sdk(tags::desired(&testing::secret(), testing::CLUSTER))))
}

fn found(secret: DescribeSecretOutput) -> Rule {
    mock!(Client::describe_secret)
        .match_requests(|r| r.secret_id() == Some(NAME))
        .then_output(move || secret.clone())
}

fn error(code: &'static str, message: &'static str) -> ErrorMetadata {
    ErrorMetadata::builder().code(code).message(message).build()
}

fn not_found() -> Rule {
    mock!(Client::describe_secret)
        .then_error(|| DescribeSecretError::generic(error("ResourceNotFoundException", "")))
}

fn refused_create(code: &'static str, message: &'static str) -> Rule {
    mock!(Client::create_secret).then_error(move || CreateSecretError::generic(error(code, message)))
}

/// A label that is moved from a version to another, or taken off.
fn moved(stage: &'static str, from: &'static str, to: Option<&'static str>) -> Rule {
    mock!(Client::update_secret_version_stage)
        .match_requests(move |r| {
            r.version_stage() == Some(stage)
                && r.remove_from_version_id() == Some(from)
                && r.move_to_version_id() == to
        })
        .then_output(|| UpdateSecretVersionStageOutput::builder().build())
}

const SCHEDULED: (&str, &str) = (
    "InvalidRequestException",
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
);

fn with(rules: &[&Rule], objects: FakeObjects) -> Session<FakeObjects> {
    let none: &[&Rule] = &[];
    let rds = mock_client!(aws_sdk_rds, RuleMode::Sequential, none);
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::Sequential, rules);
    testing::session(objects, rds, secrets)
}

fn session(rules: &[&Rule]) -> Session<FakeObjects> {
    with(rules, FakeObjects::default())
}

/// A cluster whose Instance has an endpoint.
fn running() -> FakeObjects {
    let mut instance = testing::instance();
    instance.status =
        Some(serde_json::from_value(json!({"atProvider": {"address": "orders.rds", "port": 5432}})).unwrap());
    FakeObjects::default().with(&instance)
}

fn attached() -> AttachedInstance {
    let (identifier, host) = ("payments-orders-abc12".into(), "orders.rds".into());
    AttachedInstance { identifier, host, port: 5432, keys: AttachmentKeys::Both, username: None }
}

fn attached_secret() -> Secret {
    let mut secret = testing::secret();
    *secret.at_provider_mut() = SecretObservation {
        arn: Some(ARN.into()),
        version_id: Some("v1".into()),
        merged_from: None,
        attached: Some(attached()),
        instance_uid: testing::instance().uid(),
        notices: Vec::new(),
    };
    secret
}

async fn present(session: &Session<FakeObjects>, secret: &mut Secret) -> Present {
    match session.observe(secret).await.unwrap() {
        Observation::Present(present) => present,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_secret_is_made_with_its_value_and_the_value_is_shown_nowhere() {
    let seen: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let log = Arc::clone(&seen);
    let create = mock!(Client::create_secret)
        .match_requests(move |r| {
            let call = (r.client_request_token().unwrap().into(), r.secret_string().unwrap().into());
            log.lock().unwrap().push(call);
            r.name() == Some(NAME) && r.tags().len() == 5
        })
        .then_output(|| CreateSecretOutput::builder().arn(ARN).version_id("v1").build());
    let (session, mut secret) = (session(&[&create]), testing::secret());
    let value = session.prepare(&secret).await.unwrap();
    let connection = session.create(&mut secret, value.clone()).await.unwrap();
    let (token, sent) = seen.lock().unwrap()[0].clone();
    assert_eq!(token, input::create_token(&testing::secret()), "each attempt has the same token");
    assert_eq!(sent, value.expose());
    let sent: Value = serde_json::from_str(&sent).unwrap();
    assert_eq!(sent["password"], sent["POSTGRES_PASSWORD"]);
    assert!(!format!("{value:?}{secret:?}{connection:?}").contains(sent["password"].as_str().unwrap()));
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_finds_what_it_made() {
    let refused = refused_create("ResourceExistsException", "");
    let mut secret = testing::secret();
    let value = Sensitive::new("{}".into());
    session(&[&refused, &found(described().build())]).create(&mut secret, value).await.unwrap();
    assert_eq!(secret.at_provider_mut().arn.as_deref(), Some(ARN));
    assert_eq!(secret.at_provider_mut().version_id.as_deref(), Some("v1"));
}

#[tokio::test]
async fn a_create_that_meets_a_foreign_secret_touches_nothing() {
    for (code, message) in [("ResourceExistsException", ""), SCHEDULED] {
        let foreign = described().set_tags(None).deleted_date(DateTime::from_secs(1)).build();
        let session = session(&[&refused_create(code, message), &found(foreign)]);
        let fault = session.create(&mut testing::secret(), Sensitive::new("{}".into())).await.unwrap_err();
        assert_eq!((fault.kind, fault.reason), (FaultKind::User, "NotOwned"), "{code}");
    }
}

#[tokio::test]
async fn a_secret_in_its_recovery_window_is_restored_with_its_value() {
    let scheduled = described().deleted_date(DateTime::from_secs(1)).build();
    let mut secret = testing::secret();
    let seen = session(&[&found(scheduled.clone())]).observe(&mut secret).await.unwrap();
    assert_eq!(seen, Observation::Absent, "Create is what restores");

    let restore = mock!(Client::restore_secret)
        .match_requests(|r| r.secret_id() == Some(NAME))
        .then_output(|| RestoreSecretOutput::builder().arn(ARN).build());
    let session = session(&[&refused_create(SCHEDULED.0, SCHEDULED.1), &found(scheduled), &restore]);
    session.create(&mut secret, Sensitive::new("{}".into())).await.unwrap();
    assert_eq!(secret.at_provider_mut().version_id.as_deref(), Some("v1"), "the value that was there counts");
}

#[tokio::test]
async fn a_refused_value_is_not_disclosed() {
    let quoted = || {
        ErrorMetadata::builder().code("InvalidParameterException").message(format!("odd: {PASSWORD}")).build()
    };
    let refused = mock!(Client::create_secret).then_error(move || CreateSecretError::generic(quoted()));
    let value = Sensitive::new(json!({"password": PASSWORD}).to_string());
    let fault = session(&[&refused]).create(&mut testing::secret(), value).await.unwrap_err();
    assert!(!format!("{fault:?}").contains(PASSWORD), "{fault}");
}

#[tokio::test]
async fn what_is_not_there_may_be_made_unless_it_was_there() {
    let seen = session(&[&not_found()]).observe(&mut testing::secret()).await.unwrap();
    assert_eq!(seen, Observation::Absent);
    let seen = session(&[&not_found()]).observe(&mut attached_secret()).await.unwrap();
    assert!(matches!(seen, Observation::Vanished(f) if f.reason == "ExternallyDeleted"));
}

#[tokio::test]
async fn what_is_not_ours_is_foreign() {
    let foreign = described().set_tags(None).build();
    let seen = session(&[&found(foreign)]).observe(&mut testing::secret()).await.unwrap();
    assert!(matches!(seen, Observation::Foreign(f) if f.reason == "NotOwned"));
    let replaced = described().arn("arn:other").build();
    let seen = session(&[&found(replaced)]).observe(&mut attached_secret()).await.unwrap();
    assert!(matches!(seen, Observation::Foreign(f) if f.reason == "IdentityChanged"));
}

#[tokio::test]
async fn at_rest_only_metadata_is_read() {
    let session = with(&[&found(described().build())], running());
    let present = present(&session, &mut attached_secret()).await;
    assert_eq!((present.drift, present.readiness), (Drift::none(), Readiness::Available));
}

#[tokio::test]
async fn the_endpoint_is_merged_once() {
    let mut secret = testing::secret();
    let waiting = with(&[&found(described().build())], FakeObjects::default().with(&testing::instance()));
    let before = present(&waiting, &mut secret).await;
    assert_eq!(before.readiness, Readiness::Creating("waiting for the endpoint of Instance orders".into()));
    assert!(before.drift.is_empty());

    let known = present(&with(&[&found(described().build())], running()), &mut secret).await;
    assert_eq!(known.drift.summary(), "attachment: (none) -> payments-orders-abc12 orders.rds:5432 Both");

    let old = json!({"username": "app", "password": PASSWORD}).to_string();
    let get = mock!(Client::get_secret_value).then_output(move || {
        GetSecretValueOutput::builder().secret_string(old.clone()).version_id("v1").build()
    });
    let token = input::attach_tokens(&secret, &attached(), "v1").next().unwrap();
    let written: Arc<Mutex<String>> = Arc::default();
    let log = Arc::clone(&written);
    let put = mock!(Client::put_secret_value)
        .match_requests(move |r| {
            log.lock().unwrap().clone_from(&r.secret_string().unwrap().to_owned());
            r.client_request_token() == Some(&token) && r.version_stages() == ["goldenpath-pending"]
        })
        .then_output(|| {
            PutSecretValueOutput::builder().version_id("v2").version_stages("goldenpath-pending").build()
        });
    let current = moved("AWSCURRENT", "v1", Some("v2"));
    let cleaned = moved("goldenpath-pending", "v2", None);
    let session = with(&[&found(described().build()), &get, &put, &current, &cleaned], running());
    session.update(&mut secret, &known.drift).await.unwrap();
    assert!(!format!("{secret:?}{known:?}").contains(PASSWORD));
    assert_eq!(secret.at_provider_mut().attached, Some(attached()));
    assert_eq!(secret.at_provider_mut().version_id.as_deref(), Some("v2"));
    assert_eq!(secret.at_provider_mut().merged_from.as_deref(), Some("v1"));

    // The answer was lost, or somebody has written a version: one look, and no further version.
    let now = written.lock().unwrap().clone();
    let get = mock!(Client::get_secret_value).then_output(move || {
        GetSecretValueOutput::builder().secret_string(now.clone()).version_id("v3").build()
    });
    let session = with(&[&found(described().build()), &get], running());
    session.update(&mut secret, &known.drift).await.unwrap();
    assert_eq!(secret.at_provider_mut().version_id.as_deref(), Some("v3"));
}

#[tokio::test]
async fn a_version_that_somebody_wrote_is_looked_into() {
    let rotated =
        described().set_version_ids_to_stages(None).version_ids_to_stages("v9", vec!["AWSCURRENT".into()]);
    let present = present(&with(&[&found(rotated.build())], running()), &mut attached_secret()).await;
    assert_eq!(present.drift.changes[0].field, "attachment");
}

#[tokio::test]
async fn metadata_is_put_back() {
    let mut secret = attached_secret();
    secret.spec.for_provider.description = Some("orders".into());
    let changed = described().set_tags(None).build();
    let tag = mock!(Client::tag_resource)
        .match_requests(|r| r.tags().len() == 5)
        .then_output(|| TagResourceOutput::builder().build());
    let update = mock!(Client::update_secret)
        .match_requests(|r| r.description() == Some("orders") && r.secret_string().is_none())
        .then_output(|| UpdateSecretOutput::builder().build());
    let seen = present(&with(&[&found(changed.clone())], running()), &mut secret).await;
    let session = with(&[&found(changed), &tag, &update], running());
    session.update(&mut secret, &seen.drift).await.unwrap();
}

#[tokio::test]
async fn a_secret_outlives_its_database() {
    let kept = with(&[], running());
    let fault = kept.delete(&mut attached_secret()).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::Waiting, "WaitingForInstance"));
    assert_eq!(fault.message, "kept until Instance orders is gone");

    let delete = mock!(Client::delete_secret)
        .match_requests(|r| {
            r.recovery_window_in_days() == Some(30) && r.force_delete_without_recovery() != Some(true)
        })
        .then_output(|| DeleteSecretOutput::builder().build());
    session(&[&found(described().build()), &delete]).delete(&mut attached_secret()).await.unwrap();
    let again = mock!(Client::delete_secret).then_error(|| {
        DeleteSecretError::generic(error(
            "InvalidRequestException",
            "a secret that's currently marked deleted",
        ))
    });
    session(&[&found(described().build()), &again]).delete(&mut attached_secret()).await.unwrap();
    let theirs = described().set_tags(Some(input::sdk([("crossplane-name".into(), "other".into())].into())));
    let fault = session(&[&found(theirs.build())]).delete(&mut attached_secret()).await.unwrap_err();
    assert_eq!(fault.reason, "NotOwned", "one that has another owner by now is not deleted");
}
