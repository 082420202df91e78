//! What a usage has to say, and whether it says so already.

use goldenpath_provider_core::{Fault, FaultKind, Managed, ProviderConfigReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::ResourceExt;
use kube::api::DynamicObject;
use serde_json::{Value, json};

use crate::config_group::{CONFIG_KIND_LABEL, CONFIG_LABEL, ConfigGroup, USAGE_FINALIZER};

/// What there is to do about the usage of a managed resource.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tracking {
    /// Nothing: it is recorded.
    Recorded,
    /// It has to be applied.
    Record(Value),
    /// It cannot be recorded.
    Refused(Fault),
}

/// Decides from the usage as the API server has it, if it has it (R184).
pub(super) fn tracking<M: Managed>(
    group: &ConfigGroup,
    managed: &M,
    used: &ProviderConfigReference,
    stored: Option<&DynamicObject>,
) -> Tracking {
    if used.kind.is_empty() {
        let message = "managed resource ProviderConfig reference has no Kind";
        return Tracking::Refused(
            Fault::terminal("ProviderConfigInvalid", message)
                .at(".spec.providerConfigRef.kind")
                .remedy("use ProviderConfig or ClusterProviderConfig"),
        );
    }
    let owner = owner(managed);
    let Some(stored) = stored else {
        return Tracking::Record(usage(group, managed, used, &owner, Finalizer::Held));
    };
    let controller = stored.owner_references().iter().find(|o| o.controller == Some(true));
    if controller.is_some_and(|c| c.uid != owner.uid) {
        let message = format!("existing object is not controlled by UID \"{}\"", owner.uid);
        return Tracking::Refused(
            Fault::new(FaultKind::User, "UsageNotControlled", message)
                .remedy("remove the ProviderConfigUsage of that name"),
        );
    }
    // A usage on its way out takes no finalizer any more, and the API server refuses to add one.
    let held = stored.finalizers().iter().any(|f| f == USAGE_FINALIZER);
    let finalizer = match stored.metadata.deletion_timestamp {
        Some(_) if !held => Finalizer::Gone,
        _ => Finalizer::Held,
    };
    let is_recorded = stored.owner_references().contains(&owner)
        && labels(used).iter().all(|(key, value)| stored.labels().get(*key) == Some(*value))
        && stored.data.get("providerConfigRef") == Some(&json!(used))
        && (held || finalizer == Finalizer::Gone);
    if is_recorded {
        Tracking::Recorded
    } else {
        Tracking::Record(usage(group, managed, used, &owner, finalizer))
    }
}

/// Whether a usage carries our finalizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finalizer {
    Held,
    Gone,
}

/// The managed resource as the controller of its usage. The usage never blocks its deletion (R187): it waits for the
/// managed resource's finalizer, which in a foreground deletion would wait for it.
fn owner<M: Managed>(managed: &M) -> OwnerReference {
    let meta = managed.meta();
    OwnerReference {
        api_version: M::api_version(&()).into_owned(),
        kind: M::kind(&()).into_owned(),
        name: managed.name_any(),
        uid: meta.uid.clone().unwrap_or_default(),
        controller: Some(true),
        block_owner_deletion: Some(false),
    }
}

fn labels(used: &ProviderConfigReference) -> [(&'static str, &String); 2] {
    [(CONFIG_LABEL, &used.name), (CONFIG_KIND_LABEL, &used.kind)]
}

fn usage<M: Managed>(
    group: &ConfigGroup,
    managed: &M,
    used: &ProviderConfigReference,
    owner: &OwnerReference,
    finalizer: Finalizer,
) -> Value {
    let mut usage = json!({
        "apiVersion": group.usages().api_version,
        "kind": group.usages().kind,
        "metadata": {
            "name": owner.uid,
            "namespace": managed.namespace(),
            "labels": labels(used).into_iter().collect::<std::collections::BTreeMap<_, _>>(),
            "ownerReferences": [owner],
        },
        "providerConfigRef": used,
        "resourceRef": {"apiVersion": owner.api_version, "kind": owner.kind, "name": owner.name},
    });
    if finalizer == Finalizer::Held {
        usage["metadata"]["finalizers"] = json!([USAGE_FINALIZER]);
    }
    usage
}

#[cfg(test)]
mod tests;
