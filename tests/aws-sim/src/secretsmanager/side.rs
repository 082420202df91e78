//! Secrets as the side path tells and changes them.

use serde_json::{Map, Value as Json};

use super::SecretsManager;
use super::secret::Secret;
use super::versions::{CURRENT, Value};
use crate::Structure;

// === impl SecretsManager ===

impl SecretsManager {
    /// Every secret by the members of `DescribeSecret`, with its current value, and its tags by key.
    pub(crate) fn told(&self) -> impl Iterator<Item = Structure> {
        self.store.iter().map(told)
    }

    /// Whether there is a secret of a name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.store.named(name).is_some()
    }

    /// Changes a secret behind the API: members of `DescribeSecret`, and `SecretString` of the current version.
    pub(crate) fn drift(&mut self, name: &str, set: &Map<String, Json>) -> Result<(), String> {
        let secret = self.store.named_mut(name).ok_or_else(|| format!("no secret {name}"))?;
        for (member, value) in set {
            let text = value.as_str().map(str::to_owned);
            match member.as_str() {
                "Description" => secret.description = text,
                "KmsKeyId" => secret.kms_key_id = text,
                "OwningService" => secret.owning_service = text,
                "SecretString" => {
                    let id = secret.versions.labelled(CURRENT).map(|version| version.id.clone());
                    let version = id.and_then(|id| secret.versions.get_mut(&id));
                    let version = version.ok_or_else(|| format!("secret {name} has no value"))?;
                    version.value = Value::String(text.unwrap_or_default());
                }
                other => return Err(format!("{other} is no member of a secret that can be set")),
            }
        }
        Ok(())
    }
}

fn told(secret: &Secret) -> Structure {
    let current = secret.versions.labelled(CURRENT);
    let value = current.and_then(|version| match &version.value {
        Value::String(text) => Some(text.clone()),
        Value::Binary(_) => None,
    });
    let tags =
        secret.tags.iter().fold(Structure::new(), |all, tag| all.with(tag.key.clone(), tag.value.as_str()));
    secret
        .described()
        .with_some("VersionId", current.map(|version| version.id.clone()))
        .with_some("SecretString", value)
        .with("tags", tags)
}
