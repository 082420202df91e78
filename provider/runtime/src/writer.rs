//! The writes of a managed resource.
//!
//! Metadata and spec are merge-patched with the resource version that the decision was based on, so a write over
//! somebody else's is refused. The record of a Create that has ended is the exception: it must not be lost, so it
//! carries no version and is tried until it is stored.

use std::time::Duration;

use futures::TryFutureExt;
use goldenpath_provider_core::creation::{Creation, EXTERNAL_NAME, PENDING, RECORDED, SUCCEEDED, stamp};
use goldenpath_provider_core::managed::FINALIZER;
use goldenpath_provider_core::{Fault, Managed};
use k8s_openapi::jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use kube::{Api, Client, ResourceExt};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::diff::merge_patch;
use crate::error::{NOT_FOUND, api_fault};
use crate::metadata::remove_finalizer;
use crate::options::Options;
use crate::retry::retry_for;

/// How long the record of a Create is tried to be stored; a shutdown waits as long.
pub(crate) const RECORD_TIMEOUT: Duration = Duration::from_secs(25);

/// One object in the API server: as it is there, and the writes of it.
pub(crate) struct Writer<'a, M> {
    api: Api<M>,
    options: &'a Options,
    /// The object as it was found.
    found: M,
    /// The object as the last write has left it, if there was one.
    written: Option<M>,
}

// === impl Writer ===

impl<'a, M: Managed> Writer<'a, M> {
    pub(crate) fn new(client: Client, options: &'a Options, found: M) -> Self {
        let api = Api::namespaced(client, &found.namespace().unwrap_or_default());
        Self { api, options, found, written: None }
    }

    /// The object as the API server has it.
    pub(crate) fn stored(&self) -> &M {
        self.written.as_ref().unwrap_or(&self.found)
    }

    /// The object as the last write has left it, if there was one.
    pub(crate) fn into_written(self) -> Option<M> {
        self.written
    }

    /// Forgets what the last write has left.
    pub(crate) fn forget_written(&mut self) {
        self.written = None;
    }

    /// For a task that outlives the reconcile.
    pub(crate) fn api(&self) -> Api<M> {
        self.api.clone()
    }

    /// Makes the finalizer and the external name of a resource that was seen durable; writes nothing if they are.
    pub(crate) async fn add_finalizer(&mut self, managed: &mut M) -> Result<(), Fault> {
        self.write(managed, self.recovered_creation(), None).await
    }

    /// As [`add_finalizer`](Writer::add_finalizer), with the fields of the spec that Observe has filled in (R108).
    pub(crate) async fn add_finalizer_and_spec(&mut self, managed: &mut M) -> Result<(), Fault> {
        let spec = merge_patch(&part(self.stored(), "spec"), &part(managed, "spec"));
        self.write(managed, self.recovered_creation(), spec).await
    }

    /// As [`add_finalizer`](Writer::add_finalizer), with the record that Create is about to be called: one write (R43, R96).
    pub(crate) async fn add_finalizer_and_begin_creation(&mut self, managed: &mut M) -> Result<(), Fault> {
        let pending = Value::from(stamp((self.options.clock)()));
        self.write(managed, Map::from_iter([(PENDING.to_owned(), pending)]), None).await
    }

    /// A Create of unknown result has succeeded when its resource is seen (R41).
    fn recovered_creation(&self) -> Map<String, Value> {
        let is_incomplete = Creation::from_annotations(self.stored().annotations()).is_incomplete();
        let succeeded = || (SUCCEEDED.to_owned(), stamp((self.options.clock)()).into());
        is_incomplete.then(succeeded).into_iter().collect()
    }

    async fn write(
        &mut self,
        managed: &mut M,
        mut annotations: Map<String, Value>,
        spec: Option<Value>,
    ) -> Result<(), Fault> {
        annotations.extend(self.changed_annotations(managed));
        let stored = self.stored();
        let mut metadata = Map::new();
        if !annotations.is_empty() {
            metadata.insert("annotations".into(), annotations.into());
        }
        if !stored.finalizers().iter().any(|f| f == FINALIZER) {
            let all = stored.finalizers().iter().map(String::as_str).chain([FINALIZER]).collect::<Vec<_>>();
            metadata.insert("finalizers".into(), json!(all));
        }
        if metadata.is_empty() && spec.is_none() {
            return Ok(());
        }
        metadata.insert("resourceVersion".into(), json!(stored.resource_version()));
        let mut patch = Map::from_iter([("metadata".to_owned(), Value::Object(metadata))]);
        patch.extend(spec.map(|spec| ("spec".to_owned(), spec)));
        let (name, patch) = (stored.name_any(), Patch::Merge(Value::Object(patch)));
        let written = self.api.patch(&name, &PatchParams::default(), &patch).await;
        self.remember(managed, written.map_err(|e| api_fault(&e))?);
        Ok(())
    }

    /// Annotations that a step has set or taken away, and the default of the external name (R28).
    fn changed_annotations(&self, managed: &M) -> Map<String, Value> {
        let (stored, wanted) = (self.stored().annotations(), managed.annotations());
        let name = (EXTERNAL_NAME.to_owned(), managed.external_name());
        let taken_away = stored.keys().filter(|key| !wanted.contains_key(*key));
        let taken_away = taken_away.map(|key| (key.clone(), Value::Null));
        let set = wanted.clone().into_iter().chain([name]);
        let set = set.filter(|(key, value)| stored.get(key) != Some(value));
        taken_away.chain(set.map(|(key, value)| (key, value.into()))).collect()
    }

    /// Removes the finalizer; an object that is gone already needs none.
    pub(crate) async fn remove_finalizer(&self) -> Result<(), Fault> {
        remove_finalizer(&self.api, self.stored(), FINALIZER).await.map_err(|e| api_fault(&e))
    }

    /// Writes the status if it differs from the stored one (R128).
    pub(crate) async fn write_status(&mut self, managed: &mut M) -> Result<(), Fault> {
        let status = status(managed);
        if status == self::status(self.stored()) {
            return Ok(());
        }
        let name = managed.name_any();
        let applied = json!({
            "apiVersion": M::api_version(&()),
            "kind": M::kind(&()),
            "metadata": {"name": name, "namespace": managed.namespace()},
            "status": status,
        });
        let params = PatchParams::apply(&self.options.field_manager).force();
        match self.api.patch_status(&name, &params, &Patch::Apply(applied)).await {
            Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
            Err(error) => Err(api_fault(&error)),
            Ok(written) => {
                self.remember(managed, written);
                Ok(())
            }
        }
    }

    /// Takes over what the API server has answered; the changes of the object that are not written yet stay (R78).
    pub(crate) fn remember(&mut self, managed: &mut M, written: M) {
        *managed.meta_mut() = written.meta().clone();
        self.written = Some(written);
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

/// The status of an object, as it is written.
pub(crate) fn status<M: Serialize>(object: &M) -> Value {
    part(object, "status")
}

fn part<M: Serialize>(object: &M, key: &str) -> Value {
    serde_json::to_value(object).ok().and_then(|mut v| v.get_mut(key).map(Value::take)).unwrap_or_default()
}
