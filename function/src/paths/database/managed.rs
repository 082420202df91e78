//! What the managed resources of a database have in common.

use std::collections::BTreeMap;

use goldenpath_provider_api::config::ProviderConfigReference;
use goldenpath_provider_api::{ManagedSpec, ManagementAction};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::object_meta::object_meta;
use crate::paths::database::adoption::{self, Stage};
use crate::paths::database::api::DeletionPolicy;
use crate::paths::database::identity::{EXTERNAL_NAME, Identity};
use crate::paths::database::validated::ValidatedDatabase;
use crate::platform::Reference;

/// Metadata of a resource of the database's name, with the name of the external resource.
pub(super) fn metadata(identity: &Identity, external_name: String) -> ObjectMeta {
    metadata_of(identity, identity.name.clone(), external_name)
}

/// Metadata of a resource of another name.
pub(super) fn metadata_of(identity: &Identity, name: String, external_name: String) -> ObjectMeta {
    ObjectMeta {
        annotations: Some(BTreeMap::from([(EXTERNAL_NAME.to_owned(), external_name)])),
        ..object_meta(name, &identity.labels)
    }
}

/// Management policies and provider configuration of a resource that is the database's own.
pub(super) fn managed(database: &ValidatedDatabase<'_>) -> ManagedSpec {
    managed_in(Stage::Manages, database)
}

/// As [`managed`], of one that is taken over.
pub(super) fn managed_in(stage: Stage, database: &ValidatedDatabase<'_>) -> ManagedSpec {
    let Reference { kind, name } = database.provider_config.clone();
    ManagedSpec {
        management_policies: adoption::policies(stage).or_else(|| policies(database.spec.deletion.policy)),
        provider_config_ref: Some(ProviderConfigReference { kind: kind.to_string(), name: name.into() }),
        write_connection_secret_to_ref: None,
    }
}

/// All actions; without deletion where the database is to be left behind.
fn policies(deletion: DeletionPolicy) -> Option<Vec<ManagementAction>> {
    use ManagementAction::{Create, LateInitialize, Observe, Update};
    match deletion {
        DeletionPolicy::Snapshot | DeletionPolicy::Delete => None,
        DeletionPolicy::Orphan => Some(vec![Create, LateInitialize, Observe, Update]),
    }
}
