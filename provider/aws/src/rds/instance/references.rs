//! The groups that a DB instance refers to by the names of their objects.
//!
//! A reference is resolved in the connector, each time that it is needed, and never written into the spec: an object
//! that is made again under the same name may stand for another group.

use goldenpath_provider_api::rds::{Instance, ParameterGroup, SubnetGroup};
use goldenpath_provider_api::{AwsManaged, LocalReference};
use goldenpath_provider_core::condition::READY;
use goldenpath_provider_core::{ConditionStatus, Fault, Objects};
use kube::ResourceExt;

/// A DB instance whose references are resolved.
#[derive(Clone, Debug)]
pub(super) struct Resolved {
    /// The object as if it named the groups themselves. Never written.
    pub(super) managed: Box<Instance>,
    /// What is not known yet, and is not managed until it is.
    pub(super) unresolved: Vec<Fault>,
    /// Parameters of the group that the DB instance takes over at its next reboot only.
    pub(super) applied_at_reboot: Vec<String>,
}

/// Resolves the references of a DB instance.
pub(super) async fn resolve<O: Objects>(objects: &O, managed: &Instance) -> Result<Resolved, Fault> {
    let mut resolved = Resolved {
        managed: Box::new(managed.clone()),
        unresolved: Vec::new(),
        applied_at_reboot: Vec::new(),
    };
    let params = &managed.spec.for_provider;
    if let (None, Some(reference)) = (&params.db_subnet_group_name, &params.db_subnet_group_name_ref) {
        match find::<_, SubnetGroup>(objects, managed, reference, "dbSubnetGroupNameRef").await? {
            Ok(group) => {
                let arn = group.at_provider().and_then(|seen| seen.arn.as_deref());
                resolved.managed.spec.for_provider.db_subnet_group_name = name_of(arn);
            }
            Err(fault) => resolved.unresolved.push(fault),
        }
    }
    if let (None, Some(reference)) = (&params.parameter_group_name, &params.parameter_group_name_ref) {
        match find::<_, ParameterGroup>(objects, managed, reference, "parameterGroupNameRef").await? {
            Ok(group) => {
                let seen = group.at_provider().cloned().unwrap_or_default();
                resolved.managed.spec.for_provider.parameter_group_name = name_of(seen.arn.as_deref());
                resolved.applied_at_reboot = seen.applied_at_reboot;
            }
            Err(fault) => resolved.unresolved.push(fault),
        }
    }
    Ok(resolved)
}

/// Finds a group that can be used, or says what it waits for.
async fn find<O: Objects, M: AwsManaged>(
    objects: &O,
    managed: &Instance,
    reference: &LocalReference,
    field: &str,
) -> Result<Result<M, Fault>, Fault> {
    let namespace = managed.namespace().unwrap_or_default();
    let waiting = |what: &str| {
        let message = format!("{} \"{}\" {what}", M::kind(&()), reference.name);
        Fault::waiting("WaitingForReference", message).at(format!(".spec.forProvider.{field}"))
    };
    let Some(group) = objects.get::<M>(&namespace, &reference.name).await? else {
        return Ok(Err(waiting("does not exist yet")));
    };
    let is_ready = group.condition(READY).is_some_and(|c| c.status == ConditionStatus::True);
    Ok(if is_ready { Ok(group) } else { Err(waiting("is not ready yet")) })
}

/// The name in AWS from the recorded ARN. The external name is an annotation, which a user could set to the group of
/// another team.
fn name_of(arn: Option<&str>) -> Option<String> {
    arn?.rsplit(':').next().filter(|name| !name.is_empty()).map(str::to_owned)
}
