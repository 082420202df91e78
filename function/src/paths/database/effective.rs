//! `status.effective`: the platform's choices as they are in the composed resources, and the safe defaults that were
//! relaxed.

use kube::ResourceExt;
use pbjson_types::Struct;

use crate::names;
use crate::paths::database::api::{Effective, GoldenPathDatabase};
use crate::paths::database::identity::EXTERNAL_NAME;
use crate::paths::database::{EXTERNAL_SECRET, INSTANCE, PARAMETER_GROUP, SECRET, relaxations};
use crate::platform;
use crate::rendering::Rendering;
use crate::wire;

/// Read from what is desired, so that it is the last good state where a spec is refused. None before there is any.
pub(super) fn effective(xr: &GoldenPathDatabase, rendering: &Rendering) -> Option<Effective> {
    let desired = |key: &str, path: &[&str]| wire::at(rendering.desired(key)?, path);
    let instance = desired(INSTANCE, &["spec", "forProvider"])?;
    let of_instance = |field: &str| wire::text(instance, field).map(str::to_owned);
    let secret = rendering.desired(SECRET)?;
    let path = wire::at(secret, &["metadata", "annotations"]).and_then(|a| wire::text(a, EXTERNAL_NAME));
    let (namespace, name) = (xr.namespace().unwrap_or_default(), xr.name_any());
    let environment = path.and_then(|path| names::environment_of_secret_path(path, &namespace, &name));
    let store = desired(EXTERNAL_SECRET, &["spec", "secretStoreRef"]);
    let config = desired(INSTANCE, &["spec", "providerConfigRef"]);
    let before = xr.status.as_ref().and_then(|status| status.effective.clone());
    Some(Effective {
        tier: platform::applied_tier(xr, &rendering.problems),
        region: of_instance("region"),
        environment: environment.map(str::to_owned),
        instance_class: of_instance("instanceClass"),
        subnet_group: of_instance("dbSubnetGroupName"),
        parameter_group: of_instance("parameterGroupName").or_else(|| parameter_group(instance, rendering)),
        secret_store: store.and_then(reference),
        provider_config: config.and_then(reference),
        relaxed: if rendering.accepted().is_held() {
            relaxations::of(&xr.spec).map(|default| default.field().to_owned()).collect()
        } else {
            before.map(|before| before.relaxed).unwrap_or_default()
        },
    })
}

/// The name in AWS of the group that an instance refers to.
fn parameter_group(instance: &Struct, rendering: &Rendering) -> Option<String> {
    let name = wire::child(instance, "parameterGroupNameRef").and_then(|r| wire::text(r, "name"))?;
    let resources = rendering.listed_resources(usize::MAX);
    let groups = resources.iter().filter(|resource| PARAMETER_GROUP.member(&resource.name).is_some());
    let mut metadata = groups.filter_map(|group| wire::child(rendering.desired(&group.name)?, "metadata"));
    let group = metadata.find(|metadata| wire::text(metadata, "name") == Some(name))?;
    wire::text(wire::child(group, "annotations")?, EXTERNAL_NAME).map(str::to_owned)
}

/// `ClusterSecretStore/goldenpath`.
fn reference(named: &Struct) -> Option<String> {
    Some(format!("{}/{}", wire::text(named, "kind")?, wire::text(named, "name")?))
}
