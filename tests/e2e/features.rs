//! Each feature of a database turned off, on and off again: what belongs to it comes and goes, and nothing else; and a
//! database that nobody turns anything at is not written.

mod feature;
mod network;
mod picture;
mod rest;
mod table;
mod window;

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use futures::future::join_all;
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use serde_json::{Value, json};

use crate::request::{Database, SHORT_LIMIT};
use feature::{Feature, Field, Turn};
pub(crate) use network::what_the_platform_says_of_its_network_comes_and_goes;
use picture::{Picture, changes_asked_for};
pub(crate) use rest::a_database_at_rest_is_not_written;
use table::Group;
pub(crate) use window::what_costs_something_waits_for_its_window_or_for_consent;

/// Every field of the spec that can be switched: on, off and on again, each time exactly its objects and AWS calls.
pub(crate) async fn each_field_brings_what_is_its_own_and_takes_it_along(plane: &ControlPlane) -> Result<()> {
    subnet_group(plane, "private").await?;
    let groups = table::of_spec().into_iter().map(|group| async move {
        let namespace = plane.namespace("features").await?;
        let database = Database::apply(plane, &namespace, "orders-db", beginning(&group)).await?;
        turn_around(plane, &database, &group.features).await?;
        removed(plane, &database).await
    });
    let told = join_all(groups).await.into_iter().filter_map(Result::err);
    let told: Vec<_> = told.map(|error| format!("{error:#}")).collect();
    ensure!(told.is_empty(), "{}", told.join("\n"));
    Ok(())
}

/// The spec in which the features of a group are off.
fn beginning(group: &Group) -> Value {
    let mut spec = group.besides.clone();
    lay_over(&mut spec, &json!({"maintenance": {"applyImmediately": true}}));
    // Of a field that is switched twice, the first value is the one to begin with.
    for feature in group.features.iter().rev() {
        let value = feature.value(Turn::Off);
        if let (Field::Spec(path), false) = (feature.field, value.is_null()) {
            lay_over(&mut spec, &below(path, value));
        }
    }
    spec
}

/// A DB subnet group in AWS, of the network that every account has.
async fn subnet_group(plane: &ControlPlane, name: &str) -> Result<()> {
    let answer = plane.aws().call("ec2", "DescribeSubnets", &json!({})).await?;
    let subnets = answer.split("<subnetId>").skip(1).filter_map(|rest| rest.split('<').next());
    let mut group = json!({"DBSubnetGroupName": name, "DBSubnetGroupDescription": "of a story"});
    for (number, subnet) in subnets.enumerate() {
        group[format!("SubnetIds.SubnetIdentifier.{}", number + 1)] = json!(subnet);
    }
    plane.aws().call("rds", "CreateDBSubnetGroup", &group).await?;
    Ok(())
}

async fn removed(plane: &ControlPlane, database: &Database<'_>) -> Result<()> {
    database.change(json!({"deletion": {"protection": false, "policy": "Snapshot"}})).await?;
    plane.until_gone(kinds::usage(), &database.namespace, "orders-db-protection", SHORT_LIMIT).await?;
    database.remove().await
}

/// Turns features on, off and on again, one after the other.
async fn turn_around(plane: &ControlPlane, database: &Database<'_>, features: &[Feature]) -> Result<()> {
    database.ready().await?;
    let mut picture = Picture::at_rest(plane, database).await?;
    for feature in features {
        for turn in [Turn::On, Turn::Off, Turn::On] {
            let turned = turn_to(plane, database, feature, turn, &picture).await;
            picture = turned.with_context(|| format!("{:?} {turn:?}", feature.field))?;
        }
    }
    Ok(())
}

/// Turns a feature and returns how it is then: exactly what is its own differs, and was asked of AWS.
async fn turn_to(
    plane: &ControlPlane,
    database: &Database<'_>,
    feature: &Feature,
    turn: Turn,
    before: &Picture,
) -> Result<Picture> {
    let begun = now()?;
    turned(plane, database, feature, turn).await?;
    let after = settled(plane, database, feature, turn, before).await?;
    let asked = changes_asked_for(plane, database, begun).await?;
    ensure!(asked == feature.asked(turn), "asked of AWS: {asked:?}");
    Ok(after)
}

/// Waits until everything differs from the picture before as the feature says, and returns how it is then.
async fn settled(
    plane: &ControlPlane,
    database: &Database<'_>,
    feature: &Feature,
    turn: Turn,
    before: &Picture,
) -> Result<Picture> {
    let expected = feature.differences(turn);
    let mut last = None;
    let found = wait::until("exactly what belongs to the feature differs", SHORT_LIMIT, async || {
        let xr = database.xr().await?;
        if xr.data["status"]["observedGeneration"].as_i64() != xr.metadata.generation {
            return Ok(None);
        }
        let now = Picture::take(plane, database).await?;
        let differences = now.since(before);
        let as_expected = differences == expected;
        last = Some(differences);
        Ok(as_expected.then_some(now))
    })
    .await;
    found.with_context(|| format!("expected {expected:#?}, and it was {last:#?}"))
}

async fn turned(plane: &ControlPlane, database: &Database<'_>, feature: &Feature, turn: Turn) -> Result<()> {
    let value = feature.value(turn);
    match feature.field {
        Field::Spec(path) => database.change(below(path, value)).await,
        Field::Annotation(name) => {
            let patch = json!({"metadata": {"annotations": {name: value}}});
            let (client, kind) = (plane.client(), kinds::database());
            objects::merge(client, &kind, &database.namespace, &database.name, &patch).await?;
            Ok(())
        }
        Field::Platform(key) => network::say(plane, key, value).await,
    }
}

/// The value of a path with dots, as an object.
fn below(path: &str, value: &Value) -> Value {
    path.rsplit('.').fold(value.clone(), |value, key| json!({ key: value }))
}

fn lay_over(under: &mut Value, over: &Value) {
    match over {
        Value::Object(over) => {
            for (key, value) in over {
                lay_over(&mut under[key], value);
            }
        }
        value => *under = value.clone(),
    }
}

fn now() -> Result<f64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64())
}
