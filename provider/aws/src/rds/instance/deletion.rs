//! How a DB instance is deleted without losing its data.

use aws_sdk_rds::operation::delete_db_instance::builders::DeleteDbInstanceInputBuilder;
use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::{Instance, InstanceState};
use goldenpath_provider_core::{Fault, Managed};
use kube::ResourceExt;

use super::state::state_of;

/// The calls of a deletion, in this order.
#[derive(Clone, Debug)]
pub(super) struct DeletionPlan {
    /// Turn AWS's protection off first: the spec does not want it.
    pub(super) drop_protection: bool,
    /// The state does not allow the snapshot that the spec asks for.
    pub(super) without_snapshot_though_wanted: bool,
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
    let wanted = params.skip_final_snapshot != Some(true);
    if wanted && state == InstanceState::Creating {
        return Err(Fault::waiting(
            "WaitingForState",
            "the DB instance is still being created: AWS can take its final snapshot afterwards",
        ));
    }
    let base = DeleteDbInstanceInputBuilder::default().db_instance_identifier(managed.external_name());
    let plan = DeletionPlan {
        drop_protection: protected,
        without_snapshot_though_wanted: wanted && !takes_snapshot(&state),
        named_by_spec: params.final_snapshot_identifier.is_some(),
        requests: Vec::new(),
    };
    if !wanted {
        let base = base.set_delete_automated_backups(params.delete_automated_backups);
        return Ok(Some(DeletionPlan { requests: vec![base.skip_final_snapshot(true)], ..plan }));
    }
    if plan.without_snapshot_though_wanted {
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
        return Ok(Some(DeletionPlan { requests: vec![base], ..plan }));
    }
    let base = base.skip_final_snapshot(false).set_delete_automated_backups(params.delete_automated_backups);
    let requests = names(managed, db).into_iter().map(|name| base.clone().final_db_snapshot_identifier(name));
    Ok(Some(DeletionPlan { requests: requests.collect(), ..plan }))
}

/// Whether AWS takes a final snapshot in a state. Source: `DeleteDBInstance`, `SkipFinalSnapshot`.
fn takes_snapshot(state: &InstanceState) -> bool {
    !matches!(
        state,
        InstanceState::Failed | InstanceState::IncompatibleRestore | InstanceState::IncompatibleNetwork
    )
}

/// Names for the final snapshot: the spec's, or derived ones that no other DB instance derives.
fn names(managed: &Instance, db: &DbInstance) -> Vec<String> {
    if let Some(name) = &managed.spec.for_provider.final_snapshot_identifier {
        return vec![name.clone()];
    }
    let id = managed.external_name().to_lowercase();
    let resource = db.dbi_resource_id().unwrap_or_default().trim_start_matches("db-").to_lowercase();
    let uid = managed.uid().unwrap_or_default();
    let short = |s: &str| s.chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>();
    let suffixes = [short(&resource), short(&uid)];
    suffixes.iter().filter(|s| !s.is_empty()).map(|s| format!("{}-final-{s}", id.trim_matches('-'))).collect()
}
