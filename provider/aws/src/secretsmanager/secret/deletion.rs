//! How a secret is deleted so that it can be restored.

use aws_sdk_secretsmanager::operation::delete_secret::builders::DeleteSecretInputBuilder;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::{Fault, Managed};
use kube::ResourceExt;

/// How long a deleted secret can be restored, unless the spec says otherwise.
const RECOVERY_DAYS: i64 = 30;

/// Decides how to delete a secret, which outlives the DB instance that it is attached to.
pub(super) fn decide(
    managed: &Secret,
    attached: Option<&Instance>,
) -> Result<DeleteSecretInputBuilder, Fault> {
    if let Some(instance) = attached {
        let message = format!("kept until Instance {} is gone", instance.name_any());
        return Err(Fault::waiting("WaitingForInstance", message));
    }
    let days = managed.spec.for_provider.recovery_window_in_days.unwrap_or(RECOVERY_DAYS);
    let request = DeleteSecretInputBuilder::default().secret_id(managed.external_name());
    Ok(request.recovery_window_in_days(days))
}
