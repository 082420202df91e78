//! Statuses of a DB instance, as a table: what may be asked of an instance in each.
//!
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html>

use super::instance::Instance;
use super::rules;
use super::setting::Setting;
use crate::Refusal;

/// What may be modified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Modify {
    All,
    ButStorage,
    StorageOnly,
    ParametersOnly,
    OptionsOnly,
    Nothing,
}

/// Whether a final snapshot can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Snapshot {
    Made,
    Refused,
    KeyLost,
}

use Modify::{All, ButStorage, Nothing, OptionsOnly, ParametersOnly, StorageOnly};
use Snapshot::{KeyLost, Made, Refused};

/// Every status that AWS documents.
const STATUSES: &[(&str, Modify, Snapshot)] = &[
    ("available", All, Made),
    ("backing-up", Nothing, Made),
    ("backtracking", Nothing, Made),
    ("configuring-activity-stream", Nothing, Made),
    ("configuring-associated-roles", Nothing, Made),
    ("configuring-enhanced-monitoring", Nothing, Made),
    ("configuring-iam-database-auth", Nothing, Made),
    ("configuring-log-exports", Nothing, Made),
    ("converting-to-vpc", Nothing, Made),
    ("creating", Nothing, Refused),
    ("delete-precheck", Nothing, Refused),
    ("deleting", Nothing, Refused),
    ("failed", Nothing, Refused),
    ("inaccessible-encryption-credentials", Nothing, KeyLost),
    ("inaccessible-encryption-credentials-recoverable", Nothing, KeyLost),
    ("incompatible-create", Nothing, Refused),
    ("incompatible-credentials", Nothing, Made),
    ("incompatible-network", Nothing, Refused),
    ("incompatible-option-group", OptionsOnly, Made),
    ("incompatible-parameters", ParametersOnly, Made),
    ("incompatible-restore", Nothing, Refused),
    ("insufficient-capacity", Nothing, Refused),
    ("maintenance", Nothing, Made),
    ("modifying", Nothing, Made),
    ("moving-to-vpc", Nothing, Made),
    ("rebooting", Nothing, Made),
    ("renaming", Nothing, Made),
    ("resetting-master-credentials", Nothing, Made),
    ("restore-error", Nothing, Refused),
    ("starting", Nothing, Made),
    ("stopped", Nothing, Made),
    ("stopping", Nothing, Made),
    ("storage-config-upgrade", Nothing, Made),
    ("storage-full", StorageOnly, Made),
    ("storage-initialization", ButStorage, Made),
    ("storage-optimization", ButStorage, Made),
    ("unsupported-configuration", Nothing, Made),
    ("upgrading", Nothing, Made),
];

fn row(status: &str) -> (Modify, Snapshot) {
    let found = STATUSES.iter().find(|(name, ..)| *name == status);
    found.map_or((Nothing, Made), |(_, modify, snapshot)| (*modify, *snapshot))
}

/// Whether a modification of these settings is taken now. `grows` says whether the storage becomes larger.
pub(crate) fn admits(
    instance: &Instance,
    asked: &[Setting],
    password: bool,
    grows: bool,
) -> Result<(), Refusal> {
    let name = instance.name.as_str();
    let only = |fits: fn(&Setting) -> bool| !password && asked.iter().all(fits);
    match row(&instance.status).0 {
        All => Ok(()),
        ButStorage => {
            rules::STORAGE_COOLDOWN.refuse_if(asked.iter().any(|setting| setting.is_storage()), &[])
        }
        StorageOnly => {
            let raised = |s: &Setting| s.is_storage() || *s == Setting::MaxAllocatedStorage;
            let helps = grows || asked.contains(&Setting::MaxAllocatedStorage);
            rules::STORAGE_FULL.refuse_if(!(only(raised) && helps), &[name])
        }
        ParametersOnly => rules::NOT_AVAILABLE.refuse_if(!only(|s| *s == Setting::DBParameterGroupName), &[]),
        OptionsOnly => rules::NOT_AVAILABLE.refuse_if(!only(|s| *s == Setting::OptionGroupName), &[]),
        Nothing if instance.status == "stopped" => Err(rules::STOPPED.refuse(&[name])),
        Nothing => Err(rules::NOT_AVAILABLE.refuse(&[])),
    }
}

/// Whether a final snapshot can be made now.
pub(crate) fn admits_final_snapshot(instance: &Instance) -> Result<(), Refusal> {
    match row(&instance.status).1 {
        Made if instance.created.is_some() => Ok(()),
        KeyLost => Err(rules::KEY_INACCESSIBLE.refuse(&[&instance.name])),
        Made | Refused => Err(rules::SNAPSHOT_STATE.refuse(&[&instance.name])),
    }
}
