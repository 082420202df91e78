//! What holds of every response to an app, besides the rules of every golden path.

use function_sdk_rust::proto::v1::{RunFunctionRequest, RunFunctionResponse};
use function_sdk_rust::resource::struct_to_json;
use goldenpath_function::observed::owned::{is_owned_by_us_alone, last_desired};
use goldenpath_function::paths::app::{DATABASE, DEPLOYMENT, HPA, RELEASE, SCALED_OBJECT, SERVICE};
use goldenpath_function::paths::gateway::INGRESS;
use goldenpath_function::wire;
use k8s_openapi::api::core::v1::PodTemplateSpec;
use pbjson_types::Struct;
use serde_json::{Value, json};

use crate::rules::{Rule, check, composite, desired, is_fatal, is_refused, json as object, observed};

/// Every rule, with its name.
pub(crate) const RULES: &[(&str, Rule)] = &[
    (
        "its Service goes with the word that it is a Worker, and an autoscaler when it does not scale so any longer",
        keeps,
    ),
    ("its database goes once it is unprotected, asked for no longer and named by no pod", keeps_its_database),
    ("a number of pods that only Crossplane owns is never left out", keeps_its_number),
    ("its pods are held to the restricted profile", hardened),
    ("the pod of a release that is there is never changed", keeps_its_releases),
    ("its pods do not follow before their release is complete", follows_its_release),
    ("nothing is open for want of what guards it", crate::gateway::closed),
    ("a Deployment and its Service select the pods of this app and no others", selects),
];

fn keeps(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let goes =
        |gone: &str| observed(request).any(|(key, _)| key == gone) && desired(response, gone).is_none();
    let spec = &composite(request)["spec"];
    check(!goes(SERVICE) || spec["kind"] == "Worker", || "its Service is dropped".to_owned())?;
    let scales = spec["scaling"]["enabled"] == true;
    let by_events = spec["scaling"]["triggers"].as_array().is_some_and(|triggers| !triggers.is_empty());
    check(!goes(HPA) || !scales || by_events, || "its autoscaler is dropped".to_owned())?;
    check(!goes(SCALED_OBJECT) || !scales || !by_events, || "its ScaledObject is dropped".to_owned())
}

fn keeps_its_database(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let Some(seen) = observed(request).find(|(key, _)| *key == DATABASE).map(|(_, seen)| object(Some(seen)))
    else {
        return Ok(());
    };
    if is_fatal(response) || desired(response, DATABASE).is_some() {
        return Ok(());
    }
    check(composite(request)["spec"]["database"]["enabled"] != true, || "it is asked for".to_owned())?;
    let conditions = seen["status"]["conditions"].as_array().into_iter().flatten();
    let is_free = conditions
        .into_iter()
        .any(|c| c["type"] == "DeletionBlocked" && c["status"] == "False" && c["reason"] == "NotProtected");
    check(is_free, || "it has not said that nothing keeps it".to_owned())?;
    let pods = observed(request).find(|(key, _)| *key == DEPLOYMENT).map(|(_, pods)| object(Some(pods)));
    let secret = format!("{}-db", composite(request)["metadata"]["name"].as_str().unwrap_or_default());
    let containers =
        pods.map(|pods| pods["spec"]["template"]["spec"]["containers"].clone()).unwrap_or_default();
    let mut named =
        containers.as_array().into_iter().flatten().filter_map(|one| one["envFrom"].as_array()).flatten();
    check(!named.any(|source| source["secretRef"]["name"] == *secret), || "pods name its Secret".to_owned())
}

fn keeps_its_number(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let seen = observed(request).find(|(key, _)| *key == DEPLOYMENT).map(|(_, resource)| resource);
    let Some(seen) = seen.and_then(|resource| resource.resource.as_ref()) else { return Ok(()) };
    let Some(deployment) = composed(request, response, DEPLOYMENT) else { return Ok(()) };
    let has_one = struct_to_json(seen)["spec"]["replicas"].as_i64().is_some_and(|n| i32::try_from(n).is_ok());
    let may_leave_out = !has_one || !is_owned_by_us_alone(seen, &["spec", "replicas"]);
    check(may_leave_out || !deployment["spec"]["replicas"].is_null(), || "it falls back to 1".to_owned())
}

/// What is composed, and not what is kept as it is.
fn composed(request: &RunFunctionRequest, response: &RunFunctionResponse, key: &str) -> Option<Value> {
    if is_fatal(response) || is_refused(response) {
        return None;
    }
    let of_earlier = request.desired.as_ref().is_some_and(|state| state.resources.contains_key(key));
    desired(response, key).filter(|_| !of_earlier).map(|resource| object(Some(resource)))
}

/// Whether its Service stays as it is: one that is asked for no longer waits for the last route to it to be gone.
fn keeps_its_service(request: &RunFunctionRequest) -> bool {
    composite(request)["spec"]["kind"] == "Worker"
        && observed(request).any(|(key, _)| INGRESS.member(key).is_some())
}

/// Whether the pods stay as they are, whatever they are like: those of a new secret or database wait for it.
fn keeps_its_pods(request: &RunFunctionRequest, response: &RunFunctionResponse) -> bool {
    // As types: what a made-up Deployment leaves out is there once it has been read.
    let pods =
        |object: &Struct| wire::read::<PodTemplateSpec>(wire::at(object, &["spec", "template"])?).ok()?.spec;
    let seen = observed(request).find(|(key, _)| *key == DEPLOYMENT);
    let last = seen.and_then(|(_, resource)| resource.resource.as_ref()).map(last_desired);
    let composed = desired(response, DEPLOYMENT).and_then(|resource| resource.resource.as_ref());
    let is_kept = last.zip(composed).is_some_and(|(last, composed)| pods(&last) == pods(composed));
    let spec = &composite(request)["spec"];
    !(spec["secrets"].is_null() && spec["database"].is_null() && spec["release"].is_null()) && is_kept
}

fn hardened(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let Some(deployment) = composed(request, response, DEPLOYMENT) else { return Ok(()) };
    let pod = &deployment["spec"]["template"]["spec"];
    if keeps_its_pods(request, response) {
        return Ok(());
    }
    let container = &pod["containers"][0]["securityContext"];
    let holds = pod["securityContext"]["runAsNonRoot"] == true
        && pod["securityContext"]["runAsUser"] != 0
        && pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
        && container["allowPrivilegeEscalation"] == false
        && container["capabilities"] == json!({"drop": ["ALL"]})
        && container["privileged"].is_null()
        && pod["containers"].as_array().is_some_and(|containers| containers.len() == 1);
    check(holds, || format!("{pod}"))
}

/// As types, as the pods of a Deployment.
fn template(object: &Struct) -> Option<PodTemplateSpec> {
    wire::read(wire::at(object, &["spec", "template"])?).ok()
}

fn releases(request: &RunFunctionRequest) -> impl Iterator<Item = (&String, &Struct)> {
    let seen = observed(request).filter(|(key, _)| RELEASE.member(key).is_some());
    seen.filter_map(|(key, resource)| Some((key, resource.resource.as_ref()?)))
}

/// The API server refuses another one.
fn keeps_its_releases(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    releases(request).try_for_each(|(key, seen)| {
        let Some(pod) = template(&last_desired(seen)) else { return Ok(()) };
        let composed = desired(response, key).and_then(|resource| resource.resource.as_ref());
        check(composed.is_none_or(|composed| template(composed).as_ref() == Some(&pod)), || key.clone())
    })
}

/// Whichever release it is: while none that is there is complete, its own is not.
fn follows_its_release(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let conditions = |seen: &Struct| json!(struct_to_json(seen))["status"]["conditions"].to_string();
    let any_complete = releases(request).any(|(_, seen)| conditions(seen).contains("Complete"));
    if composite(request)["spec"]["release"]["command"].is_null() || any_complete {
        return Ok(());
    }
    let Some(composed) = desired(response, DEPLOYMENT).and_then(|resource| resource.resource.as_ref()) else {
        return Ok(());
    };
    let seen = observed(request).find(|(key, _)| *key == DEPLOYMENT);
    let seen = seen.and_then(|(_, resource)| resource.resource.as_ref()).map(last_desired);
    // One that cannot be read is not there to be kept.
    let pods = seen.as_ref().and_then(template);
    let is_kept = seen.is_some() && (pods.is_none() || pods == template(composed));
    check(is_kept, || "they follow".to_owned())
}

fn selects(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let name = composite(request)["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let expected = json!({"app": name, "app.kubernetes.io/instance": name});
    if let Some(deployment) = composed(request, response, DEPLOYMENT) {
        let spec = &deployment["spec"];
        check(spec["selector"]["matchLabels"] == expected, || format!("{}", spec["selector"]))?;
        let labels = &spec["template"]["metadata"]["labels"];
        let has = |label: &str| labels[label] == expected[label];
        let selected = has("app") && has("app.kubernetes.io/instance");
        check(selected || keeps_its_pods(request, response), || format!("{labels}"))?;
    }
    let Some(service) = composed(request, response, SERVICE).filter(|_| !keeps_its_service(request)) else {
        return Ok(());
    };
    check(service["spec"]["selector"] == expected, || format!("{}", service["spec"]["selector"]))
}
