//! Environment variables.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One environment variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "(has(self.value) ? 1 : 0) + (has(self.fieldPath) ? 1 : 0) + (has(self.secretKeyRef) ? 1 : 0) + (has(self.configMapKeyRef) ? 1 : 0) == 1",
     "message": "exactly one of value, fieldPath, secretKeyRef, configMapKeyRef"},
]))]
pub struct EnvVar {
    /// Its name.
    #[schemars(length(max = 253), regex(pattern = r"^[A-Za-z_][A-Za-z0-9_.-]*$"))]
    pub name: String,
    /// Its value.
    #[schemars(length(max = 32768))]
    pub value: Option<String>,
    /// The field of the pod with the value, e.g. status.podIP.
    #[schemars(
        length(max = 253),
        regex(
            pattern = r"^(metadata\.(name|namespace|uid)|metadata\.(labels|annotations)\['[A-Za-z0-9./_-]+'\]|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$"
        )
    )]
    pub field_path: Option<String>,
    /// The key of a Secret of this namespace with the value.
    pub secret_key_ref: Option<KeyReference>,
    /// The key of a config map of this namespace with the value.
    pub config_map_key_ref: Option<KeyReference>,
}

/// Names a key of a Secret or config map of this namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyReference {
    /// The object's name.
    #[schemars(length(max = 253), regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub name: String,
    /// The key.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[-._a-zA-Z0-9]+$"))]
    pub key: String,
}
