//! How a secret is deleted so that it can be restored.

use aws_sdk_secretsmanager::operation::delete_secret::builders::DeleteSecretInputBuilder;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::{Fault, Managed};
use kube::{Resource, ResourceExt};

/// How long a deleted secret can be restored, unless the spec says otherwise.
const RECOVERY_DAYS: i64 = 30;

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

/// Decides how to delete a secret, which outlives the DB instance that it is attached to.
pub(super) fn decide(
    managed: &Secret,
    attached: Option<&Instance>,
) -> Result<DeleteSecretInputBuilder, Fault> {
    if let Some(instance) = attached.filter(|instance| !is_successor(instance, managed)) {
        let message = format!("kept until Instance {} is gone", instance.name_any());
        return Err(Fault::waiting("WaitingForInstance", message));
    }
    let days = managed.spec.for_provider.recovery_window_in_days.unwrap_or(RECOVERY_DAYS);
    let request = DeleteSecretInputBuilder::default().secret_id(managed.external_name());
    Ok(request.recovery_window_in_days(days))
}
