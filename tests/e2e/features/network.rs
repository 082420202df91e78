//! The platform's network, which is a feature of each database that it is told to.

use anyhow::Result;
use goldenpath_tests::{ControlPlane, kinds, objects};
use serde_json::{Value, json};

use super::{table, turn_around};
use crate::request::{Database, composition};

/// The composition of the databases of this story: the others' stays as it is.
const OWN: &str = "with-network";

/// What the platform says of its network brings a policy to each database, or a word about the operator that the cluster
/// lacks for it, and takes it along again.
pub(crate) async fn what_the_platform_says_of_its_network_comes_and_goes(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("network").await?;
    say(plane, "database.network.securityGroupIds", &json!(["sg-0b"])).await?;
    let spec = json!({
        "crossplane": {"compositionRef": {"name": OWN}}, "maintenance": {"applyImmediately": true},
    });
    let database = Database::apply(plane, &namespace, "orders-db", spec).await?;
    turn_around(plane, &database, &table::of_network()).await?;
    database.remove().await
}

/// Says something in the platform's input; null takes it back.
pub(super) async fn say(plane: &ControlPlane, key: &str, value: &Value) -> Result<()> {
    let there = objects::get(plane.client(), &kinds::composition(), "", OWN).await?.is_some();
    let mut own = composition(plane, if there { OWN } else { "goldenpathdatabase" }).await?;
    own["metadata"]["name"] = json!(OWN);
    let input = &mut own["spec"]["pipeline"][0]["input"];
    let (above, key) = key.rsplit_once('.').unwrap_or(("", key));
    let spot = above.split('.').filter(|key| !key.is_empty()).fold(input, |above, key| &mut above[key]);
    if value.is_null() {
        spot.as_object_mut().map(|object| object.remove(key));
    } else {
        spot[key] = value.clone();
    }
    plane.apply(&own.to_string(), "").await?;
    Ok(())
}
