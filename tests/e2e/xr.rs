//! An XR of a story: applied, waited for, with the objects that are composed for it, and taken away.

use anyhow::{Context, Result};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use crate::request::READY_LIMIT;

/// What a team applies.
#[derive(Clone, Debug)]
pub(crate) struct Xr {
    pub(crate) kind: ApiResource,
    pub(crate) name: &'static str,
    pub(crate) spec: Value,
}

/// Every kind of which apps, routes and copies of secrets are composed.
pub(crate) fn composed_kinds() -> Vec<ApiResource> {
    vec![
        kinds::service_account(),
        kinds::deployment(),
        kinds::service(),
        kinds::horizontal_pod_autoscaler(),
        kinds::scaled_object(),
        kinds::pod_disruption_budget(),
        kinds::network_policy(),
        kinds::service_monitor(),
        kinds::pod_monitor(),
        kinds::prometheus_rule(),
        kinds::external_secret(),
        kinds::secret(),
        kinds::database(),
        kinds::kong_plugin(),
        kinds::kong_consumer(),
        kinds::ingress(),
        kinds::usage(),
    ]
}

// === impl Xr ===

impl Xr {
    pub(crate) fn app(name: &'static str, spec: Value) -> Self {
        Self { kind: kinds::app(), name, spec }
    }

    pub(crate) fn database(name: &'static str, spec: Value) -> Self {
        Self { kind: kinds::database(), name, spec }
    }

    pub(crate) fn route(name: &'static str, spec: Value) -> Self {
        Self { kind: kinds::ingress_request(), name, spec }
    }

    pub(crate) fn sync(name: &'static str, spec: Value) -> Self {
        Self { kind: kinds::secret_sync(), name, spec }
    }

    pub(crate) async fn apply(&self, plane: &ControlPlane, namespace: &str) -> Result<()> {
        let Self { kind, name, spec } = self;
        let xr = json!({
            "apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": name}, "spec": spec,
        });
        plane.apply(&xr.to_string(), namespace).await?;
        Ok(())
    }

    /// Waits until it is Ready. KEDA does not run here, so what scales by it is available at most.
    pub(crate) async fn ready(&self, plane: &ControlPlane, namespace: &str) -> Result<DynamicObject> {
        let is_scaled_by_keda = self.spec["scaling"]["triggers"].is_array();
        let condition = if is_scaled_by_keda { "Available" } else { "Ready" };
        plane.until_true(self.kind.clone(), namespace, self.name, condition, READY_LIMIT).await
    }

    /// The objects that it controls.
    pub(crate) async fn children(
        &self,
        plane: &ControlPlane,
        namespace: &str,
    ) -> Result<Vec<(ApiResource, DynamicObject)>> {
        let xr = objects::get(plane.client(), &self.kind, namespace, self.name).await?;
        let uid = xr.and_then(|xr| xr.metadata.uid).context("the XR is gone")?;
        let mut children = Vec::new();
        for kind in composed_kinds() {
            for object in objects::list(plane.client(), &kind, namespace).await? {
                let mut owners = object.metadata.owner_references.iter().flatten();
                if owners.any(|owner| owner.controller == Some(true) && owner.uid == uid) {
                    children.push((kind.clone(), object));
                }
            }
        }
        Ok(children)
    }

    /// Deletes it, and waits until it is gone.
    pub(crate) async fn leaves(&self, plane: &ControlPlane, namespace: &str) -> Result<()> {
        plane.delete(&self.kind, namespace, self.name).await?;
        plane.until_gone(self.kind.clone(), namespace, self.name, READY_LIMIT).await
    }
}
