//! The safe defaults that a platform may keep.

use serde::{Deserialize, Serialize};
use strum::VariantNames;

/// A safe default, by the field below `.spec` that relaxes it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::EnumIter,
    strum::VariantNames,
)]
#[serde(try_from = "String", into = "&'static str")]
pub enum SafeDefault {
    /// Snapshots get the tags of their instance.
    #[strum(serialize = "backup.copyTagsToSnapshot")]
    CopyTagsToSnapshot,
    /// Backups are made.
    #[strum(serialize = "backup.enabled")]
    BackupEnabled,
    /// Deletion leaves a final snapshot.
    #[strum(serialize = "deletion.policy")]
    DeletionPolicy,
    /// Deletion is refused.
    #[strum(serialize = "deletion.protection")]
    DeletionProtection,
    /// Connections are encrypted.
    #[strum(serialize = "encryption.requireTLS")]
    RequireTls,
    /// Performance Insights is on.
    #[strum(serialize = "insights.enabled")]
    InsightsEnabled,
    /// Logs go to CloudWatch.
    #[strum(serialize = "insights.exportLogs")]
    ExportLogs,
    /// There is no public address.
    #[strum(serialize = "network.publiclyAccessible")]
    PubliclyAccessible,
    /// Minor versions are installed by AWS.
    #[strum(serialize = "upgrade.autoMinor")]
    AutoMinor,
    /// A snapshot is taken before a major upgrade.
    #[strum(serialize = "upgrade.preSnapshot")]
    PreSnapshot,
}

// === impl SafeDefault ===

impl SafeDefault {
    /// The field below `.spec`.
    pub fn field(self) -> &'static str {
        self.into()
    }
}

impl TryFrom<String> for SafeDefault {
    type Error = String;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        let unknown = |_| format!("{given:?} is no safe default; there are: {}", Self::VARIANTS.join(", "));
        given.parse().map_err(unknown)
    }
}
