//! A subnet group against a scripted RDS: a call that the script does not have fails the test.

use aws_sdk_rds::error::ErrorMetadata;
use aws_sdk_rds::operation::add_tags_to_resource::AddTagsToResourceOutput;
use aws_sdk_rds::operation::create_db_subnet_group::{CreateDBSubnetGroupError, CreateDbSubnetGroupOutput};
use aws_sdk_rds::operation::delete_db_subnet_group::{DeleteDBSubnetGroupError, DeleteDbSubnetGroupOutput};
use aws_sdk_rds::operation::describe_db_subnet_groups::{
    DescribeDBSubnetGroupsError, DescribeDbSubnetGroupsOutput,
};
use aws_sdk_rds::operation::list_tags_for_resource::ListTagsForResourceOutput;
use aws_sdk_rds::operation::modify_db_subnet_group::ModifyDbSubnetGroupOutput;
use aws_sdk_rds::types::Subnet;
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use goldenpath_provider_core::FaultKind::{self, Terminal, User, Waiting};
use goldenpath_provider_core::Readiness;
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::fault::Api;
use crate::fault::tests::answered_to;
use crate::testing::{self, FakeObjects};

const ARN: &str = "arn:aws:rds:eu-central-1:1:subgrp:payments";

fn subnet_group() -> SubnetGroup {
    serde_json::from_value(json!({
        "apiVersion": "rds.aws.m.goldenpath.io/v1alpha1", "kind": "SubnetGroup",
        "metadata": {"name": "payments", "namespace": "payments", "uid": "1"},
        "spec": {"forProvider": {"region": "eu-central-1", "subnetIds": ["subnet-2", "subnet-1"]}},
    }))
    .unwrap()
}

/// The group as AWS shows it once it is what [`subnet_group`] wants.
fn group(subnets: &[&str]) -> DbSubnetGroup {
    let subnets = subnets.iter().map(|id| Subnet::builder().subnet_identifier(*id).build()).collect();
    DbSubnetGroup::builder()
        .db_subnet_group_name("payments")
        .db_subnet_group_arn(ARN)
        .db_subnet_group_description("for payments")
        .vpc_id("vpc-1")
        .subnet_group_status("Complete")
        .set_subnets(Some(subnets))
        .build()
}

fn found(group: DbSubnetGroup) -> Rule {
    mock!(Client::describe_db_subnet_groups)
        .match_requests(|r| r.db_subnet_group_name() == Some("payments"))
        .then_output(move || DescribeDbSubnetGroupsOutput::builder().db_subnet_groups(group.clone()).build())
}

fn tagged(tags: Tags) -> Rule {
    mock!(Client::list_tags_for_resource).match_requests(|r| r.resource_name() == Some(ARN)).then_output(
        move || ListTagsForResourceOutput::builder().set_tag_list(Some(tags::sdk(tags.clone()))).build(),
    )
}

fn ours() -> Rule {
    tagged(crate::tags::desired(&subnet_group(), testing::CLUSTER))
}

fn code(code: &'static str) -> ErrorMetadata {
    ErrorMetadata::builder().code(code).message("as AWS says it").build()
}

fn session(rds: &[&Rule]) -> Session<FakeObjects> {
    let none: &[&Rule] = &[];
    let rds = mock_client!(aws_sdk_rds, RuleMode::Sequential, rds);
    let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::Sequential, none);
    testing::session(FakeObjects::default(), rds, secrets)
}

#[tokio::test]
async fn what_is_as_wanted_is_available_and_without_drift() {
    let mut managed = subnet_group();
    let rules = [&found(group(&["subnet-1", "subnet-2"])), &ours()];
    let seen = session(&rules).observe(&mut managed).await.unwrap();
    assert_eq!(seen, Observation::Present(Present::new(Drift::none(), Readiness::Available)));
    let seen = managed.at_provider().unwrap();
    assert_eq!((seen.arn.as_deref(), seen.vpc_id.as_deref()), (Some(ARN), Some("vpc-1")));
}

#[tokio::test]
async fn one_that_was_lost_is_made_again() {
    let missing = mock!(Client::describe_db_subnet_groups)
        .then_error(|| DescribeDBSubnetGroupsError::generic(code("DBSubnetGroupNotFoundFault")));
    let mut managed = subnet_group();
    managed.at_provider_mut().arn = Some(ARN.into());
    assert_eq!(session(&[&missing]).observe(&mut managed).await.unwrap(), Observation::Absent);
    assert_eq!(managed.at_provider().unwrap().arn, None, "the lost one is forgotten");
}

#[tokio::test]
async fn one_that_is_not_ours_is_foreign_and_create_touches_nothing() {
    let foreign = [&found(group(&["subnet-1"])), &tagged(Tags::new())];
    let seen = session(&foreign).observe(&mut subnet_group()).await.unwrap();
    assert!(matches!(seen, Observation::Foreign(fault) if fault.reason == "NotOwned"));

    let exists = || {
        mock!(Client::create_db_subnet_group)
            .then_error(|| CreateDBSubnetGroupError::generic(code("DBSubnetGroupAlreadyExists")))
    };
    let rules = [&exists(), &found(group(&["subnet-1"])), &tagged(Tags::new())];
    let fault = session(&rules).create(&mut subnet_group(), ()).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (User, "NotOwned"));

    let rules = [&exists(), &found(group(&["subnet-1"])), &ours()];
    session(&rules).create(&mut subnet_group(), ()).await.unwrap();
}

#[tokio::test]
async fn it_is_made_with_its_tags_and_a_description() {
    let create = mock!(Client::create_db_subnet_group)
        .match_requests(|r| {
            r.db_subnet_group_name() == Some("payments")
                && r.db_subnet_group_description() == Some("Made by Crossplane")
                && r.subnet_ids() == ["subnet-2", "subnet-1"]
                && r.tags().len() == 5
        })
        .then_output(|| CreateDbSubnetGroupOutput::builder().build());
    session(&[&create]).create(&mut subnet_group(), ()).await.unwrap();
    assert_eq!(create.num_calls(), 1);
}

#[tokio::test]
async fn members_are_put_right_all_at_once_and_tags_with_their_own_call() {
    let mut managed = subnet_group();
    managed.spec.for_provider.description = Some("of payments".into());
    let drift = delta::drift(&managed, testing::CLUSTER, &group(&["subnet-1", "subnet-9"]), &Tags::new());
    let fields: Vec<_> = drift.changes.iter().map(|c| (&*c.field, &*c.from, &*c.to)).collect();
    assert_eq!(fields[0], ("description", "for payments", "of payments"));
    assert_eq!(fields[1], ("subnetIds", "subnet-1 subnet-9", "subnet-1 subnet-2"));
    assert_eq!(fields[2].0, "tags");

    managed.at_provider_mut().arn = Some(ARN.into());
    let tag = mock!(Client::add_tags_to_resource)
        .match_requests(|r| r.resource_name() == Some(ARN) && r.tags().len() == 5)
        .then_output(|| AddTagsToResourceOutput::builder().build());
    let modify = mock!(Client::modify_db_subnet_group)
        .match_requests(|r| {
            r.subnet_ids() == ["subnet-2", "subnet-1"]
                && r.db_subnet_group_description() == Some("of payments")
        })
        .then_output(|| ModifyDbSubnetGroupOutput::builder().build());
    let rules = [&found(group(&["subnet-1", "subnet-9"])), &tagged(Tags::new()), &tag, &modify];
    session(&rules).update(&mut managed, &drift).await.unwrap();
    assert_eq!((tag.num_calls(), modify.num_calls()), (1, 1));
}

#[tokio::test]
async fn one_that_is_in_use_waits_for_its_deletion_and_one_that_is_gone_is_deleted() {
    let refused = |error: &'static str| {
        mock!(Client::delete_db_subnet_group)
            .then_error(move || DeleteDBSubnetGroupError::generic(code(error)))
    };
    let in_use = refused("InvalidDBSubnetGroupStateFault");
    let look = || found(group(&["subnet-1"]));
    let fault = session(&[&look(), &ours(), &in_use]).delete(&mut subnet_group()).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (Waiting, "InUse"));
    assert!(fault.remedy.is_some());
    let gone = refused("DBSubnetGroupNotFoundFault");
    session(&[&look(), &ours(), &gone]).delete(&mut subnet_group()).await.unwrap();
    let deleted =
        mock!(Client::delete_db_subnet_group).then_output(|| DeleteDbSubnetGroupOutput::builder().build());
    session(&[&look(), &ours(), &deleted]).delete(&mut subnet_group()).await.unwrap();
    let theirs = tagged(Tags::from([("crossplane-name".to_owned(), "other".to_owned())]));
    let fault = session(&[&look(), &theirs]).delete(&mut subnet_group()).await.unwrap_err();
    assert_eq!(fault.reason, "NotOwned", "one that has another owner by now is not deleted");
}

#[rstest]
#[case::zones("DBSubnetGroupDoesNotCoverEnoughAZs", Terminal, "SubnetsCoverTooFewAZs")]
#[case::unknown_subnet("InvalidSubnet", User, "NetworkInvalid")]
#[case::member_in_use("SubnetAlreadyInUse", Waiting, "InUse")]
fn a_refusal_names_the_subnets(#[case] code: &str, #[case] kind: FaultKind, #[case] reason: &str) {
    let fault = answered_to(&FAULTS, Api::Rds, code, "as AWS says it").fault;
    assert_eq!((fault.kind, fault.reason), (kind, reason));
    assert_eq!(fault.field.as_deref(), Some(".spec.forProvider.subnetIds"));
    assert!(fault.remedy.is_some());
}
