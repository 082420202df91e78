//! A database that nobody turns anything at.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::core::{ApiResource, DynamicObject};
use kube::discovery::{Discovery, Scope, verbs};
use serde_json::json;

use super::picture::{changes_asked_for, looked};
use super::{now, removed};
use crate::request::{Database, READY_LIMIT};

/// How long nothing is to be written, in seconds.
const REST: f64 = 60.0;
/// How often AWS is looked at meanwhile, at least: what is not written is not written although it is looked.
const LOOKS: usize = 10;

/// A minute in which everybody looks and nobody writes: every object of the namespace keeps its version, and AWS is
/// asked for no change. The database is protected and shared, so that it is looked at by all who can.
pub(crate) async fn a_database_at_rest_is_not_written(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("rest").await?;
    let spec = json!({"deletion": {"protection": true}, "allowedNamespaces": ["shipping"]});
    let database = Database::apply(plane, &namespace, "orders-db", spec).await?;
    database.ready().await?;
    let blocked = |xr: &DynamicObject| objects::condition(xr, "DeletionBlocked") == Some("True");
    plane.until(kinds::database(), &namespace, "orders-db", "is blocked", READY_LIMIT, blocked).await?;

    let kinds = listable(plane).await?;
    // The last writes of a bring-up may come a moment after the one that says Ready.
    let before = wait::until("two looks at AWS change nothing", READY_LIMIT, async || {
        let before = versions(plane, &kinds, &namespace).await?;
        looked(plane, &database, now()?, 2).await?;
        let after = versions(plane, &kinds, &namespace).await?;
        let moved: Vec<_> = after.iter().filter(|(name, seen)| before.get(*name) != Some(seen)).collect();
        ensure!(moved.is_empty(), "{moved:?}");
        Ok((after == before).then_some(before))
    })
    .await?;
    let begun = now()?;
    wait::until("a minute has passed", Duration::from_mins(2), async || {
        Ok((now()? >= begun + REST).then_some(()))
    })
    .await?;
    let after = versions(plane, &kinds, &namespace).await?;
    ensure!(after == before, "{before:#?} became {after:#?}");
    let asked = changes_asked_for(plane, &database, begun).await?;
    ensure!(asked.is_empty(), "{asked:?}");
    looked(plane, &database, begun, LOOKS).await?;
    removed(plane, &database).await
}

/// Every kind of which a namespace can have objects.
async fn listable(plane: &ControlPlane) -> Result<Vec<ApiResource>> {
    let discovery = Discovery::new(plane.client().clone()).run().await?;
    let all = discovery.groups().flat_map(kube::discovery::ApiGroup::recommended_resources);
    let of_namespaces = all.filter(|(_, capabilities)| {
        capabilities.scope == Scope::Namespaced && capabilities.supports_operation(verbs::LIST)
    });
    Ok(of_namespaces.map(|(kind, _)| kind).collect())
}

/// The versions of all objects of a namespace.
async fn versions(
    plane: &ControlPlane,
    kinds: &[ApiResource],
    namespace: &str,
) -> Result<BTreeMap<String, Option<String>>> {
    let mut versions = BTreeMap::new();
    for kind in kinds {
        for object in objects::list(plane.client(), kind, namespace).await? {
            let name = object.metadata.name.unwrap_or_default();
            versions
                .insert(format!("{}.{}/{name}", kind.plural, kind.group), object.metadata.resource_version);
        }
    }
    ensure!(versions.len() >= 8, "something is missing: {versions:?}");
    Ok(versions)
}
