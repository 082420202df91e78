//! The master user's password, from Secrets Manager to the one request that needs it.

use goldenpath_provider_api::rds::{Instance, MasterUserPasswordSource};
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::creation::SUCCEEDED;
use goldenpath_provider_core::{Fault, Managed, Objects, Sensitive};
use kube::ResourceExt;

use crate::client::Clients;
use crate::secretsmanager::secret::current;

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
    let secret = secret.filter(exists).ok_or_else(|| waiting(&secret_ref.name, "does not exist yet"))?;
    let session = clients.session(&secret, &secret.spec.for_provider.region).await?;
    let arn = secret.status.as_ref().and_then(|s| s.at_provider.arn.clone());
    let value = current(&session, &arn.unwrap_or_else(|| secret.external_name())).await?;
    let Some(value) = value else {
        return Err(waiting(&secret_ref.name, "has no value yet"));
    };
    match value.document.text(key) {
        Some(password) => Ok(Some(password)),
        None => Err(waiting(&secret_ref.name, &format!("has no key \"{key}\""))
            .at(".spec.forProvider.masterUserPasswordFrom.key")),
    }
}

/// Whether the secret is in AWS: it was observed there, or made.
fn exists(secret: &Secret) -> bool {
    let observed = secret.status.as_ref().is_some_and(|s| s.at_provider.arn.is_some());
    observed || secret.annotations().contains_key(SUCCEEDED)
}

fn waiting(name: &str, what: &str) -> Fault {
    Fault::waiting("WaitingForSecret", format!("Secret \"{name}\" {what}"))
        .at(".spec.forProvider.masterUserPasswordFrom")
}
