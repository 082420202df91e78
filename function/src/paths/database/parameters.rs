//! DB parameters: those of the spec, and the one that decides on TLS.

use std::collections::BTreeMap;

use goldenpath_provider_api::rds::Parameter;

use crate::paths::database::api::DatabaseSpec;
use crate::paths::database::policy::{DatabasePolicy, Limits};
use crate::paths::database::tls;
use crate::problems::Problem;

/// The parameters of a database, sorted by name; every mistake where some are refused.
pub(super) fn parameters(
    spec: &DatabaseSpec,
    policy: &DatabasePolicy,
) -> Result<Option<Vec<Parameter>>, Vec<Problem>> {
    let given = spec.parameters.iter().flatten();
    let problems: Vec<_> =
        given.clone().filter_map(|(name, _)| refusal(name, spec, &policy.limits)).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut parameters: BTreeMap<&str, &str> =
        given.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if let Some(value) = tls::wanted(spec, policy) {
        parameters.insert(tls::parameter(spec.engine), value);
    }
    let parameter =
        |(name, value): (&str, &str)| Parameter { name: name.to_owned(), value: value.to_owned() };
    Ok((!parameters.is_empty()).then(|| parameters.into_iter().map(parameter).collect()))
}

fn refusal(name: &str, spec: &DatabaseSpec, limits: &Limits) -> Option<Problem> {
    let refused = |message: String, remedy: String| {
        Problem::error("ParameterNotAllowed", message).at(format!(".spec.parameters[{name}]")).remedy(remedy)
    };
    if name == tls::parameter(spec.engine) {
        let message = format!("{name} is decided by .spec.encryption.requireTLS");
        return Some(refused(message, "remove it, and set .spec.encryption.requireTLS".into()));
    }
    let allowed = limits.parameters.as_ref().filter(|allowed| !allowed.iter().any(|a| a == name))?;
    let message = format!("the platform does not allow the DB parameter {name}");
    Some(refused(message, format!("remove it, or choose among: {}", allowed.join(", "))))
}
