//! The DB parameter groups of a database: one for each major version that it runs or is to run, so that an upgrade finds
//! its group ready.
//!
//! Most databases have none, and run with their engine's default group. One that had parameters once keeps its group:
//! changing the group takes a reboot, while an empty list resets every parameter.

use std::collections::BTreeSet;

use goldenpath_provider_api::rds::{
    ParameterGroup, ParameterGroupParameters, ParameterGroupSpec, parameter_group_family,
};

use kube::ResourceExt;

use crate::composition::{Composition, Gate};
use crate::observed::Observed;
use crate::paths::database::identity::{EXTERNAL_NAME, Identity};
use crate::paths::database::validated::ValidatedDatabase;
use crate::paths::database::{PARAMETER_GROUP, managed, parameters, running_version};

/// The groups of a database.
#[derive(Debug, Default)]
pub(super) struct ParameterGroups {
    /// The object's name of the one that the database is to run with.
    pub(super) wanted: Option<String>,
    /// By major version.
    composed: Vec<(String, ParameterGroup)>,
    /// Those of which it is not known whether the database still runs with them, by major version.
    kept: Vec<String>,
}

// === impl ParameterGroups ===

impl ParameterGroups {
    /// Of a database. None where the platform names a group.
    pub(super) fn of(identity: &Identity, database: &ValidatedDatabase<'_>, observed: Observed<'_>) -> Self {
        if database.parameter_group.is_some() {
            return Self::default();
        }
        let spec = database.spec;
        let engine = spec.engine.of_rds();
        let asked = engine.major_version(&spec.version).to_owned();
        let is_version = |version: &&str| version.starts_with(|c: char| c.is_ascii_digit());
        let running =
            running_version(observed).filter(is_version).map(|v| engine.major_version(v).to_owned());
        let there: Vec<_> =
            observed.keys().into_iter().filter_map(|key| PARAMETER_GROUP.member(key)).collect();
        // There are no downgrades, whatever the spec says.
        let wanted = running.clone().filter(|r| numbers(r) > numbers(&asked)).unwrap_or(asked);
        let majors: BTreeSet<_> = running.iter().cloned().chain([wanted.clone()]).collect();
        if there.is_empty() && majors.iter().all(|major| parameters::of_major(spec, major).is_empty()) {
            return Self::default();
        }
        let kept = there.into_iter().filter(|major| running.is_none() && *major != wanted);
        Self {
            kept: kept.map(str::to_owned).collect(),
            wanted: Some(object_name(identity, database, &wanted)),
            composed: majors
                .into_iter()
                .map(|major| (major.clone(), group(identity, database, &major)))
                .collect(),
        }
    }

    /// The name in AWS of the one that the database is to run with.
    pub(super) fn wanted_external_name(&self) -> Option<&str> {
        let wanted = self.wanted.as_deref()?;
        let group = self.composed.iter().map(|(_, group)| group).find(|group| group.name_any() == wanted)?;
        group.annotations().get(EXTERNAL_NAME).map(String::as_str)
    }

    /// Adds them to a composition, as far as a gate lets them.
    pub(super) fn compose(&self, composition: Composition, gate: &Gate) -> Composition {
        let groups = self.composed.iter().map(|(major, group)| (major, gate.clone(), group.clone()));
        let composition = composition.with_each_gated(PARAMETER_GROUP, groups);
        self.kept
            .iter()
            .fold(composition, |composition, major| composition.keeping(PARAMETER_GROUP.key(major)))
    }
}

fn group(identity: &Identity, database: &ValidatedDatabase<'_>, major: &str) -> ParameterGroup {
    let family = family(database, major);
    let external_name = format!("{}-{}", identity.identifier(), family.replace('.', "-"));
    ParameterGroup {
        metadata: managed::metadata_of(identity, object_name(identity, database, major), external_name),
        spec: ParameterGroupSpec {
            for_provider: ParameterGroupParameters {
                region: identity.region.clone(),
                family,
                description: Some(format!("Parameters of {}/{}", identity.namespace, identity.name)),
                parameter: Some(parameters::of_major(database.spec, major)),
                tags: Some(identity.tags.clone()),
            },
            managed: managed::managed(database),
        },
        status: None,
    }
}

fn object_name(identity: &Identity, database: &ValidatedDatabase<'_>, major: &str) -> String {
    format!("{}-{}", identity.name, family(database, major))
}

fn family(database: &ValidatedDatabase<'_>, major: &str) -> String {
    parameter_group_family(database.spec.engine.rds_name(), major)
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|number| number.parse().unwrap_or(0)).collect()
}
