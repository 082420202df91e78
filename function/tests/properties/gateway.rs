//! What holds of every response to an XR with a route.

use function_sdk_rust::proto::v1::{RunFunctionRequest, RunFunctionResponse};
use goldenpath_function::paths::gateway::{INGRESS, PLUGIN, PROBE};
use serde_json::Value;

use crate::rules::{check, composite, desired, json, observed};

/// Plugins that only watch, of those that any golden case asks for.
const WATCHING: [&str; 1] = ["http-log"];

/// No plugin that guards goes while an Ingress names it, and no Ingress is made before the gateway has acknowledged what
/// guards it.
pub(crate) fn closed(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let name = composite(request)["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let seen: Vec<_> =
        observed(request).map(|(key, resource)| (key.as_str(), json(Some(resource)))).collect();
    for (key, _) in seen.iter().filter(|(key, _)| desired(response, key).is_none()) {
        let Some(plugin) = PLUGIN.member(key).filter(|plugin| !WATCHING.contains(plugin)) else { continue };
        let object = format!("{name}-{plugin}");
        let by = seen.iter().find(|(key, ingress)| {
            INGRESS.member(key).is_some() && names(ingress).any(|named| named == object)
        });
        check(by.is_none(), || format!("{key} goes while {} names it", by.map_or("", |(key, _)| key)))?;
    }
    let earlier = request.desired.as_ref().map(|state| &state.resources);
    for (key, resource) in response.desired.iter().flat_map(|state| &state.resources) {
        let is_new = !seen.iter().any(|(other, _)| other == key);
        let is_earlier = earlier.is_some_and(|earlier| earlier.contains_key(key));
        let Some(member) = INGRESS.member(key).filter(|_| is_new && !is_earlier) else { continue };
        let ingress = json(Some(resource));
        let prefix = format!("{name}-");
        let guards = names(&ingress).filter_map(|named| named.strip_prefix(&prefix));
        let guards: Vec<_> = guards.filter(|plugin| !WATCHING.contains(plugin)).collect();
        let there = |key: &str| seen.iter().find(|(other, _)| *other == key).map(|(_, object)| object);
        for guard in &guards {
            check(there(&PLUGIN.key(guard)).is_some(), || format!("{key} is made before {guard} is there"))?;
        }
        let probe =
            there(&PROBE.key(member)).map(|probe| probe["status"]["loadBalancer"]["ingress"].is_array());
        check(guards.is_empty() || probe == Some(true), || format!("{key} is made and not acknowledged"))?;
    }
    Ok(())
}

fn names(ingress: &Value) -> impl Iterator<Item = &str> {
    let named = ingress["metadata"]["annotations"]["konghq.com/plugins"].as_str().unwrap_or_default();
    named.split(',').map(str::trim).filter(|name| !name.is_empty())
}
