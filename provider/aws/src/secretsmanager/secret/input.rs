//! From a spec to the requests of Secrets Manager.

use aws_sdk_secretsmanager::operation::create_secret::builders::CreateSecretInputBuilder;
use aws_sdk_secretsmanager::types::Tag;
use goldenpath_provider_api::secretsmanager::{AttachedInstance, Secret};
use goldenpath_provider_core::{Managed, Sensitive};
use kube::ResourceExt;
use uuid::Uuid;

use crate::tags::{self, Tags};

/// The space in which tokens are derived from an object's UID.
const TOKENS: Uuid = Uuid::from_u128(0x6f1c_6a5e_2f0b_5d7c_9a43_8e21_c07d_b9f4);

/// The request that makes a secret.
pub(super) fn create(managed: &Secret, cluster: &str, value: &Sensitive) -> CreateSecretInputBuilder {
    let params = &managed.spec.for_provider;
    CreateSecretInputBuilder::default()
        .name(managed.external_name())
        .client_request_token(create_token(managed))
        .set_description(params.description.clone())
        .set_kms_key_id(params.kms_key_id.clone())
        .secret_string(value.expose())
        .set_tags(Some(sdk(tags::desired(managed, cluster))))
}

/// The token of the first version: the same for each attempt, so that there is one.
pub(super) fn create_token(managed: &Secret) -> String {
    token(managed, &["create"])
}

/// The tokens of a version that carries an endpoint, on top of the version that it was merged into: the first that no
/// other value has counts.
pub(super) fn attach_tokens(
    managed: &Secret,
    attached: &AttachedInstance,
    version: &str,
) -> impl Iterator<Item = String> + Send + use<> {
    let AttachedInstance { identifier: _, host, port, keys, username } = attached;
    let port = port.to_string();
    let keys = format!("{keys:?}");
    let user = username.iter().map(String::as_str);
    let parts: Vec<&str> = ["endpoint", host, &port, &keys, version].into_iter().chain(user).collect();
    let token = |attempt: &str| token(managed, &[&parts[..], &[attempt]].concat());
    let first = self::token(managed, &parts);
    [first, token("2"), token("3"), token("4")].into_iter()
}

fn token(managed: &Secret, parts: &[&str]) -> String {
    let uid = managed.uid().unwrap_or_default();
    let name = std::iter::once(uid.as_str()).chain(parts.iter().copied()).collect::<Vec<_>>().join("\0");
    Uuid::new_v5(&TOKENS, name.as_bytes()).to_string()
}

/// Tags as Secrets Manager takes them.
pub(super) fn sdk(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
