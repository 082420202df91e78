//! The master user's password, from Secrets Manager to the one request that needs it.

use goldenpath_provider_api::rds::{Instance, MasterUserPasswordSource};
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::{Fault, Objects, Sensitive};
use kube::ResourceExt;

use crate::client::Clients;
use crate::secretsmanager::secret::current;
use crate::secretsmanager::secret::deletion::is_successor;

/// Reads the password that the spec refers to, with the credentials of the `Secret` that has it.
pub(super) async fn read<O: Objects>(
    clients: &Clients<O>,
    managed: &Instance,
) -> Result<Option<Sensitive>, Fault> {
    let Some(MasterUserPasswordSource { secret_ref, key }) =
        &managed.spec.for_provider.master_user_password_from
    else {
        return Ok(None);
    };
    let namespace = managed.namespace().unwrap_or_default();
    let secret = clients.objects.get::<Secret>(&namespace, &secret_ref.name).await?;
    let missing = || waiting(&secret_ref.name, "does not exist yet");
    let secret = secret.ok_or_else(missing)?;
    if is_successor(managed, &secret) {
        return Err(waiting(&secret_ref.name, "is being deleted, and is to be made again"));
    }
    // By the recorded ARN: the external name is an annotation, which a user could set to the secret of another team.
    let arn = secret.status.as_ref().and_then(|s| s.at_provider.arn.clone()).ok_or_else(missing)?;
    let services = clients.services(&secret).await?;
    let Some(value) = current(&services.secrets, &arn).await? else {
        return Err(waiting(&secret_ref.name, "has no value yet"));
    };
    match value.document.text(key) {
        Some(password) => Ok(Some(password)),
        None => Err(waiting(&secret_ref.name, &format!("has no key \"{key}\""))
            .at(".spec.forProvider.masterUserPasswordFrom.key")),
    }
}

fn waiting(name: &str, what: &str) -> Fault {
    Fault::waiting("WaitingForSecret", format!("Secret \"{name}\" {what}"))
        .at(".spec.forProvider.masterUserPasswordFrom")
}
