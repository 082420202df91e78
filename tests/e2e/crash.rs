//! The provider is killed around each call that makes something. Nothing is lost, nothing is doubled.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::aws::InjectedFault;
use goldenpath_tests::{ControlPlane, wait};
use serde_json::json;

use crate::request::{Database, SHORT_LIMIT};

/// More often than the SDK tries a call again.
const MANY: u32 = 20;

/// When the provider dies, seen from AWS.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// The call was begun and never reached AWS.
    Before,
    /// AWS carries the call out after the provider has died.
    During,
    /// AWS has carried the call out, and nobody has read the answer.
    After,
}

/// SIGKILL before, during and after `CreateSecret`.
pub(crate) async fn a_kill_around_create_secret_loses_nothing(plane: &ControlPlane) -> Result<()> {
    for moment in [Moment::Before, Moment::During, Moment::After] {
        kill(plane, "CreateSecret", moment).await.with_context(|| format!("{moment:?} CreateSecret"))?;
    }
    Ok(())
}

/// SIGKILL before, during and after `CreateDBInstance`.
pub(crate) async fn a_kill_around_create_db_instance_loses_nothing(plane: &ControlPlane) -> Result<()> {
    for moment in [Moment::Before, Moment::During, Moment::After] {
        kill(plane, "CreateDBInstance", moment)
            .await
            .with_context(|| format!("{moment:?} CreateDBInstance"))?;
    }
    Ok(())
}

/// SIGTERM during `CreateDBInstance`: the call is waited for, the process ends well, and nothing is asked for twice.
pub(crate) async fn a_termination_waits_for_the_create(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("drain").await?;
    plane.aws().order(&InjectedFault::slow("CreateDBInstance", 3.0).on(&namespace)).await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    fault_is_met(plane, 1).await?;
    let status = plane.provider()?.terminate(Duration::from_secs(25))?;
    plane.provider()?.start()?;
    ensure!(status.success(), "the provider ended with {status}");

    let identifier = database.identifier().await?;
    let instance = plane.aws().instance(&identifier).await?;
    ensure!(instance.is_some(), "the create was cancelled");
    database.ready().await?;
    let calls = plane.aws().calls("CreateDBInstance", &namespace).await?;
    ensure!(calls.len() == 1, "{calls:?}");
    database.remove().await
}

async fn kill(plane: &ControlPlane, action: &str, moment: Moment) -> Result<()> {
    let namespace = plane.namespace("crash").await?;
    let fault = match moment {
        Moment::Before => InjectedFault::dropped(action).times(MANY),
        Moment::During => InjectedFault::slow(action, 2.0),
        Moment::After => InjectedFault::hanging(action).after_effect(),
    };
    plane.aws().order(&fault.on(&namespace)).await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    fault_is_met(plane, if matches!(moment, Moment::Before) { MANY } else { 1 }).await?;
    plane.provider()?.kill();
    plane.aws().withdraw_faults().await?;
    plane.provider()?.start()?;

    database.ready().await?;
    let (identifier, path) = (database.identifier().await?, database.secret_path().await?);
    let state = plane.aws().state().await?;
    let instances: Vec<_> = state.instances.iter().filter(|i| i.identifier.contains(&namespace)).collect();
    let secrets: Vec<_> = state.secrets.iter().filter(|s| s.name.contains(&namespace)).collect();
    ensure!(instances.len() == 1 && instances[0].identifier == identifier, "{instances:?}");
    ensure!(secrets.len() == 1 && secrets[0].name == path, "{secrets:?}");
    let stored = secrets[0].json().context("no JSON")?;
    let password = instances[0].password.as_ref().context("no password")?;
    ensure!(stored["password"] == password.0.as_str(), "the database's password is not the stored one");
    database.remove().await
}

/// Waits until a fault that was ordered so many times has met a call.
async fn fault_is_met(plane: &ControlPlane, ordered: u32) -> Result<()> {
    wait::until("the fault meets a call", SHORT_LIMIT, async || {
        let open = plane.aws().open_faults().await?;
        Ok(open.iter().all(|fault| fault["times"] != ordered).then_some(()))
    })
    .await
}
