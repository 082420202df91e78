//! What is made again while the one before it still goes. `AGAIN=100` makes each a hundred times.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, install, kinds};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::claims::claim::Claim;
use crate::request::{Database, READY_LIMIT};

const NAME: &str = "orders-db";
/// How often each is made again, unless `AGAIN` says otherwise.
const ROUNDS: u32 = 5;
/// The longest that passes between the end of one and the next, in milliseconds.
const LONGEST: u64 = 1500;

/// What is deleted and applied in the same breath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Database,
    Claim,
    Namespace,
}

/// A database is deleted and applied again in the same breath, as scripts do: it waits for every object of the one before
/// it, says so, and comes up.
pub(crate) async fn a_database_that_is_deleted_and_applied_at_once_comes_up(
    plane: &ControlPlane,
) -> Result<()> {
    let told = again(plane, "again", What::Database).await?;
    ensure!(told > 0, "nothing has said that the one before it still goes");
    Ok(())
}

/// So does a claim.
pub(crate) async fn a_claim_that_is_deleted_and_applied_at_once_comes_up(plane: &ControlPlane) -> Result<()> {
    again(plane, "claimed-again", What::Claim).await.map(drop)
}

/// And a database of a namespace that is.
pub(crate) async fn a_namespace_that_is_deleted_and_applied_at_once_comes_up(
    plane: &ControlPlane,
) -> Result<()> {
    again(plane, "settled-again", What::Namespace).await.map(drop)
}

/// Makes it again and again, and answers with how often it was told that the one before it still goes.
async fn again(plane: &ControlPlane, story: &str, what: What) -> Result<u32> {
    let namespace = plane.namespace(story).await?;
    let mut told = u32::from(up(plane, &namespace, what).await?);
    let database = Database::existing(plane, &namespace, NAME);
    let identifier = database.identifier().await?;
    let rounds = std::env::var("AGAIN").map_or(Ok(ROUNDS), |rounds| rounds.parse())?;
    for round in 1..=rounds {
        gone(plane, &namespace, what).await?;
        // The moment is what is tried: it decides which of its objects still go.
        tokio::time::sleep(Duration::from_millis(moment(round))).await;
        told += u32::from(up(plane, &namespace, what).await.with_context(|| format!("round {round}"))?);
    }
    let state = plane.aws().state().await?;
    let made = state.instances.iter().filter(|instance| instance.identifier == identifier).count();
    ensure!(made == 1, "{made} of {identifier}");
    let snapshots = state.snapshots.iter().filter(|s| s.instance == identifier && s.kind == "manual").count();
    eprintln!(
        "{what:?} made again {rounds} times: {snapshots} final snapshots, told as BeingDeleted {told} times"
    );
    ensure!(snapshots == rounds as usize, "{snapshots} final snapshots of {rounds}");
    gone(plane, &namespace, what).await?;
    Ok(told)
}

/// Applies it and waits until it is ready. Answers whether it was told meanwhile that the one before it still goes.
async fn up(plane: &ControlPlane, namespace: &str, what: What) -> Result<bool> {
    let kind = match what {
        What::Claim => {
            Claim::apply(plane, namespace, NAME, json!({})).await?;
            kinds::database_claim()
        }
        What::Namespace => {
            plane.apply(&install::namespace(namespace).to_string(), "").await?;
            Database::apply(plane, namespace, NAME, json!({})).await?;
            kinds::database()
        }
        What::Database => {
            Database::apply(plane, namespace, NAME, json!({})).await?;
            kinds::database()
        }
    };
    let (mut waits, mut taken) = (false, false);
    let is_ready = |object: &DynamicObject| {
        let status = &object.data["status"];
        waits |= says(&status["resources"], "reason", "BeingDeleted");
        taken |= says(&status["problems"], "code", "NameTaken");
        says_ready(object)
    };
    plane.until(kind, namespace, NAME, "is ready", READY_LIMIT, is_ready).await?;
    // A claim cannot see whether the XR of the claim before it goes, and names that one until it is gone.
    ensure!(!taken || what == What::Claim, "its own former objects were called somebody else's");
    Ok(waits)
}

/// Deletes it, and waits no longer than who deletes it would.
async fn gone(plane: &ControlPlane, namespace: &str, what: What) -> Result<()> {
    let (kind, of, name) = match what {
        What::Database => (kinds::database(), namespace, NAME),
        What::Claim => (kinds::database_claim(), namespace, NAME),
        What::Namespace => (kinds::namespace(), "", namespace),
    };
    plane.delete(&kind, of, name).await?;
    plane.until_gone(kind, of, name, READY_LIMIT).await
}

fn moment(round: u32) -> u64 {
    // Scattered, and the same each time.
    u64::from(round.wrapping_mul(2_654_435_761)) % LONGEST
}

fn says(list: &Value, key: &str, word: &str) -> bool {
    list.as_array().is_some_and(|items| items.iter().any(|item| item[key] == word))
}

fn says_ready(xr: &DynamicObject) -> bool {
    let conditions = xr.data["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|c| c["type"] == "Ready" && c["status"] == "True")
}
