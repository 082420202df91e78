//! A parameter group against a scripted RDS: a call that the script does not have fails the test.

mod tables;

use aws_sdk_rds::error::ErrorMetadata;
use aws_sdk_rds::operation::create_db_parameter_group::CreateDbParameterGroupOutput;
use aws_sdk_rds::operation::delete_db_parameter_group::DeleteDBParameterGroupError;
use aws_sdk_rds::operation::describe_db_parameter_groups::{
    DescribeDBParameterGroupsError, DescribeDbParameterGroupsOutput,
};
use aws_sdk_rds::operation::describe_db_parameters::DescribeDbParametersOutput;
use aws_sdk_rds::operation::list_tags_for_resource::ListTagsForResourceOutput;
use aws_sdk_rds::operation::modify_db_parameter_group::{
    ModifyDBParameterGroupError, ModifyDbParameterGroupOutput,
};
use aws_sdk_rds::operation::reset_db_parameter_group::ResetDbParameterGroupOutput;
use aws_sdk_rds::types::{ApplyMethod, Parameter};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use goldenpath_provider_core::FaultKind::{Terminal, Waiting};
use goldenpath_provider_core::Readiness;
use serde_json::json;

use super::*;
use crate::testing::{self, FakeObjects};

const ARN: &str = "arn:aws:rds:eu-central-1:1:pg:orders-pg16";

fn managed(parameters: &[(&str, &str)]) -> ParameterGroup {
    let parameters: Vec<_> =
        parameters.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    serde_json::from_value(json!({
        "apiVersion": "rds.aws.m.goldenpath.io/v1alpha1", "kind": "ParameterGroup",
        "metadata": {"name": "orders-pg16", "namespace": "payments", "uid": "1"},
        "spec": {"forProvider": {"region": "eu-central-1", "family": "postgres16", "parameter": parameters}},
    }))
    .unwrap()
}

fn group() -> DbParameterGroup {
    DbParameterGroup::builder()
        .db_parameter_group_name("orders-pg16")
        .db_parameter_group_arn(ARN)
        .db_parameter_group_family("postgres16")
        .build()
}

/// The group and its tags, as they are read before anything else.
fn found() -> [Rule; 2] {
    let tags = crate::tags::desired(&managed(&[]), testing::CLUSTER);
    [
        mock!(Client::describe_db_parameter_groups)
            .match_requests(|r| r.db_parameter_group_name() == Some("orders-pg16"))
            .then_output(|| DescribeDbParameterGroupsOutput::builder().db_parameter_groups(group()).build()),
        mock!(Client::list_tags_for_resource).match_requests(|r| r.resource_name() == Some(ARN)).then_output(
            move || ListTagsForResourceOutput::builder().set_tag_list(Some(tags::sdk(tags.clone()))).build(),
        ),
    ]
}

/// A parameter as AWS shows it: name, value, type, source.
fn shown(name: &str, value: &str, r#type: &str, source: &str) -> Parameter {
    Parameter::builder()
        .parameter_name(name)
        .parameter_value(value)
        .apply_type(r#type)
        .source(source)
        .is_modifiable(true)
        .build()
}

/// One page of those that have a value of their own.
fn set(parameters: Vec<Parameter>) -> Rule {
    mock!(Client::describe_db_parameters)
        .match_requests(|r| r.source() == Some("user") && r.filters().is_empty())
        .then_output(move || {
            DescribeDbParametersOutput::builder().set_parameters(Some(parameters.clone())).build()
        })
}

/// What AWS knows of parameters that it is asked for by name.
fn named(names: &'static [&'static str], parameters: Vec<Parameter>) -> Rule {
    mock!(Client::describe_db_parameters)
        .match_requests(move |r| {
            let [filter] = r.filters() else { return false };
            filter.name() == Some("parameter-name") && filter.values() == names
        })
        .then_output(move || {
            DescribeDbParametersOutput::builder().set_parameters(Some(parameters.clone())).build()
        })
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

async fn present(rules: &[&Rule], managed: &mut ParameterGroup) -> Present {
    let [group, tags] = found();
    let rules: Vec<_> = [&group, &tags].into_iter().chain(rules.iter().copied()).collect();
    match session(&rules).observe(managed).await.unwrap() {
        Observation::Present(present) => present,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn parameters_are_compared_and_those_that_wait_for_a_reboot_are_named() {
    let mut managed = managed(&[("work_mem", "8192"), ("max_connections", "200"), ("lock_timeout", "0")]);
    let own = vec![
        shown("max_connections", "200", "static", "user"),
        shown("work_mem", "4096", "dynamic", "user"),
        shown("log_lock_waits", "1", "dynamic", "user"),
    ];
    // A value that equals the default is not shown as one of the user's.
    let by_name = named(&["lock_timeout"], vec![shown("lock_timeout", "0", "dynamic", "engine-default")]);
    let present = present(&[&set(own), &by_name], &mut managed).await;
    let expected = "parameter[log_lock_waits]: 1 -> (default), parameter[work_mem]: 4096 -> 8192";
    assert_eq!(present.drift.summary(), expected);
    let seen = managed.at_provider().unwrap();
    assert_eq!(
        (seen.arn.as_deref(), &*seen.applied_at_reboot),
        (Some(ARN), &["max_connections".to_owned()][..])
    );
}

#[tokio::test]
async fn parameters_that_are_not_managed_are_not_even_read() {
    let mut managed = managed(&[]);
    managed.spec.for_provider.parameter = None;
    let present = present(&[], &mut managed).await;
    assert_eq!((present.drift, present.readiness), (Drift::none(), Readiness::Available));
}

#[tokio::test]
async fn it_is_not_ready_before_it_has_had_its_parameters_for_the_first_time() {
    let mut managed = managed(&[("work_mem", "8192")]);
    let by_name = || named(&["work_mem"], vec![shown("work_mem", "4096", "dynamic", "engine-default")]);
    let first = present(&[&set(vec![]), &by_name()], &mut managed).await;
    assert_eq!(first.readiness, Readiness::Creating("setting the parameters".into()));

    let ready = json!({"type": "Ready", "status": "True", "reason": "Available",
        "lastTransitionTime": "2026-01-01T00:00:00Z"});
    managed.status = Some(serde_json::from_value(json!({"conditions": [ready]})).unwrap());
    let later = present(&[&set(vec![]), &by_name()], &mut managed).await;
    assert_eq!(later.readiness, Readiness::Available, "a change of a parameter makes it no less usable");
}

#[tokio::test]
async fn a_page_leads_to_the_next() {
    let mut managed = managed(&[]);
    let first = mock!(Client::describe_db_parameters)
        .match_requests(|r| r.marker().is_none() && r.max_records() == Some(100))
        .then_output(|| {
            let parameter = shown("lock_timeout", "1", "dynamic", "user");
            DescribeDbParametersOutput::builder().parameters(parameter).marker("more").build()
        });
    let second = mock!(Client::describe_db_parameters)
        .match_requests(|r| r.marker() == Some("more") && r.source() == Some("user"))
        .then_output(|| {
            let parameter = shown("work_mem", "1", "dynamic", "user");
            DescribeDbParametersOutput::builder().parameters(parameter).build()
        });
    let present = present(&[&first, &second], &mut managed).await;
    assert_eq!(present.drift.changes.len(), 2);
}

#[tokio::test]
async fn a_refused_request_holds_no_other_up() {
    let mut managed = managed(&[("work_mem", "8192"), ("no_such_thing", "1")]);
    let own =
        vec![shown("log_lock_waits", "1", "dynamic", "user"), shown("work_mem", "1", "dynamic", "user")];
    let [group, tags] = found();
    let reset = mock!(Client::reset_db_parameter_group)
        .match_requests(|r| {
            let [parameter] = r.parameters() else { return false };
            r.reset_all_parameters() == Some(false)
                && parameter.parameter_name() == Some("log_lock_waits")
                && parameter.apply_method() == Some(&ApplyMethod::Immediate)
        })
        .then_output(|| ResetDbParameterGroupOutput::builder().build());
    let modify = mock!(Client::modify_db_parameter_group)
        .match_requests(|r| {
            let [parameter] = r.parameters() else { return false };
            parameter.parameter_name() == Some("work_mem") && parameter.parameter_value() == Some("8192")
        })
        .then_output(|| ModifyDbParameterGroupOutput::builder().build());
    let unknown = named(&["no_such_thing"], vec![]);
    let rules = [&group, &tags, &set(own), &unknown, &reset, &modify];
    let fault = session(&rules).update(&mut managed, &Drift::none()).await.unwrap_err();
    assert_eq!((reset.num_calls(), modify.num_calls()), (1, 1));
    assert_eq!((fault.kind, fault.reason), (Terminal, "InvalidSpec"));
    assert_eq!(fault.message, "family postgres16 has no parameter \"no_such_thing\"");
    assert_eq!(fault.field.as_deref(), Some(".spec.forProvider.parameter[no_such_thing]"));
}

#[tokio::test]
async fn a_group_that_is_being_applied_is_waited_for() {
    let mut managed = managed(&[("work_mem", "8192")]);
    let [group, tags] = found();
    let busy = mock!(Client::modify_db_parameter_group)
        .then_error(|| ModifyDBParameterGroupError::generic(code("InvalidDBParameterGroupState")));
    let own = set(vec![shown("work_mem", "1", "dynamic", "user")]);
    let fault =
        session(&[&group, &tags, &own, &busy]).update(&mut managed, &Drift::none()).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (Waiting, "InUse"));
}

#[tokio::test]
async fn it_is_made_with_its_family_and_made_again_when_it_is_lost() {
    let create = mock!(Client::create_db_parameter_group)
        .match_requests(|r| {
            r.db_parameter_group_name() == Some("orders-pg16")
                && r.db_parameter_group_family() == Some("postgres16")
                && r.description() == Some("Made by Crossplane")
                && r.tags().len() == 5
        })
        .then_output(|| CreateDbParameterGroupOutput::builder().build());
    session(&[&create]).create(&mut managed(&[]), ()).await.unwrap();
    assert_eq!(create.num_calls(), 1);

    let missing = mock!(Client::describe_db_parameter_groups)
        .then_error(|| DescribeDBParameterGroupsError::generic(code("DBParameterGroupNotFound")));
    let mut lost = managed(&[]);
    lost.at_provider_mut().arn = Some(ARN.into());
    assert_eq!(session(&[&missing]).observe(&mut lost).await.unwrap(), Observation::Absent);
}

#[tokio::test]
async fn one_that_is_in_use_waits_for_its_deletion() {
    let in_use = mock!(Client::delete_db_parameter_group)
        .then_error(|| DeleteDBParameterGroupError::generic(code("InvalidDBParameterGroupState")));
    let [look, tags] = found();
    let fault = session(&[&look, &tags, &in_use]).delete(&mut managed(&[])).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (Waiting, "InUse"));
    assert!(fault.remedy.is_some());
    let gone = mock!(Client::delete_db_parameter_group)
        .then_error(|| DeleteDBParameterGroupError::generic(code("DBParameterGroupNotFound")));
    let [look, tags] = found();
    session(&[&look, &tags, &gone]).delete(&mut managed(&[])).await.unwrap();
    let missing = mock!(Client::describe_db_parameter_groups)
        .then_error(|| DescribeDBParameterGroupsError::generic(code("DBParameterGroupNotFound")));
    session(&[&missing]).delete(&mut managed(&[])).await.unwrap();
}
