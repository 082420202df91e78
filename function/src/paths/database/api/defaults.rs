//! The defaults of the XRD, for XRs that have not passed an API server (`crossplane render`).

use super::{Backup, Deletion, DeletionPolicy, Encryption, Insights, Storage, StorageType, Upgrade};

impl Default for Storage {
    fn default() -> Self {
        Self { size: twenty_gibibytes(), max_size: None, r#type: StorageType::default(), iops: None }
    }
}

impl Default for Backup {
    fn default() -> Self {
        Self { enabled: true, retention_days: a_week(), window: None, copy_tags_to_snapshot: true }
    }
}

impl Default for Upgrade {
    fn default() -> Self {
        Self { auto_minor: true, allow_major: false, pre_snapshot: true }
    }
}

impl Default for Encryption {
    fn default() -> Self {
        Self { kms_key_id: None, require_tls: true }
    }
}

impl Default for Deletion {
    fn default() -> Self {
        Self { protection: true, policy: DeletionPolicy::default() }
    }
}

impl Default for Insights {
    fn default() -> Self {
        Self { enabled: true, export_logs: true }
    }
}

pub(super) fn yes() -> bool {
    true
}

pub(super) fn app() -> String {
    "app".into()
}

pub(super) fn a_week() -> i32 {
    7
}

pub(super) fn twenty_gibibytes() -> String {
    "20Gi".into()
}
