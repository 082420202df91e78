//! The folders of the container: its own `/tmp`, those that the spec lists, and those of secrets.

use k8s_openapi::api::core::v1::{
    ConfigMapVolumeSource, EmptyDirVolumeSource, PersistentVolumeClaimVolumeSource, SecretVolumeSource,
    Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::names;
use crate::paths::app::api::{AppSpec, EmptyDir, File};
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::secrets;

const TMP: &str = "tmp";
const TMP_PATH: &str = "/tmp";

/// Every volume.
pub(super) fn volumes(spec: &AppSpec, policy: &AppPolicy) -> Vec<Volume> {
    let tmp = has_own_tmp(spec).then(|| Volume {
        name: TMP.into(),
        empty_dir: Some(empty(policy.tmp_size.clone().into(), None)),
        ..Volume::default()
    });
    let files = spec.files.iter().flatten().map(file);
    let secrets = secrets::listed(spec).filter_map(|secret| {
        Some(Volume {
            name: name(secret.mount_path.as_ref()?),
            secret: Some(secret_source(&secret.name)),
            ..Volume::default()
        })
    });
    tmp.into_iter().chain(files).chain(secrets).collect()
}

/// Where they are in the container.
pub(super) fn mounts(spec: &AppSpec) -> Vec<VolumeMount> {
    let tmp = has_own_tmp(spec).then(|| mount(TMP.into(), TMP_PATH, false));
    let files = spec.files.iter().flatten().map(|file| {
        let read_only = file.config_map.is_some() || file.secret.is_some();
        mount(name(&file.mount_path), &file.mount_path, read_only)
    });
    let secrets = secrets::listed(spec).filter_map(|secret| secret.mount_path.as_deref());
    let secrets = secrets.map(|path| mount(name(path), path, true));
    tmp.into_iter().chain(files).chain(secrets).collect()
}

/// Without one a program that needs a file for a moment has nowhere to write it, since the image cannot be written.
fn has_own_tmp(spec: &AppSpec) -> bool {
    let files = spec.files.iter().flatten().map(|file| file.mount_path.as_str());
    let secrets = secrets::listed(spec).filter_map(|secret| secret.mount_path.as_deref());
    spec.security.writable_tmp && !files.chain(secrets).any(|path| path == TMP_PATH)
}

/// By where it is mounted, so that neither order nor source is a difference of the others.
fn name(mount_path: &str) -> String {
    format!("files-{}", names::digest(&[mount_path]))
}

fn file(file: &File) -> Volume {
    let File { mount_path, config_map, secret, persistent_volume_claim, empty_dir } = file;
    Volume {
        name: name(mount_path),
        config_map: config_map
            .clone()
            .map(|name| ConfigMapVolumeSource { name, ..ConfigMapVolumeSource::default() }),
        secret: secret.as_deref().map(secret_source),
        persistent_volume_claim: persistent_volume_claim
            .clone()
            .map(|claim_name| PersistentVolumeClaimVolumeSource { claim_name, read_only: None }),
        empty_dir: empty_dir.as_ref().map(|EmptyDir { size_limit, medium }| {
            let medium = <&str>::from(*medium);
            empty(size_limit.clone(), (!medium.is_empty()).then(|| medium.to_owned()))
        }),
        ..Volume::default()
    }
}

fn secret_source(name: &str) -> SecretVolumeSource {
    SecretVolumeSource { secret_name: Some(name.to_owned()), ..SecretVolumeSource::default() }
}

/// With a limit: without one a pod could fill the node's disk.
fn empty(size_limit: String, medium: Option<String>) -> EmptyDirVolumeSource {
    EmptyDirVolumeSource { size_limit: Some(Quantity(size_limit)), medium }
}

fn mount(name: String, path: &str, read_only: bool) -> VolumeMount {
    VolumeMount {
        name,
        mount_path: path.to_owned(),
        read_only: read_only.then_some(true),
        ..VolumeMount::default()
    }
}
