//! What a kubelet would keep alive is kept alive.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, wait};
use serde_json::json;

use crate::request::{Database, READY_LIMIT};

/// The API server answers nobody for longer than the provider may go without renewing its lease: it ends, is started again, and
/// goes on. The stories that follow have a provider.
pub(crate) async fn a_provider_that_loses_its_lease_is_started_again(plane: &ControlPlane) -> Result<()> {
    let provider = plane.provider()?;
    let (before, said) = (provider.pid().context("it does not run")?, provider.log_size()?);
    plane.api_server().pause()?;
    let restarted = wait::until("the provider is started again", READY_LIMIT, async || {
        Ok(provider.pid().filter(|pid| *pid != before))
    })
    .await;
    plane.api_server().resume()?;
    restarted?;

    let log = std::fs::read(provider.log())?;
    let log = String::from_utf8_lossy(&log[said..]).into_owned();
    ensure!(log.contains("and was started again"), "its log does not say so:\n{log}");
    let namespace = plane.namespace("kept").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    database.ready().await?;
    database.remove().await
}
