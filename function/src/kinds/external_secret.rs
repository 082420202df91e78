//! `ExternalSecret` of External Secrets Operator (`external-secrets.io/v1`), as far as golden paths speak it.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::CustomResource;
use kube::core::TypeMeta;
use pbjson_types::Struct;
use serde::{Deserialize, Serialize};

use crate::kinds::{Kind, Made};
use crate::operators::Operator;
use crate::platform::{Reference, StoreKind};
use crate::problems::Problem;
use crate::readiness::{self, Assessment, ConditionView, View, condition};
use crate::wire;

/// What is known of the kind.
pub(super) const KIND: Kind = Kind {
    group: "external-secrets.io",
    kind: Some("ExternalSecret"),
    operator: Some(&Operator {
        name: "External Secrets Operator",
        wanted_by: None,
        install: "install External Secrets Operator 0.16 or later in the cluster, with its CRDs, e.g. from its Helm chart",
    }),
    assess,
    made: target,
    ..Kind::PLAIN
};

/// Copies a value of a secret store into a Secret of the namespace.
#[derive(CustomResource, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[kube(
    group = "external-secrets.io",
    version = "v1",
    kind = "ExternalSecret",
    namespaced,
    schema = "disabled"
)]
#[serde(rename_all = "camelCase")]
pub struct ExternalSecretSpec {
    /// When the value is copied again.
    pub refresh_policy: String,
    /// How often, as Go writes durations: any other spelling is a difference for ever.
    pub refresh_interval: String,
    /// Where the value is.
    pub secret_store_ref: SecretStoreRef,
    /// Where it is copied to.
    pub target: Target,
    /// What is copied, key by key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<Data>,
    /// What is copied as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_from: Vec<DataFrom>,
}

/// Names a secret store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretStoreRef {
    /// `SecretStore` (of the namespace) or `ClusterSecretStore`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// The Secret that is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Its name.
    pub name: String,
    /// `Owner`: it goes with the `ExternalSecret`.
    pub creation_policy: String,
    /// `Retain`: it stays when the value is gone.
    pub deletion_policy: String,
    /// What it has besides its keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
}

/// What the Secret that is written has besides its keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Its type; `Opaque` unless set.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// Its metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<TemplateMetadata>,
}

/// The metadata of the Secret that is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateMetadata {
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// A key, and where its value is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Data {
    /// The key in the Secret.
    pub secret_key: String,
    /// Where its value is.
    pub remote_ref: RemoteRef,
}

/// Names a value of the store, or a field of one that is JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoteRef {
    /// The value's path.
    pub key: String,
    /// The field; the whole value unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// How the value is encoded: `Base64`; not at all unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoding_strategy: Option<String>,
}

/// A source of keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFrom {
    /// Every key of one JSON value.
    pub extract: Extract,
}

/// Names a value of the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// Its path.
    pub key: String,
}

/// Its status, as far as readiness is judged by it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    conditions: Vec<ConditionView>,
    synced_resource_version: Option<String>,
}

// === impl SecretStoreRef ===

impl From<Reference<StoreKind>> for SecretStoreRef {
    fn from(Reference { kind, name }: Reference<StoreKind>) -> Self {
        Self { kind: kind.to_string(), name: name.into() }
    }
}

// === impl ExternalSecret ===

impl ExternalSecret {
    /// Copies every key of the JSON value at a path into a Secret, which goes with the `ExternalSecret` and stays when the
    /// value is gone.
    pub fn extracting(
        metadata: ObjectMeta,
        store: SecretStoreRef,
        refresh_interval: String,
        secret_name: String,
        path: String,
    ) -> Self {
        Self::copying(metadata, store, refresh_interval, secret_name, Vec::new(), vec![path])
    }

    /// As [`Self::extracting`], some keys and not all.
    pub fn picking(
        metadata: ObjectMeta,
        store: SecretStoreRef,
        refresh_interval: String,
        secret_name: String,
        keys: Vec<Data>,
    ) -> Self {
        Self::copying(metadata, store, refresh_interval, secret_name, keys, Vec::new())
    }

    /// Gives the Secret labels.
    #[must_use]
    pub fn labelling(self, labels: BTreeMap<String, String>) -> Self {
        let metadata = Some(TemplateMetadata { labels, ..TemplateMetadata::default() });
        self.shaped_by(Template { metadata, ..Template::default() })
    }

    /// Says what the Secret has besides its keys.
    #[must_use]
    pub fn shaped_by(mut self, template: Template) -> Self {
        self.spec.target.template = (template != Template::default()).then_some(template);
        self
    }

    /// As [`Self::extracting`], of several values, and some keys besides.
    pub fn copying(
        metadata: ObjectMeta,
        store: SecretStoreRef,
        refresh_interval: String,
        secret_name: String,
        data: Vec<Data>,
        paths: Vec<String>,
    ) -> Self {
        let data_from = paths.into_iter().map(|key| DataFrom { extract: Extract { key } }).collect();
        Self {
            metadata,
            spec: ExternalSecretSpec {
                refresh_policy: "Periodic".into(),
                refresh_interval,
                secret_store_ref: store,
                target: Target {
                    name: secret_name,
                    creation_policy: "Owner".into(),
                    deletion_policy: "Retain".into(),
                    template: None,
                },
                data,
                data_from,
            },
        }
    }
}

/// The Secret that it owns: an existing one would be overwritten, and deleted with it.
fn target(object: &Struct) -> Option<Made> {
    let target = wire::at(object, &["spec", "target"])?;
    let is_owner = wire::text(target, "creationPolicy") == Some("Owner");
    let name = wire::text(target, "name").filter(|_| is_owner)?;
    Some((TypeMeta::resource::<Secret>(), name.to_owned()))
}

/// Ready when `Ready` is true for the present generation.
///
/// Its conditions carry no generation; `status.syncedResourceVersion` begins with the one that was synced.
fn assess(object: &Struct) -> Assessment {
    readiness::judged(object, |view| judge(view, object))
}

fn judge(view: &View<Status>, object: &Struct) -> Assessment {
    let conditions = view.status.as_ref().map(|status| status.conditions.as_slice());
    let Some(ready) = condition(conditions.unwrap_or_default(), "Ready") else {
        return Assessment::waiting("Pending", "External Secrets Operator has not reconciled it yet");
    };
    let reason = ready.reason.clone().unwrap_or_else(|| "Unknown".into());
    let message = stable(ready.message.as_deref().unwrap_or_default());
    match ready.status.as_str() {
        "True" if synced_generation(view) < view.metadata.generation => {
            Assessment::waiting("Syncing", "External Secrets Operator has not synced the latest change yet")
        }
        "True" => Assessment::ready(),
        "False" => Assessment {
            problems: vec![Problem::error(&reason, &message).remedy(remedy(&message, object))],
            ..Assessment::waiting(reason, message)
        },
        _ => Assessment::waiting(reason, message),
    }
}

/// Where the cause is found. The operator has one message for every failed read; its events name the cause.
fn remedy(message: &str, object: &Struct) -> String {
    let text = |field: &str| wire::text(wire::child(object, "metadata")?, field);
    let (name, namespace) = (text("name").unwrap_or_default(), text("namespace").unwrap_or_default());
    if message.contains("owned by another ExternalSecret") {
        let Some((_, target)) = target(object) else {
            return "choose another name for the Secret".to_owned();
        };
        return format!("choose another name for the Secret: {target} is another ExternalSecret's");
    }
    format!(
        "check, in this order, that the secret store of the Platform input is there and ready, that its identity may read \
         the secret, and that the secret has a value; the events of `kubectl describe externalsecret {name} -n {namespace}` \
         say which"
    )
}

/// The generation that was synced; the present one where the operator does not report it.
fn synced_generation(view: &View<Status>) -> Option<i64> {
    let version = view.status.as_ref()?.synced_resource_version.as_deref();
    match version.and_then(|v| v.split('-').next()).map(str::parse) {
        Some(Ok(generation)) => Some(generation),
        _ => view.metadata.generation,
    }
}

/// Without request ids: they differ from try to try, and a status that differs is a write.
fn stable(message: &str) -> String {
    let mut rest = message;
    let mut stable = String::new();
    while let Some(at) = rest.to_ascii_lowercase().find("requestid: ") {
        stable.push_str(&rest[..at]);
        let id = &rest[at + "requestid: ".len()..];
        let end = id.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(id.len());
        rest = id[end..].trim_start_matches([',', ' ']);
    }
    stable.push_str(rest);
    stable
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn external_secret(status: &Value) -> pbjson_types::Struct {
        let object = json!({
            "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
            "metadata": {"name": "db", "generation": 2},
            "status": status,
        });
        serde_json::from_value(object).unwrap()
    }

    #[rstest]
    #[case::nothing_is_known(json!({}), false, Some("Pending"), None)]
    #[case::synced(json!({"conditions": [{"type": "Ready", "status": "True", "reason": "SecretSynced"}],
        "syncedResourceVersion": "2-abc"}), true, None, None)]
    #[case::synced_before_the_change(json!({"conditions": [{"type": "Ready", "status": "True"}],
        "syncedResourceVersion": "1-abc"}), false, Some("Syncing"), None)]
    #[case::the_operator_does_not_say(json!({"conditions": [{"type": "Ready", "status": "True"}]}), true, None, None)]
    #[case::failed(json!({"conditions": [{"type": "Ready", "status": "False", "reason": "SecretSyncedError",
        "message": "no"}]}), false, Some("SecretSyncedError"), Some("SecretSyncedError"))]
    fn readiness_follows_the_operator(
        #[case] status: Value,
        #[case] ready: bool,
        #[case] reason: Option<&str>,
        #[case] problem: Option<&str>,
    ) {
        let assessment = assess(&external_secret(&status));
        assert_eq!((assessment.ready, assessment.reason.as_deref()), (ready, reason));
        assert_eq!(assessment.problems.first().map(|p| p.code.as_str()), problem);
    }

    #[rstest]
    #[case::whatever_it_is(
        "could not get secret data from provider",
        "kubectl describe externalsecret db -n team"
    )]
    #[case::another_has_the_secret(
        "target is owned by another ExternalSecret",
        "app-db is another ExternalSecret's"
    )]
    fn the_remedy_leads_to_the_cause(#[case] message: &str, #[case] expected: &str) {
        let object = json!({
            "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
            "metadata": {"name": "db", "namespace": "team"},
            "spec": {"target": {"name": "app-db", "creationPolicy": "Owner"}},
            "status": {"conditions": [{"type": "Ready", "status": "False", "reason": "R", "message": message}]},
        });
        let assessment = assess(&serde_json::from_value(object).unwrap());
        let remedy = assessment.problems[0].remedy.as_deref().unwrap();
        assert!(remedy.contains(expected), "{remedy}");
    }

    #[rstest]
    #[case("StatusCode: 400, RequestID: 1a-2B, AccessDenied", "StatusCode: 400, AccessDenied")]
    #[case("a RequestID: x", "a ")]
    #[case("nothing of the kind", "nothing of the kind")]
    #[case("\u{130} requestid: 1, \u{130}", "\u{130} \u{130}")]
    fn request_ids_are_left_out(#[case] message: &str, #[case] expected: &str) {
        assert_eq!(stable(message), expected);
    }
}
