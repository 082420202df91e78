//! The platform's network, which is a feature of each database that it is told to.

use anyhow::Result;
use goldenpath_tests::{ControlPlane, kinds, manifest, objects};
use serde_json::{Value, json};

use super::{table, turn_around};
use crate::request::{Database, composition};

/// The composition of the databases of this story: the others' stays as it is.
const OWN: &str = "with-network";

/// What Amazon EKS brings along, as far as an object of the kind can be stored.
const SECURITY_GROUPS: &str = r"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: securitygrouppolicies.vpcresources.k8s.aws}
spec:
  group: vpcresources.k8s.aws
  names: {kind: SecurityGroupPolicy, plural: securitygrouppolicies, singular: securitygrouppolicy}
  scope: Namespaced
  versions:
  - {name: v1beta1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
";

/// What the platform says of its network brings policies to each database, and takes them along again.
pub(crate) async fn what_the_platform_says_of_its_network_comes_and_goes(plane: &ControlPlane) -> Result<()> {
    let crds = manifest::parse(SECURITY_GROUPS)?;
    objects::apply_all(plane.client(), &crds, None).await?;
    objects::established(plane.client(), &crds).await?;

    let namespace = plane.namespace("network").await?;
    say(plane, "securityGroupIds", &json!(["sg-0b"])).await?;
    let spec = json!({
        "crossplane": {"compositionRef": {"name": OWN}}, "maintenance": {"applyImmediately": true},
    });
    let database = Database::apply(plane, &namespace, "orders-db", spec).await?;
    turn_around(plane, &database, &table::of_network()).await?;
    database.remove().await
}

/// Says something of the network; null takes it back.
pub(super) async fn say(plane: &ControlPlane, key: &str, value: &Value) -> Result<()> {
    let there = objects::get(plane.client(), &kinds::composition(), "", OWN).await?.is_some();
    let mut own = composition(plane, if there { OWN } else { "goldenpathdatabase" }).await?;
    own["metadata"]["name"] = json!(OWN);
    let network = &mut own["spec"]["pipeline"][0]["input"]["network"];
    if value.is_null() {
        network.as_object_mut().map(|network| network.remove(key));
    } else {
        network[key] = value.clone();
    }
    plane.apply(&own.to_string(), "").await?;
    Ok(())
}
