//! DB parameters of a database: a group of its own follows them, through a major upgrade too.

use anyhow::{Result, ensure};
use goldenpath_tests::target::Target;
use goldenpath_tests::wait;
use goldenpath_tests::{ControlPlane, kinds};
use serde_json::{Value, json};

use crate::groups::{has, look_again, own_parameters};
use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};

/// Parameters are turned on, changed at once and at a reboot, carried into a major upgrade, and turned off.
pub(crate) async fn parameters_come_change_and_go_and_follow_an_upgrade(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("tuned").await?;
    let spec = json!({"maintenance": {"applyImmediately": true}, "upgrade": {"preSnapshot": false}});
    let database = Database::apply(plane, &namespace, "orders-db", spec).await?;
    let xr = database.ready().await?;
    ensure!(xr.data["status"]["effective"]["parameterGroup"].is_null(), "{:#}", xr.data["status"]);
    let identifier = database.identifier().await?;
    let (before, after) = (format!("{identifier}-postgres16"), format!("{identifier}-postgres17"));

    database.change(json!({"parameters": {"work_mem": "8192"}})).await?;
    has(plane, &before, "work_mem", "8192").await?;
    runs_with(plane, &identifier, &before).await?;

    // One that takes effect at once, and one that does not.
    database.change(json!({"parameters": {"work_mem": "16384", "max_connections": "200"}})).await?;
    has(plane, &before, "work_mem", "16384").await?;
    has(plane, &before, "max_connections", "200").await?;
    let pending = database.problem("RebootPending", READY_LIMIT).await?;
    ensure!(pending["message"].as_str().is_some_and(|m| m.contains("max_connections")), "{pending:#}");
    rebooted(plane, &identifier).await?;
    look_again(plane, &Target::new(kinds::instance(), &namespace, "orders-db")).await?;
    database.without_problems(READY_LIMIT).await?;

    database.change(json!({"version": "17", "upgrade": {"allowMajor": true}})).await?;
    has(plane, &after, "work_mem", "16384").await?;
    runs_with(plane, &identifier, &after).await?;
    let group = kinds::parameter_group();
    plane.until_gone(group.clone(), &namespace, "orders-db-postgres16", READY_LIMIT).await?;
    let xr = database.ready().await?;
    ensure!(xr.data["status"]["effective"]["parameterGroup"] == after.as_str(), "{:#}", xr.data["status"]);

    database.change(json!({"parameters": Value::Null})).await?;
    wait::until("nothing has a value of its own", SHORT_LIMIT, async || {
        Ok((!own_parameters(plane, &after).await?.contains("<ParameterName>")).then_some(()))
    })
    .await?;
    database.remove().await?;
    plane.until_gone(group, &namespace, "orders-db-postgres17", READY_LIMIT).await
}

/// Reboots a DB instance once nothing else is under way.
async fn rebooted(plane: &ControlPlane, identifier: &str) -> Result<()> {
    wait::until(&format!("{identifier} is available"), READY_LIMIT, async || {
        let instance = plane.aws().instance(identifier).await?;
        Ok(instance.filter(|instance| instance.status == "available").map(drop))
    })
    .await?;
    plane.aws().call("rds", "RebootDBInstance", &json!({"DBInstanceIdentifier": identifier})).await.map(drop)
}

/// Waits until a DB instance runs with a group.
async fn runs_with(plane: &ControlPlane, identifier: &str, group: &str) -> Result<()> {
    wait::until(&format!("{identifier} runs with {group}"), READY_LIMIT, async || {
        let asked = json!({"DBInstanceIdentifier": identifier});
        let answer = plane.aws().call("rds", "DescribeDBInstances", &asked).await?;
        Ok(answer.contains(&format!("<DBParameterGroupName>{group}<")).then_some(()))
    })
    .await
}
