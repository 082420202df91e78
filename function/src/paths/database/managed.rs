//! What the managed resources of a database have in common.

use std::collections::BTreeMap;

use goldenpath_provider_api::config::ProviderConfigReference;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};

use crate::paths::database::api::DeletionPolicy;
use crate::paths::database::choices::Choices;
use crate::paths::database::identity::{EXTERNAL_NAME, Identity};
use crate::platform::NamedKind;

/// Metadata with the name of the external resource.
pub(super) fn metadata(identity: &Identity, external_name: String) -> ObjectMeta {
    ObjectMeta {
        name: Some(identity.name.clone()),
        labels: Some(identity.labels.clone()),
        annotations: Some(BTreeMap::from([(EXTERNAL_NAME.to_owned(), external_name)])),
        ..ObjectMeta::default()
    }
}

/// Whose AWS credentials are used.
pub(super) fn provider_config(choices: &Choices<'_>) -> ProviderConfigReference {
    let NamedKind { kind, name } = choices.provider_config.clone();
    ProviderConfigReference { kind, name }
}

/// The allowed actions: all of them, or all but deletion where the database is to stay.
pub(super) fn policies<A: for<'de> Deserialize<'de>>(choices: &Choices<'_>) -> Option<Vec<A>> {
    let action = |name| A::deserialize(StrDeserializer::<Error>::new(name)).ok();
    match choices.spec.deletion.policy {
        DeletionPolicy::Snapshot | DeletionPolicy::Delete => None,
        DeletionPolicy::Orphan => {
            ["Create", "LateInitialize", "Observe", "Update"].into_iter().map(action).collect()
        }
    }
}

/// An empty value of a type that the field it is for names.
pub(super) fn default<T: Default>() -> T {
    T::default()
}
