//! What a `ModifyDBInstance` asks for.

use crate::Refusal;
use crate::protocol::Form;
use crate::rds::instance::Instance;
use crate::rds::rules;
use crate::rds::setting::{Change, Setting};
use crate::rds::storage;
use crate::rds::value::Value;

/// The request, read.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) changes: Vec<Change>,
    pub(super) storage: storage::Asked,
    pub(super) password: Option<String>,
    /// Whether RDS shall keep the password.
    pub(super) managed: Option<bool>,
    pub(super) immediately: bool,
    pub(super) allow_major: bool,
}

// === impl Asked ===

impl Asked {
    pub(super) fn read(form: &Form, instance: &Instance) -> Result<Self, Refusal> {
        let mut changes = Vec::new();
        for setting in Setting::ALL {
            changes.extend(setting.asked(form)?.map(normal));
        }
        if form.has("CloudwatchLogsExportConfiguration") {
            changes.push(Change::EnabledCloudwatchLogsExports(logs(form, &instance.settings.logs)));
        }
        let asked = Self {
            changes,
            storage: storage::Asked {
                size: u32::read(form, "AllocatedStorage")?,
                kind: form.get("StorageType").map(str::to_owned),
                iops: u32::read(form, "Iops")?,
                throughput: u32::read(form, "StorageThroughput")?,
            },
            password: form.get("MasterUserPassword").map(str::to_owned),
            managed: bool::read(form, "ManageMasterUserPassword")?,
            immediately: bool::read(form, "ApplyImmediately")?.unwrap_or(false),
            allow_major: bool::read(form, "AllowMajorVersionUpgrade")?.unwrap_or(false),
        };
        let nothing = asked.changes.is_empty() && asked.password.is_none() && asked.managed.is_none();
        rules::NO_MODIFICATIONS.refuse_if(nothing && !asked.immediately, &[])?;
        Ok(asked)
    }

    /// The changed value of a setting, if it is asked for.
    pub(super) fn asks(&self, setting: Setting) -> Option<&Change> {
        self.changes.iter().find(|change| change.setting() == setting)
    }

    /// Asks for something else than was said, as AWS rounds and resolves.
    pub(super) fn replace(&mut self, change: Change) {
        self.changes.retain(|asked| asked.setting() != change.setting());
        self.changes.push(change);
    }
}

/// AWS stores names in small letters.
fn normal(change: Change) -> Change {
    match change {
        Change::DBParameterGroupName(name) => Change::DBParameterGroupName(name.to_lowercase()),
        Change::PreferredMaintenanceWindow(window) => {
            Change::PreferredMaintenanceWindow(window.to_lowercase())
        }
        Change::DBSubnetGroupName(Some(name)) => Change::DBSubnetGroupName(Some(name.to_lowercase())),
        other => other,
    }
}

/// The logs that are exported once some are added and some taken out.
fn logs(form: &Form, now: &[String]) -> Vec<String> {
    let list =
        |name: &str| form.list(&format!("CloudwatchLogsExportConfiguration.{name}")).unwrap_or_default();
    let (enabled, disabled) = (list("EnableLogTypes"), list("DisableLogTypes"));
    let kept = now.iter().map(String::as_str).filter(|log| !disabled.contains(log));
    let mut logs: Vec<String> = kept.chain(enabled).map(str::to_owned).collect();
    logs.sort();
    logs.dedup();
    logs
}
