//! `Instance`: an RDS DB instance.

mod cooldown;
mod deletion;
mod delta;
mod faults;
mod field;
mod final_snapshot;
mod group;
mod input;
mod modifiable;
mod modify;
mod notices;
mod ownership;
mod password;
mod planned;
mod references;
mod renamed;
mod state;
mod status;
mod version;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::{Instance, InstanceParameters};
use goldenpath_provider_core::{
    ConnectionDetails, Drift, Event, External, Fault, FaultKind, Managed, Objects, Observation, Present,
    Sensitive,
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
use password::{Password, Recorded, Standing};
use references::Resolved;
use state::State;

impl<O: Objects> External<Instance> for Session<O> {
    type Inputs = Option<Password>;

    async fn observe(&self, managed: &mut Instance) -> Result<Observation, Fault> {
        let objects = &self.clients.objects;
        let rds = &self.services.rds;
        let found = match describe(rds, managed).await? {
            Some(found) => Some(found),
            None => Box::pin(renamed::find(rds, managed)).await?,
        };
        let recorded = found.as_ref().map_or(Recorded::Nothing, |db| password::recorded(managed, db));
        let db = match self.ours(managed, found).await {
            Ok(Ok(db)) => db,
            Ok(Err(Observation::Foreign(fault))) => {
                return Ok(Observation::Foreign(renamed::explained(rds, managed, fault).await));
            }
            Ok(Err(other)) => return Ok(other),
            Err(fault) => return Err(renamed::explained(rds, managed, fault).await),
        };
        let stored = Box::pin(password::stored(objects, managed)).await?;
        let standing = password::standing(managed, &recorded, stored.as_ref());
        password::record(managed, standing.known(recorded));
        let mut resolved = Box::pin(references::resolve(objects, managed)).await?;
        resolved.unresolved.extend(standing.question());
        let now = self.clients.now();
        let asked = status::asked(managed.at_provider(), now);
        let drift = delta::drift(&resolved.managed, self.cluster(), &db, asked);
        let drift = standing.change().into_iter().fold(drift, Drift::with);
        Box::pin(self.lifecycles.record(rds, &db, now, managed.at_provider_mut())).await;
        record(managed, &resolved, &db, &drift, now);
        let unpublished = Box::pin(self.unpublished(managed, &standing)).await?;
        let is_cooling = managed.at_provider().is_some_and(|seen| seen.storage_modifiable_from.is_some());
        let storage = if is_cooling { Storage::CoolsDown } else { Storage::Modifiable };
        Ok(Observation::Present(Present {
            drift: modifiable::actionable(&drift, &db, storage),
            readiness: status::readiness(&db, &standing, managed.metadata.deletion_timestamp.is_some()),
            late_initialized: false,
            connection: connection(managed, &db, unpublished.as_ref()),
            next_look: status::next_look(managed.at_provider(), now),
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
        password.iter().map(|p| ("password".to_owned(), p.text.clone())).collect()
    }

    async fn create(
        &self,
        managed: &mut Instance,
        password: Self::Inputs,
    ) -> Result<ConnectionDetails, Fault> {
        let rds = &self.services.rds;
        let resolved = Box::pin(references::resolve(&self.clients.objects, managed)).await?;
        let text = password.as_ref().map(|password| &password.text);
        let (db, known) = match make(rds, &resolved.managed, self.cluster(), text).await {
            Ok(db) => (db, password.as_ref().map(|password| password.version.clone())),
            Err(Failure { class: ErrorClass::Exists, fault }) => {
                (Some(self.already_made(managed, describe(rds, managed).await?.ok_or(fault)?)?), None)
            }
            Err(failure) => return Err(failure.hiding(text).into()),
        };
        let Some(db) = db else {
            return Ok(ConnectionDetails::new());
        };
        password::record(managed, known.map_or(Recorded::Nothing, Recorded::Version));
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
        let (drift, unnoticed) = password::without_unnoticed(managed, drift, password.as_ref());
        let text = password.as_ref().map(|password| &password.text);
        let requests = modify::Requests { rds, wanted: &wanted, db: &db, password: text };
        let refused = Box::pin(requests.ask(&drift)).await;
        if refused.iter().any(|refused| refused.fault.reason == "StorageCooldown") {
            let now = self.clients.now();
            let until = Box::pin(cooldown::ends(rds, &managed.external_name(), now)).await;
            managed.at_provider_mut().storage_modifiable_from = status::moment(until);
        }
        let is_taken = refused.len() < group::of(&drift).len() && refused.iter().all(|r| r.group.is_some());
        if is_taken && wanted.spec.for_provider.apply_immediately == Some(true) {
            managed.at_provider_mut().applied_immediately_at = status::moment(self.clients.now());
        }
        let has_password = |r: &Refused| r.group.is_none_or(|group| group == Group::Password);
        // After any refusal nothing is published: the password is then set again, so that it is.
        let is_published_elsewhere = managed.managed_spec().write_connection_secret_to_ref.is_none();
        if let Some(Password { text: _, version }) = &password
            && needs_password(&drift)
            && !refused.iter().any(has_password)
            && (refused.is_empty() || is_published_elsewhere)
        {
            password::record(managed, Recorded::Version(version.clone()));
        }
        let refused = refused.into_iter().map(|refused| refused.fault);
        let refused = refused.chain(not_allowed).chain(unnoticed).collect();
        match modify::joined(refused) {
            Some(fault) => Err(fault),
            None => Ok(connection(managed, &db, password.as_ref())),
        }
    }

    async fn delete(&self, managed: &mut Instance) -> Result<Option<Event>, Fault> {
        let rds = &self.services.rds;
        let Some(db) = describe(rds, managed).await? else {
            return Ok(None);
        };
        let db = self.still_ours(managed, Some(db))?;
        let Some(plan) = deletion::decide(managed, &db)? else {
            return Ok(None);
        };
        if plan.drop_protection {
            let request = rds.client.modify_db_instance().db_instance_identifier(managed.external_name());
            let request = request.deletion_protection(false).apply_immediately(false);
            rds.call(&FAULTS, request.send()).await?;
        }
        for request in plan.requests {
            let snapshot = request.get_final_db_snapshot_identifier().clone();
            match rds.call(&FAULTS, request.send_with(&rds.client)).await {
                Ok(_) => {
                    managed.at_provider_mut().final_snapshot = snapshot;
                    return Ok(plan.reported);
                }
                Err(Failure { class: ErrorClass::Done | ErrorClass::NotFound, .. }) => return Ok(None),
                // A final snapshot of an earlier attempt: the next request has another name.
                Err(Failure { class: ErrorClass::Exists, .. }) if !plan.named_by_spec => {}
                Err(failure) => return Err(deletion::refused(managed, &db, failure.into())),
            }
        }
        Err(Fault::user("SnapshotExists", "every name derived for the final snapshot is taken")
            .at(".spec.forProvider.finalSnapshotIdentifier")
            .remedy("set a name that is free"))
    }

    async fn confirm_removal(&self, managed: &Instance) -> Result<Option<Event>, Fault> {
        Box::pin(final_snapshot::confirm(&self.services.rds, managed)).await
    }
}

impl<O: Objects> Session<O> {
    /// The password that the DB instance has, where the connection Secret that is asked for lacks it.
    async fn unpublished(&self, managed: &Instance, standing: &Standing) -> Result<Option<Password>, Fault> {
        let Standing::Applied(applied) = standing else { return Ok(None) };
        if password::is_published(&self.clients.objects, managed).await? {
            return Ok(None);
        }
        match password::read(&self.clients, managed).await {
            Ok(password) => Ok(password.filter(|password| password.version == *applied)),
            // Nothing else waits for a secret.
            Err(fault) if fault.kind == FaultKind::Waiting => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

async fn describe(rds: &Service<Client>, managed: &Instance) -> Result<Option<Box<DbInstance>>, Fault> {
    let request = rds.client.describe_db_instances().db_instance_identifier(managed.external_name());
    let answer = rds.find(&FAULTS, request.send()).await?;
    let Some(mut db) = answer.and_then(|answer| answer.db_instances?.into_iter().next()).map(Box::new) else {
        return Ok(None);
    };
    if db.tag_list.is_none() {
        Box::pin(ask_for_tags(rds, managed, &mut db)).await?;
    }
    Ok(Some(db))
}

/// Asks for the tags that AWS leaves out of what it says of a DB instance, as in some partitions. Where they may not be
/// seen, what is known to be the object's stays so, and its tags are left as they are.
async fn ask_for_tags(rds: &Service<Client>, managed: &Instance, db: &mut DbInstance) -> Result<(), Fault> {
    let request = rds.client.list_tags_for_resource().set_resource_name(db.db_instance_arn.clone());
    match rds.call(&FAULTS, request.send()).await {
        Ok(answer) => db.tag_list = Some(answer.tag_list.unwrap_or_default()),
        Err(failure) if failure.fault.reason == "AccessDenied" => {
            let known = crate::ownership::pinned_id(managed);
            if known.is_none() || known != db.dbi_resource_id {
                return Err(failure.into());
            }
        }
        Err(failure) => return Err(failure.into()),
    }
    Ok(())
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
fn connection(managed: &Instance, db: &DbInstance, password: Option<&Password>) -> ConnectionDetails {
    let asked = managed.managed_spec().write_connection_secret_to_ref.is_some();
    let port = State::current(db).port.map(|p| p.to_string());
    let address = db.endpoint().and_then(|e| e.address()).map(str::to_owned);
    [("host", address), ("port", port), ("username", db.master_username.clone())]
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), Sensitive::new(value?))))
        .chain(password.filter(|_| asked).map(|p| ("password".to_owned(), p.text.clone())))
        .collect()
}

/// Whether correcting a drift needs the password: it is set, or replaces the one that RDS manages.
fn needs_password(drift: &Drift) -> bool {
    drift.actionable().any(|change| match Field::of(change) {
        Some(Field::MasterUserPassword) => true,
        Some(Field::ManageMasterUserPassword) => change.to == "false",
        _ => false,
    })
}

/// Whether the DB instance is restored from a backup and so has the backup's password.
fn is_restored(params: &InstanceParameters) -> bool {
    params.snapshot_identifier.is_some() || params.restore_to_point_in_time.is_some()
}

#[cfg(test)]
mod tests;
