//! The password that a secret has, from Secrets Manager to the one request that needs it.

use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::{Instance, MasterUserPasswordSource, PasswordVersion};
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::{Fault, Managed, Objects, Sensitive};
use k8s_openapi::api::core::v1;
use kube::ResourceExt;

use crate::client::Clients;
use crate::secretsmanager::secret::current;
use crate::secretsmanager::secret::deletion::is_successor;

/// What a secret has now, as its object says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) version: PasswordVersion,
    /// An earlier version that has the same password.
    merged_from: Option<String>,
}

/// A password, and where it was read.
#[derive(Clone, Debug)]
pub struct Password {
    pub(crate) text: Sensitive,
    pub(crate) version: PasswordVersion,
}

/// The version that the secret has now, if its object knows one. Nothing is read in AWS.
pub(crate) async fn stored<O: Objects>(objects: &O, managed: &Instance) -> Result<Option<Stored>, Fault> {
    let Some(MasterUserPasswordSource { secret_ref, key: _ }) =
        &managed.spec.for_provider.master_user_password_from
    else {
        return Ok(None);
    };
    let namespace = managed.namespace().unwrap_or_default();
    let secret = objects.get::<Secret>(&namespace, &secret_ref.name).await?;
    Ok(secret.filter(|secret| !is_successor(managed, secret)).as_ref().and_then(Stored::of))
}

/// Reads the password that the spec refers to, with the credentials of the `Secret` that has it.
pub(crate) async fn read<O: Objects>(
    clients: &Clients<O>,
    managed: &Instance,
) -> Result<Option<Password>, Fault> {
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
    let secret_arn = secret.at_provider().and_then(|seen| seen.arn.clone()).ok_or_else(missing)?;
    let services = clients.services(&secret).await?;
    let Some(value) = current(&services.secrets, &secret_arn).await? else {
        return Err(waiting(&secret_ref.name, "has no value yet"));
    };
    match value.document.text(key) {
        Some(text) => {
            Ok(Some(Password { text, version: PasswordVersion { secret_arn, version_id: value.version } }))
        }
        None => Err(waiting(&secret_ref.name, &format!("has no key \"{key}\""))
            .at(".spec.forProvider.masterUserPasswordFrom.key")),
    }
}

/// Whether the connection Secret has a password, where the object asks for one. It is lost with a Secret that somebody
/// removes, and was never there where it was asked for later.
pub(crate) async fn is_published<O: Objects>(objects: &O, managed: &Instance) -> Result<bool, Fault> {
    let Some(reference) = &managed.managed_spec().write_connection_secret_to_ref else {
        return Ok(true);
    };
    let namespace = managed.namespace().unwrap_or_default();
    let secret = objects.get::<v1::Secret>(&namespace, &reference.name).await?;
    let data = secret.and_then(|secret| secret.data).unwrap_or_default();
    Ok(data.get("password").is_some_and(|password| !password.0.is_empty()))
}

fn waiting(name: &str, what: &str) -> Fault {
    Fault::waiting("WaitingForSecret", format!("Secret \"{name}\" {what}"))
        .at(".spec.forProvider.masterUserPasswordFrom")
}

// === impl Stored ===

impl Stored {
    fn of(secret: &Secret) -> Option<Self> {
        let seen = secret.at_provider()?;
        let version = PasswordVersion { secret_arn: seen.arn.clone()?, version_id: seen.version_id.clone()? };
        Some(Self { version, merged_from: seen.merged_from.clone() })
    }

    /// Whether a version has the password of the current one.
    pub(crate) fn has_password_of(
        &self,
        PasswordVersion { secret_arn, version_id }: &PasswordVersion,
    ) -> bool {
        let Self { version, merged_from } = self;
        version.secret_arn == *secret_arn
            && (version.version_id == *version_id || merged_from.as_ref() == Some(version_id))
    }
}
