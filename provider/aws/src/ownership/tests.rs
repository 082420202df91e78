//! Whose a DB instance is, by what its tags say and what was recorded of it.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::Instance;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::rds;
use crate::testing::{self, FakeObjects};

const ARN: &str = "arn:aws:rds:eu-central-1:1:db:payments-orders-abc12";

/// What the object knows of the DB instance that it made.
#[derive(Clone, Copy, Debug)]
enum Known {
    Nothing,
    Status,
    /// As after a restore from a backup.
    Annotations,
}

fn instance(known: Known) -> Instance {
    let mut instance = testing::instance();
    let identity = Identity { id: Some("db-A".into()), arn: Some(ARN.into()) };
    match known {
        Known::Nothing => {}
        Known::Status => {
            let seen = json!({"atProvider": {"resourceId": identity.id, "arn": identity.arn}});
            instance.status = Some(serde_json::from_value(seen).unwrap());
        }
        Known::Annotations => pin(&mut instance, &identity),
    }
    instance
}

/// The tags of the object, with what a case lays over them.
fn tagged(over: &[(&str, &str)]) -> Tags {
    let mut tags = tags::desired(&testing::instance(), testing::CLUSTER);
    tags.extend(over.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    tags
}

fn db(id: &str, tags: Tags) -> Box<DbInstance> {
    let db = DbInstance::builder().dbi_resource_id(id).db_instance_arn(ARN);
    Box::new(db.set_tag_list(Some(rds::tags::sdk(tags))).build())
}

fn in_account(account: &'static str) -> Session<FakeObjects> {
    let none: &[&aws_smithy_mocks::Rule] = &[];
    let rds = aws_smithy_mocks::mock_client!(aws_sdk_rds, aws_smithy_mocks::RuleMode::Sequential, none);
    let secrets =
        aws_smithy_mocks::mock_client!(aws_sdk_secretsmanager, aws_smithy_mocks::RuleMode::Sequential, none);
    testing::session_in(account, FakeObjects::default(), rds, secrets)
}

/// What is concluded, in one word; of an object that is being deleted too.
async fn concluded(
    mut instance: Instance,
    found: Option<Box<DbInstance>>,
    account: &'static str,
) -> &'static str {
    match in_account(account).ours(&mut instance, found).await {
        Ok(Ok(_)) => "ours",
        Ok(Err(Observation::Absent)) => "absent",
        Ok(Err(Observation::Vanished(fault) | Observation::Foreign(fault))) => fault.reason,
        Ok(Err(Observation::Present(_))) => "present",
        Err(_) => "kept",
    }
}

#[rstest]
#[case::tags_of_this_object(tagged(&[]), ["ours", "ours", "ours"])]
#[case::no_tags(Tags::new(), ["NotOwned", "ours", "ours"])]
#[case::of_another_name(tagged(&[("crossplane-name", "two")]), ["NotOwned"; 3])]
#[case::of_another_namespace(tagged(&[("goldenpath.io/namespace", "b")]), ["NotOwned"; 3])]
#[case::of_another_cluster(tagged(&[("goldenpath.io/cluster", "green")]), ["NotOwned"; 3])]
#[case::of_another_kind(tagged(&[("crossplane-kind", "instance.rds.aws.upbound.io")]), ["NotOwned"; 3])]
#[tokio::test]
async fn tags_beat_what_was_recorded_and_that_beats_missing_tags(
    #[case] tags: Tags,
    #[case] expected: [&str; 3],
) {
    for (known, expected) in [Known::Nothing, Known::Status, Known::Annotations].into_iter().zip(expected) {
        let seen = concluded(instance(known), Some(db("db-A", tags.clone())), "1").await;
        assert_eq!(seen, expected, "{known:?}");
        let mut adopting = instance(known);
        adopting.annotations_mut().insert(ADOPT.into(), "true".into());
        assert_eq!(concluded(adopting, Some(db("db-A", tags.clone())), "1").await, "ours", "{known:?}");
    }
}

#[rstest]
#[case::nobodys(Tags::new(), "db-A", ["ours"; 3])]
#[case::of_this_object(tagged(&[]), "db-A", ["ours"; 3])]
#[case::of_another_name(tagged(&[("crossplane-name", "two")]), "db-A", ["NotOwned"; 3])]
#[case::of_another_cluster(tagged(&[("goldenpath.io/cluster", "green")]), "db-A", ["NotOwned"; 3])]
#[case::in_the_place_of_one_that_was_known(Tags::new(), "db-B", ["ours", "IdentityChanged", "IdentityChanged"])]
#[tokio::test]
async fn what_is_taken_over_as_unowned_is_nobodys(
    #[case] tags: Tags,
    #[case] id: &str,
    #[case] expected: [&str; 3],
) {
    for (known, expected) in [Known::Nothing, Known::Status, Known::Annotations].into_iter().zip(expected) {
        let mut adopting = instance(known);
        adopting.annotations_mut().insert(ADOPT.into(), UNOWNED.into());
        let seen = concluded(adopting, Some(db(id, tags.clone())), "1").await;
        assert_eq!(seen, expected, "{known:?}");
    }
}

#[rstest]
#[case::nothing_was_recorded(Known::Nothing, "1", "eu-central-1", "absent")]
#[case::it_was_there(Known::Status, "1", "eu-central-1", "ExternallyDeleted")]
#[case::it_was_there_says_a_backup(Known::Annotations, "1", "eu-central-1", "ExternallyDeleted")]
#[case::in_another_account(Known::Status, "2", "eu-central-1", "kept")]
#[case::in_another_account_says_a_backup(Known::Annotations, "2", "eu-central-1", "kept")]
#[case::in_another_region(Known::Status, "1", "eu-west-1", "kept")]
#[case::in_another_region_says_a_backup(Known::Annotations, "1", "eu-west-1", "kept")]
#[tokio::test]
async fn what_is_not_found_is_gone_only_where_it_was(
    #[case] known: Known,
    #[case] account: &'static str,
    #[case] region: &str,
    #[case] expected: &str,
) {
    let mut instance = instance(known);
    instance.spec.for_provider.region = region.to_owned();
    assert_eq!(concluded(instance.clone(), None, account).await, expected);
    if expected == "kept" {
        instance.spec.for_provider.recreate_when_missing = Some(true);
        assert_eq!(concluded(instance.clone(), None, account).await, "kept", "nothing is made there");
        let theirs = Some(db("db-B", Tags::new()));
        assert_eq!(concluded(instance, theirs, account).await, "kept", "and nothing is let go for it");
    }
}

#[tokio::test]
async fn a_place_that_is_wrong_is_reported_with_the_way_back() {
    let mut instance = instance(Known::Status);
    let fault = in_account("2").ours(&mut instance, None).await.unwrap_err();
    assert_eq!((fault.reason, fault.field.as_deref()), ("WrongPlace", Some(".spec.providerConfigRef")));
    assert!(fault.message.contains("account 1") && fault.message.contains("account 2"), "{fault}");
    assert!(fault.remedy.is_some());
}

#[tokio::test]
async fn adopting_is_over_once_the_tags_say_so_and_does_not_come_back() {
    let session = in_account("1");
    let mut managed = instance(Known::Nothing);
    managed.annotations_mut().insert(ADOPT.into(), "true".into());
    session.ours(&mut managed, Some(db("db-A", Tags::new()))).await.unwrap().unwrap();
    assert!(managed.is_annotated(ADOPT), "its tags are another's still");
    session.ours(&mut managed, Some(db("db-A", tagged(&[])))).await.unwrap().unwrap();
    assert!(!managed.annotations().contains_key(ADOPT));
    assert_eq!(managed.annotations().get(RESOURCE_ID).map(String::as_str), Some("db-A"));
    let seen = session.ours(&mut managed, Some(db("db-B", Tags::new()))).await.unwrap();
    assert!(matches!(seen, Err(Observation::Foreign(fault)) if fault.reason == "IdentityChanged"));
}

#[tokio::test]
async fn a_deleted_object_adopts_nothing_and_leaves_behind_nothing_that_is_its_own() {
    let mut managed = instance(Known::Status);
    managed.metadata.deletion_timestamp = Some(Time(Timestamp::UNIX_EPOCH));
    managed.annotations_mut().insert(ADOPT.into(), "true".into());
    let theirs = Some(db("db-A", tagged(&[("crossplane-name", "two")])));
    assert_eq!(concluded(managed.clone(), theirs, "1").await, "NotOwned", "and so is let go");
    assert_eq!(concluded(managed, Some(db("db-B", tagged(&[]))), "1").await, "kept", "as after a switchover");
}
