//! What AWS refuses is named, and keeps nothing else from arriving.

use anyhow::{Context, Result, bail, ensure};
use goldenpath_provider_api::rds::Instance;
use goldenpath_reports::Outcome;
use serde_json::{Value, json};

use crate::scene::{DB, NAME, change, instance, made, ready};

/// A field, a value that AWS refuses, and which of the others would be asked for along with it.
fn refused() -> Vec<(&'static str, Value, Option<&'static str>)> {
    vec![
        ("allocatedStorage", json!(70000), None),
        ("backupRetentionPeriod", json!(36), Some("backupRetentionPeriod")),
        ("backupWindow", json!("25:00-26:00"), Some("backupRetentionPeriod")),
        ("enabledCloudwatchLogsExports", json!(["bogus"]), Some("enabledCloudwatchLogsExports")),
        ("engineVersion", json!("16.99"), None),
        ("instanceClass", json!("db.none.small"), Some("multiAz")),
        ("iops", json!(100), None),
        ("maintenanceWindow", json!("sun:25:00-sun:26:00"), Some("backupRetentionPeriod")),
        ("maxAllocatedStorage", json!(410), None),
        ("parameterGroupName", json!("no-such-group"), None),
        ("port", json!(70000), None),
        ("storageType", json!("bogus"), None),
    ]
}

/// What is asked for along with it: one field of each of four groups, its value, and AWS's name of it.
fn others() -> [(&'static str, Value, &'static str); 4] {
    [
        ("copyTagsToSnapshot", json!(true), "CopyTagsToSnapshot"),
        ("backupRetentionPeriod", json!(14), "BackupRetentionPeriod"),
        ("multiAz", json!(true), "MultiAZ"),
        ("enabledCloudwatchLogsExports", json!(["postgresql"]), "EnabledCloudwatchLogsExports"),
    ]
}

#[tokio::test]
async fn of_four_changes_the_refused_one_is_named_and_the_three_arrive() {
    let mut wrong = Vec::new();
    for (field, value, same_group) in refused() {
        let others = others().into_iter().filter(|(name, ..)| Some(*name) != same_group).take(3).collect();
        wrong.extend(blame(field, &value, others).await.err().map(|why| format!("{field}: {why:#}")));
    }
    assert_eq!(wrong, [""; 0]);
}

/// The value that the field had, or none.
fn right(field: &str) -> Value {
    instance(json!({"allocatedStorage": 400}))["spec"]["forProvider"][field].clone()
}

async fn blame(field: &str, value: &Value, others: Vec<(&str, Value, &str)>) -> Result<()> {
    let (aws, cluster) = made(json!({"allocatedStorage": 400})).await;
    let mut wanted = json!({field: value});
    for (name, value, _) in &others {
        wanted[name] = value.clone();
    }
    change(&cluster, &wanted);
    let Outcome::Told(fault) = cluster.reconcile::<Instance>(NAME).await? else { bail!("it is not refused") };
    ensure!(fault.field == Some(format!(".spec.forProvider.{field}")), "named is {fault:?}");
    ensure!(fault.remedy.is_some(), "nothing helps against {fault:?}");
    let calls = aws.calls("ModifyDBInstance").await?.len();
    ensure!(calls == 2, "{calls} calls: all at once, and all but what was refused");

    aws.pass(30).await?;
    let db = aws.instance(DB).await?.context("the database")?;
    for (_, value, member) in &others {
        ensure!(db[member] == *value, "{member} does not arrive beside it: {}", db[member]);
    }
    let Outcome::Told(again) = cluster.reconcile::<Instance>(NAME).await? else {
        bail!("it is told no more")
    };
    ensure!(again == fault, "it is told as {again:?}, and before as {fault:?}");
    let calls = aws.calls("ModifyDBInstance").await?.len();
    ensure!(calls == 3, "{calls} calls: only what was refused is asked for again");

    // As its remedy says.
    change(&cluster, &json!({field: right(field)}));
    ready(&cluster, &aws).await
}
