//! A DB instance that is not under its name any more: renamed by hand, or by a Blue/Green switchover that has put another
//! one there. It is known by AWS's own identity, which both leave as it is.

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{DbInstance, Filter};
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_core::{Fault, Managed};

use super::FAULTS;
use crate::client::Service;
use crate::ownership::{IDENTITY_CHANGED, pinned_id};

/// The DB instance that nothing was found of under its name. What AWS shows by its identity is not gone, whatever it has
/// answered a moment ago.
pub(super) async fn find(
    rds: &Service<Client>,
    managed: &Instance,
) -> Result<Option<Box<DbInstance>>, Fault> {
    let Some(id) = pinned_id(managed) else { return Ok(None) };
    let Some(db) = by_identity(rds, &id).await? else { return Ok(None) };
    let name = managed.external_name();
    match db.db_instance_identifier() {
        Some(called) if called != name.to_lowercase() => Err(Fault::user(
            "Renamed",
            format!("DB instance \"{name}\" ({id}) was renamed in AWS, and is called \"{called}\" now"),
        )
        .at(".metadata.annotations[crossplane.io/external-name]")
        .remedy(format!("rename it back in AWS, or set the annotation to \"{called}\""))),
        _ => Ok(Some(db)),
    }
}

/// Says of a fault over another DB instance in the place of the known one where that one is.
pub(super) async fn explained(rds: &Service<Client>, managed: &Instance, fault: Fault) -> Fault {
    let Some(id) = pinned_id(managed).filter(|_| fault.reason == IDENTITY_CHANGED) else { return fault };
    // Whoever may not look for it is told what is known.
    let former = by_identity(rds, &id).await.ok().flatten();
    let Some(former) = former.as_ref().and_then(|db| db.db_instance_identifier()) else { return fault };
    let message = format!(
        "{}; a Blue/Green switchover, or somebody, has renamed the former one, which is called \"{former}\" now",
        fault.message
    );
    Fault { message, ..fault }
}

async fn by_identity(rds: &Service<Client>, id: &str) -> Result<Option<Box<DbInstance>>, Fault> {
    let filter = Filter::builder().name("dbi-resource-id").values(id).build();
    let request = rds.client.describe_db_instances().filters(filter);
    let answer = rds.find(&FAULTS, request.send()).await?;
    // An emulator that knows no filter returns all.
    let is_it = |db: &DbInstance| db.dbi_resource_id() == Some(id);
    Ok(answer.and_then(|answer| answer.db_instances?.into_iter().find(is_it)).map(Box::new))
}
