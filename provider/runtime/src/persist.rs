//! The writes of a managed resource.
//!
//! Metadata and spec are merge-patched with the resource version that the decision was based on, so a write over
//! somebody else's is refused. The record of a Create that has ended is the exception: it must not be lost, so it
//! carries no version and is tried until it is stored.

use std::time::Duration;

use futures::TryFutureExt;
use goldenpath_provider_core::creation::{Creation, EXTERNAL_NAME, PENDING, RECORDED, SUCCEEDED, stamp};
use goldenpath_provider_core::managed::FINALIZER;
use goldenpath_provider_core::{Connect, Fault, Managed};
use k8s_openapi::jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use kube::{Api, ResourceExt};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use crate::diff::merge_patch;
use crate::error::{NOT_FOUND, api_fault};
use crate::metadata::remove_finalizer;
use crate::reconciliation::Reconciliation;

/// How long the record of a Create is tried to be stored; a shutdown waits as long.
pub(crate) const RECORD_TIMEOUT: Duration = Duration::from_secs(25);

// === impl Reconciliation ===

impl<M: Managed, C: Connect<M>> Reconciliation<'_, M, C> {
    /// Makes the finalizer and the external name of a resource that was seen durable; writes nothing if they are.
    pub(crate) async fn add_finalizer(&mut self) -> Result<(), Fault> {
        self.write(self.recovered_creation(), None).await
    }

    /// As [`add_finalizer`](Reconciliation::add_finalizer), with the fields of the spec that Observe has filled in (R108).
    pub(crate) async fn add_finalizer_and_spec(&mut self) -> Result<(), Fault> {
        let spec = merge_patch(&part(&self.stored, "spec"), &part(&self.managed, "spec"));
        self.write(self.recovered_creation(), spec).await
    }

    /// As [`add_finalizer`](Reconciliation::add_finalizer), with the record that Create is about to be called: one write (R43, R96).
    pub(crate) async fn add_finalizer_and_begin_creation(&mut self) -> Result<(), Fault> {
        let pending = Value::from(stamp((self.context.runtime.options.clock)()));
        self.write(Map::from_iter([(PENDING.to_owned(), pending)]), None).await
    }

    /// A Create of unknown result has succeeded when its resource is seen (R41).
    fn recovered_creation(&self) -> Map<String, Value> {
        let is_incomplete = Creation::from_annotations(self.stored.annotations()).is_incomplete();
        let succeeded = || (SUCCEEDED.to_owned(), stamp((self.context.runtime.options.clock)()).into());
        is_incomplete.then(succeeded).into_iter().collect()
    }

    async fn write(&mut self, mut annotations: Map<String, Value>, spec: Option<Value>) -> Result<(), Fault> {
        annotations.extend(self.changed_annotations());
        let mut metadata = Map::new();
        if !annotations.is_empty() {
            metadata.insert("annotations".into(), annotations.into());
        }
        if !self.stored.finalizers().iter().any(|f| f == FINALIZER) {
            let all =
                self.stored.finalizers().iter().map(String::as_str).chain([FINALIZER]).collect::<Vec<_>>();
            metadata.insert("finalizers".into(), json!(all));
        }
        if metadata.is_empty() && spec.is_none() {
            return Ok(());
        }
        metadata.insert("resourceVersion".into(), json!(self.stored.resource_version()));
        let mut patch = Map::from_iter([("metadata".to_owned(), Value::Object(metadata))]);
        patch.extend(spec.map(|spec| ("spec".to_owned(), spec)));
        let written = self.patch(Value::Object(patch)).await.map_err(|e| api_fault(&e))?;
        self.remember(written);
        Ok(())
    }

    /// Annotations that a step has set or taken away, and the default of the external name (R28).
    fn changed_annotations(&self) -> Map<String, Value> {
        let (stored, wanted) = (self.stored.annotations(), self.managed.annotations());
        let name = (EXTERNAL_NAME.to_owned(), self.managed.external_name());
        let taken_away = stored.keys().filter(|key| !wanted.contains_key(*key));
        let taken_away = taken_away.map(|key| (key.clone(), Value::Null));
        let set = wanted.clone().into_iter().chain([name]);
        let set = set.filter(|(key, value)| stored.get(key) != Some(value));
        taken_away.chain(set.map(|(key, value)| (key, value.into()))).collect()
    }

    /// Removes the finalizer; an object that is gone already needs none.
    pub(crate) async fn remove_finalizer(&mut self) -> Result<(), Fault> {
        remove_finalizer(&self.api, &self.stored, FINALIZER).await.map_err(|e| api_fault(&e))
    }

    /// Keeps the status for the next reconcile, which follows soon and has more to write: one write less (R129).
    pub(crate) fn hold_status(&mut self) {
        self.local.held_status = Some(part(&self.managed, "status"));
    }

    /// Writes the status if it differs from the stored one (R128).
    pub(crate) async fn write_status(&mut self) -> Result<(), Fault> {
        let status = part(&self.managed, "status");
        self.local.held_status = None;
        if status == part(&self.stored, "status") {
            return Ok(());
        }
        let name = self.managed.name_any();
        let applied = json!({
            "apiVersion": M::api_version(&()),
            "kind": M::kind(&()),
            "metadata": {"name": name, "namespace": self.managed.namespace()},
            "status": status,
        });
        let params = PatchParams::apply(&self.context.runtime.options.field_manager).force();
        match self.api.patch_status(&name, &params, &Patch::Apply(applied)).await {
            Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
            Err(error) => Err(api_fault(&error)),
            Ok(written) => {
                self.remember(written);
                Ok(())
            }
        }
    }

    async fn patch(&self, patch: Value) -> Result<M, kube::Error> {
        self.api.patch(&self.stored.name_any(), &PatchParams::default(), &Patch::Merge(patch)).await
    }

    /// Takes over what the API server has answered, and keeps the changes that are not written yet (R78).
    pub(crate) fn remember(&mut self, written: M) {
        *self.managed.meta_mut() = written.meta().clone();
        self.local.latest = Some(written.clone());
        self.stored = written;
    }
}

/// Stores how a Create has ended, the external name that it has chosen and what it has made, however long it takes (R46,
/// R47).
pub(crate) async fn record_creation<M: Managed>(
    api: &Api<M>,
    created: &M,
    outcome: &'static str,
    at: Timestamp,
) -> Result<M, Fault> {
    let mut annotations = json!({outcome: stamp(at), EXTERNAL_NAME: created.external_name()});
    for made in RECORDED {
        if let Some(identity) = created.annotations().get(made) {
            annotations[made] = json!(identity);
        }
    }
    let patch = Patch::Merge(json!({"metadata": {"annotations": annotations}}));
    let (name, params) = (created.name_any(), PatchParams::default());
    let write = || api.patch(&name, &params, &patch).map_err(|e| api_fault(&e));
    let recorded = retry_for(RECORD_TIMEOUT, |fault| fault.reason != NOT_FOUND, write).await;
    recorded.map_err(|fault| {
        let message = format!("cannot update critical annotations: {}", fault.message);
        Fault { message, ..fault }
    })
}

/// Tries a write again for so long, while its fault is one that passes.
pub(crate) async fn retry_for<T, F: Future<Output = Result<T, Fault>>>(
    patience: Duration,
    passes: fn(&Fault) -> bool,
    mut attempt: impl FnMut() -> F,
) -> Result<T, Fault> {
    let give_up = Instant::now() + patience;
    let mut pause = Duration::from_millis(10);
    loop {
        let fault = match attempt().await {
            Err(fault) if passes(&fault) => fault,
            answer => return answer,
        };
        if Instant::now() + pause > give_up {
            return Err(fault);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}

fn part<M: Serialize>(object: &M, key: &str) -> Value {
    serde_json::to_value(object).ok().and_then(|mut v| v.get_mut(key).map(Value::take)).unwrap_or_default()
}
