//! `Secret`: a Secrets Manager secret whose value is made here and kept nowhere else.
//!
//! Each step may be repeated after a crash: the first version's token is derived from the object's UID, and what an
//! earlier attempt has made is found by its tags. At rest only metadata is read.

mod attach;
pub(crate) mod deletion;
mod delta;
mod faults;
mod input;
mod ownership;
mod password;
mod stages;
mod status;
mod value;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::{Secret, SecretObservation};
use goldenpath_provider_core::{
    ConnectionDetails, Drift, Event, External, Fault, Managed, Objects, Observation, Present, Sensitive,
};
use kube::{Resource, ResourceExt};
use rand::rngs::SysRng;

use crate::client::{Clients, Service};
use crate::connector::Session;
use crate::fault::{ErrorClass, Failure};
use crate::ownership::Owned;
use crate::tags;
use attach::Connection;
use faults::FAULTS;
use stages::CURRENT;
use value::Document;

/// The current value of a secret.
pub(crate) struct Current {
    pub(crate) document: Document,
    pub(crate) version: String,
}

/// Reads the current value of a secret; `None` when it has none that can be read now.
pub(crate) async fn current(secrets: &Service<Client>, id: &str) -> Result<Option<Current>, Fault> {
    let request = secrets.client.get_secret_value().secret_id(id).version_stage(CURRENT);
    let answer = match secrets.call(&FAULTS, request.send()).await {
        Ok(answer) => answer,
        Err(Failure { class: ErrorClass::NotFound | ErrorClass::Scheduled, .. }) => return Ok(None),
        Err(failure) => return Err(failure.into()),
    };
    let text = answer.secret_string.map(Sensitive::new);
    let document = text.as_ref().and_then(|t| Document::parse(t.expose())).ok_or_else(|| {
        Fault::user("SecretNotJSON", format!("the value of secret \"{id}\" is not a JSON object"))
            .remedy("write it as a JSON object in AWS")
    })?;
    Ok(Some(Current { document, version: answer.version_id.unwrap_or_default() }))
}

impl<O: Objects> External<Secret> for Session<O> {
    type Inputs = Sensitive;

    async fn observe(&self, managed: &mut Secret) -> Result<Observation, Fault> {
        let secrets = &self.services.secrets;
        let found = describe(secrets, managed).await?;
        let secret = match self.ours(managed, found).await? {
            Ok(secret) => secret,
            Err(other) => return Ok(other),
        };
        if secret.deleted_date().is_some() {
            return Ok(Observation::Absent); // Gone for a deleted object; for a live one, Create restores it.
        }
        let instance = attached_instance(&self.clients, managed).await?;
        let wanted = connection(managed, instance.as_ref()).map(|c| c.attached);
        let seen = status::observation(managed, &secret, instance.as_ref());
        let drift = delta::drift(managed, self.cluster(), &secret, seen.attached.as_ref(), wanted.as_ref());
        let readiness = status::readiness(managed, &seen, wanted.as_ref());
        *managed.at_provider_mut() = seen;
        Ok(Observation::Present(Present::new(drift, readiness)))
    }

    async fn prepare(&self, managed: &Secret) -> Result<Self::Inputs, Fault> {
        password::value(&managed.spec.for_provider.generate_secret_string, &mut SysRng)
    }

    async fn create(&self, managed: &mut Secret, value: Self::Inputs) -> Result<ConnectionDetails, Fault> {
        let secrets = &self.services.secrets;
        let request = input::create(managed, self.cluster(), &value);
        match secrets.call(&FAULTS, request.send_with(&secrets.client)).await {
            Ok(made) => {
                let seen = managed.at_provider_mut();
                *seen = SecretObservation {
                    arn: made.arn,
                    version_id: made.version_id,
                    ..SecretObservation::default()
                };
            }
            Err(Failure { class: ErrorClass::Exists | ErrorClass::Scheduled, fault }) => {
                let found = describe(secrets, managed).await?.ok_or(fault)?;
                resume(secrets, managed, &self.already_made(managed, found)?).await?;
            }
            Err(failure) => {
                let password = Document::parse(value.expose()).and_then(|d| d.text(password_key(managed)));
                return Err(failure.hiding(Some(&value)).hiding(password.as_ref()).into());
            }
        }
        crate::ownership::pin(managed, &managed.recorded());
        Ok(ConnectionDetails::new())
    }

    async fn update(&self, managed: &mut Secret, drift: &Drift) -> Result<ConnectionDetails, Fault> {
        let secrets = &self.services.secrets;
        let secret = self.still_ours(managed, describe(secrets, managed).await?)?;
        let differs = |field| drift.actionable().any(|c| c.field == field);
        if differs(tags::FIELD) {
            tag(secrets, managed, self.cluster(), &secret).await?;
        }
        if differs(delta::DESCRIPTION) || differs(delta::KMS_KEY) {
            let params = &managed.spec.for_provider;
            let request = secrets.client.update_secret().secret_id(managed.external_name());
            let request = request.set_description(params.description.clone());
            let request = request.set_kms_key_id(params.kms_key_id.clone());
            secrets.call(&FAULTS, request.send()).await?;
        }
        if differs(delta::ATTACHMENT) {
            attach(&self.clients, secrets, managed, &secret).await?;
        }
        if differs(delta::STAGES) {
            stages::clean(secrets, &managed.external_name(), &secret).await?;
        }
        Ok(ConnectionDetails::new())
    }

    async fn delete(&self, managed: &mut Secret) -> Result<Option<Event>, Fault> {
        let attached = attached_instance(&self.clients, managed).await?;
        let request = deletion::decide(managed, attached.as_ref(), self.clients.now())?;
        let secrets = &self.services.secrets;
        let Some(found) = describe(secrets, managed).await? else {
            return Ok(None);
        };
        self.still_ours(managed, Some(found))?;
        match secrets.call(&FAULTS, request.send_with(&secrets.client)).await {
            Ok(_) | Err(Failure { class: ErrorClass::NotFound | ErrorClass::Scheduled, .. }) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }
}

async fn describe(
    secrets: &Service<Client>,
    managed: &Secret,
) -> Result<Option<DescribeSecretOutput>, Fault> {
    let request = secrets.client.describe_secret().secret_id(managed.external_name());
    Ok(secrets.find(&FAULTS, request.send()).await?)
}

/// Takes over what an earlier Create has made whose answer was lost, out of its recovery window if it is there: the
/// value that is there counts, not the new one.
async fn resume(
    secrets: &Service<Client>,
    managed: &mut Secret,
    secret: &DescribeSecretOutput,
) -> Result<(), Fault> {
    if secret.deleted_date().is_some() {
        let request = secrets.client.restore_secret().secret_id(managed.external_name());
        secrets.call(&FAULTS, request.send()).await?;
    }
    *managed.at_provider_mut() = SecretObservation {
        arn: secret.arn.clone(),
        version_id: status::current_version(secret),
        ..SecretObservation::default()
    };
    Ok(())
}

/// Merges the connection details into the current value, in a new version, unless it has them.
async fn attach<O: Objects>(
    clients: &Clients<O>,
    secrets: &Service<Client>,
    managed: &mut Secret,
    secret: &DescribeSecretOutput,
) -> Result<(), Fault> {
    let instance = attached_instance(clients, managed).await?;
    let Some(connection) = connection(managed, instance.as_ref()) else {
        return Ok(());
    };
    if let Some(fault) = stages::rotation(secret) {
        return Err(fault);
    }
    let id = managed.external_name();
    let Some(Current { mut document, version }) = current(secrets, &id).await? else {
        return Err(Fault::waiting("WaitingForState", "the secret has no value; looking again"));
    };
    let before = managed.at_provider_mut().attached.as_ref().map(|attached| attached.keys);
    let (version_id, merged_from) =
        if document.attach(&connection, before, &managed.spec.for_provider.generate_secret_string) {
            let value = document.print();
            let password = document.text(password_key(managed));
            let hide = |failure: Failure| failure.hiding(Some(&value)).hiding(password.as_ref());
            let tokens = input::attach_tokens(managed, &connection.attached, &version);
            let made = stages::put(secrets, &id, tokens, &value).await.map_err(hide)?;
            stages::make_current(secrets, &id, &version, &made).await?;
            (made.version, Some(version))
        } else {
            (version, None)
        };
    let seen = managed.at_provider_mut();
    seen.version_id = Some(version_id);
    seen.merged_from = merged_from;
    seen.attached = Some(connection.attached);
    Ok(())
}

async fn tag(
    secrets: &Service<Client>,
    managed: &Secret,
    cluster: &str,
    secret: &DescribeSecretOutput,
) -> Result<(), Failure> {
    let id = managed.external_name();
    let tags::Delta { set, unset } = tags::drift(managed, cluster, &status::tags_of(secret));
    if !set.is_empty() {
        let request = secrets.client.tag_resource().secret_id(&id).set_tags(Some(input::sdk(set)));
        secrets.call(&FAULTS, request.send()).await?;
    }
    if !unset.is_empty() {
        let request = secrets.client.untag_resource().secret_id(&id).set_tag_keys(Some(unset));
        secrets.call(&FAULTS, request.send()).await?;
    }
    Ok(())
}

async fn attached_instance<O: Objects>(
    clients: &Clients<O>,
    managed: &Secret,
) -> Result<Option<Instance>, Fault> {
    let Some(attachment) = &managed.spec.for_provider.attachment else {
        return Ok(None);
    };
    let namespace = managed.namespace().unwrap_or_default();
    clients.objects.get::<Instance>(&namespace, &attachment.instance_ref.name).await
}

/// The connection details that the value is to carry, once they are known. An Instance that is on its way out has none:
/// another one may come under its name.
fn connection(managed: &Secret, instance: Option<&Instance>) -> Option<Connection> {
    let keys = managed.spec.for_provider.attachment.as_ref().map(|a| a.keys).unwrap_or_default();
    let instance = instance.filter(|i| i.meta().deletion_timestamp.is_none())?;
    Connection::of(instance, instance.external_name(), keys)
}

fn password_key(managed: &Secret) -> &str {
    &managed.spec.for_provider.generate_secret_string.generate_string_key
}

#[cfg(test)]
mod tests;
