//! `Secret`: a Secrets Manager secret whose value is made here and kept nowhere else.
//!
//! Each step may be repeated after a crash: the first version's token is derived from the object's UID, and what an
//! earlier attempt has made is found by its tags. At rest only metadata is read.

mod attach;
mod delta;
mod input;
mod password;
mod status;
mod value;

use std::sync::Arc;

use aws_sdk_secretsmanager::error::SdkError;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::{Secret, SecretObservation};
use goldenpath_provider_core::{
    Backoff, Connect, ConnectionDetails, Drift, External, Fault, Managed, Objects, Observation, Present,
    Sensitive,
};
use kube::ResourceExt;
use rand::rngs::SysRng;

use crate::client::{Clients, Session};
use crate::fault::{Failure, Meaning};
use crate::tags;
use attach::Connection;
use value::Document;

/// How long a deleted secret can be restored, unless the spec says otherwise.
const RECOVERY_DAYS: i64 = 30;

/// Connects secrets to Secrets Manager.
#[derive(Debug)]
pub struct Connector<O> {
    clients: Arc<Clients<O>>,
}

/// One secret, reached with the credentials of its configuration.
#[derive(Debug)]
pub struct Adapter<O> {
    clients: Arc<Clients<O>>,
    session: Arc<Session>,
}

/// The current value of a secret.
pub(crate) struct Current {
    pub(crate) document: Document,
    version: String,
}

/// Reads the current value of a secret; `None` when it has none that can be read now.
pub(crate) async fn current(session: &Session, id: &str) -> Result<Option<Current>, Fault> {
    let answer = match session.secrets.get_secret_value().secret_id(id).send().await {
        Ok(answer) => answer,
        Err(error) => {
            return match session.secrets_service.failure(&error) {
                Failure { meaning: Meaning::NotFound | Meaning::Scheduled, .. } => Ok(None),
                failure => Err(failure.into()),
            };
        }
    };
    let text = answer.secret_string.map(Sensitive::new);
    let document = text.as_ref().and_then(|t| Document::parse(t.expose())).ok_or_else(|| {
        Fault::user("SecretNotJSON", format!("the value of secret \"{id}\" is not a JSON object"))
            .remedy("write it as a JSON object in AWS")
    })?;
    Ok(Some(Current { document, version: answer.version_id.unwrap_or_default() }))
}

// === impl Connector ===

impl<O> Connector<O> {
    /// Connects with these clients.
    pub fn new(clients: Arc<Clients<O>>) -> Self {
        Self { clients }
    }
}

impl<O: Objects> Connect<Secret> for Connector<O> {
    type External = Adapter<O>;

    fn backoff(&self, managed: &Secret) -> Option<Backoff> {
        self.clients.backoff(managed)
    }

    async fn connect(&self, managed: &Secret) -> Result<Self::External, Fault> {
        let session = self.clients.session(managed, &managed.spec.for_provider.region).await?;
        Ok(Adapter { clients: Arc::clone(&self.clients), session })
    }
}

// === impl Adapter ===

impl<O: Objects> External<Secret> for Adapter<O> {
    type Inputs = Sensitive;

    async fn observe(&self, managed: &mut Secret) -> Result<Observation, Fault> {
        let Some(secret) = self.describe(managed).await? else {
            return Ok(status::missing(managed));
        };
        if let Err(foreign) = status::check(managed, &secret) {
            return Ok(Observation::Foreign(foreign));
        }
        if secret.deleted_date().is_some() {
            return Ok(Observation::Absent); // Gone for a deleted object; for a live one, Create restores it.
        }
        let wanted = self.connection(managed).await?.map(|c| c.attached);
        let seen = status::observation(managed, &secret);
        let drift = delta::drift(managed, &secret, seen.attached.as_ref(), wanted.as_ref());
        let readiness = status::readiness(managed, &seen, wanted.as_ref());
        *at_provider(managed) = seen;
        let connection = ConnectionDetails::new();
        Ok(Observation::Present(Present { drift, readiness, late_initialized: false, connection }))
    }

    async fn prepare(&self, managed: &Secret) -> Result<Self::Inputs, Fault> {
        password::value(&managed.spec.for_provider.generate_secret_string, &mut SysRng)
    }

    async fn create(&self, managed: &mut Secret, value: Self::Inputs) -> Result<ConnectionDetails, Fault> {
        let request = input::create(managed, &value);
        match request.send_with(&self.session.secrets).await.map_err(|e| self.failure(&e)) {
            Ok(made) => {
                let seen = at_provider(managed);
                *seen = SecretObservation {
                    arn: made.arn,
                    version_id: made.version_id,
                    ..SecretObservation::default()
                };
            }
            Err(Failure { meaning: Meaning::Exists | Meaning::Scheduled, fault }) => {
                self.resume(managed, fault).await?;
            }
            Err(failure) => {
                let password = Document::parse(value.expose()).and_then(|d| d.text(password_key(managed)));
                return Err(failure.hiding(Some(&value)).hiding(password.as_ref()).into());
            }
        }
        Ok(ConnectionDetails::new())
    }

    async fn update(&self, managed: &mut Secret, drift: &Drift) -> Result<ConnectionDetails, Fault> {
        let Some(secret) = self.describe(managed).await? else {
            return Err(Fault::waiting("WaitingForState", "the secret is gone; looking again"));
        };
        status::check(managed, &secret)?;
        let differs = |field| drift.actionable().any(|c| c.field == field);
        if differs(delta::TAGS) {
            self.tag(managed, &secret).await?;
        }
        if differs(delta::DESCRIPTION) || differs(delta::KMS_KEY) {
            let params = &managed.spec.for_provider;
            let request = self.session.secrets.update_secret().secret_id(managed.external_name());
            let request = request.set_description(params.description.clone());
            let request = request.set_kms_key_id(params.kms_key_id.clone());
            request.send().await.map_err(|e| self.failure(&e))?;
        }
        if differs(delta::ATTACHMENT) {
            self.attach(managed).await?;
        }
        Ok(ConnectionDetails::new())
    }

    async fn delete(&self, managed: &mut Secret) -> Result<(), Fault> {
        if let Some(instance) = self.attached_instance(managed).await? {
            let name = instance.name_any();
            return Err(Fault::waiting("WaitingForInstance", format!("kept until Instance {name} is gone")));
        }
        let days = managed.spec.for_provider.recovery_window_in_days.unwrap_or(RECOVERY_DAYS);
        let request = self.session.secrets.delete_secret().secret_id(managed.external_name());
        match request.recovery_window_in_days(days).send().await.map_err(|e| self.failure(&e)) {
            Ok(_) | Err(Failure { meaning: Meaning::NotFound | Meaning::Scheduled, .. }) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }
}

impl<O: Objects> Adapter<O> {
    fn failure<E>(&self, error: &SdkError<E>) -> Failure
    where
        E: aws_sdk_secretsmanager::error::ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.session.secrets_service.failure(error)
    }

    async fn describe(&self, managed: &Secret) -> Result<Option<DescribeSecretOutput>, Fault> {
        let request = self.session.secrets.describe_secret().secret_id(managed.external_name());
        match request.send().await.map_err(|e| self.failure(&e)) {
            Ok(answer) => Ok(Some(answer)),
            Err(Failure { meaning: Meaning::NotFound, .. }) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Finds what an earlier Create has made whose answer was lost, or takes it out of its recovery window: the
    /// value that is there counts, not the new one. One that is not ours stays untouched.
    async fn resume(&self, managed: &mut Secret, exists: Fault) -> Result<(), Fault> {
        let secret = self.describe(managed).await?.ok_or(exists)?;
        status::check(managed, &secret)?;
        if secret.deleted_date().is_some() {
            let request = self.session.secrets.restore_secret().secret_id(managed.external_name());
            request.send().await.map_err(|e| self.failure(&e))?;
        }
        *at_provider(managed) = SecretObservation {
            arn: secret.arn.clone(),
            version_id: status::current_version(&secret),
            ..SecretObservation::default()
        };
        Ok(())
    }

    /// Merges the connection details into the current value, in a new version, unless it has them.
    async fn attach(&self, managed: &mut Secret) -> Result<(), Fault> {
        let Some(connection) = self.connection(managed).await? else {
            return Ok(());
        };
        let id = managed.external_name();
        let Some(Current { mut document, mut version }) = current(&self.session, &id).await? else {
            return Err(Fault::waiting("WaitingForState", "the secret has no value; looking again"));
        };
        let before = at_provider(managed).attached.as_ref().map(|attached| attached.keys);
        if document.attach(&connection, before, &managed.spec.for_provider.generate_secret_string) {
            let value = document.print();
            let token = input::attach_token(managed, &connection.attached, &version);
            let request = self.session.secrets.put_secret_value().secret_id(id).client_request_token(&token);
            let answer = request.secret_string(value.expose()).send().await;
            let password = document.text(password_key(managed));
            let answer =
                answer.map_err(|e| self.failure(&e).hiding(Some(&value)).hiding(password.as_ref()))?;
            version = answer.version_id.unwrap_or(token);
        }
        let seen = at_provider(managed);
        seen.version_id = Some(version);
        seen.attached = Some(connection.attached);
        Ok(())
    }

    async fn tag(&self, managed: &Secret, secret: &DescribeSecretOutput) -> Result<(), Fault> {
        let id = managed.external_name();
        let wanted = managed.spec.for_provider.tags.as_ref();
        let observed = status::tags_of(secret);
        let tags::Delta { set, unset } =
            tags::delta(&tags::desired(managed, wanted), &observed, wanted.is_some());
        if !set.is_empty() {
            let request = self.session.secrets.tag_resource().secret_id(&id).set_tags(Some(input::sdk(set)));
            request.send().await.map_err(|e| self.failure(&e))?;
        }
        if !unset.is_empty() {
            let request = self.session.secrets.untag_resource().secret_id(&id).set_tag_keys(Some(unset));
            request.send().await.map_err(|e| self.failure(&e))?;
        }
        Ok(())
    }

    async fn attached_instance(&self, managed: &Secret) -> Result<Option<Instance>, Fault> {
        let Some(attachment) = &managed.spec.for_provider.attachment else {
            return Ok(None);
        };
        let namespace = managed.namespace().unwrap_or_default();
        self.clients.objects.get::<Instance>(&namespace, &attachment.instance_ref.name).await
    }

    /// The connection details that the value is to carry, once they are known.
    async fn connection(&self, managed: &Secret) -> Result<Option<Connection>, Fault> {
        let keys = managed.spec.for_provider.attachment.as_ref().map(|a| a.keys).unwrap_or_default();
        let instance = self.attached_instance(managed).await?;
        Ok(instance.and_then(|i| Connection::of(&i, i.external_name(), keys)))
    }
}

fn password_key(managed: &Secret) -> &str {
    &managed.spec.for_provider.generate_secret_string.generate_string_key
}

fn at_provider(managed: &mut Secret) -> &mut SecretObservation {
    &mut managed.status.get_or_insert_default().at_provider
}

#[cfg(test)]
mod tests;
