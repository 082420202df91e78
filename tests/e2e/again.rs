//! What is made again while the one before it still goes.

use anyhow::{Result, ensure};
use goldenpath_tests::{ControlPlane, kinds};
use kube::core::DynamicObject;
use serde_json::json;

use crate::request::{Database, READY_LIMIT};

const NAME: &str = "orders-db";
const ROUNDS: u32 = 5;

/// A database is deleted and applied again in the same breath, as scripts do: it waits for every object of the one before
/// it, says so, and comes up.
pub(crate) async fn a_database_that_is_deleted_and_applied_at_once_comes_up(
    plane: &ControlPlane,
) -> Result<()> {
    let namespace = plane.namespace("again").await?;
    let spec = json!({"deletion": {"protection": false, "policy": "Delete"}});
    let mut database = Database::apply(plane, &namespace, NAME, spec.clone()).await?;
    database.ready().await?;
    let identifier = database.identifier().await?;
    let mut told = 0;
    for round in 1..=ROUNDS {
        plane.delete(&kinds::database(), &namespace, NAME).await?;
        plane.until_gone(kinds::database(), &namespace, NAME, READY_LIMIT).await?;
        database = Database::apply(plane, &namespace, NAME, spec.clone()).await?;
        let (mut waits, mut taken) = (false, false);
        let what = format!("is ready in round {round}");
        let is_ready = |xr: &DynamicObject| {
            let status = &xr.data["status"];
            waits |= says(&status["resources"], "reason", "BeingDeleted");
            taken |= says(&status["problems"], "code", "NameTaken");
            says_ready(xr)
        };
        plane.until(kinds::database(), &namespace, NAME, &what, READY_LIMIT, is_ready).await?;
        ensure!(!taken, "its own former objects were called somebody else's");
        told += u32::from(waits);
    }
    eprintln!("made again {ROUNDS} times; told as BeingDeleted {told} times");
    ensure!(told > 0, "nothing has said that the one before it still goes");
    let instances = plane.aws().state().await?.instances;
    let made = instances.iter().filter(|instance| instance.identifier == identifier).count();
    ensure!(made == 1, "{made} of {identifier}");
    database.remove().await
}

fn says(list: &serde_json::Value, key: &str, word: &str) -> bool {
    list.as_array().is_some_and(|items| items.iter().any(|item| item[key] == word))
}

fn says_ready(xr: &DynamicObject) -> bool {
    let conditions = xr.data["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|c| c["type"] == "Ready" && c["status"] == "True")
}
