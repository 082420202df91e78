//! Reading and writing objects of any kind, as kubectl does.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use k8s_openapi::api::core::v1::Event;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::discovery::{ApiCapabilities, Scope};
use kube::{Api, Client};
use serde_json::Value;

use crate::wait;

/// The name our writes carry.
const MANAGER: &str = "goldenpath-tests";

/// Applies an object on the server. A namespaced one without a namespace gets the given one.
pub async fn apply(
    client: &Client,
    object: &DynamicObject,
    namespace: Option<&str>,
) -> Result<DynamicObject> {
    let api = api_of(client, object, namespace).await?;
    let name = name(object)?;
    let mut body = serde_json::to_value(object)?;
    // A status in a manifest is written separately; sent along it would be silently ignored.
    body.as_object_mut().map(|fields| fields.remove("status"));
    api.patch(&name, &PatchParams::apply(MANAGER).force(), &Patch::Apply(&body))
        .await
        .with_context(|| format!("cannot apply {}", describe(object)))
}

/// Applies several, in order.
pub async fn apply_all(client: &Client, objects: &[DynamicObject], namespace: Option<&str>) -> Result<()> {
    for object in objects {
        apply(client, object, namespace).await?;
    }
    Ok(())
}

/// Writes the status that a manifest has.
pub(crate) async fn apply_status(client: &Client, object: &DynamicObject) -> Result<()> {
    let api = api_of(client, object, None).await?;
    let patch = serde_json::json!({"status": object.data.get("status")});
    api.patch_status(&name(object)?, &PatchParams::default(), &Patch::Merge(&patch))
        .await
        .with_context(|| format!("cannot write the status of {}", describe(object)))?;
    Ok(())
}

/// Waits until CRDs are served.
pub async fn established(client: &Client, crds: &[DynamicObject]) -> Result<()> {
    let kind = crate::kinds::custom_resource_definition();
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &kind);
    for crd in crds {
        let name = name(crd)?;
        wait::until(&format!("CRD {name} is served"), Duration::from_mins(1), async || {
            let found = api.get_opt(&name).await?;
            Ok(found.filter(|object| condition(object, "Established") == Some("True")))
        })
        .await?;
    }
    Ok(())
}

/// An object, if it is there.
pub async fn get(
    client: &Client,
    kind: &ApiResource,
    namespace: &str,
    name: &str,
) -> Result<Option<DynamicObject>> {
    Ok(scoped(client, kind, namespace).get_opt(name).await?)
}

/// All objects of a kind in a namespace; of all namespaces for an empty one.
pub async fn list(client: &Client, kind: &ApiResource, namespace: &str) -> Result<Vec<DynamicObject>> {
    Ok(scoped(client, kind, namespace).list(&ListParams::default()).await?.items)
}

/// Deletes in the background; fine when it is gone already.
pub async fn delete(client: &Client, kind: &ApiResource, namespace: &str, name: &str) -> Result<()> {
    delete_with(client, kind, namespace, name, &DeleteParams::background()).await
}

/// As [`delete`], with a say in what becomes of what the object owns.
pub async fn delete_with(
    client: &Client,
    kind: &ApiResource,
    namespace: &str,
    name: &str,
    params: &DeleteParams,
) -> Result<()> {
    match scoped(client, kind, namespace).delete(name, params).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot delete {} {namespace}/{name}", kind.kind)),
    }
}

/// Deletes several in the background, the last one first.
pub async fn delete_all(client: &Client, objects: &[DynamicObject]) -> Result<()> {
    for object in objects.iter().rev() {
        let api = api_of(client, object, None).await?;
        match api.delete(&name(object)?, &DeleteParams::background()).await {
            Ok(_) => {}
            Err(kube::Error::Api(status)) if status.code == 404 => {}
            Err(error) => return Err(error).with_context(|| format!("cannot delete {}", describe(object))),
        }
    }
    Ok(())
}

/// Merges a patch into an object.
pub async fn merge(
    client: &Client,
    kind: &ApiResource,
    namespace: &str,
    name: &str,
    patch: &Value,
) -> Result<DynamicObject> {
    scoped(client, kind, namespace)
        .patch(name, &PatchParams::default(), &Patch::Merge(patch))
        .await
        .with_context(|| format!("cannot change {} {namespace}/{name}", kind.kind))
}

/// The events about an object, oldest first: `Warning CannotCreate: the text`.
pub async fn events(client: &Client, namespace: &str, kind: &str, name: &str) -> Result<Vec<String>> {
    // Events about a cluster-scoped object are in `default`.
    let namespace = if namespace.is_empty() { "default" } else { namespace };
    let events: Api<Event> = Api::namespaced(client.clone(), namespace);
    let about = format!("involvedObject.kind={kind},involvedObject.name={name}");
    let mut found = events.list(&ListParams::default().fields(&about)).await?.items;
    found.sort_by_key(|event| event.metadata.creation_timestamp.clone());
    Ok(found
        .into_iter()
        .map(|event| {
            let text = |field: Option<String>| field.unwrap_or_default();
            format!("{} {}: {}", text(event.type_), text(event.reason), text(event.message))
        })
        .collect())
}

/// The status of a condition.
pub fn condition<'a>(object: &'a DynamicObject, kind: &str) -> Option<&'a str> {
    condition_of(object, kind)?.get("status")?.as_str()
}

/// A condition, whole.
pub fn condition_of<'a>(object: &'a DynamicObject, kind: &str) -> Option<&'a Value> {
    let conditions = object.data.get("status")?.get("conditions")?.as_array()?;
    conditions.iter().find(|condition| condition.get("type").and_then(Value::as_str) == Some(kind))
}

/// The API of a kind in a namespace; of the cluster for an empty one.
pub fn scoped(client: &Client, kind: &ApiResource, namespace: &str) -> Api<DynamicObject> {
    if namespace.is_empty() {
        Api::all_with(client.clone(), kind)
    } else {
        Api::namespaced_with(client.clone(), namespace, kind)
    }
}

async fn api_of(
    client: &Client,
    object: &DynamicObject,
    namespace: Option<&str>,
) -> Result<Api<DynamicObject>> {
    let types = object.types.as_ref().ok_or_else(|| anyhow!("an object has no apiVersion or kind"))?;
    let kind = GroupVersionKind::try_from(types)?;
    // A CRD that was just established may take a moment to be discovered.
    let (resource, capabilities): (ApiResource, ApiCapabilities) =
        wait::until(&format!("{} is served", types.kind), Duration::from_secs(30), async || {
            Ok(kube::discovery::pinned_kind(client, &kind).await.ok())
        })
        .await?;
    if capabilities.scope == Scope::Cluster {
        return Ok(Api::all_with(client.clone(), &resource));
    }
    match object.metadata.namespace.as_deref().or(namespace) {
        Some(namespace) => Ok(Api::namespaced_with(client.clone(), namespace, &resource)),
        None => bail!("{} needs a namespace", describe(object)),
    }
}

fn name(object: &DynamicObject) -> Result<String> {
    object.metadata.name.clone().ok_or_else(|| anyhow!("{} has no name", describe(object)))
}

fn describe(object: &DynamicObject) -> String {
    let kind = object.types.as_ref().map_or("object", |types| types.kind.as_str());
    format!("{kind} {}", object.metadata.name.as_deref().unwrap_or("(without a name)"))
}
