//! One secret, and what AWS shows of it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::rules;
use super::tags::Tags;
use super::versions::{Value, Version, Versions};
use crate::{Call, Node, Refusal, Structure};

/// AWS ends each ARN in a hyphen and so many characters.
pub(super) const DRAWN: usize = 6;
/// What AWS calls its own key where it has to name one.
const DEFAULT_KEY: &str = "DefaultEncryptionKey";
const DAY: i64 = 24 * 3600;

/// A secret.
#[derive(Clone, Debug)]
pub(super) struct Secret {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) description: Option<String>,
    pub(super) kms_key_id: Option<String>,
    pub(super) tags: Tags,
    pub(super) versions: Versions,
    pub(super) policy: Option<String>,
    pub(super) owning_service: Option<String>,
    pub(super) created: Timestamp,
    pub(super) changed: Timestamp,
    pub(super) accessed: Option<Timestamp>,
    pub(super) deletion: Option<Deletion>,
}

/// What has been asked of a secret that is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deletion {
    /// The date that AWS tells.
    pub(super) date: Timestamp,
    /// When it is gone in fact: AWS removes in the background.
    pub(super) gone: Timestamp,
    /// Whether it can be taken back.
    pub(super) recovery: Recovery,
}

/// Whether a deletion can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recovery {
    /// Until its date.
    Window,
    /// It was asked for without.
    None,
}

// === impl Secret ===

impl Secret {
    /// ARN and name, which nearly every answer has.
    pub(super) fn identity(&self) -> Structure {
        Structure::new().with("ARN", self.arn.as_str()).with("Name", self.name.as_str())
    }

    /// What `DescribeSecret` says.
    pub(super) fn described(&self) -> Structure {
        self.metadata("VersionIdsToStages")
    }

    /// The entry of `ListSecrets`.
    pub(super) fn listed(&self) -> Structure {
        self.metadata("SecretVersionsToStages")
    }

    /// Only members that have a value.
    fn metadata(&self, stages: &'static str) -> Structure {
        let labelled = self.versions.iter().filter(|version| !version.stages.is_empty());
        let labelled: Vec<_> =
            labelled.map(|version| (version.id.clone(), labels(&version.stages))).collect();
        let versions = (!labelled.is_empty())
            .then(|| labelled.into_iter().fold(Structure::new(), |all, (id, labels)| all.with(id, labels)));
        self.identity()
            .with_some("Description", self.description.clone().filter(|text| !text.is_empty()))
            .with_some("KmsKeyId", self.kms_key_id.clone())
            .with_some("OwningService", self.owning_service.clone())
            .with_some("Tags", self.tags.shown())
            .with_some(stages, versions)
            .with("CreatedDate", self.created)
            .with("LastChangedDate", self.changed)
            .with_some("LastAccessedDate", self.accessed.map(day))
            .with_some("DeletedDate", self.deletion.map(|deletion| deletion.date))
    }

    /// What `GetSecretValue` says of a version.
    pub(super) fn shown(&self, version: &Version) -> Structure {
        let (name, value) = match &version.value {
            Value::String(text) => ("SecretString", text.as_str()),
            Value::Binary(data) => ("SecretBinary", data.as_str()),
        };
        self.identity()
            .with("VersionId", version.id.as_str())
            .with("CreatedDate", version.created)
            .with(name, value)
            .with_some("VersionStages", stages(version))
    }

    /// The entry of `ListSecretVersionIds`.
    pub(super) fn version(&self, version: &Version) -> Structure {
        let key = self.kms_key_id.as_deref().unwrap_or(DEFAULT_KEY);
        Structure::new()
            .with("VersionId", version.id.as_str())
            .with("CreatedDate", version.created)
            .with_some("LastAccessedDate", version.accessed.map(day))
            .with("KmsKeyIds", Node::list("member", [key]))
            .with_some("VersionStages", stages(version))
    }

    /// Refuses to change a secret that another service of AWS has made.
    pub(super) fn refuse_if_managed(&self) -> Result<(), Refusal> {
        match &self.owning_service {
            Some(service) => Err(rules::MANAGED.refuse(&[service])),
            None => Ok(()),
        }
    }

    /// Notes that a value was read.
    pub(super) fn read(&mut self, id: &str, now: Timestamp) {
        self.accessed = Some(now);
        if let Some(version) = self.versions.get_mut(id) {
            version.accessed = Some(now);
        }
    }
}

/// The ARN of a new secret. Its end is drawn, so that who may read a secret may not read the next one of its name.
pub(super) fn new_arn(call: &mut Call<'_>, name: &str) -> String {
    let end = call.chance.mixed(DRAWN);
    call.arn(&format!("secret:{name}-{end}"))
}

/// The labels of a version, unless it has none: AWS has no empty list of them.
pub(super) fn stages(version: &Version) -> Option<Node> {
    (!version.stages.is_empty()).then(|| labels(&version.stages))
}

fn labels(stages: &BTreeSet<String>) -> Node {
    Node::list("member", stages.iter().map(String::as_str))
}

/// The day of a moment: dates of access have no time of day.
fn day(moment: Timestamp) -> Timestamp {
    let midnight = moment.as_second() - moment.as_second().rem_euclid(DAY);
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(midnight)
}
