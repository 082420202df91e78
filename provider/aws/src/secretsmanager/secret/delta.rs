//! What differs between a spec and a secret. Never its value: that is not read.

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use goldenpath_provider_api::secretsmanager::{AttachedInstance, Secret, SecretParameters};
use goldenpath_provider_core::{Change, Drift};

use super::stages;
use super::status::tags_of;
use crate::kms::key_id;
use crate::tags;

/// The field of the connection details.
pub(super) const ATTACHMENT: &str = "attachment";
/// The field of the description.
pub(super) const DESCRIPTION: &str = "description";
/// A version that was put aside and not taken up.
pub(super) const STAGES: &str = "versionStages";
/// The field of the key.
pub(super) const KMS_KEY: &str = "kmsKeyId";

/// Everything that differs. `wanted` are the connection details that the value is to carry, once they are known.
pub(super) fn drift(
    managed: &Secret,
    cluster: &str,
    secret: &DescribeSecretOutput,
    attached: Option<&AttachedInstance>,
    wanted: Option<&AttachedInstance>,
) -> Drift {
    // Complete on purpose: a new field is compared, or is named here as one that is not.
    let SecretParameters {
        region: _,
        description,
        kms_key_id,
        recovery_window_in_days: _,
        generate_secret_string: _,
        attachment: _,
        rotation_rules: _,
        tags: _,
    } = &managed.spec.for_provider;
    let mut drift = Drift::none();
    if let Some(wanted) = description.as_deref()
        && secret.description().unwrap_or_default() != wanted
    {
        drift = drift.with(Change::immediate(DESCRIPTION, secret.description().unwrap_or_default(), wanted));
    }
    if let Some(wanted) = kms_key_id.as_deref()
        && differs(wanted, secret.kms_key_id())
    {
        drift = drift.with(Change::immediate(KMS_KEY, secret.kms_key_id().unwrap_or(AWS_KEY), wanted));
    }
    if let Some(change) = tags::change(managed, cluster, &tags_of(secret)) {
        drift = drift.with(change);
    }
    if let Some(wanted) = wanted.filter(|w| Some(*w) != attached) {
        let from = attached.map_or("(none)".to_owned(), print);
        drift = drift.with(Change::immediate(ATTACHMENT, from, print(wanted)));
    } else if stages::labelled(secret, stages::ASIDE).is_some() {
        drift = drift.with(Change::immediate(STAGES, stages::ASIDE, "(none)"));
    }
    drift
}

/// The key that AWS uses when none is named, and does not name in its answers.
const AWS_KEY: &str = "alias/aws/secretsmanager";

/// Whether a wanted key is another one than the secret's. An alias and an id are not compared: they may be the same key.
fn differs(wanted: &str, seen: Option<&str>) -> bool {
    let seen = seen.unwrap_or(AWS_KEY);
    match (alias(wanted), alias(seen)) {
        (Some(wanted), Some(seen)) => wanted != seen,
        (None, None) => key_id(wanted) != key_id(seen),
        (None, Some(seen)) => seen == "aws/secretsmanager",
        (Some(wanted), None) => wanted == "aws/secretsmanager",
    }
}

fn alias(key: &str) -> Option<&str> {
    key.split_once("alias/").map(|(_, name)| name)
}

fn print(attached: &AttachedInstance) -> String {
    let AttachedInstance { identifier, host, port, keys, username } = attached;
    let user = username.as_ref().map(|user| format!(" {user}")).unwrap_or_default();
    format!("{identifier} {host}:{port} {keys:?}{user}")
}
