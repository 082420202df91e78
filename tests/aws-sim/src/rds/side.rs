//! What the side path sees and does of RDS, by AWS's names.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::instance::Instance;
use super::setting::Setting;
use super::snapshot::Snapshot;
use super::{Rds, value::Value};
use crate::{Knobs, Structure, protocol};

/// Settings that come and go with others, and that a test which compares everything would have to name each time.
const UNTOLD: &[Setting] = &[Setting::PerformanceInsightsKMSKeyId, Setting::OptionGroupName, Setting::Port];

/// An instance with what AWS never tells.
pub(crate) fn instance(of: &Instance, region: &str) -> Json {
    let mut told = Structure::new()
        .with("region", region)
        .with("DBInstanceIdentifier", of.name.as_str())
        .with("DBInstanceStatus", of.status.as_str())
        .with("DbiResourceId", of.resource_id.as_str())
        .with("Engine", of.engine.as_str())
        .with("MasterUsername", of.master_username.as_str())
        .with_some("MasterUserPassword", of.password.as_deref())
        .with_some("DBName", of.db_name.as_deref())
        .with("StorageEncrypted", of.storage_encrypted)
        .with_some("KmsKeyId", of.kms_key.as_deref())
        .with("DbInstancePort", of.settings.port)
        .with("PendingModifiedValues", of.pending.node());
    if of.created.is_some() {
        let endpoint = Structure::new().with("Address", of.host.as_str()).with("Port", of.settings.port);
        told = told.with("Endpoint", endpoint);
    }
    let told_settings = Setting::ALL.iter().filter(|setting| !UNTOLD.contains(setting));
    let told = told_settings
        .fold(told, |told, setting| told.with_some(setting.name(), of.settings.get(*setting).node()));
    with_tags(protocol::told(&told), &of.tags)
}

/// A snapshot.
pub(crate) fn snapshot(of: &Snapshot, region: &str) -> Json {
    let told = Structure::new()
        .with("region", region)
        .with("DBSnapshotIdentifier", of.name.as_str())
        .with("DBInstanceIdentifier", of.of.name.as_str())
        .with("Status", of.status())
        .with("SnapshotType", of.kind())
        .with("Encrypted", of.of.storage_encrypted)
        .with("DbiResourceId", of.resource_id.as_str());
    with_tags(protocol::told(&told), &of.tags)
}

fn with_tags(mut told: Json, tags: &BTreeMap<String, String>) -> Json {
    told["tags"] = json!(tags);
    told
}

/// Changes an instance behind everyone's back, by AWS's names; what is no name is a mistake.
fn set(of: &mut Instance, members: &Map<String, Json>) -> Result<(), String> {
    for (name, value) in members {
        let text = || value.as_str().map(str::to_owned).ok_or_else(|| format!("{name} is text"));
        let optional = || Option::<String>::of_json(value).ok_or_else(|| format!("{name} is text"));
        match name.as_str() {
            "DBInstanceStatus" => {
                of.status = text()?;
                // What was under way is void: the status stays until something is asked.
                of.step = 0;
            }
            "MasterUserPassword" => of.password = optional()?,
            "MasterUsername" => of.master_username = text()?,
            "DBName" => of.db_name = optional()?,
            "DbiResourceId" => of.resource_id = text()?,
            "StorageEncrypted" => {
                of.storage_encrypted = value.as_bool().ok_or("StorageEncrypted is true or false")?;
            }
            "AvailabilityZone" => of.zone = text()?,
            "AwsBackupRecoveryPointArn" => of.aws_backup = optional()?,
            "TagList" => of.tags = tags(value)?,
            "PendingModifiedValues" => {
                of.pending.others = value
                    .as_object()
                    .ok_or("PendingModifiedValues is an object")?
                    .clone()
                    .into_iter()
                    .collect();
            }
            "PendingMaintenanceActions" => {
                of.maintenance =
                    Vec::of_json(value).ok_or("PendingMaintenanceActions is a list of actions")?;
            }
            _ => {
                let setting =
                    Setting::of(name).ok_or_else(|| format!("{name} is no member of an instance"))?;
                let change = setting.of_json(value).ok_or_else(|| format!("{name} cannot be {value}"))?;
                of.settings.set(change);
            }
        }
    }
    Ok(())
}

/// `{key: value}`, or AWS's list of keys and values.
fn tags(value: &Json) -> Result<BTreeMap<String, String>, String> {
    let wrong = || "tags are an object, or a list of Key and Value".to_owned();
    if value.is_object() {
        return serde_json::from_value(value.clone()).map_err(|_| wrong());
    }
    let pair = |tag: &Json| Some((tag["Key"].as_str()?.to_owned(), tag["Value"].as_str()?.to_owned()));
    value.as_array().and_then(|tags| tags.iter().map(pair).collect()).ok_or_else(wrong)
}

// === impl Rds ===

impl Rds {
    /// Runs the maintenance window of an instance.
    pub(crate) fn run_window(&mut self, name: &str, now: Timestamp, knobs: &Knobs) -> Result<(), String> {
        self.instances.get(name).ok_or_else(|| format!("no instance {name}"))?;
        self.maintain(name, now, knobs);
        Ok(())
    }

    /// Changes an instance behind everyone's back; its name as well.
    pub(crate) fn change(&mut self, name: &str, mut members: Map<String, Json>) -> Result<(), String> {
        let called = members.remove("DBInstanceIdentifier");
        let mut instance = self.instances.get(name).cloned().ok_or_else(|| format!("no instance {name}"))?;
        set(&mut instance, &members)?;
        if let Some(called) = called {
            let called = called.as_str().ok_or("DBInstanceIdentifier is text")?.to_owned();
            instance.arn = instance.arn.replace(&format!("db:{name}"), &format!("db:{called}"));
            instance.host = instance.host.replacen(name, &called, 1);
            instance.name = called;
            // Nobody's step any more.
            instance.step = 0;
        }
        self.instances.remove(name);
        self.instances.insert(instance.name.clone(), instance);
        Ok(())
    }

    /// A Blue/Green switchover: a copy with another identity takes the name, and the old one is renamed.
    pub(crate) fn switch_over(&mut self, name: &str, resource_id: String) -> Result<(), String> {
        let mut blue = self.instances.remove(name).ok_or_else(|| format!("no instance {name}"))?;
        let mut green = blue.clone();
        green.resource_id = resource_id;
        blue.name = format!("{name}-old1");
        blue.arn = format!("{}-old1", blue.arn);
        blue.host = blue.host.replacen(name, &blue.name, 1);
        // Nobody's step any more.
        (blue.step, green.step) = (0, 0);
        self.instances.insert(blue.name.clone(), blue);
        self.instances.insert(green.name.clone(), green);
        Ok(())
    }
}
