//! Subnet and parameter groups that are managed resources, and the DB instance that is in them.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::aws::REGION;
use goldenpath_tests::target::Target;
use goldenpath_tests::wait;
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use crate::managed::{self, Kind};
use crate::request::{READY_LIMIT, SHORT_LIMIT};

/// A group of a story: its kind, where it is, and its name here and in AWS.
struct Group<'a> {
    plane: &'a ControlPlane,
    namespace: String,
    kind: ApiResource,
    name: String,
}

/// A subnet group gets a member, and goes when nothing is in it any more.
pub(crate) async fn a_subnet_group_takes_a_member_and_stays_while_it_is_in_use(
    plane: &ControlPlane,
) -> Result<()> {
    let group = Group::begin(plane, "subnets", kinds::subnet_group()).await?;
    let subnets = subnets(plane).await?;
    group.apply(&json!({"region": REGION, "subnetIds": subnets[..2]})).await?;
    group.ready().await?;
    group.apply(&json!({"region": REGION, "subnetIds": subnets[..3]})).await?;
    group.in_aws("DescribeDBSubnetGroups", "DBSubnetGroupName", &subnets[2]).await?;

    group.used_by_an_instance("dbSubnetGroupNameRef").await?;
    group.stays_while_it_is_used().await
}

/// Parameters are set, changed at once or at the next reboot, and go back to their defaults.
pub(crate) async fn a_parameter_group_follows_its_list_and_names_what_waits_for_a_reboot(
    plane: &ControlPlane,
) -> Result<()> {
    let group = Group::begin(plane, "parameters", kinds::parameter_group()).await?;
    let with = |parameters: Value| json!({"region": REGION, "family": "postgres16", "parameter": parameters});
    group.apply(&with(json!([{"name": "work_mem", "value": "8192"}]))).await?;
    group.ready().await?;
    group.has("work_mem", "8192").await?;
    group.used_by_an_instance("parameterGroupNameRef").await?;

    // One that takes effect at once, and one that does not.
    let both = json!([{"name": "work_mem", "value": "16384"}, {"name": "max_connections", "value": "200"}]);
    group.apply(&with(both)).await?;
    group.has("work_mem", "16384").await?;
    group.has("max_connections", "200").await?;
    let names_it = |instance: &DynamicObject| {
        let seen = &instance.data["status"]["atProvider"];
        let notices = seen["notices"].as_array().into_iter().flatten();
        let mut named = notices.filter(|notice| notice["code"] == "RebootPending");
        named.any(|notice| notice["message"].as_str().is_some_and(|m| m.contains("max_connections")))
            && seen["plannedChanges"].to_string().contains("NeedsReboot")
    };
    let instance = group.instance();
    instance.until(plane.client(), "names what waits for a reboot", READY_LIMIT, names_it).await?;
    let reboot = json!({"DBInstanceIdentifier": group.name});
    plane.aws().call("rds", "RebootDBInstance", &reboot).await?;
    let nothing_reported =
        |i: &DynamicObject| !i.data["status"]["atProvider"].to_string().contains("RebootPending");
    look_again(plane, &instance).await?;
    instance.until(plane.client(), "waits for no reboot any more", READY_LIMIT, nothing_reported).await?;

    group.apply(&with(json!([{"name": "work_mem", "value": "16384"}]))).await?;
    wait::until("max_connections has its default", SHORT_LIMIT, async || {
        Ok((!own_parameters(plane, &group.name).await?.contains("<ParameterName>max_connections<"))
            .then_some(()))
    })
    .await?;
    group.has("work_mem", "16384").await?;
    group.stays_while_it_is_used().await
}

/// Asks for a reconcile.
pub(crate) async fn look_again(plane: &ControlPlane, target: &Target) -> Result<()> {
    let at = json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": "now"}}});
    objects::merge(plane.client(), &target.kind, &target.namespace, &target.name, &at).await.map(|_| ())
}

/// The subnets that the account has.
async fn subnets(plane: &ControlPlane) -> Result<Vec<String>> {
    let answer = plane.aws().call("ec2", "DescribeSubnets", &json!({})).await?;
    let ids = answer.split("<subnetId>").skip(1).filter_map(|rest| rest.split("</subnetId>").next());
    let ids: Vec<_> = ids.map(str::to_owned).collect();
    ensure!(ids.len() >= 3, "the account has too few subnets: {answer}");
    Ok(ids)
}

/// AWS's answer about the parameters of a group that have a value of their own.
pub(crate) async fn own_parameters(plane: &ControlPlane, group: &str) -> Result<String> {
    let asked = json!({"DBParameterGroupName": group, "Source": "user"});
    plane.aws().call("rds", "DescribeDBParameters", &asked).await
}

/// Waits until a parameter of a group has a value of its own.
pub(crate) async fn has(plane: &ControlPlane, group: &str, parameter: &str, value: &str) -> Result<()> {
    wait::until(&format!("{parameter} is {value} in AWS"), SHORT_LIMIT, async || {
        let answer = own_parameters(plane, group).await?;
        let mut all = answer.split("<Parameter>");
        let is_set = |one: &str| {
            one.contains(&format!("<ParameterName>{parameter}<"))
                && one.contains(&format!("<ParameterValue>{value}<"))
        };
        Ok(all.any(is_set).then_some(()))
    })
    .await
}

// === impl Group ===

impl<'a> Group<'a> {
    async fn begin(plane: &'a ControlPlane, story: &str, kind: ApiResource) -> Result<Self> {
        let namespace = plane.namespace(story).await?;
        managed::credentials(plane, &namespace).await?;
        managed::apply(plane, &managed::config(plane), &namespace).await?;
        let name = namespace.clone();
        Ok(Self { plane, namespace, kind, name })
    }

    async fn apply(&self, parameters: &Value) -> Result<()> {
        let object = json!({
            "apiVersion": self.kind.api_version, "kind": self.kind.kind, "metadata": {"name": self.name},
            "spec": {
                "forProvider": parameters,
                "providerConfigRef": {"kind": "ProviderConfig", "name": managed::CONFIG},
            },
        });
        managed::apply(self.plane, &object, &self.namespace).await.map(|_| ())
    }

    fn target(&self) -> Target {
        Target::new(self.kind.clone(), &self.namespace, &self.name)
    }

    fn instance(&self) -> Target {
        Target::new(kinds::instance(), &self.namespace, &self.name)
    }

    async fn ready(&self) -> Result<()> {
        self.target().until_condition(self.plane.client(), "Ready", "True", READY_LIMIT).await.map(|_| ())
    }

    /// Makes a DB instance that refers to the group by its object.
    async fn used_by_an_instance(&self, field: &str) -> Result<()> {
        let mut object = Kind::Instance.object(&self.name);
        object["spec"]["forProvider"][field] = json!({"name": self.name});
        managed::apply(self.plane, &object, &self.namespace).await?;
        self.instance().until_condition(self.plane.client(), "Ready", "True", READY_LIMIT).await.map(|_| ())
    }

    /// Waits until AWS's answer about the group has a text.
    async fn in_aws(&self, action: &str, key: &str, text: &str) -> Result<()> {
        wait::until(&format!("AWS shows {text} in {}", self.name), SHORT_LIMIT, async || {
            let answer = self.plane.aws().call("rds", action, &json!({key: self.name})).await?;
            Ok(answer.contains(text).then_some(()))
        })
        .await
    }

    async fn has(&self, parameter: &str, value: &str) -> Result<()> {
        has(self.plane, &self.name, parameter, value).await
    }

    /// Deletes the group, which waits and says so, and then the DB instance, after which it goes.
    async fn stays_while_it_is_used(&self) -> Result<()> {
        let Self { plane, namespace, kind, name } = self;
        plane.delete(kind, namespace, name).await?;
        let waits = |group: &DynamicObject| {
            let problem = &group.data["status"]["problem"];
            problem["code"] == "InUse" && problem["waiting"] == true && problem["remedy"].is_string()
        };
        self.target().until(plane.client(), "waits while it is in use", SHORT_LIMIT, waits).await?;
        plane.delete(&kinds::instance(), namespace, name).await?;
        plane.until_gone(kinds::instance(), namespace, name, READY_LIMIT).await?;
        plane
            .until_gone(kind.clone(), namespace, name, Duration::from_mins(1))
            .await
            .context("the group stays")
    }
}
