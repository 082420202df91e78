//! The XRD's rules, judged by the real API server.

mod app;
mod cases;
mod ingress_request;
mod route;
mod secret_sync;

use anyhow::{Result, bail, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use cases::{Case, cases};

/// What the XRD of a kind is judged by.
struct Subject {
    kind: fn() -> ApiResource,
    /// A spec that is accepted, on which the cases lay what they are about.
    spec: Value,
}

/// Every rule of the XRD accepts what it should and refuses what it should, in its own words and with nobody else's.
pub(crate) async fn the_xrd_accepts_and_rejects(plane: &ControlPlane) -> Result<()> {
    let cases = cases();
    ensure!(cases.len() >= 120, "only {} cases", cases.len());
    let subject = Subject { kind: kinds::database, spec: json!({"version": "16"}) };
    all_are_judged(plane, &subject, &cases).await
}

/// The same of apps.
pub(crate) async fn the_xrd_of_apps_accepts_and_rejects(plane: &ControlPlane) -> Result<()> {
    let cases = app::cases();
    ensure!(cases.len() >= 180, "only {} cases", cases.len());
    let subject = Subject { kind: kinds::app, spec: json!({"image": "registry.example/shop:v1"}) };
    all_are_judged(plane, &subject, &cases).await
}

/// The same of routes.
pub(crate) async fn the_xrd_of_routes_accepts_and_rejects(plane: &ControlPlane) -> Result<()> {
    let cases = ingress_request::cases();
    ensure!(cases.len() >= 60, "only {} cases", cases.len());
    let spec = json!({"host": "shop.example.org", "service": {"name": "shop"}});
    let subject = Subject { kind: kinds::ingress_request, spec };
    all_are_judged(plane, &subject, &cases).await
}

/// The same of Secrets that follow the secret store.
pub(crate) async fn the_xrd_of_secret_syncs_accepts_and_rejects(plane: &ControlPlane) -> Result<()> {
    let cases = secret_sync::cases();
    ensure!(cases.len() >= 40, "only {} cases", cases.len());
    let spec = json!({"source": {"secrets": [{"path": "a/b"}]}, "target": {"secretName": "env"}});
    all_are_judged(plane, &Subject { kind: kinds::secret_sync, spec }, &cases).await
}

async fn all_are_judged(plane: &ControlPlane, subject: &Subject, cases: &[Case]) -> Result<()> {
    let namespace = plane.namespace("admission").await?;
    let mut wrong = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let answer = judge(plane, &namespace, subject, number, case).await?;
        match (&answer[..], case.refused_with) {
            ([], None) => {}
            ([cause], Some(part)) if cause.contains(part) => {}
            ([], Some(part)) => {
                wrong.push(format!("{}: accepted, expected a refusal with {part:?}", case.name));
            }
            (told, None) => wrong.push(format!("{}: refused: {told:?}", case.name)),
            (told, Some(part)) => {
                wrong.push(format!("{}: not {part:?} alone, but {told:?}", case.name));
            }
        }
    }
    ensure!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    Ok(())
}

/// The causes of the refusal, or none.
async fn judge(
    plane: &ControlPlane,
    namespace: &str,
    subject: &Subject,
    number: usize,
    case: &Case,
) -> Result<Vec<String>> {
    let kind = (subject.kind)();
    let api = objects::scoped(plane.client(), &kind, namespace);
    // Paused, so that Crossplane leaves the objects of update cases alone.
    let mut object = json!({
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": {"name": format!("case-{number}"), "annotations": {"crossplane.io/paused": "true"}},
        "spec": subject.spec,
    });
    merge(&mut object, &case.before);
    let object: DynamicObject = serde_json::from_value(object)?;
    let dry_run = case.update.is_none();
    let created = api.create(&PostParams { dry_run, field_manager: None }, &object).await;
    let (Some(update), Ok(created)) = (&case.update, &created) else { return refusal(created) };

    let name = created.metadata.name.clone().unwrap_or_default();
    let dry_run = PatchParams { dry_run: true, ..PatchParams::default() };
    let updated = api.patch(&name, &dry_run, &Patch::Merge(update)).await;
    api.delete(&name, &DeleteParams::default()).await?;
    refusal(updated)
}

fn refusal(answer: Result<DynamicObject, kube::Error>) -> Result<Vec<String>> {
    match answer {
        Ok(_) => Ok(Vec::new()),
        Err(kube::Error::Api(status)) if status.code == 422 || status.code == 400 => {
            let mut causes: Vec<_> = status.details.into_iter().flat_map(|details| details.causes).collect();
            // Kubernetes judges `spec.replicas` too, as `.spec.replicas`, where it is that of the subresource `scale`.
            causes.dedup_by(|second, first| second.field.strip_prefix('.') == Some(&first.field));
            let told: Vec<_> = causes
                .into_iter()
                // What is of the wrong type keeps the rules from being asked, which is said as one more cause.
                .filter(|cause| !cause.message.contains("some validation rules were not checked"))
                .map(|cause| format!("{}: {}", cause.field, cause.message))
                .collect();
            Ok(if told.is_empty() { vec![status.message] } else { told })
        }
        Err(error) => bail!(error),
    }
}

/// JSON merge patch (RFC 7396).
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (key, value) in patch {
        if value.is_null() {
            target.as_object_mut().map(|t| t.remove(key));
        } else {
            merge(&mut target[key], value);
        }
    }
}
