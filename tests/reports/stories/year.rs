//! A year in the life of a database, in one run that prints its story: whatever AWS and people do to it, each call that
//! changes something is one that the story expects, what is told is told, and at rest nothing is written anywhere.

use std::fmt::Write;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, ensure};
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::Readiness;
use goldenpath_reports::{Aws, Cluster, Outcome};
use serde_json::{Value, json};

use crate::passwords::{self, ID, SECRET};
use crate::scene::{DB, NAME, aws, change};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
/// How often objects are looked at while something happens, and at rest.
const SOON: u64 = 30;
const AT_REST: u64 = 12 * HOUR;
/// How many looks it may take until both objects are at rest.
const LOOKS: u32 = 240;

struct Year {
    aws: Aws,
    cluster: Cluster,
    /// Seconds since it began.
    passed: u64,
    looks: u32,
    /// What is printed.
    told: String,
}

#[tokio::test]
async fn in_a_year_nothing_is_called_that_is_not_expected_and_nothing_at_rest() {
    let (aws, cluster) = aws().await;
    let mut year = Year { aws, cluster, passed: 0, looks: 0, told: String::new() };
    let lived = year.live().await;
    eprintln!("{}", year.told);
    lived.unwrap();
    assert!(year.passed >= 365 * DAY, "it is {} days old", year.passed / DAY);
}

// === impl Year ===

impl Year {
    async fn live(&mut self) -> Result<()> {
        self.begin().await?;
        self.spring().await?;
        self.summer().await?;
        self.autumn().await?;
        self.end().await
    }

    /// On a Monday at midnight, whenever the test runs: at rest it looks twice a day, and a look in the midst of the window would
    /// see a change that has begun and, with the next one, that it is over.
    async fn until_monday(&mut self) -> Result<()> {
        let since_epoch = self.aws.clock().now().duration_since(UNIX_EPOCH)?.as_secs();
        // The epoch began on a Thursday.
        let since_monday = (since_epoch + 3 * DAY) % WEEK;
        self.pass(WEEK - since_monday).await?;
        self.passed = 0;
        Ok(())
    }

    async fn begin(&mut self) -> Result<()> {
        self.until_monday().await?;
        let pace = json!({
            "windows": true, "creating": 600, "modifying": 300, "deleting": 300, "lag": 30, "optimizing": 1800,
        });
        self.aws.side("timing", Some(pace)).await?;
        let spec = json!({
            "engineVersion": "16.6", "allocatedStorage": 100, "maxAllocatedStorage": 400, "multiAz": true,
            "applyImmediately": true, "deletionProtection": true, "maintenanceWindow": "sun:05:00-sun:06:00",
            "copyTagsToSnapshot": true,
        });
        self.cluster.apply(&passwords::secret("first"))?;
        self.cluster.apply(&passwords::database(&spec))?;
        let made = ["CreateSecret", "CreateDBInstance", "PutSecretValue", STAGE, STAGE];
        self.chapter("a team applies a database and its secret", &made, "Ready").await?;
        self.rest(20).await
    }

    async fn spring(&mut self) -> Result<()> {
        self.aws.change(DB, json!({"AllocatedStorage": 120})).await?;
        self.chapter("AWS's autoscaling grows the storage from 100 to 120 GiB", &[], "Ready").await?;
        self.rest(20).await?;

        self.aws.change(DB, json!({"EngineVersion": "16.8"})).await?;
        self.chapter("AWS upgrades 16.6 to 16.8 in its window", &[], "Ready").await?;
        self.rest(20).await?;

        change(&self.cluster, &json!({"allocatedStorage": 150}));
        self.chapter("the team asks for 150 GiB", &[MODIFY], "Ready").await?;
        self.pass(HOUR).await?;
        change(&self.cluster, &json!({"allocatedStorage": 200}));
        self.chapter(
            "an hour later for 200 GiB, and AWS changes storage once in six hours",
            &[MODIFY],
            "Ready, and StorageCooldown",
        )
        .await?;
        self.quiet(4 * HOUR).await?;
        self.pass(HOUR).await?;
        self.chapter("the six hours are over", &[MODIFY], "Ready").await?;
        self.rest(20).await
    }

    async fn summer(&mut self) -> Result<()> {
        change(
            &self.cluster,
            &json!({
                "engineVersion": "17", "allowMajorVersionUpgrade": true, "applyImmediately": false,
            }),
        );
        self.chapter("the team asks for version 17, which waits for the window", &[MODIFY], "Ready").await?;
        change(&self.cluster, &json!({"engineVersion": "16"}));
        self.chapter("and takes it back", &[MODIFY], "Ready").await?;
        self.rest(14).await?;
        ensure!(self.member("EngineVersion").await?.as_str() == Some("16.8"), "it was upgraded all the same");

        change(&self.cluster, &json!({"engineVersion": "17"}));
        self.chapter("it asks for version 17 for good", &[MODIFY], "Ready").await?;
        self.rest(14).await?;
        let version = self.member("EngineVersion").await?;
        ensure!(version.as_str().is_some_and(|v| v.starts_with("17.")), "the window has passed: {version}");

        let plan = json!({"AwsBackupRecoveryPointArn": "arn:aws:backup:eu-central-1:1:recovery-point:x", "BackupRetentionPeriod": 35});
        self.aws.change(DB, plan).await?;
        let owned = "Ready, and BackupsOwnedByAWSBackup";
        self.chapter("a plan of AWS Backup takes over", &[], owned).await?;
        self.rest(60).await?;

        self.aws.change(DB, json!({"DBInstanceStatus": "storage-full"})).await?;
        let full = "the storage is full: raise .spec.forProvider.allocatedStorage";
        self.chapter("the storage is full", &[], full).await?;
        change(&self.cluster, &json!({"allocatedStorage": 300}));
        self.chapter("the team asks for 300 GiB, at once", &[MODIFY], owned).await?;
        self.rest(30).await
    }

    async fn autumn(&mut self) -> Result<()> {
        let owned = "Ready, and BackupsOwnedByAWSBackup";
        self.aws.rds(&format!("Action=StopDBInstance&DBInstanceIdentifier={DB}")).await?;
        self.pass(600).await?;
        self.chapter("somebody stops it", &[], "the DB instance is stopped: start it in AWS").await?;
        self.quiet(6 * DAY).await?;
        self.pass(2 * DAY).await?;
        self.chapter("after seven days AWS starts it", &[], owned).await?;
        self.rest(30).await?;

        self.aws.change(DB, json!({"AvailabilityZone": "eu-central-1b"})).await?;
        self.chapter("its zone fails, and the standby takes over", &[], owned).await?;
        self.rest(30).await?;

        self.aws
            .secrets("DeleteSecret", &json!({"SecretId": ID, "ForceDeleteWithoutRecovery": true}))
            .await?;
        self.pass(600).await?;
        self.chapter("somebody deletes the secret for good", &[], "ExternallyDeleted").await?;
        self.cluster.apply(&passwords::secret("second"))?;
        let again = ["CreateSecret", "PutSecretValue", STAGE, STAGE, MODIFY];
        self.chapter("its object is made again, as the remedy says", &again, owned).await?;
        self.rest(20).await?;

        let before = passwords::labelled(&self.aws, "AWSPREVIOUS").await;
        passwords::move_current(&self.aws, &before).await;
        let moved = ["PutSecretValue", STAGE];
        self.chapter("somebody moves AWSCURRENT back to the version without the endpoint", &moved, owned)
            .await?;
        self.rest(20).await?;

        let foreign =
            format!("Action=CreateDBSnapshot&DBInstanceIdentifier={DB}&DBSnapshotIdentifier={DB}-final");
        self.aws.rds(&foreign).await?;
        self.pass(600).await?;
        self.chapter("somebody takes a snapshot, and names it as a final one", &[], owned).await?;
        self.rest(90).await
    }

    async fn end(&mut self) -> Result<()> {
        self.cluster.delete::<Instance>(NAME)?;
        self.cluster.delete::<Secret>(SECRET)?;
        self.chapter("both objects are deleted, and the database is protected", &[], "DeletionProtected")
            .await?;
        change(&self.cluster, &json!({"deletionProtection": false}));
        let ends = [MODIFY, "DeleteDBInstance", "DeleteSecret"];
        self.chapter("the team takes the protection off", &ends, "gone").await?;
        let events: Vec<_> = self.cluster.events().iter().map(|event| event.reason).collect();
        ensure!(events == ["FinalSnapshotTaken"], "{events:?}");
        let state = self.aws.side("state", None).await?;
        let manual = state["snapshots"].as_array().context("snapshots")?.iter();
        let manual = manual.filter(|snapshot| snapshot["SnapshotType"] == "manual").count();
        ensure!(manual == 2, "{manual} snapshots: the final one, and somebody's");
        Ok(())
    }

    /// Looks until both objects are at rest, and compares what was changed in AWS, and what is told then.
    async fn chapter(&mut self, what: &str, expected: &[&str], told: &str) -> Result<()> {
        // What somebody else has called until now is not the provider's.
        self.aws.forget_calls().await?;
        let (mut before, mut outcomes, mut still) = (Value::Null, [None, None], 0);
        for _ in 0..LOOKS {
            outcomes = self.look().await?;
            let now = self.objects()?;
            still = if now == before { still + 1 } else { 0 };
            if still == 3 && outcomes.iter().flatten().all(is_at_rest) {
                break;
            }
            before = now;
            self.pass(SOON).await?;
        }
        ensure!(still == 3, "{what}: it does not come to rest: {outcomes:?}");
        let (mut changes, reads) = self.calls().await?;
        let is = self.says(outcomes);
        writeln!(
            self.told,
            "day {:>3}: {what}\n         {is}; {}",
            self.passed / DAY,
            words(&changes, reads)
        )?;
        let mut expected: Vec<_> = expected.to_vec();
        expected.sort_unstable();
        changes.sort_unstable();
        ensure!(changes == expected, "{what}: {changes:?} is called, and expected is {expected:?}");
        ensure!(is == told, "{what}: {is:?} is told, and not {told:?}");
        Ok(())
    }

    /// Lets days pass in which nothing is asked of AWS, and nothing is written to the cluster but once a day the time up to
    /// which a database can be restored.
    async fn rest(&mut self, days: u64) -> Result<()> {
        self.quiet(days * DAY).await
    }

    async fn quiet(&mut self, seconds: u64) -> Result<()> {
        let (mut former, end) = (self.objects()?, self.passed + seconds);
        let (mut writes, mut others) = (0, Vec::new());
        while self.passed < end {
            self.pass(AT_REST.min(end - self.passed)).await?;
            self.look().await?;
            let now = self.objects()?;
            writes += u64::from(now != former);
            if undated(&now) != undated(&former) {
                others.push(now.clone());
            }
            former = now;
        }
        let (changes, _) = self.calls().await?;
        let day = self.passed / DAY;
        ensure!(changes.is_empty(), "on day {day}, at rest, {changes:?} is called");
        // What a window has changed is seen, once.
        ensure!(others.len() <= 1, "on day {day}, at rest, {} writes: {:#?}", others.len(), others.last());
        // Once a day the latest restorable time, which no backup may fall behind.
        ensure!(
            writes <= seconds.div_ceil(DAY) + 1,
            "on day {day}, {writes} writes in {} days",
            seconds / DAY
        );
        Ok(())
    }

    /// Each object is reconciled once, if it is there.
    async fn look(&mut self) -> Result<[Option<Outcome>; 2]> {
        self.looks += 1;
        let mut outcomes = [None, None];
        if self.cluster.has::<Secret>(SECRET) {
            outcomes[0] = Some(self.cluster.reconcile::<Secret>(SECRET).await?);
        }
        if self.cluster.has::<Instance>(NAME) {
            outcomes[1] = Some(self.cluster.reconcile::<Instance>(NAME).await?);
        }
        Ok(outcomes)
    }

    /// What is told of both, in a word if all is well.
    fn says(&self, outcomes: [Option<Outcome>; 2]) -> String {
        let [secret, database] = outcomes;
        let notices = self.cluster.object::<Instance>(NAME).ok().and_then(|object| object.status);
        let notices = notices.map(|status| status.at_provider.notices).unwrap_or_default();
        match (secret, database) {
            (None, None) => "gone".to_owned(),
            (_, Some(Outcome::Told(fault))) | (Some(Outcome::Told(fault)), _) => fault.reason.to_owned(),
            (_, Some(Outcome::Rests(Readiness::Unavailable(why)))) => why,
            (_, Some(Outcome::Rests(Readiness::Available))) if notices.is_empty() => "Ready".to_owned(),
            (_, Some(Outcome::Rests(Readiness::Available))) => {
                let codes: Vec<_> = notices.into_iter().map(|notice| notice.code).collect();
                format!("Ready, and {}", codes.join(", "))
            }
            other => format!("{other:?}"),
        }
    }

    /// Both objects as the cluster has them.
    fn objects(&self) -> Result<Value> {
        let stored = |found: bool, object: Result<Value>| if found { object } else { Ok(Value::Null) };
        Ok(json!([
            stored(self.cluster.has::<Secret>(SECRET), as_json::<Secret>(&self.cluster, SECRET))?,
            stored(self.cluster.has::<Instance>(NAME), as_json::<Instance>(&self.cluster, NAME))?,
        ]))
    }

    /// The calls since the last time: those that change something, and how many there were of others.
    async fn calls(&self) -> Result<(Vec<String>, usize)> {
        let calls = self.aws.side("calls", None).await?;
        self.aws.forget_calls().await?;
        let actions = calls.as_array().context("calls")?.iter().filter_map(|call| call["action"].as_str());
        let reads = |action: &&str| ["Describe", "List", "Get"].iter().any(|verb| action.starts_with(verb));
        let (reads, changes): (Vec<_>, Vec<_>) = actions.partition(reads);
        Ok((changes.into_iter().map(str::to_owned).collect(), reads.len()))
    }

    async fn member(&self, name: &str) -> Result<Value> {
        Ok(self.aws.instance(DB).await?.context("the database")?[name].clone())
    }

    /// Lets time pass.
    async fn pass(&mut self, seconds: u64) -> Result<()> {
        self.passed += seconds;
        self.aws.pass(seconds).await
    }
}

const MODIFY: &str = "ModifyDBInstance";
const STAGE: &str = "UpdateSecretVersionStage";

/// Objects without what AWS moves every five minutes.
fn undated(objects: &Value) -> Value {
    let mut objects = objects.clone();
    for object in objects.as_array_mut().into_iter().flatten() {
        if let Some(Value::Object(seen)) = object.pointer_mut("/status/atProvider") {
            seen.remove("latestRestorableTime");
        }
    }
    objects
}

/// Whether nothing comes of it by itself.
fn is_at_rest(outcome: &Outcome) -> bool {
    !matches!(
        outcome,
        Outcome::Asked | Outcome::Waits | Outcome::Rests(Readiness::Creating(_) | Readiness::Deleting)
    )
}

fn as_json<M: AwsManaged>(cluster: &Cluster, name: &str) -> Result<Value> {
    Ok(serde_json::to_value(cluster.object::<M>(name)?)?)
}

fn words(changes: &[String], reads: usize) -> String {
    match changes {
        [] => format!("nothing is changed, {reads} looks"),
        changes => format!("{}, {reads} looks", changes.join(", ")),
    }
}
