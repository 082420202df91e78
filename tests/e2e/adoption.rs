//! A database that somebody has made in AWS becomes that of an XR: first it is only looked at.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::request::{Database, READY_LIMIT, SHORT_LIMIT, composition};

const NAME: &str = "orders-db";
/// The password that the apps of the database have.
const IN_USE: &str = "by-hand-and-long";

/// A new password is set: nothing is written to AWS before it is asked for, and then the database is what the spec says,
/// with all that is in it.
pub(crate) async fn a_database_made_by_hand_is_taken_over(plane: &ControlPlane) -> Result<()> {
    let (namespace, identifier) = made_by_hand(plane, "adopted").await?;
    let before = plane.aws().instance(&identifier).await?.context("no instance")?;
    let database = looked_at(plane, &namespace, &identifier, json!({})).await?;

    database.change(json!({"adopt": {"takeOver": true, "password": "Set"}})).await?;
    database.ready().await?;
    database.without_problems(READY_LIMIT).await?;
    let after = plane.aws().instance(&identifier).await?.context("the instance is gone")?;
    ensure!(after.dbi_resource_id == before.dbi_resource_id, "it is another database");
    ensure!(after.fields["BackupRetentionPeriod"] == 7, "it is not as the spec says: {:?}", after.fields);
    ensure!(after.tags.contains_key("crossplane-name"), "its tags are {:?}", after.tags);
    let delivered = plane.secret(&namespace, NAME).await?.context("no Secret")?;
    let set = after.password.context("no password")?.0;
    ensure!(set != IN_USE && delivered.get("password") == Some(&set), "the Secret does not open it");
    ensure!(delivered.get("username").is_some_and(|user| user == "legacy"), "{:?}", delivered.keys());
    ensure!(delivered.get("dbname").is_some_and(|name| name == "shop"), "{:?}", delivered.keys());
    ensure!(plane.aws().calls("CreateDBInstance", &identifier).await?.len() == 1, "another one was made");

    // A second XR that names it is told whose it is, and changes nothing.
    let second = Database::apply(plane, &namespace, "second-db", spec(&namespace, &identifier)).await?;
    second.change(json!({"adopt": {"takeOver": true, "password": "Set"}})).await?;
    let problem = second.problem("NotOwned", SHORT_LIMIT).await?;
    ensure!(problem["field"] == ".spec.adopt.identifier", "{problem:#}");
    second.remove().await?;
    database.ready().await?;
    database.remove().await
}

/// The password in use stays: the secret that has it is there before, and is taken over as well.
pub(crate) async fn a_database_made_by_hand_keeps_its_password(plane: &ControlPlane) -> Result<()> {
    let (namespace, identifier) = made_by_hand(plane, "kept").await?;
    let database = looked_at(plane, &namespace, &identifier, json!({"password": "Keep"})).await?;
    let path = database.secret_path().await?;
    let value = json!({"password": IN_USE}).to_string();
    let request = json!({"Name": path, "ClientRequestToken": "0".repeat(32), "SecretString": value});
    plane.aws().call("secretsmanager", "CreateSecret", &request).await?;

    database.change(json!({"adopt": {"takeOver": true}})).await?;
    database.ready().await?;
    database.without_problems(READY_LIMIT).await?;
    let after = plane.aws().instance(&identifier).await?.context("the instance is gone")?;
    ensure!(after.password.is_some_and(|password| password.0 == IN_USE), "the password was changed");
    let delivered = plane.secret(&namespace, NAME).await?.context("no Secret")?;
    ensure!(delivered.get("password").is_some_and(|password| password == IN_USE), "the Secret lacks it");
    ensure!(delivered.get("host").is_some_and(|host| !host.is_empty()), "{:?}", delivered.keys());
    database.remove().await
}

/// A database of AWS that is nobody's, and a composition that gives it to a namespace.
async fn made_by_hand(plane: &ControlPlane, story: &str) -> Result<(String, String)> {
    let namespace = plane.namespace(story).await?;
    let identifier = format!("legacy-{namespace}");
    let request = json!({
        "DBInstanceIdentifier": identifier, "Engine": "postgres", "EngineVersion": "16", "DBInstanceClass": "db.t4g.small",
        "AllocatedStorage": 20, "StorageType": "gp3", "StorageEncrypted": true, "DBName": "shop",
        "MasterUsername": "legacy", "MasterUserPassword": IN_USE, "BackupRetentionPeriod": 1,
    });
    plane.aws().call("rds", "CreateDBInstance", &request).await?;
    let mut own = composition(plane, "goldenpathdatabase").await?;
    own["metadata"]["name"] = json!(namespace);
    own["spec"]["pipeline"][0]["input"]["database"]["adoptable"] = json!({namespace.as_str(): [identifier]});
    plane.apply(&own.to_string(), "").await?;
    Ok((namespace, identifier))
}

/// By the composition of the namespace.
fn spec(namespace: &str, identifier: &str) -> Value {
    json!({
        "crossplane": {"compositionRef": {"name": namespace}}, "maintenance": {"applyImmediately": true},
        "adopt": {"identifier": identifier},
    })
}

/// A database that looks at one of AWS and says what it would change; nothing was written until then.
async fn looked_at<'a>(
    plane: &'a ControlPlane,
    namespace: &str,
    identifier: &str,
    over: Value,
) -> Result<Database<'a>> {
    let mut spec = spec(namespace, identifier);
    for (key, value) in over.as_object().into_iter().flatten() {
        spec["adopt"][key] = value.clone();
    }
    let database = Database::apply(plane, namespace, NAME, spec).await?;
    let pending = database.problem("AdoptionPending", READY_LIMIT).await?;
    ensure!(pending["field"] == ".spec.adopt.takeOver", "{pending:#}");
    let is_told = |xr: &DynamicObject| {
        let changes = xr.data["status"]["pendingChanges"].as_array().into_iter().flatten();
        let mut retention = changes.filter(|change| change["field"] == "spec.backup.retentionDays");
        retention.any(|change| change["from"] == "1" && change["to"] == "7")
    };
    let xr = plane
        .until(kinds::database(), namespace, NAME, "says what would change", SHORT_LIMIT, is_told)
        .await?;
    ensure!(xr.data["status"]["phase"] == "Observing", "{:#}", xr.data["status"]);
    let calls = plane.aws().calls_since(0.0).await?;
    let of_this = calls.iter().filter(|call| call.resource.contains(namespace));
    let is_read = |action: &str| ["Describe", "List", "Get"].iter().any(|verb| action.starts_with(verb));
    let writes: Vec<_> = of_this.filter(|call| !is_read(&call.action)).map(|call| &call.action).collect();
    eprintln!("{namespace}: {} writes to AWS while it is looked at", writes.len() - 1);
    ensure!(writes == ["CreateDBInstance"], "something was written: {writes:?}");
    Ok(database)
}
