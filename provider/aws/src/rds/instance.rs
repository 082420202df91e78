//! `Instance`: an RDS DB instance.

mod deletion;
mod delta;
mod faults;
mod field;
mod group;
mod input;
mod modifiable;
mod modify;
mod notices;
mod ownership;
mod password;
mod planned;
mod references;
mod state;
mod status;
mod version;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::{Instance, InstanceParameters};
use goldenpath_provider_core::{
    ConnectionDetails, Drift, External, Fault, Managed, Objects, Observation, Present, Sensitive,
};

use super::tags;
use crate::client::Service;
use crate::connector::Session;
use crate::fault::{ErrorClass, Failure};
use crate::ownership::Owned;
use faults::FAULTS;
use field::Field;
use group::Group;
use input::Creation;
use modifiable::Storage;
use modify::Refused;
use references::Resolved;
use state::State;

impl<O: Objects> External<Instance> for Session<O> {
    type Inputs = Option<Sensitive>;

    async fn observe(&self, managed: &mut Instance) -> Result<Observation, Fault> {
        let found = describe(&self.services.rds, managed).await?;
        let db = match self.ours(managed, found).await? {
            Ok(db) => db,
            Err(other) => return Ok(other),
        };
        let resolved = Box::pin(references::resolve(&self.clients.objects, managed)).await?;
        let drift = delta::drift(&resolved.managed, self.cluster(), &db);
        let now = self.clients.now();
        Box::pin(self.lifecycles.tell(&self.services.rds, &db, now, managed.at_provider_mut())).await;
        record(managed, &resolved, &db, &drift, now);
        let is_cooling = managed.at_provider().is_some_and(|seen| seen.storage_modifiable_from.is_some());
        let storage = if is_cooling { Storage::CoolsDown } else { Storage::Modifiable };
        Ok(Observation::Present(Present {
            drift: modifiable::actionable(&drift, &db, storage),
            readiness: status::readiness(&db, &drift, managed.metadata.deletion_timestamp.is_some()),
            late_initialized: false,
            connection: connection(managed, &db, None),
        }))
    }

    async fn prepare(&self, managed: &Instance) -> Result<Self::Inputs, Fault> {
        let resolved = Box::pin(references::resolve(&self.clients.objects, managed)).await?;
        if let Some(unresolved) = resolved.unresolved.into_iter().next() {
            return Err(unresolved);
        }
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
        let rds = &self.services.rds;
        let resolved = Box::pin(references::resolve(&self.clients.objects, managed)).await?;
        let db = match make(rds, &resolved.managed, self.cluster(), password.as_ref()).await {
            Ok(db) => db,
            Err(Failure { class: ErrorClass::Exists, fault }) => {
                Some(self.already_made(managed, describe(rds, managed).await?.ok_or(fault)?)?)
            }
            Err(failure) => return Err(failure.hiding(password.as_ref()).into()),
        };
        let Some(db) = db else {
            return Ok(ConnectionDetails::new());
        };
        record(managed, &resolved, &db, &Drift::none(), self.clients.now());
        crate::ownership::pin(managed, &Instance::identity(&db));
        Ok(connection(managed, &db, password.as_ref()))
    }

    async fn update(&self, managed: &mut Instance, drift: &Drift) -> Result<ConnectionDetails, Fault> {
        let rds = &self.services.rds;
        let db = self.still_ours(managed, describe(rds, managed).await?)?;
        if Field::Tags.is_in(drift) {
            let observed = tags::of(db.tag_list());
            tags::apply(rds, &FAULTS, managed, self.cluster(), db.db_instance_arn(), &observed).await?;
        }

        let wanted = Box::pin(references::resolve(&self.clients.objects, managed)).await?.managed;
        let (drift, not_allowed) = version::without_major_upgrade(&wanted, drift);
        let password =
            if needs_password(&drift) { password::read(&self.clients, managed).await? } else { None };
        let refused = Box::pin(modify::ask(rds, &wanted, &drift, &db, password.as_ref())).await;
        if refused.iter().any(|refused| refused.fault.reason == "StorageCooldown") {
            managed.at_provider_mut().storage_modifiable_from = status::cools_down_from(self.clients.now());
        }
        let has_password = |r: &Refused| r.group.is_none_or(|group| group == Group::Password);
        if Field::MasterUserPassword.is_in(&drift) && !refused.iter().any(has_password) {
            managed.at_provider_mut().master_user_password_applied = Some(true);
        }
        let refused = refused.into_iter().map(|refused| refused.fault).chain(not_allowed).collect();
        match modify::joined(refused) {
            Some(fault) => Err(fault),
            None => Ok(connection(managed, &db, password.as_ref())),
        }
    }

    async fn delete(&self, managed: &mut Instance) -> Result<(), Fault> {
        let rds = &self.services.rds;
        let Some(db) = describe(rds, managed).await? else {
            return Ok(());
        };
        let db = self.still_ours(managed, Some(db))?;
        let Some(plan) = deletion::decide(managed, &db)? else {
            return Ok(());
        };
        if plan.drop_protection {
            let request = rds.client.modify_db_instance().db_instance_identifier(managed.external_name());
            let request = request.deletion_protection(false).apply_immediately(false);
            rds.call(&FAULTS, request.send()).await?;
        }
        if plan.without_snapshot_though_wanted {
            tracing::warn!(
                instance = %managed.external_name(),
                status = db.db_instance_status(),
                "AWS takes no final snapshot in this state; automated backups are kept instead"
            );
        }
        for request in plan.requests {
            match rds.call(&FAULTS, request.send_with(&rds.client)).await {
                Ok(_) | Err(Failure { class: ErrorClass::Done | ErrorClass::NotFound, .. }) => return Ok(()),
                // A final snapshot of an earlier attempt: the next request has another name.
                Err(Failure { class: ErrorClass::Exists, .. }) if !plan.named_by_spec => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Err(Fault::user("SnapshotExists", "every name derived for the final snapshot is taken")
            .at(".spec.forProvider.finalSnapshotIdentifier")
            .remedy("set a name that is free"))
    }
}

async fn describe(rds: &Service<Client>, managed: &Instance) -> Result<Option<Box<DbInstance>>, Fault> {
    let request = rds.client.describe_db_instances().db_instance_identifier(managed.external_name());
    let answer = rds.find(&FAULTS, request.send()).await?;
    Ok(answer.and_then(|answer| answer.db_instances?.into_iter().next()).map(Box::new))
}

async fn make(
    rds: &Service<Client>,
    managed: &Instance,
    cluster: &str,
    password: Option<&Sensitive>,
) -> Result<Option<Box<DbInstance>>, Failure> {
    let made = match input::create(managed, cluster, password) {
        Creation::New(request) => rds.call(&FAULTS, request.send_with(&rds.client)).await?.db_instance,
        Creation::FromSnapshot(request) => {
            rds.call(&FAULTS, request.send_with(&rds.client)).await?.db_instance
        }
        Creation::ToPointInTime(request) => {
            rds.call(&FAULTS, request.send_with(&rds.client)).await?.db_instance
        }
    };
    Ok(made.map(Box::new))
}

fn record(managed: &mut Instance, resolved: &Resolved, db: &DbInstance, drift: &Drift, now: i64) {
    let kept = std::mem::take(managed.at_provider_mut());
    let seen = status::observation(resolved, db, drift, &kept, now);
    *managed.at_provider_mut() = status::settled(kept, seen);
}

/// What a consumer needs; the password only where the object asks for a connection Secret (and it is at hand).
fn connection(managed: &Instance, db: &DbInstance, password: Option<&Sensitive>) -> ConnectionDetails {
    let asked = managed.managed_spec().write_connection_secret_to_ref.is_some();
    let port = State::current(db).port.map(|p| p.to_string());
    let address = db.endpoint().and_then(|e| e.address()).map(str::to_owned);
    [("host", address), ("port", port), ("username", db.master_username.clone())]
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), Sensitive::new(value?))))
        .chain(password.filter(|_| asked).map(|p| ("password".to_owned(), p.clone())))
        .collect()
}

/// Whether a drift is put right with the password: it is set, or takes the place of the one that RDS manages.
fn needs_password(drift: &Drift) -> bool {
    drift.actionable().any(|change| match Field::of(change) {
        Some(Field::MasterUserPassword) => true,
        Some(Field::ManageMasterUserPassword) => change.to == "false",
        _ => false,
    })
}

/// Whether the DB instance comes from a backup and so has the backup's password.
fn is_restored(params: &InstanceParameters) -> bool {
    params.snapshot_identifier.is_some() || params.restore_to_point_in_time.is_some()
}

#[cfg(test)]
mod tests;
