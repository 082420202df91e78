//! The final snapshot: what outlives a DB instance whose object is deleted.

use aws_sdk_rds::Client;
use aws_sdk_rds::types::DbSnapshot;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_core::{Event, Fault, Managed};
use kube::ResourceExt;

use super::FAULTS;
use crate::client::Service;
use crate::ownership::pinned_id;

const WITHOUT_IT: &str = "if it is not needed, set .spec.forProvider.skipFinalSnapshot to true to let the object go; \
                          automated backups that AWS has retained can still be restored";

/// Whether the spec asks for one.
pub(super) fn is_wanted(managed: &Instance) -> bool {
    managed.spec.for_provider.skip_final_snapshot != Some(true)
}

/// The names that it may have: the spec's, or derived ones that no other DB instance derives.
pub(super) fn names(managed: &Instance, resource_id: &str) -> Vec<String> {
    if let Some(name) = &managed.spec.for_provider.final_snapshot_identifier {
        return vec![name.clone()];
    }
    let id = managed.external_name().to_lowercase();
    let resource = resource_id.trim_start_matches("db-").to_lowercase();
    let uid = managed.uid().unwrap_or_default();
    let short = |s: &str| s.chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>();
    let suffixes = [short(&resource), short(&uid)];
    suffixes.iter().filter(|s| !s.is_empty()).map(|s| format!("{}-final-{s}", id.trim_matches('-'))).collect()
}

/// Confirms that the snapshot is there, of a DB instance that is gone. One that was never asked for, because somebody else
/// has deleted the DB instance, is not waited for.
pub(super) async fn confirm(rds: &Service<Client>, managed: &Instance) -> Result<Option<Event>, Fault> {
    let Some(id) = pinned_id(managed).filter(|_| is_wanted(managed)) else { return Ok(None) };
    let asked = managed.at_provider().and_then(|seen| seen.final_snapshot.clone());
    let possible = asked.clone().map_or_else(|| names(managed, &id), |name| vec![name]);
    for name in &possible {
        if let Some(snapshot) = find(rds, name, &id).await? {
            return judge(name, &snapshot).map(Some);
        }
    }
    match asked {
        None => Ok(None),
        Some(name) => {
            let message = format!("the DB instance is gone, and there is no final snapshot \"{name}\" of it");
            Err(Fault::user("FinalSnapshotMissing", message).remedy(WITHOUT_IT))
        }
    }
}

fn judge(name: &str, snapshot: &DbSnapshot) -> Result<Event, Fault> {
    let arn = snapshot.db_snapshot_arn().unwrap_or(name);
    match snapshot.status().unwrap_or_default() {
        "available" => Ok(Event::normal("FinalSnapshotTaken", format!("The final snapshot is {arn}"))),
        "failed" => {
            let message = format!("AWS could not take the final snapshot \"{name}\"");
            Err(Fault::user("FinalSnapshotFailed", message).remedy(WITHOUT_IT))
        }
        status => {
            let message = format!("waiting for the final snapshot \"{name}\", which is {status}");
            Err(Fault::waiting("WaitingForSnapshot", message))
        }
    }
}

/// The snapshot of a name, if it is of this DB instance.
async fn find(rds: &Service<Client>, name: &str, id: &str) -> Result<Option<DbSnapshot>, Fault> {
    let request = rds.client.describe_db_snapshots().db_snapshot_identifier(name);
    let is_of_it = |snapshot: &DbSnapshot| snapshot.dbi_resource_id().is_none_or(|of| of == id);
    match rds.call(&FAULTS, request.send()).await {
        Ok(answer) => Ok(answer.db_snapshots().iter().find(|snapshot| is_of_it(snapshot)).cloned()),
        Err(failure) if failure.fault.reason == "DependencyNotFound" => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}
