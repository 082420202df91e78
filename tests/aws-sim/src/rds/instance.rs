//! A DB instance: what it is, what it is set to, what waits, and what is under way with it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::setting::{Change, Setting, Settings, When};
use crate::{Node, Structure};

/// One DB instance.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) name: String,
    /// AWS's identity of it: it survives a rename and is never used twice.
    pub(crate) resource_id: String,
    pub(crate) arn: String,
    pub(crate) status: String,
    pub(crate) engine: String,
    pub(crate) settings: Settings,
    pub(crate) pending: Pending,
    pub(crate) master_username: String,
    /// What opens it.
    pub(crate) password: Option<String>,
    /// The secret that RDS keeps the password in, if RDS does.
    pub(crate) master_secret: Option<String>,
    pub(crate) db_name: Option<String>,
    pub(crate) storage_encrypted: bool,
    pub(crate) kms_key: Option<String>,
    pub(crate) zone: String,
    pub(crate) host: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// None until it has been created once; there is no endpoint before.
    pub(crate) created: Option<Timestamp>,
    pub(crate) last_backup: Option<Timestamp>,
    /// When its storage was changed last.
    pub(crate) storage_changed: Option<Timestamp>,
    /// When its protection was taken off last.
    pub(crate) unprotected: Option<Timestamp>,
    /// How far the values of its parameter group are applied.
    pub(crate) parameters: Applied,
    /// The recovery point by which AWS Backup owns retention and window.
    pub(crate) aws_backup: Option<String>,
    /// When AWS starts it again, if it is stopped.
    pub(crate) restart: Option<Timestamp>,
    /// Maintenance that AWS has announced.
    pub(crate) maintenance: Vec<String>,
    /// The number of the step under way; what a step of another number was to do is void.
    pub(crate) step: u64,
    pub(crate) final_snapshot: Option<String>,
    pub(crate) deletes_backups: bool,
    /// The instance it is a read replica of.
    pub(crate) replica_of: Option<String>,
}

/// What waits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pending {
    pub(crate) changes: BTreeMap<Setting, Change>,
    pub(crate) password: Option<String>,
    /// Members that only the side path can set, such as those of engines that are not here.
    pub(crate) others: BTreeMap<String, Json>,
}

/// How far the values of a parameter group are applied to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    InSync,
    PendingReboot,
}

// === impl Pending ===

impl Pending {
    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { changes, password, others } = self;
        changes.is_empty() && password.is_none() && others.is_empty()
    }

    /// `PendingModifiedValues`; a password is masked.
    pub(crate) fn node(&self) -> Structure {
        // The parameter group is no member, although it can wait.
        let told = self.changes.values().filter(|change| change.setting() != Setting::DBParameterGroupName);
        let changes = told.map(|change| (change.setting().name(), change.node()));
        let mut members = Structure::new();
        for (name, node) in changes {
            // A value that is taken away is told as nothing: zero.
            members = members.with(name, node.unwrap_or(Node::Integer(0)));
        }
        for (name, value) in &self.others {
            members = members.with_some(name.clone(), super::value::node(value));
        }
        members.with_some("MasterUserPassword", self.password.as_ref().map(|_| "****"))
    }
}

// === impl Applied ===

impl Applied {
    /// AWS's word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::InSync => "in-sync",
            Self::PendingReboot => "pending-reboot",
        }
    }
}

// === impl Instance ===

impl Instance {
    /// The settings as they will be once everything that waits is applied.
    pub(crate) fn effective(&self) -> Settings {
        let mut settings = self.settings.clone();
        for change in self.pending.changes.values() {
            settings.set(change.clone());
        }
        settings
    }

    /// Applies what waits: everything, or the password and what never waits for a window.
    pub(crate) fn apply(&mut self, everything: bool, now: Timestamp) {
        if let Some(password) = self.pending.password.take() {
            self.password = Some(password);
        }
        let changes = std::mem::take(&mut self.pending.changes);
        // A parameter group that came with a version waits with it.
        let (due, waits): (BTreeMap<_, _>, BTreeMap<_, _>) =
            changes.into_iter().partition(|(setting, change)| {
                everything || setting.applied(&self.settings, change) == When::Soon
            });
        self.pending.changes = waits;
        if everything {
            self.pending.others.clear();
            self.maintenance.clear();
        }
        if due.keys().any(|setting| setting.is_storage()) {
            self.storage_changed = Some(now);
        }
        for change in due.into_values() {
            self.settings.set(change);
        }
        self.settings.follow_version(&self.engine);
        super::storage::settle(&self.engine, &mut self.settings);
    }

    /// Its tags, as every operation tells them.
    pub(crate) fn tag_list(&self) -> Node {
        super::tag::list(&self.tags)
    }

    /// Whether a change of what is set would change anything.
    pub(crate) fn differs(&self, change: &Change) -> bool {
        self.settings.get(change.setting()) != *change
    }
}
