//! Groups that a DB instance refers to by the names of their objects.

use aws_sdk_rds::types::DbParameterGroupStatus;
use goldenpath_provider_api::LocalReference;
use goldenpath_provider_api::rds::{ParameterGroup, SubnetGroup};
use kube::Resource;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::references::resolve;
use super::*;

/// A group of the instance's namespace; its external name is not what counts.
fn group<M: DeserializeOwned>(kind: &str, params: &Value, arn: &str, ready: &str) -> M {
    let ready = json!({"type": "Ready", "status": ready, "reason": "R", "lastTransitionTime": "2026-01-01T00:00:00Z"});
    let annotations = json!({"crossplane.io/external-name": "another-team-s"});
    serde_json::from_value(json!({
        "apiVersion": "rds.aws.m.goldenpath.io/v1alpha1", "kind": kind,
        "metadata": {"name": "orders", "namespace": "payments", "annotations": annotations},
        "spec": {"forProvider": params},
        "status": {"atProvider": {"arn": arn, "appliedAtReboot": ["max_connections"]}, "conditions": [ready]},
    }))
    .unwrap()
}

fn subnets(ready: &str) -> SubnetGroup {
    let params = json!({"region": "eu-central-1", "subnetIds": ["subnet-1"]});
    group("SubnetGroup", &params, "arn:aws:rds:eu-central-1:1:subgrp:orders-subnets", ready)
}

fn parameters(ready: &str) -> ParameterGroup {
    let params = json!({"region": "eu-central-1", "family": "postgres16"});
    group("ParameterGroup", &params, "arn:aws:rds:eu-central-1:1:pg:orders-pg16", ready)
}

fn referring() -> Instance {
    let mut instance = testing::instance();
    let reference = || Some(LocalReference { name: "orders".into() });
    let params = &mut instance.spec.for_provider;
    params.master_user_password_from = None;
    params.db_subnet_group_name_ref = reference();
    params.parameter_group_name_ref = reference();
    instance
}

fn cluster<A, B>(subnets: &A, parameters: &B) -> FakeObjects
where
    A: Resource<DynamicType = ()> + Serialize,
    B: Resource<DynamicType = ()> + Serialize,
{
    FakeObjects::default().with(subnets).with(parameters)
}

#[tokio::test]
async fn groups_are_found_by_the_names_of_their_objects() {
    let objects = cluster(&subnets("True"), &parameters("True"));
    let create = mock!(Client::create_db_instance)
        .match_requests(|r| {
            r.db_subnet_group_name() == Some("orders-subnets")
                && r.db_parameter_group_name() == Some("orders-pg16")
        })
        .then_output(|| CreateDbInstanceOutput::builder().db_instance(db().build()).build());
    let session = with(&[&create], &[], objects);
    let mut instance = referring();
    session.prepare(&instance).await.unwrap();
    session.create(&mut instance, None).await.unwrap();
    assert_eq!(instance.spec, referring().spec, "nothing is resolved into the spec");

    let mut named = referring();
    named.spec.for_provider.parameter_group_name = Some("mine".into());
    let resolved = resolve(&session.clients.objects, &named).await.unwrap();
    assert_eq!(resolved.managed.spec.for_provider.parameter_group_name.as_deref(), Some("mine"));
}

#[tokio::test]
async fn create_waits_for_groups_that_are_not_there_or_not_ready() {
    let told = async |objects: FakeObjects| {
        let fault = Box::pin(with(&[], &[], objects).prepare(&referring())).await.unwrap_err();
        assert_eq!((fault.kind, fault.reason), (FaultKind::Waiting, "WaitingForReference"));
        (fault.message, fault.field.unwrap())
    };
    let (message, field) = told(FakeObjects::default()).await;
    assert_eq!(message, "SubnetGroup \"orders\" does not exist yet");
    assert_eq!(field, ".spec.forProvider.dbSubnetGroupNameRef");
    let (message, field) = told(cluster(&subnets("True"), &parameters("False"))).await;
    assert_eq!(message, "ParameterGroup \"orders\" is not ready yet");
    assert_eq!(field, ".spec.forProvider.parameterGroupNameRef");
}

#[tokio::test]
async fn what_runs_is_kept_and_reported_while_a_reference_leads_nowhere() {
    let mut instance = referring();
    let applied = DbParameterGroupStatus::builder()
        .db_parameter_group_name("orders-pg16")
        .parameter_apply_status("pending-reboot")
        .build();
    let seen = db().db_parameter_groups(applied).build();
    let session = with(&[&found(seen.clone())], &[], FakeObjects::default());
    let Observation::Present(present) = session.observe(&mut instance).await.unwrap() else {
        panic!("{seen:?}")
    };
    assert_eq!(present.drift, Drift::none());
    let codes = |instance: &Instance| {
        let notices = &instance.at_provider().unwrap().notices;
        notices.iter().map(|notice| notice.code.clone()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&instance), ["WaitingForReference", "WaitingForReference"]);

    let session = with(&[&found(seen)], &[], cluster(&subnets("True"), &parameters("True")));
    session.observe(&mut instance).await.unwrap();
    assert_eq!(codes(&instance), ["RebootPending"], "with the parameters that wait for it");
}
