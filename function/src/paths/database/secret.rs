//! The managed `Secret`: credentials that are made once, in the provider's memory, and completed when the database
//! is there.

use std::collections::BTreeMap;

use goldenpath_provider_api::LocalReference;
use goldenpath_provider_api::secretsmanager::{
    Attachment, AttachmentKeys, GenerateSecretString, ROTATE_REQUESTED_AT, RotationRules, Secret,
    SecretParameters, SecretSpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt;

use crate::paths::database::adoption::Adoption;
use crate::paths::database::api::{CredentialKeys, Credentials, Engine, GoldenPathDatabase};
use crate::paths::database::identity::Identity;
use crate::paths::database::managed;
use crate::paths::database::validated::ValidatedDatabase;

/// Name of the master user.
pub(super) const USERNAME: &str = "app";

/// The managed `Secret` of a database.
pub(super) fn secret(
    xr: &GoldenPathDatabase,
    identity: &Identity,
    database: &ValidatedDatabase<'_>,
    adoption: &Adoption<'_>,
) -> Secret {
    let Credentials { rotation_interval_days: days, keys } = database.spec.credentials;
    Secret {
        metadata: metadata(xr, identity, adoption),
        spec: SecretSpec {
            for_provider: SecretParameters {
                region: identity.region.clone(),
                description: Some(format!("Credentials of {}/{}", identity.namespace, identity.name)),
                generate_secret_string: generated(database),
                attachment: Some(Attachment {
                    instance_ref: LocalReference { name: identity.name.clone() },
                    keys: match keys {
                        CredentialKeys::Standard => AttachmentKeys::Standard,
                        CredentialKeys::PostgresEnv => AttachmentKeys::Environment,
                        CredentialKeys::Both => AttachmentKeys::Both,
                    },
                }),
                rotation_rules: (days > 0).then(|| RotationRules { automatically_after_days: days.into() }),
                tags: Some(identity.tags.clone()),
                ..SecretParameters::default()
            },
            managed: managed::managed_in(adoption.secret, database),
        },
        status: None,
    }
}

/// With the request for a rotation, which is an annotation of the XR.
fn metadata(xr: &GoldenPathDatabase, identity: &Identity, adoption: &Adoption<'_>) -> ObjectMeta {
    let mut metadata = managed::metadata(identity, identity.secret_path());
    metadata.annotations.get_or_insert_default().extend(adoption.of_secret());
    if let Some(at) = xr.annotations().get(ROTATE_REQUESTED_AT) {
        metadata.annotations.get_or_insert_default().insert(ROTATE_REQUESTED_AT.into(), at.clone());
    }
    metadata
}

/// The key that the password is read from.
pub(super) fn password_key(database: &ValidatedDatabase<'_>) -> String {
    match database.spec.credentials.keys {
        CredentialKeys::Standard | CredentialKeys::Both => "password".into(),
        CredentialKeys::PostgresEnv => variable(database.spec.engine, "PASSWORD"),
    }
}

fn generated(database: &ValidatedDatabase<'_>) -> GenerateSecretString {
    let spec = database.spec;
    let keys = spec.credentials.keys;
    let mut template = BTreeMap::new();
    if keys != CredentialKeys::PostgresEnv {
        template.insert("engine".to_owned(), spec.engine.rds_name());
        template.insert("username".to_owned(), USERNAME);
        template.insert("dbname".to_owned(), &spec.database_name);
    }
    if keys != CredentialKeys::Standard {
        template.insert(variable(spec.engine, "USER"), USERNAME);
        template.insert(variable(spec.engine, "DB"), &spec.database_name);
    }
    GenerateSecretString {
        secret_string_template: serde_json::to_string(&template).unwrap_or_default(),
        generate_string_key: password_key(database),
        additional_generate_string_keys: match keys {
            CredentialKeys::Both => vec![variable(spec.engine, "PASSWORD")],
            CredentialKeys::Standard | CredentialKeys::PostgresEnv => Vec::new(),
        },
        ..GenerateSecretString::default()
    }
}

/// An environment variable of an engine.
fn variable(engine: Engine, name: &str) -> String {
    format!("{}_{name}", engine.of_rds().environment_prefix())
}
