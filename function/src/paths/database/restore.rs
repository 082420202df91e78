//! Where data may be restored from: a snapshot or an instance of the same namespace, and what the platform allows.

use goldenpath_provider_api::rds::{InstanceParameters, PointInTime};

use crate::names;
use crate::paths::database::api::RestoreFrom;
use crate::paths::database::identity::Identity;
use crate::paths::database::policy::DatabasePolicy;
use crate::paths::database::running::Running;
use crate::problems::Problem;

/// Refuses to read another namespace's data. A database that is made of it already reads it no more.
pub(super) fn allowed(
    from: Option<&RestoreFrom>,
    policy: &DatabasePolicy,
    identity: &Identity,
    running: &Running,
) -> Result<(), Problem> {
    let Some(from) = from else { return Ok(()) };
    let RestoreFrom { snapshot_identifier, point_in_time } = from;
    let (source, field) = match (snapshot_identifier, point_in_time) {
        (Some(snapshot), None) => (snapshot, ".spec.restoreFrom.snapshotIdentifier"),
        (None, Some(point)) => (&point.source_instance, ".spec.restoreFrom.pointInTime.sourceInstance"),
        _ => {
            return Err(Problem::error("InvalidSpec", "there is not exactly one source to restore from")
                .at(".spec.restoreFrom")
                .remedy("set either snapshotIdentifier or pointInTime"));
        }
    };
    let Identity { namespace, environment, .. } = identity;
    let listed = policy.restore_sources.get(namespace).is_some_and(|sources| sources.contains(source));
    if listed || is_made_of(running, from) || names::is_of_namespace(source, environment, namespace) {
        return Ok(());
    }
    Err(Problem::error("RestoreNotAllowed", format!("{source} is not of a database of the namespace {namespace}"))
        .at(field)
        .remedy("restore in the namespace that it is of, or ask the platform team to add it to Platform.database.restoreSources"))
}

fn is_made_of(running: &Running, from: &RestoreFrom) -> bool {
    let mut asked = InstanceParameters::default();
    apply(Some(from), &mut asked);
    running.has(|instance| {
        instance.snapshot_identifier == asked.snapshot_identifier
            && instance.restore_to_point_in_time == asked.restore_to_point_in_time
    })
}

/// Sets the source.
pub(super) fn apply(from: Option<&RestoreFrom>, parameters: &mut InstanceParameters) {
    let Some(from) = from else { return };
    parameters.snapshot_identifier.clone_from(&from.snapshot_identifier);
    parameters.restore_to_point_in_time = from.point_in_time.as_ref().map(|point| PointInTime {
        source_db_instance_identifier: point.source_instance.clone(),
        restore_time: point.time.clone(),
    });
}
