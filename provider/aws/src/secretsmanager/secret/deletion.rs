//! How a secret is deleted so that it can be restored.

use aws_sdk_secretsmanager::operation::delete_secret::builders::DeleteSecretInputBuilder;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::{Fault, Managed};
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::{Resource, ResourceExt};

/// How long a deleted secret can be restored, unless the spec says otherwise.
const RECOVERY_DAYS: i64 = 30;
/// How long a secret waits to see its Instance deleted as well. Of an XR that is deleted, Kubernetes deletes the one some
/// moments before the other.
const GRACE: SignedDuration = SignedDuration::from_secs(30);

/// Whether an Instance was made after a secret of that name began to go, under the name of the Instance that the secret
/// was for. Neither has anything to do with the other: the Instance gets the value of the secret that is made next.
pub(crate) fn is_successor(instance: &Instance, secret: &Secret) -> bool {
    let (made, deleted) = (&instance.meta().creation_timestamp, &secret.meta().deletion_timestamp);
    let (Some(made), Some(deleted)) = (made, deleted) else { return false };
    match secret.at_provider().and_then(|seen| seen.instance_uid.as_ref()) {
        // Times have whole seconds.
        Some(uid) => instance.uid().as_ref() != Some(uid) && made.0 >= deleted.0,
        None => made.0 > deleted.0,
    }
}

/// Decides how to delete a secret, which outlives the DB instance that it is attached to. One that is deleted by itself goes
/// after a grace: it would wait for an Instance that stays, and whoever composes it makes it again out of its recovery window.
/// `now` is in seconds since the epoch.
pub(super) fn decide(
    managed: &Secret,
    attached: Option<&Instance>,
    now: i64,
) -> Result<DeleteSecretInputBuilder, Fault> {
    if let Some(instance) = attached.filter(|instance| !is_successor(instance, managed)) {
        let grace = grace(instance, managed);
        if grace.is_none_or(|until| now < until.as_second()) {
            let or = grace.map(|until| format!(", or until {until} if that is not deleted"));
            let message =
                format!("kept until Instance {} is gone{}", instance.name_any(), or.unwrap_or_default());
            return Err(Fault::waiting("WaitingForInstance", message));
        }
    }
    let days = managed.spec.for_provider.recovery_window_in_days.unwrap_or(RECOVERY_DAYS);
    let request = DeleteSecretInputBuilder::default().secret_id(managed.external_name());
    Ok(request.recovery_window_in_days(days))
}

/// Until when a secret waits for an Instance that is not being deleted.
fn grace(instance: &Instance, secret: &Secret) -> Option<Timestamp> {
    let deleted = secret.meta().deletion_timestamp.as_ref()?;
    instance.meta().deletion_timestamp.is_none().then(|| deleted.0 + GRACE)
}
