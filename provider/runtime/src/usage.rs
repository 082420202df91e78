//! Usages: the record that a managed resource needs a configuration, so that the configuration outlives it.

mod tracking;

use goldenpath_provider_core::{Deletion, Fault, Managed, ProviderConfigReference};
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::{Api, ResourceExt};

use crate::config_group::USAGE_FINALIZER;
use crate::error::api_fault;
use crate::metadata::remove_finalizer;
use crate::runtime::Runtime;
use tracking::{Tracking, tracking};

/// Records that an object uses its configuration (R184). What this process has `recorded` it does not read
/// again, unless the object refers to another configuration or gets further on its way out: then the usage may
/// block the garbage collector (R187), and the garbage collector may have taken its owner from it.
///
/// A namespace that is being deleted takes no new usage, and an object in it has to go all the same (R93). A configuration
/// that is being deleted takes no object that was made since: it would never be gone, and never made again.
pub(crate) async fn track<M: Managed>(
    runtime: &Runtime,
    managed: &M,
    deletion: Deletion,
    recorded: &mut Option<(ProviderConfigReference, Deletion)>,
) -> Result<(), Fault> {
    let used = managed.provider_config_ref();
    let current = Some((used.clone(), deletion));
    let group = &runtime.options.config_group;
    if !group.exists() || *recorded == current {
        return Ok(());
    }
    let usages = usages(runtime, managed);
    let stored = usages.get_opt(&uid(managed)).await.map_err(|e| untracked(api_fault(&e)))?;
    if stored.is_none() && deletion == Deletion::None {
        takes(runtime, managed, &used).await?;
    }
    match tracking(group, managed, &used, stored.as_ref()) {
        Tracking::Recorded => {}
        Tracking::Refused(fault) => return Err(untracked(fault)),
        Tracking::Record(usage) => {
            let params = PatchParams::apply(&runtime.options.field_manager).force();
            let leaves = managed.meta().deletion_timestamp.is_some();
            match usages.patch(&uid(managed), &params, &Patch::Apply(usage)).await {
                Err(error) if leaves && is_namespace_terminating(&error) => return Ok(()),
                written => written.map(drop).map_err(|e| untracked(api_fault(&e)))?,
            }
        }
    }
    *recorded = current;
    Ok(())
}

/// Fails while the configuration is on its way out, and was so before the object was made.
async fn takes<M: Managed>(
    runtime: &Runtime,
    managed: &M,
    used: &ProviderConfigReference,
) -> Result<(), Fault> {
    let config = config(runtime, managed, used).get_opt(&used.name).await.map_err(|e| api_fault(&e))?;
    let leaves = config.and_then(|config| config.metadata.deletion_timestamp);
    let made = &managed.meta().creation_timestamp;
    if leaves.is_none_or(|leaves| made.as_ref().is_none_or(|made| made.0 < leaves.0)) {
        return Ok(());
    }
    let ProviderConfigReference { kind, name } = used;
    let message =
        format!("{kind} {name} is being deleted and takes no managed resource that is made after it");
    Err(Fault::waiting("ProviderConfigDeleted", message))
}

/// Lets the usage go after the object's own finalizer is gone (R185). What fails here the reaper makes good.
pub(crate) async fn release<M: Managed>(runtime: &Runtime, managed: &M) {
    if !runtime.options.config_group.exists() {
        return;
    }
    let usages = usages(runtime, managed);
    let released = match usages.get_opt(&uid(managed)).await {
        Ok(Some(usage)) => remove_finalizer(&usages, &usage, USAGE_FINALIZER).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = released {
        tracing::debug!(%error, "the usage is left to the reaper");
    }
}

fn config<M: Managed>(runtime: &Runtime, managed: &M, used: &ProviderConfigReference) -> Api<DynamicObject> {
    let (group, client) = (&runtime.options.config_group, runtime.client.clone());
    if used.kind == group.cluster_configs().kind {
        return Api::all_with(client, &group.cluster_configs());
    }
    Api::namespaced_with(client, &managed.namespace().unwrap_or_default(), &group.configs())
}

fn usages<M: Managed>(runtime: &Runtime, managed: &M) -> Api<DynamicObject> {
    let namespace = managed.namespace().unwrap_or_default();
    Api::namespaced_with(runtime.client.clone(), &namespace, &runtime.options.config_group.usages())
}

fn uid(managed: &impl ResourceExt) -> String {
    managed.uid().unwrap_or_default()
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
