//! A database that can be composed: its spec, checked against the platform's choices and completed by them. Everything that
//! can be refused is refused here.

use crate::error::Error;
use crate::names;
use crate::paths::database::adoption::Adoption;
use crate::paths::database::api::{DatabaseSpec, GoldenPathDatabase};
use crate::paths::database::identity::Identity;
use crate::paths::database::policy::{DatabasePolicy, Limits, SafeDefault};
use crate::paths::database::running::{Running, refusal_unless};
use crate::paths::database::storage::{self, Sizes};
use crate::paths::database::{parameters, relaxations, restore};
use crate::platform::{ConfigKind, Gibibytes, Platform, Reference, StoreKind};
use crate::problems::Problem;
use kube::ResourceExt;

/// What the children of a database are built from: nothing in it can be refused any more.
#[derive(Clone, Debug)]
pub(super) struct ValidatedDatabase<'a> {
    /// The spec that was checked.
    pub(super) spec: &'a DatabaseSpec,
    pub(super) instance_class: String,
    pub(super) storage: Gibibytes,
    pub(super) max_storage: Gibibytes,
    pub(super) secret_name: String,
    pub(super) subnet_group: Option<String>,
    pub(super) security_group_ids: Option<Vec<String>>,
    pub(super) parameter_group: Option<String>,
    pub(super) provider_config: Reference<ConfigKind>,
    pub(super) secret_store: Reference<StoreKind>,
    pub(super) refresh_interval: String,
    /// What the platform does not allow any more, and is there already.
    pub(super) kept: Vec<Problem>,
}

// === impl ValidatedDatabase ===

impl<'a> ValidatedDatabase<'a> {
    /// Checks a spec. Reports every mistake, not only the first.
    pub(super) fn of(
        xr: &'a GoldenPathDatabase,
        platform: &Platform<DatabasePolicy>,
        identity: &Identity,
        running: &Running,
        adoption: &Adoption<'_>,
    ) -> Result<Self, Error> {
        let spec = &xr.spec;
        let policy = &platform.policy;
        let limits = &policy.limits;
        let refusals = [
            relaxations::refusals(spec, limits, running),
            parameters::refusals(spec, limits, running),
            class_not_allowed(spec, policy, running).into_iter().collect(),
            public_access(spec, limits, running).into_iter().collect(),
        ];
        let (mut problems, mut kept): (Vec<_>, Vec<_>) =
            refusals.into_iter().flatten().partition(Problem::is_error);
        let mut check = |checked: Result<(), Problem>| problems.extend(checked.err());
        let storage = storage::sizes(spec, limits, running);
        let secret_name = secret_name(xr);
        check(namespaced(identity));
        check(adoption.allowed(policy, identity));
        check(restore::allowed(spec.restore_from.as_ref(), policy, identity, running));
        match (storage, secret_name) {
            (Ok(Sizes { size, ceiling, reported }), Ok(secret_name)) if problems.is_empty() => {
                kept.extend(reported);
                Ok(Self {
                    spec,
                    instance_class: instance_class(spec, policy).0.to_owned(),
                    storage: size,
                    max_storage: ceiling,
                    secret_name,
                    subnet_group: spec
                        .network
                        .subnet_group
                        .clone()
                        .or_else(|| policy.network.subnet_group.clone()),
                    security_group_ids: spec
                        .network
                        .security_group_ids
                        .clone()
                        .or_else(|| {
                            Some(policy.network.security_group_ids.iter().cloned().map(Into::into).collect())
                        })
                        .filter(|ids: &Vec<String>| !ids.is_empty()),
                    parameter_group: policy.parameter_groups.of(spec.engine).clone(),
                    provider_config: platform.provider_config.clone(),
                    secret_store: platform.secret_store.clone(),
                    refresh_interval: platform.refresh_interval.to_string(),
                    kept,
                })
            }
            (storage, secret_name) => {
                problems.extend(storage.err());
                problems.extend(secret_name.err());
                Err(Error::Refused { problems })
            }
        }
    }
}

/// The class, and the field that has chosen it.
fn instance_class<'a>(spec: &'a DatabaseSpec, policy: &'a DatabasePolicy) -> (&'a str, &'static str) {
    match &spec.instance_class {
        Some(class) => (class, ".spec.instanceClass"),
        None => (policy.sizes.of(spec.engine).of(spec.size).as_ref(), ".spec.size"),
    }
}

fn class_not_allowed(spec: &DatabaseSpec, policy: &DatabasePolicy, running: &Running) -> Option<Problem> {
    let (class, field) = instance_class(spec, policy);
    let allowed: Vec<_> = policy.limits.instance_classes.as_ref()?.iter().map(AsRef::as_ref).collect();
    if allowed.contains(&class) {
        return None;
    }
    let message = format!("the platform does not allow the instance class {class}");
    let refusal = Problem::error("ClassNotAllowed", message)
        .at(field)
        .remedy(format!("choose one of: {}", allowed.join(", ")));
    Some(refusal_unless(running.is_of_class(class), refusal))
}

fn secret_name(xr: &GoldenPathDatabase) -> Result<String, Problem> {
    let given = xr.spec.secret_ref.as_ref().and_then(|r| r.name.clone());
    let name = given.unwrap_or_else(|| xr.name_any());
    if names::is_dns_subdomain(&name) {
        return Ok(name);
    }
    Err(Problem::error("InvalidSpec", format!("{name:?} is not a name of a Secret"))
        .at(".spec.secretRef.name")
        .remedy("use lower-case letters, digits, hyphens and dots, and begin and end with a letter or digit"))
}

fn public_access(spec: &DatabaseSpec, limits: &Limits, running: &Running) -> Option<Problem> {
    if !spec.network.publicly_accessible || limits.public_access != Some(false) {
        return None;
    }
    let refusal = Problem::error("PublicAccessNotAllowed", "the platform does not allow public addresses")
        .at(".spec.network.publiclyAccessible")
        .remedy("set it to false");
    Some(refusal_unless(running.relaxes(SafeDefault::PubliclyAccessible, spec), refusal))
}

/// Every name begins with the namespace, so that no two namespaces share one.
fn namespaced(identity: &Identity) -> Result<(), Problem> {
    if identity.namespace.is_empty() {
        return Err(Problem::error("InvalidSpec", "the object has no namespace")
            .at(".metadata.namespace")
            .remedy("name one"));
    }
    Ok(())
}
