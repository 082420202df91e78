//! A database that begins with the data of a backup.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::ControlPlane;
use serde_json::json;

use crate::request::{Database, READY_LIMIT};

/// A snapshot of a database of the namespace becomes another one, which its own Secret opens.
pub(crate) async fn a_database_begins_with_a_snapshot_of_its_namespace(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("backup").await?;
    let first = Database::apply(plane, &namespace, "orders-db", json!({"databaseName": "shop"})).await?;
    first.ready().await?;
    let identifier = first.identifier().await?;
    let snapshot = format!("{identifier}-before");
    let request = json!({"DBInstanceIdentifier": identifier, "DBSnapshotIdentifier": snapshot});
    plane.aws().call("rds", "CreateDBSnapshot", &request).await?;

    let from = json!({"restoreFrom": {"snapshotIdentifier": snapshot}});
    let second = Database::apply(plane, &namespace, "restored-db", from).await?;
    let xr = second.ready().await?;
    second.without_problems(READY_LIMIT).await?;
    let restored = second.identifier().await?;
    let calls = plane.aws().calls("RestoreDBInstanceFromDBSnapshot", &restored).await?;
    ensure!(calls.iter().filter(|call| call.error.is_none()).count() == 1, "{calls:?}");
    ensure!(plane.aws().calls("CreateDBInstance", &restored).await?.is_empty(), "an empty one was made");
    second.opens().await?;
    let delivered = plane.secret(&namespace, "restored-db").await?.context("no Secret")?;
    ensure!(delivered.get("dbname").is_some_and(|name| name == "shop"), "{:?}", delivered.keys());
    ensure!(xr.data["status"]["identifier"] == restored.as_str(), "{:#}", xr.data["status"]);
    second.remove().await?;
    first.remove().await
}
