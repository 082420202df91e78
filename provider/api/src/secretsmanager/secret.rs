use std::collections::BTreeMap;

use goldenpath_provider_core::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reference::{LocalReference, Referent};

/// The annotation of a `Secret` whose new value asks for a new value of the secret.
pub const ROTATE_REQUESTED_AT: &str = "goldenpath.io/rotate-credentials-requested-at";

/// What a secret is to be like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "self.region == oldSelf.region", "message": "region is immutable: the secret would be looked for where it is not"},
]))]
pub struct SecretParameters {
    /// AWS region, e.g. `eu-central-1`; cannot change.
    pub region: String,
    /// Description shown in AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// KMS key (id, ARN or alias); the account's `aws/secretsmanager` key unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// Days that a deleted secret can be restored, 7 to 30; 30 unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 7, max = 30))]
    pub recovery_window_in_days: Option<i64>,
    /// How the value is made, once, when the secret is.
    pub generate_secret_string: GenerateSecretString,
    /// The instance whose connection details are merged into the value once they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
    /// When the value is made anew by itself; only on demand unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation_rules: Option<RotationRules>,
    /// Tags; Crossplane's own are added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-map-type" = "granular"))]
    pub tags: Option<BTreeMap<String, String>>,
}

/// When a value is made anew. The wording is that of AWS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RotationRules {
    /// Days between two rotations.
    #[schemars(range(min = 1, max = 1000))]
    pub automatically_after_days: i64,
}

/// How a value is made. The wording is CloudFormation's `GenerateSecretString`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GenerateSecretString {
    /// A JSON object of the keys that are not secret, e.g. `{"username":"app"}`.
    pub secret_string_template: String,
    /// The key that gets the generated password.
    pub generate_string_key: String,
    /// Further keys that get the same password, for consumers that expect another spelling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_generate_string_keys: Vec<String>,
    /// Characters of the password; 32 unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 16, max = 128))]
    pub password_length: Option<i64>,
    /// Characters that the password must not have; those unsafe in a URL, a shell or JDBC unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude_characters: Option<String>,
    /// Leave out punctuation altogether.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude_punctuation: Option<bool>,
}

/// Whose connection details are merged into a secret, and how they are spelled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// An `Instance` of the same namespace.
    pub instance_ref: LocalReference,
    /// How the keys are spelled; `Standard` unless set.
    #[serde(default)]
    pub keys: AttachmentKeys,
}

/// How connection details are spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AttachmentKeys {
    /// Those of AWS's rotation functions: `engine host port dbname dbInstanceIdentifier`.
    #[default]
    Standard,
    /// Environment variables of the engine: `POSTGRES_HOST POSTGRES_PORT`, `MYSQL_HOST MYSQL_PORT`.
    Environment,
    /// Both.
    Both,
}

/// What a secret is like. Never its value, and never anything derived from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretObservation {
    /// Its ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Version that `AWSCURRENT` points to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// The version that the current one was made of by adding connection details: both have one password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_from: Option<String>,
    /// The connection details that the value carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attached: Option<AttachedInstance>,
    /// UID of the `Instance` that the value is for. Deletion waits for this one, and for none that is made later under
    /// its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_uid: Option<String>,
    /// What there is to know that keeps nothing from being in sync: fields without effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Problem>,
}

/// The connection details that a value carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttachedInstance {
    /// DB instance identifier.
    pub identifier: String,
    /// Host name.
    pub host: String,
    /// TCP port.
    pub port: i32,
    /// The master user, where it is another one than the instance's spec says, as after a restore.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// How the keys are spelled.
    #[serde(default)]
    pub keys: AttachmentKeys,
}

crate::managed::managed! {
    group: "secretsmanager.aws.m.goldenpath.io", kind: "Secret", doc: "A Secrets Manager secret whose value is made by the provider and is never in the cluster.",
    Secret { spec: SecretSpec, status: SecretStatus },
    parameters: SecretParameters,
    observation: SecretObservation,
    columns: [],
    references: |secret| {
        let attachment = secret.spec.for_provider.attachment.as_ref();
        attachment.map(|a| a.instance_ref.to(Referent::Instance)).into_iter().collect()
    },
}
