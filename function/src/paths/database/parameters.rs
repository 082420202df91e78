//! DB parameters: those of the spec, and the one that requires TLS.

use std::collections::BTreeMap;

use goldenpath_provider_api::rds::Parameter;

use crate::paths::database::api::DatabaseSpec;
use crate::paths::database::policy::{DatabasePolicy, Limits};
use crate::paths::database::running::{Running, refusal_unless};
use crate::paths::database::tls;
use crate::problems::Problem;

/// Every parameter of the spec that is refused.
pub(super) fn refusals(spec: &DatabaseSpec, limits: &Limits, running: &Running) -> Vec<Problem> {
    let given = spec.parameters.iter().flatten();
    given
        .filter_map(|(name, value)| refusal(name, spec, limits, running.has_parameter(name, value)))
        .collect()
}

/// The parameters that differ from the defaults of a major version, sorted by name.
pub(super) fn of_major(spec: &DatabaseSpec, major: &str) -> Vec<Parameter> {
    let given = spec.parameters.iter().flatten();
    let mut parameters: BTreeMap<&str, &str> =
        given.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if let Some(value) = tls::wanted(spec, major) {
        parameters.insert(tls::parameter(spec.engine), value);
    }
    let parameter =
        |(name, value): (&str, &str)| Parameter { name: name.to_owned(), value: value.to_owned() };
    parameters.into_iter().map(parameter).collect()
}

/// Parameters without effect, because the platform names a group that is not this database's.
pub(super) fn problem(spec: &DatabaseSpec, policy: &DatabasePolicy) -> Option<Problem> {
    let group = policy.parameter_groups.of(spec.engine).as_ref()?;
    spec.parameters.as_ref().filter(|parameters| !parameters.is_empty())?;
    let message = format!("the platform's DB parameter group {group} applies, and not these parameters");
    Some(
        Problem::warning("WithoutEffect", message)
            .at(".spec.parameters")
            .remedy("leave it out, and ask the platform team to set them in that group"),
    )
}

fn refusal(name: &str, spec: &DatabaseSpec, limits: &Limits, is_set: bool) -> Option<Problem> {
    let refused = |message: String, remedy: String| {
        Problem::error("ParameterNotAllowed", message).at(format!(".spec.parameters[{name}]")).remedy(remedy)
    };
    if name == tls::parameter(spec.engine) {
        let message = format!("{name} is set by .spec.encryption.requireTLS");
        return Some(refused(message, "remove it, and set .spec.encryption.requireTLS".into()));
    }
    let allowed = limits.parameters.as_ref().filter(|allowed| !allowed.iter().any(|a| a == name))?;
    let message = format!("the platform does not allow the DB parameter {name}");
    let choice =
        if allowed.is_empty() { String::new() } else { format!(", or choose among: {}", allowed.join(", ")) };
    let refusal = refused(message, format!("remove it{choice}"));
    Some(refusal_unless(is_set, refusal))
}
