//! One claim of one story.

use std::time::Duration;

use anyhow::{Context, Result};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::request::{READY_LIMIT, SHORT_LIMIT, deletion_is_refused};

/// A claim, and what became of it.
pub(crate) struct Claim<'a> {
    plane: &'a ControlPlane,
    namespace: String,
    name: String,
}

/// The XR of the cluster.
pub(crate) struct Composite {
    pub(crate) name: String,
    pub(crate) uid: String,
}

// === impl Claim ===

impl<'a> Claim<'a> {
    /// Applies a claim: version 16, unprotected (a story cleans up), and whatever else the spec says.
    pub(crate) async fn apply(
        plane: &'a ControlPlane,
        namespace: &str,
        name: &str,
        spec: Value,
    ) -> Result<Self> {
        let mut object = json!({
            "apiVersion": "goldenpath.io/v1alpha1",
            "kind": "DatabaseClaim",
            "metadata": {"name": name, "labels": {"goldenpath.io/team": "payments"}},
            "spec": {"version": "16", "deletion": {"protection": false}},
        });
        for (key, value) in spec.as_object().into_iter().flatten() {
            object["spec"][key] = value.clone();
        }
        plane.apply(&object.to_string(), namespace).await?;
        Ok(Self { plane, namespace: namespace.to_owned(), name: name.to_owned() })
    }

    /// Merges a patch into it.
    pub(crate) async fn change(&self, patch: Value) -> Result<()> {
        let (client, kind) = (self.plane.client(), kinds::database_claim());
        objects::merge(client, &kind, &self.namespace, &self.name, &patch).await?;
        Ok(())
    }

    /// Waits until it is Ready, and returns it.
    pub(crate) async fn ready(&self) -> Result<DynamicObject> {
        let kind = kinds::database_claim();
        self.plane.until_true(kind, &self.namespace, &self.name, "Ready", READY_LIMIT).await
    }

    /// Waits until something holds of it.
    pub(crate) async fn until(
        &self,
        what: &str,
        limit: Duration,
        holds: impl FnMut(&DynamicObject) -> bool,
    ) -> Result<DynamicObject> {
        let kind = kinds::database_claim();
        self.plane.until(kind, &self.namespace, &self.name, what, limit, holds).await
    }

    /// The golden path's XR, if it is there.
    pub(crate) async fn database(&self) -> Result<Option<DynamicObject>> {
        objects::get(self.plane.client(), &kinds::database(), &self.namespace, &self.name).await
    }

    /// The XR of the cluster.
    pub(crate) async fn composite(&self) -> Result<Composite> {
        let kind = kinds::database_claim();
        let claim = objects::get(self.plane.client(), &kind, &self.namespace, &self.name).await?;
        let claim = claim.context("no claim")?;
        let name = claim.data["spec"]["resourceRef"]["name"].as_str().context("no XR yet")?.to_owned();
        let xr = objects::get(self.plane.client(), &kinds::claimed_database(), "", &name).await?;
        let uid = xr.and_then(|xr| xr.metadata.uid).context("no XR")?;
        Ok(Composite { name, uid })
    }

    /// Waits until Crossplane refuses its deletion for a reason.
    pub(crate) async fn blocked(&self, reason: &str) -> Result<()> {
        let is = |claim: &DynamicObject| {
            let blocked = objects::condition_of(claim, "DeletionBlocked");
            let labels = claim.metadata.labels.as_ref();
            blocked.is_some_and(|c| c["status"] == "True" && c["reason"] == reason)
                && labels.is_some_and(|labels| labels.contains_key("crossplane.io/in-use"))
        };
        self.until(&format!("is blocked: {reason}"), READY_LIMIT, is).await?;
        Ok(())
    }

    /// Waits until Crossplane lets it and what it became be deleted.
    pub(crate) async fn unblocked(&self) -> Result<()> {
        let is = |claim: &DynamicObject| {
            objects::condition_of(claim, "DeletionBlocked").is_some_and(|c| c["reason"] == "NotProtected")
        };
        self.until("is not blocked", READY_LIMIT, is).await?;
        for usage in [".databaseclaim", "-protection"].map(|of| format!("{}{of}", self.name)) {
            self.plane.until_gone(kinds::usage(), &self.namespace, &usage, SHORT_LIMIT).await?;
        }
        Ok(())
    }

    /// Its deletion is refused with the words that a user reads.
    pub(crate) async fn refused(&self, words: &str) -> Result<()> {
        deletion_is_refused(self.plane, kinds::database_claim(), &self.namespace, &self.name, words).await
    }

    /// Deletes it.
    pub(crate) async fn delete(&self) -> Result<()> {
        self.plane.delete(&kinds::database_claim(), &self.namespace, &self.name).await
    }

    /// Deletes it, and waits until everything that it became is gone.
    pub(crate) async fn remove(&self) -> Result<()> {
        self.delete().await?;
        for kind in [kinds::database_claim(), kinds::database(), kinds::instance(), kinds::managed_secret()] {
            self.plane.until_gone(kind, &self.namespace, &self.name, READY_LIMIT).await?;
        }
        Ok(())
    }
}
