//! Passes that find nothing to do.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use serde_json::json;

use super::{LIMIT, NAME};
use crate::xr::composed_kinds;

/// Waits until the XR and its objects keep their versions through two passes. The last writes of what went before may come a
/// moment after everything is there, so it is tried again; what is written in every pass never passes.
pub(super) async fn two_passes_write_nothing(plane: &ControlPlane, namespace: &str) -> Result<()> {
    wait::until("two passes write nothing", LIMIT, async || {
        let before = versions(plane, namespace).await?;
        pass(plane, namespace).await?;
        pass(plane, namespace).await?;
        let after = versions(plane, namespace).await?;
        let moved: Vec<_> = after.iter().filter(|(name, seen)| before.get(*name) != Some(seen)).collect();
        ensure!(after == before, "{moved:?} were written");
        Ok(Some(()))
    })
    .await
}

/// One pass, which shows in an edit of the account that it puts back.
async fn pass(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let edited = json!({"automountServiceAccountToken": true});
    objects::merge(plane.client(), &kinds::service_account(), namespace, NAME, &edited).await?;
    plane
        .until(kinds::service_account(), namespace, NAME, "is put back", LIMIT, |account| {
            account.data["automountServiceAccountToken"] == false
        })
        .await?;
    Ok(())
}

/// The versions of the XR and of everything that it can be composed of, but for the account.
async fn versions(plane: &ControlPlane, namespace: &str) -> Result<BTreeMap<String, Option<String>>> {
    let mut versions = BTreeMap::new();
    let all = composed_kinds().into_iter().chain([kinds::app()]);
    for kind in all.filter(|kind| kind.kind != "ServiceAccount") {
        for object in objects::list(plane.client(), &kind, namespace).await? {
            let name = object.metadata.name.unwrap_or_default();
            versions.insert(format!("{}/{name}", kind.kind), object.metadata.resource_version);
        }
    }
    ensure!(versions.len() > 1, "there is nothing: {versions:?}");
    Ok(versions)
}
