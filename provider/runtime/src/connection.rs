//! The connection Secret: what a consumer needs to connect, where the managed resource asks for it.

use std::collections::BTreeMap;
use std::time::Duration;

use goldenpath_provider_core::{ConnectionDetails, Fault, FaultKind, Managed};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client, ResourceExt};
use serde_json::json;

use crate::error::api_fault;
use crate::retry::retry_for;

/// Type of every connection Secret.
const TYPE: &str = "connection.crossplane.io/v1alpha1";
/// How long a write is tried again before the reconcile fails: five times (R102).
pub(crate) const PATIENCE: Duration = Duration::from_millis(150);

/// Adds connection details to the Secret that the object names, if it names one; tried again for so long while the
/// API server fails or another writer is faster.
///
/// Keys are added and changed, never removed; what is there already is not written again.
pub(crate) async fn publish<M: Managed>(
    client: &Client,
    managed: &M,
    details: &ConnectionDetails,
    patience: Duration,
) -> Result<(), Fault> {
    let Some(reference) = &managed.managed_spec().write_connection_secret_to_ref else {
        return Ok(());
    };
    let namespace = managed.namespace().unwrap_or_default();
    let secrets = Api::<Secret>::namespaced(client.clone(), &namespace);
    let wanted = secret(managed, &reference.name, details);
    let passes = |fault: &Fault| matches!(fault.kind, FaultKind::Transient | FaultKind::Conflict);
    retry_for(patience, passes, || write(&secrets, &reference.name, &wanted)).await
}

async fn write(secrets: &Api<Secret>, name: &str, wanted: &Secret) -> Result<(), Fault> {
    let written = match secrets.get_opt(name).await.map_err(|e| api_fault(&e))? {
        None => secrets.create(&PostParams::default(), wanted).await,
        Some(existing) => {
            check_control(&existing, wanted.owner_references())?;
            if holds(&existing, wanted) {
                return Ok(());
            }
            let (version, owners) = (existing.resource_version(), wanted.owner_references());
            let metadata = json!({"resourceVersion": version, "ownerReferences": owners});
            let patch = json!({"metadata": metadata, "data": wanted.data});
            secrets.patch(name, &PatchParams::default(), &Patch::Merge(patch)).await
        }
    };
    written.map(|_| ()).map_err(|e| api_fault(&e))
}

fn secret<M: Managed>(managed: &M, name: &str, details: &ConnectionDetails) -> Secret {
    let data: BTreeMap<_, _> =
        details.iter().map(|(k, v)| (k.clone(), ByteString(v.expose().as_bytes().to_vec()))).collect();
    Secret {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            namespace: managed.namespace(),
            owner_references: managed
                .controller_owner_ref(&())
                .map(|owner| vec![OwnerReference { block_owner_deletion: Some(true), ..owner }]),
            ..ObjectMeta::default()
        },
        type_: Some(TYPE.to_owned()),
        data: (!data.is_empty()).then_some(data),
        ..Secret::default()
    }
}

/// A Secret that another object controls, or that was made for something else, is not ours to change (R100).
fn check_control(existing: &Secret, owners: &[OwnerReference]) -> Result<(), Fault> {
    let uid = owners.first().map(|owner| owner.uid.as_str()).unwrap_or_default();
    let refuse = |message| {
        Err(Fault::user("ConnectionSecretNotOwned", message).at(".spec.writeConnectionSecretToRef"))
    };
    let r#type = existing.type_.as_deref().unwrap_or_default();
    match existing.owner_references().iter().find(|o| o.controller == Some(true)) {
        Some(controller) if controller.uid == uid => Ok(()),
        Some(_) => refuse(format!("existing secret is not controlled by UID \"{uid}\"")),
        None if r#type == TYPE => Ok(()),
        None => refuse(format!("refusing to modify uncontrolled secret of type \"{type}\"")),
    }
}

/// Whether a Secret holds all that is wanted of it, whatever else it holds.
fn holds(existing: &Secret, wanted: &Secret) -> bool {
    let owned = existing.owner_references().iter().any(|o| wanted.owner_references().contains(o));
    let data = existing.data.as_ref();
    owned && wanted.data.iter().flatten().all(|(k, v)| data.and_then(|d| d.get(k)) == Some(v))
}
