//! `Instance`: an RDS DB instance.

mod delta;
mod identity;
mod input;
mod notices;
mod password;
mod removal;
mod state;
mod status;
mod version;

use std::sync::Arc;

use aws_sdk_rds::error::SdkError;
use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::{Instance, InstanceObservation, InstanceParameters};
use goldenpath_provider_core::{
    Backoff, Connect, ConnectionDetails, Drift, External, Fault, Managed, Objects, Observation, Present,
    Sensitive,
};
use k8s_openapi::jiff::Timestamp;

use crate::client::{Clients, Session};
use crate::fault::{Failure, Meaning};
use crate::tags::{self, Tags};
use input::Creation;
use state::State;

/// Connects DB instances to RDS.
#[derive(Debug)]
pub struct Connector<O> {
    clients: Arc<Clients<O>>,
}

/// One DB instance, reached with the credentials of its configuration.
#[derive(Debug)]
pub struct Adapter<O> {
    clients: Arc<Clients<O>>,
    session: Arc<Session>,
}

// === impl Connector ===

impl<O> Connector<O> {
    /// Connects with these clients.
    pub fn new(clients: Arc<Clients<O>>) -> Self {
        Self { clients }
    }
}

impl<O: Objects> Connect<Instance> for Connector<O> {
    type External = Adapter<O>;

    fn backoff(&self, managed: &Instance) -> Option<Backoff> {
        self.clients.backoff(managed)
    }

    async fn connect(&self, managed: &Instance) -> Result<Self::External, Fault> {
        let session = self.clients.session(managed, &managed.spec.for_provider.region).await?;
        Ok(Adapter { clients: Arc::clone(&self.clients), session })
    }
}

// === impl Adapter ===

impl<O: Objects> External<Instance> for Adapter<O> {
    type Inputs = Option<Sensitive>;

    async fn observe(&self, managed: &mut Instance) -> Result<Observation, Fault> {
        let Some(db) = self.describe(managed).await? else {
            return Ok(identity::missing(managed));
        };
        if let Err(foreign) = identity::check(managed, &db) {
            return Ok(Observation::Foreign(foreign));
        }
        let drift = delta::drift(managed, &db);
        record(managed, &db, &drift);
        Ok(Observation::Present(Present {
            drift: delta::actionable(&drift, &db),
            readiness: status::readiness(&db, &drift, managed.metadata.deletion_timestamp.is_some()),
            late_initialized: false,
            connection: connection(managed, &db, None),
        }))
    }

    async fn prepare(&self, managed: &Instance) -> Result<Self::Inputs, Fault> {
        if is_restored(&managed.spec.for_provider) {
            return Ok(None); // A restore keeps the password of the backup; an update sets it afterwards.
        }
        password::read(&self.clients, managed).await
    }

    fn details_before_create(&self, password: &Self::Inputs) -> ConnectionDetails {
        password.iter().map(|p| ("password".to_owned(), p.clone())).collect()
    }

    async fn create(
        &self,
        managed: &mut Instance,
        password: Self::Inputs,
    ) -> Result<ConnectionDetails, Fault> {
        let db = match self.make(managed, password.as_ref()).await {
            Ok(db) => db,
            Err(Failure { meaning: Meaning::Exists, fault }) => self.resume(managed, fault).await?,
            Err(failure) => return Err(failure.hiding(password.as_ref()).into()),
        };
        let Some(db) = db else {
            return Ok(ConnectionDetails::new());
        };
        record(managed, &db, &Drift::none());
        Ok(connection(managed, &db, password.as_ref()))
    }

    async fn update(&self, managed: &mut Instance, drift: &Drift) -> Result<ConnectionDetails, Fault> {
        let Some(db) = self.describe(managed).await? else {
            return Err(Fault::waiting("WaitingForState", "the DB instance is gone; looking again"));
        };
        identity::check(managed, &db)?;
        self.tag(managed, &db, drift).await?;

        let needs_password = |d: &Drift| {
            d.actionable().any(|c| {
                c.field == delta::PASSWORD || (c.field == delta::MANAGED_PASSWORD && c.to == "false")
            })
        };
        let (drift, refused) = removal::without_major_upgrade(managed, drift);
        let password =
            if needs_password(&drift) { password::read(&self.clients, managed).await? } else { None };
        let (now, effective) = (State::now(&db), State::effective(&db));
        if let Some(request) = input::modify(managed, &drift, &now, &effective, password.as_ref()) {
            match Box::pin(request.send_with(&self.session.rds)).await.map_err(|e| self.failure(&e)) {
                Ok(_) | Err(Failure { meaning: Meaning::Done, .. }) => {}
                Err(failure) => return Err(failure.hiding(password.as_ref()).into()),
            }
        }
        if drift.actionable().any(|c| c.field == delta::PASSWORD) {
            at_provider(managed).master_user_password_applied = Some(true);
        }
        match refused {
            Some(fault) => Err(fault),
            None => Ok(connection(managed, &db, password.as_ref())),
        }
    }

    async fn delete(&self, managed: &mut Instance) -> Result<(), Fault> {
        let Some(db) = self.describe(managed).await? else {
            return Ok(());
        };
        identity::check(managed, &db)?;
        let Some(removal) = removal::decide(managed, &db)? else {
            return Ok(());
        };
        if removal.drop_protection {
            let request =
                self.session.rds.modify_db_instance().db_instance_identifier(managed.external_name());
            let request = request.deletion_protection(false).apply_immediately(false);
            request.send().await.map_err(|e| self.failure(&e))?;
        }
        if removal.without_snapshot_though_wanted {
            tracing::warn!(
                instance = %managed.external_name(),
                status = db.db_instance_status(),
                "AWS takes no final snapshot in this state; automated backups are kept instead"
            );
        }
        for request in removal.requests {
            match request.send_with(&self.session.rds).await.map_err(|e| self.failure(&e)) {
                Ok(_) | Err(Failure { meaning: Meaning::Done | Meaning::NotFound, .. }) => return Ok(()),
                // A final snapshot of an earlier attempt: the next request has another name.
                Err(Failure { meaning: Meaning::Exists, .. }) if !removal.named_by_spec => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Err(Fault::user("SnapshotExists", "every name derived for the final snapshot is taken")
            .at(".spec.forProvider.finalSnapshotIdentifier")
            .remedy("set a name that is free"))
    }
}

impl<O: Objects> Adapter<O> {
    fn failure<E>(&self, error: &SdkError<E>) -> Failure
    where
        E: aws_sdk_rds::error::ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.session.rds_service.failure(error)
    }

    async fn describe(&self, managed: &Instance) -> Result<Option<Box<DbInstance>>, Fault> {
        let request = self.session.rds.describe_db_instances();
        match request.db_instance_identifier(managed.external_name()).send().await {
            Ok(answer) => Ok(answer.db_instances.unwrap_or_default().into_iter().next().map(Box::new)),
            Err(error) => match self.failure(&error) {
                Failure { meaning: Meaning::NotFound, .. } => Ok(None),
                failure => Err(failure.into()),
            },
        }
    }

    async fn make(
        &self,
        managed: &Instance,
        password: Option<&Sensitive>,
    ) -> Result<Option<Box<DbInstance>>, Failure> {
        let rds = &self.session.rds;
        match input::create(managed, password) {
            Creation::New(request) => {
                let answer = Box::pin(request.send_with(rds)).await.map_err(|e| self.failure(&e))?;
                Ok(answer.db_instance.map(Box::new))
            }
            Creation::FromSnapshot(request) => {
                let answer = Box::pin(request.send_with(rds)).await.map_err(|e| self.failure(&e))?;
                Ok(answer.db_instance.map(Box::new))
            }
            Creation::ToPointInTime(request) => {
                let answer = Box::pin(request.send_with(rds)).await.map_err(|e| self.failure(&e))?;
                Ok(answer.db_instance.map(Box::new))
            }
        }
    }

    /// Finds what an earlier Create has made whose answer was lost. One that is not ours stays untouched.
    async fn resume(&self, managed: &Instance, exists: Fault) -> Result<Option<Box<DbInstance>>, Fault> {
        let db = self.describe(managed).await?.ok_or(exists)?;
        identity::check(managed, &db)?;
        Ok(Some(db))
    }

    async fn tag(&self, managed: &Instance, db: &DbInstance, drift: &Drift) -> Result<(), Fault> {
        let Some(arn) = db.db_instance_arn().filter(|_| drift.actionable().any(|c| c.field == delta::TAGS))
        else {
            return Ok(());
        };
        let wanted = managed.spec.for_provider.tags.as_ref();
        let tags::Delta { set, unset } =
            tags::delta(&tags::desired(managed, wanted), &tags_of(db), wanted.is_some());
        if !set.is_empty() {
            let request = self.session.rds.add_tags_to_resource().resource_name(arn);
            request.set_tags(Some(input::sdk(set))).send().await.map_err(|e| self.failure(&e))?;
        }
        if !unset.is_empty() {
            let request = self.session.rds.remove_tags_from_resource().resource_name(arn);
            request.set_tag_keys(Some(unset)).send().await.map_err(|e| self.failure(&e))?;
        }
        Ok(())
    }
}

fn at_provider(managed: &mut Instance) -> &mut InstanceObservation {
    &mut managed.status.get_or_insert_default().at_provider
}

fn record(managed: &mut Instance, db: &DbInstance, drift: &Drift) {
    let kept = std::mem::take(at_provider(managed));
    let now = Timestamp::now().as_second();
    let seen = status::observation(&managed.spec.for_provider, db, drift, &kept, now);
    *at_provider(managed) = seen;
}

/// What a consumer needs; the password only where the object asks for a connection Secret (and it is at hand).
fn connection(managed: &Instance, db: &DbInstance, password: Option<&Sensitive>) -> ConnectionDetails {
    let asked = managed.managed_spec().write_connection_secret_to_ref.is_some();
    let port = State::now(db).port.map(|p| p.to_string());
    let address = db.endpoint().and_then(|e| e.address()).map(str::to_owned);
    [("host", address), ("port", port), ("username", db.master_username.clone())]
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), Sensitive::new(value?))))
        .chain(password.filter(|_| asked).map(|p| ("password".to_owned(), p.clone())))
        .collect()
}

/// Whether the DB instance comes from a backup and so has the backup's password.
fn is_restored(params: &InstanceParameters) -> bool {
    params.snapshot_identifier.is_some() || params.restore_to_point_in_time.is_some()
}

fn tags_of(db: &DbInstance) -> Tags {
    let pair = |t: &aws_sdk_rds::types::Tag| Some((t.key.clone()?, t.value.clone().unwrap_or_default()));
    db.tag_list().iter().filter_map(pair).collect()
}

#[cfg(test)]
mod tests;
