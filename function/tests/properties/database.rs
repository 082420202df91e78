//! What holds of every response to a database, besides the rules of every golden path.

use std::collections::BTreeSet;

use function_sdk_rust::proto::v1::{RunFunctionRequest, RunFunctionResponse};
use goldenpath_function::paths::database::policy::DatabasePolicy;
use goldenpath_function::paths::database::{
    INSTANCE, NETWORK_POLICY, PARAMETER_GROUP, SECURITY_GROUP_POLICY, USAGE,
};
use serde_json::Value;

use crate::rules::{self, Rule, check, composite, desired, is_ours, is_refused, json, observed};

/// Every rule, with its name.
pub(crate) const RULES: &[(&str, Rule)] = &[
    ("its Usage goes with its protection, and its policies with the platform's network", keeps),
    (
        "a parameter group goes once the database runs another major version, or the platform names one",
        keeps_groups,
    ),
    ("an existing database keeps its name and place", identity),
];

fn keeps(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let dropped: BTreeSet<_> = observed(request)
        .filter(|(key, resource)| desired(response, key).is_none() && is_ours(&json(Some(resource))))
        .filter(|(key, _)| PARAMETER_GROUP.member(key).is_none())
        .map(|(key, _)| key.as_str())
        .collect();
    let unprotected = composite(request)["spec"]["deletion"]["protection"] == Value::Bool(false);
    // The network's policies are the platform's to ask for; one that cannot be read asks for nothing to go.
    let network =
        rules::platform_input(request).platform::<DatabasePolicy>(None).map(|platform| platform.network).ok();
    let pods_go_out =
        network.as_ref().is_none_or(|network| network.default_deny && !network.database_cidrs.is_empty());
    let pods_join = network.as_ref().is_none_or(|network| !network.client_security_group_ids.is_empty());
    let policies = [(NETWORK_POLICY, pods_go_out), (SECURITY_GROUP_POLICY, pods_join)];
    let policies = policies.into_iter().filter(|(_, asked)| !asked).map(|(key, _)| key);
    let may_go: BTreeSet<_> = unprotected.then_some(USAGE).into_iter().chain(policies).collect();
    check(dropped.is_subset(&may_go), || format!("{dropped:?} dropped"))
}

fn keeps_groups(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let spec = composite(request)["spec"].clone();
    let engine = spec["engine"].as_str().unwrap_or("postgresql");
    let platform = rules::platform_input(request).platform::<DatabasePolicy>(None).ok();
    let named = platform.is_some_and(|platform| {
        let groups = platform.policy.parameter_groups;
        if engine == "mysql" { groups.mysql.is_some() } else { groups.postgresql.is_some() }
    });
    let instance =
        observed(request).find(|(key, _)| *key == INSTANCE).map(|(_, instance)| json(Some(instance)));
    let running = instance.map(|instance| instance["status"]["atProvider"]["engineVersionActual"].clone());
    let running = running.as_ref().and_then(Value::as_str).unwrap_or_default();
    let is_of = |version: &str, major: &str| version == major || version.starts_with(&format!("{major}."));
    let mut dropped = observed(request).filter(|(key, _)| desired(response, key).is_none());
    dropped.try_for_each(|(key, _)| {
        let Some(major) = PARAMETER_GROUP.member(key) else { return Ok(()) };
        let runs_another = !running.is_empty() && !is_of(running, major);
        check(named || runs_another, || format!("{key} is dropped while {running:?} runs"))
    })
}

fn identity(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    // What is refused is kept as far as it is owned.
    if rules::is_fatal(response) || is_refused(response) {
        return Ok(());
    }
    let region = |object: &Value| object["spec"]["forProvider"]["region"].as_str().map(str::to_owned);
    let seen = observed(request).find(|(key, _)| *key == INSTANCE).map(|(_, resource)| json(Some(resource)));
    // What cannot be read as an Instance says nothing.
    let readable = seen.filter(|object| {
        serde_json::from_value::<goldenpath_provider_api::rds::Instance>(object.clone()).is_ok()
    });
    let Some((before, kept)) =
        readable.and_then(|object| Some((region(&object)?, desired(response, INSTANCE)?)))
    else {
        return Ok(());
    };
    let after = region(&json(Some(kept)));
    check(after.as_ref() == Some(&before), || format!("it was in {before} and is in {after:?}"))
}
