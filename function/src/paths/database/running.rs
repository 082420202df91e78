//! What is there of a database already, as it was last applied. The platform's limits are for what is chosen anew: when they
//! are tightened, what there is stays allowed and is reported, so that they keep nothing else from being changed.

use std::collections::BTreeMap;

use goldenpath_provider_api::rds::{
    Engine as RdsEngine, InstanceObservation, InstanceParameters, Parameter, ParameterGroupParameters,
};

use crate::observed::Observed;
use crate::paths::database::api::DatabaseSpec;
use crate::paths::database::policy::SafeDefault;
use crate::paths::database::{INSTANCE, PARAMETER_GROUP, tls};
use crate::platform::Gibibytes;
use crate::problems::{Problem, Severity};

const PARAMETERS: [&str; 2] = ["spec", "forProvider"];

/// What is said of what is not allowed any more.
pub(super) const KEPT: &str = "what is there stays as it is";

/// A database as it was last applied; nothing of it where none was.
#[derive(Clone, Debug, Default)]
pub(super) struct Running {
    instance: Option<InstanceParameters>,
    /// What AWS says of it.
    seen: InstanceObservation,
    /// Its major version.
    major: String,
    /// The DB parameters of its group.
    parameters: BTreeMap<String, String>,
}

/// A refusal, or a warning that what is there already is not allowed any more.
pub(super) fn refusal_unless(there: bool, refusal: Problem) -> Problem {
    if !there {
        return refusal;
    }
    let message = format!("{}; {KEPT}", refusal.message);
    Problem { r#type: Severity::Warning, message, ..refusal }
}

/// The major version and the parameters of the group that an instance refers to.
fn group(instance: &InstanceParameters, observed: Observed<'_>) -> Option<(String, Vec<Parameter>)> {
    let name = &instance.parameter_group_name_ref.as_ref()?.name;
    let mut groups = observed.keys().into_iter().filter_map(|key| Some((key, PARAMETER_GROUP.member(key)?)));
    let (key, major) = groups.find(|(key, _)| observed.text(key, &["metadata"], "name") == Some(name))?;
    let group: ParameterGroupParameters = observed.part(key, &PARAMETERS)?;
    Some((major.to_owned(), group.parameter.unwrap_or_default()))
}

/// The major version that runs, or that is to.
fn major_version(instance: Option<&InstanceParameters>, seen: &InstanceObservation) -> String {
    let asked = instance.and_then(|instance| instance.engine_version.as_deref());
    let version = seen.engine_version_actual.as_deref().or(asked).unwrap_or_default();
    let engine = instance.map(|instance| RdsEngine::of(&instance.engine));
    engine.map(|engine| engine.major_version(version).to_owned()).unwrap_or_default()
}

// === impl Running ===

impl Running {
    /// Of an observed database.
    pub(super) fn of(observed: Observed<'_>) -> Self {
        let instance: Option<InstanceParameters> = observed.part(INSTANCE, &PARAMETERS);
        let seen = observed.part(INSTANCE, &["status", "atProvider"]).unwrap_or_default();
        let group = instance.as_ref().and_then(|instance| group(instance, observed));
        let (major, parameters) = group.unwrap_or_default();
        let major = if major.is_empty() { major_version(instance.as_ref(), &seen) } else { major };
        Self {
            instance,
            seen,
            major,
            parameters: parameters.into_iter().map(|parameter| (parameter.name, parameter.value)).collect(),
        }
    }

    /// Whether it is there, and something holds of it.
    pub(super) fn has(&self, is: impl FnOnce(&InstanceParameters) -> bool) -> bool {
        self.instance.as_ref().is_some_and(is)
    }

    /// What storage may grow to.
    pub(super) fn ceiling(&self) -> Option<Gibibytes> {
        self.instance.as_ref()?.max_allocated_storage.map(Gibibytes)
    }

    /// A size of storage, or what storage has grown to where that is more.
    pub(super) fn grown(&self, size: Gibibytes) -> Gibibytes {
        self.seen.allocated_storage.map_or(size, |allocated| size.max(Gibibytes(allocated)))
    }

    /// What AWS says of it; nothing where it has not been seen.
    pub(super) fn seen(&self) -> &InstanceObservation {
        &self.seen
    }

    /// Whether it is of an instance class.
    pub(super) fn is_of_class(&self, class: &str) -> bool {
        self.has(|instance| instance.instance_class == class)
    }

    /// Whether it has no standby.
    pub(super) fn is_alone(&self) -> bool {
        self.has(|instance| instance.multi_az == Some(false))
    }

    /// Whether its backups, if there are any, are kept for so many days or fewer.
    pub(super) fn keeps_backups_for_at_most(&self, days: i32) -> bool {
        self.has(|instance| instance.backup_retention_period.is_some_and(|kept| (1..=days).contains(&kept)))
    }

    /// Whether a DB parameter has a value.
    pub(super) fn has_parameter(&self, name: &str, value: &str) -> bool {
        self.parameters.get(name).is_some_and(|set| set == value)
    }

    /// Whether a safe default that the spec relaxes is relaxed.
    pub(super) fn relaxes(&self, default: SafeDefault, spec: &DatabaseSpec) -> bool {
        self.has(|instance| match default {
            SafeDefault::CopyTagsToSnapshot => instance.copy_tags_to_snapshot == Some(false),
            SafeDefault::BackupEnabled => instance.backup_retention_period == Some(0),
            SafeDefault::DeletionPolicy => instance.skip_final_snapshot == Some(true),
            SafeDefault::DeletionProtection => instance.deletion_protection == Some(false),
            SafeDefault::RequireTls => self.takes_connections_without_tls(spec),
            SafeDefault::InsightsEnabled => instance.performance_insights_enabled == Some(false),
            SafeDefault::ExportLogs => {
                instance.enabled_cloudwatch_logs_exports.as_ref().is_some_and(Vec::is_empty)
            }
            SafeDefault::PubliclyAccessible => instance.publicly_accessible == Some(true),
            SafeDefault::AutoMinor => instance.auto_minor_version_upgrade == Some(false),
            SafeDefault::PreSnapshot => instance.snapshot_before_major_upgrade == Some(false),
        })
    }

    /// Of a spec that does not ask for TLS.
    fn takes_connections_without_tls(&self, spec: &DatabaseSpec) -> bool {
        let set = self.parameters.get(tls::parameter(spec.engine));
        set.map(String::as_str) == tls::wanted(spec, &self.major)
    }
}
