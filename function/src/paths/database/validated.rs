//! A database that can be composed: its spec, checked against the platform's choices and completed by them. Everything that
//! can be refused is refused here.

use crate::error::Error;
use crate::names;
use crate::paths::database::api::{DatabaseSpec, GoldenPathDatabase};
use crate::paths::database::identity::Identity;
use crate::paths::database::policy::{DatabasePolicy, Limits};
use crate::paths::database::{parameters, relaxations, restore, storage};
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
}

// === impl ValidatedDatabase ===

impl<'a> ValidatedDatabase<'a> {
    /// Checks a spec. Reports every mistake, not only the first.
    pub(super) fn of(
        xr: &'a GoldenPathDatabase,
        platform: &Platform<DatabasePolicy>,
        identity: &Identity,
    ) -> Result<Self, Error> {
        let spec = &xr.spec;
        let policy = &platform.policy;
        let limits = &policy.limits;
        let mut problems = relaxations::refusals(spec, limits);
        problems.extend(parameters::refusals(spec, limits));
        let mut check = |checked: Result<(), Problem>| problems.extend(checked.err());
        let class = instance_class(spec, policy);
        let storage = storage::sizes(spec, limits);
        let secret_name = secret_name(xr);
        check(public_access(spec, limits));
        check(namespaced(identity));
        check(restore::allowed(spec.restore_from.as_ref(), policy, identity));
        match (class, storage, secret_name) {
            (Ok(instance_class), Ok((storage, max_storage)), Ok(secret_name)) if problems.is_empty() => {
                Ok(Self {
                    spec,
                    instance_class,
                    storage,
                    max_storage,
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
                })
            }
            (class, storage, secret_name) => {
                problems.extend(class.err());
                problems.extend(storage.err());
                problems.extend(secret_name.err());
                Err(Error::Refused { problems })
            }
        }
    }
}

fn instance_class(spec: &DatabaseSpec, policy: &DatabasePolicy) -> Result<String, Problem> {
    let (class, field) = match &spec.instance_class {
        Some(class) => (class.as_str(), ".spec.instanceClass"),
        None => (policy.sizes.of(spec.engine).of(spec.size).as_ref(), ".spec.size"),
    };
    match &policy.limits.instance_classes {
        Some(allowed) if !allowed.iter().any(|a| a.as_ref() == class) => Err(Problem::error(
            "ClassNotAllowed",
            format!("the platform does not allow the instance class {class}"),
        )
        .at(field)
        .remedy(format!(
            "choose one of: {}",
            allowed.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
        ))),
        _ => Ok(class.to_owned()),
    }
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

fn public_access(spec: &DatabaseSpec, limits: &Limits) -> Result<(), Problem> {
    if spec.network.publicly_accessible && limits.public_access == Some(false) {
        return Err(Problem::error("PublicAccessNotAllowed", "the platform does not allow public addresses")
            .at(".spec.network.publiclyAccessible")
            .remedy("set it to false"));
    }
    Ok(())
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
