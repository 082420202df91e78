//! How a DB instance is deleted without losing its data.

use aws_sdk_rds::operation::delete_db_instance::builders::DeleteDbInstanceInputBuilder;
use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::{Instance, InstanceState};
use goldenpath_provider_core::{Event, Fault, Managed};

use super::final_snapshot;
use super::state::state_of;

/// The calls of a deletion, in this order.
#[derive(Clone, Debug)]
pub(super) struct DeletionPlan {
    /// Turn AWS's protection off first: the spec does not want it.
    pub(super) drop_protection: bool,
    /// What is reported of it: that AWS takes no snapshot, though the spec asks for one.
    pub(super) reported: Option<Event>,
    /// Whether the spec names the final snapshot, so that no other name will do.
    pub(super) named_by_spec: bool,
    /// The requests to try until one is taken; they differ in the snapshot's name.
    pub(super) requests: Vec<DeleteDbInstanceInputBuilder>,
}

/// Decides how to delete; `None` when AWS is deleting already.
pub(super) fn decide(managed: &Instance, db: &DbInstance) -> Result<Option<DeletionPlan>, Fault> {
    let params = &managed.spec.for_provider;
    let state = state_of(db);
    if state.is_being_deleted() {
        return Ok(None);
    }
    let protected = db.deletion_protection() == Some(true);
    if protected && params.deletion_protection != Some(false) {
        let message = format!("DB instance \"{}\" is protected against deletion", managed.external_name());
        return Err(Fault::user("DeletionProtected", message)
            .at(".spec.forProvider.deletionProtection")
            .remedy("set .spec.forProvider.deletionProtection to false to let it be deleted"));
    }
    if protected && state == InstanceState::Stopped {
        let message = format!(
            "DB instance \"{}\" is stopped, and AWS takes its protection off only while it runs",
            managed.external_name()
        );
        return Err(Fault::user("InstanceStopped", message)
            .remedy("start it in AWS; it is deleted once it is available"));
    }
    let wanted = final_snapshot::is_wanted(managed);
    if wanted && state == InstanceState::Creating {
        return Err(Fault::waiting(
            "WaitingForState",
            "the DB instance is still being created: AWS can take its final snapshot afterwards",
        ));
    }
    let base = DeleteDbInstanceInputBuilder::default().db_instance_identifier(managed.external_name());
    let plan = DeletionPlan {
        drop_protection: protected,
        reported: None,
        named_by_spec: params.final_snapshot_identifier.is_some(),
        requests: Vec::new(),
    };
    if !wanted {
        let base = base.set_delete_automated_backups(params.delete_automated_backups);
        return Ok(Some(DeletionPlan { requests: vec![base.skip_final_snapshot(true)], ..plan }));
    }
    if db.read_replica_source_db_instance_identifier().is_some() {
        let reported =
            Some(skipped("AWS takes no final snapshot of a read replica: its data is in the source"));
        return Ok(Some(DeletionPlan { reported, requests: vec![base.skip_final_snapshot(true)], ..plan }));
    }
    if !takes_snapshot(&state) {
        if db.backup_retention_period().unwrap_or(0) == 0 {
            let message = format!(
                "AWS takes no final snapshot of a DB instance that is {state}, and it has no backups"
            );
            return Err(Fault::user("NoFinalSnapshot", message)
                .at(".spec.forProvider.skipFinalSnapshot")
                .remedy("have AWS repair it, or set .spec.forProvider.skipFinalSnapshot to true to delete it with its data"));
        }
        // The automated backups are then the only way back.
        let remove_backups = params.delete_automated_backups.unwrap_or(false);
        let base = base.skip_final_snapshot(true).delete_automated_backups(remove_backups);
        let backups = if remove_backups { "are deleted too, as the spec says" } else { "are kept instead" };
        let reported = Some(skipped(&format!(
            "AWS takes no final snapshot of a DB instance that is {state}; its automated backups {backups}"
        )));
        return Ok(Some(DeletionPlan { reported, requests: vec![base], ..plan }));
    }
    let base = base.skip_final_snapshot(false).set_delete_automated_backups(params.delete_automated_backups);
    let names = final_snapshot::names(managed, db.dbi_resource_id().unwrap_or_default());
    let requests = names.into_iter().map(|name| base.clone().final_db_snapshot_identifier(name));
    Ok(Some(DeletionPlan { requests: requests.collect(), ..plan }))
}

/// The fault of a refused deletion.
pub(super) fn refused(managed: &Instance, db: &DbInstance, fault: Fault) -> Fault {
    let allowed = managed.spec.for_provider.deletion_protection == Some(false);
    let key_is_lost = matches!(
        state_of(db),
        InstanceState::InaccessibleEncryptionCredentials
            | InstanceState::InaccessibleEncryptionCredentialsRecoverable
    );
    match fault.reason {
        "DeletionProtected" if allowed => Fault::waiting(
            "WaitingForState",
            "AWS still protects the DB instance, although its protection was taken off; it is asked again",
        ),
        "WaitingForState" | "KMSKeyNotAccessible" if key_is_lost && final_snapshot::is_wanted(managed) => {
            let message = "AWS takes no final snapshot while it cannot use the KMS key of the DB instance";
            Fault::user("KMSKeyNotAccessible", message).at(".spec.forProvider.skipFinalSnapshot").remedy(
                "let AWS use the key again, or set .spec.forProvider.skipFinalSnapshot to true to delete the DB \
                 instance with its data",
            )
        }
        _ => fault,
    }
}

fn skipped(message: &str) -> Event {
    Event::warning("FinalSnapshotSkipped", message)
}

/// Whether AWS takes a final snapshot in a state. Source: `DeleteDBInstance`, `SkipFinalSnapshot`.
fn takes_snapshot(state: &InstanceState) -> bool {
    !matches!(
        state,
        InstanceState::Failed | InstanceState::IncompatibleRestore | InstanceState::IncompatibleNetwork
    )
}
