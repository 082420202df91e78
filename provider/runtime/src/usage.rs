//! Usages: the record that a managed resource needs a configuration, so that the configuration outlives it.

use goldenpath_provider_core::{Connect, Fault, Managed, ProviderConfigReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::{Api, ResourceExt};
use serde_json::{Value, json};

use crate::error::api_fault;
use crate::provider_config::{CONFIG_KIND_LABEL, CONFIG_LABEL, ConfigGroup, USAGE_FINALIZER};
use crate::run::Run;

// === impl Run ===

impl<M: Managed, C: Connect<M>> Run<'_, M, C> {
    /// Records that this object uses its configuration; once a process and configuration (R184).
    ///
    /// While the object is being deleted a usage that cannot be written is no obstacle: its namespace may refuse
    /// new objects already (R93).
    pub(crate) async fn track_usage(&mut self) -> Result<(), Fault> {
        let used = self.managed.provider_config_ref();
        if self.memory.usage.as_ref() == Some(&used) {
            return Ok(());
        }
        let options = &self.context.runtime.options;
        let usage = usage(&options.config_group, &self.managed, &used);
        let params = PatchParams::apply(&options.field_manager).force();
        let written = self.usages().patch(&self.uid(), &params, &Patch::Apply(usage)).await;
        match written {
            Ok(_) => self.memory.usage = Some(used),
            Err(error) if self.managed.meta().deletion_timestamp.is_some() => {
                tracing::debug!(%error, "the usage of an object that is being deleted cannot be recorded");
            }
            Err(error) => {
                let fault = api_fault(&error);
                let message = format!("cannot apply ProviderConfigUsage: {}", fault.message);
                return Err(Fault { message, ..fault });
            }
        }
        Ok(())
    }

    /// Lets the usage go after the object's own finalizer is gone (R185). What fails here the reaper makes good.
    pub(crate) async fn release_usage(&self) {
        let usages = self.usages();
        let released = match usages.get_opt(&self.uid()).await {
            Ok(Some(usage)) => remove_finalizer(&usages, &usage).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = released {
            tracing::debug!(%error, "the usage is left to the reaper");
        }
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

/// Removes our finalizer from a usage.
pub(crate) async fn remove_finalizer(
    usages: &Api<DynamicObject>,
    usage: &DynamicObject,
) -> Result<(), kube::Error> {
    if !usage.finalizers().iter().any(|f| f == USAGE_FINALIZER) {
        return Ok(());
    }
    let rest: Vec<_> = usage.finalizers().iter().filter(|f| *f != USAGE_FINALIZER).collect();
    let patch = json!({"metadata": {"resourceVersion": usage.resource_version(), "finalizers": rest}});
    match usages.patch(&usage.name_any(), &PatchParams::default(), &Patch::Merge(patch)).await {
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
        result => result.map(|_| ()),
    }
}

/// The usage of a configuration by a managed resource. It never blocks the deletion of its owner (R187).
fn usage<M: Managed>(group: &ConfigGroup, managed: &M, used: &ProviderConfigReference) -> Value {
    let owner = managed
        .controller_owner_ref(&())
        .map(|owner| OwnerReference { block_owner_deletion: Some(false), ..owner });
    json!({
        "apiVersion": group.usages().api_version,
        "kind": group.usages().kind,
        "metadata": {
            "name": managed.uid(),
            "namespace": managed.namespace(),
            "labels": {CONFIG_LABEL: used.name, CONFIG_KIND_LABEL: used.kind},
            "finalizers": [USAGE_FINALIZER],
            "ownerReferences": owner.into_iter().collect::<Vec<_>>(),
        },
        "providerConfigRef": used,
        "resourceRef": {
            "apiVersion": M::api_version(&()),
            "kind": M::kind(&()),
            "name": managed.name_any(),
        },
    })
}
