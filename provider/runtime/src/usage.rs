//! Usages: the record that a managed resource needs a configuration, so that the configuration outlives it.

mod tracking;

use goldenpath_provider_core::{Connect, Deletion, Fault, Managed};
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::{Api, ResourceExt};
use serde_json::Value;

use crate::config_group::USAGE_FINALIZER;
use crate::error::api_fault;
use crate::metadata::remove_finalizer;
use crate::reconciliation::Reconciliation;
use tracking::{Tracking, tracking};

// === impl Reconciliation ===

impl<M: Managed, C: Connect<M>> Reconciliation<'_, M, C> {
    /// Records that this object uses its configuration (R184). What this process has recorded it does not read
    /// again, unless the object refers to another configuration or gets further on its way out: then the usage may
    /// block the garbage collector (R187), and the garbage collector may have taken its owner from it.
    ///
    /// A namespace that is being deleted takes no new usage, and an object in it has to go all the same (R93).
    pub(crate) async fn track_usage(&mut self, deletion: Deletion) -> Result<(), Fault> {
        let used = self.managed.provider_config_ref();
        let recorded = (used.clone(), deletion);
        let group = &self.context.runtime.options.config_group;
        if !group.exists() || self.local.usage.as_ref() == Some(&recorded) {
            return Ok(());
        }
        let usages = self.usages();
        let stored = usages.get_opt(&self.uid()).await.map_err(|e| untracked(api_fault(&e)))?;
        match tracking(group, &self.managed, &used, stored.as_ref()) {
            Tracking::Recorded => {}
            Tracking::Refused(fault) => return Err(untracked(fault)),
            Tracking::Record(usage) => match self.apply_usage(&usages, &usage).await {
                Err(error) if self.is_leaving() && is_namespace_terminating(&error) => return Ok(()),
                written => written.map_err(|e| untracked(api_fault(&e)))?,
            },
        }
        self.local.usage = Some(recorded);
        Ok(())
    }

    /// Lets the usage go after the object's own finalizer is gone (R185). What fails here the reaper makes good.
    pub(crate) async fn release_usage(&self) {
        if !self.context.runtime.options.config_group.exists() {
            return;
        }
        let usages = self.usages();
        let released = match usages.get_opt(&self.uid()).await {
            Ok(Some(usage)) => remove_finalizer(&usages, &usage, USAGE_FINALIZER).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = released {
            tracing::debug!(%error, "the usage is left to the reaper");
        }
    }

    async fn apply_usage(&self, usages: &Api<DynamicObject>, usage: &Value) -> Result<(), kube::Error> {
        let params = PatchParams::apply(&self.context.runtime.options.field_manager).force();
        usages.patch(&self.uid(), &params, &Patch::Apply(usage)).await.map(|_| ())
    }

    fn is_leaving(&self) -> bool {
        self.managed.meta().deletion_timestamp.is_some()
    }

    fn usages(&self) -> Api<DynamicObject> {
        let runtime = &self.context.runtime;
        let namespace = self.managed.namespace().unwrap_or_default();
        Api::namespaced_with(runtime.client.clone(), &namespace, &runtime.options.config_group.usages())
    }

    fn uid(&self) -> String {
        self.managed.uid().unwrap_or_default()
    }
}

fn untracked(fault: Fault) -> Fault {
    let message = format!("cannot apply ProviderConfigUsage: {}", fault.message);
    Fault { message, ..fault }
}

/// Whether the API server refuses an object because its namespace is on its way out.
fn is_namespace_terminating(error: &kube::Error) -> bool {
    let kube::Error::Api(status) = error else { return false };
    let causes = status.details.iter().flat_map(|d| &d.causes);
    status.is_forbidden() && causes.into_iter().any(|c| c.reason == "NamespaceTerminating")
}
