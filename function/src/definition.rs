//! `CompositeResourceDefinition`s, made from the types of the XRs.

use std::collections::BTreeMap;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceColumnDefinition, CustomResourceDefinitionNames, CustomResourceSubresourceScale,
};
use kube::CustomResourceExt;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::claims::{self, Claim};
use crate::path::GoldenPath;

/// What Crossplane puts behind a claim's name to make its XR's.
const MADE_UP: u32 = 6;

/// A `CompositeResourceDefinition`: of `apiextensions.crossplane.io/v2`, or of v1 where there is a claim.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Clone, Debug, Serialize)]
struct Metadata {
    name: String,
    annotations: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    scope: &'static str,
    group: String,
    names: CustomResourceDefinitionNames,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim_names: Option<CustomResourceDefinitionNames>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_composite_delete_policy: Option<&'static str>,
    default_composition_ref: Reference,
    versions: Vec<Version>,
}

#[derive(Clone, Debug, Serialize)]
struct Reference {
    name: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    name: String,
    served: bool,
    referenceable: bool,
    additional_printer_columns: Vec<CustomResourceColumnDefinition>,
    /// Of an XR that `kubectl scale` and a `HorizontalPodAutoscaler` work on.
    #[serde(skip_serializing_if = "Option::is_none")]
    subresources: Option<Subresources>,
    schema: Schema,
}

/// Crossplane adds `status` itself.
#[derive(Clone, Debug, Serialize)]
struct Subresources {
    scale: CustomResourceSubresourceScale,
}

#[derive(Clone, Debug, Serialize)]
struct Schema {
    #[serde(rename = "openAPIV3Schema")]
    open_api_v3_schema: Value,
}

/// The definition of a golden path's XR.
pub fn of<P: GoldenPath>() -> Definition {
    let crd = P::Composite::crd();
    let composition = crd.spec.names.singular.clone().unwrap_or_default();
    let versions = crd.spec.versions.into_iter().map(|version| {
        let schema = version.schema.and_then(|s| s.open_api_v3_schema);
        let mut schema = serde_json::to_value(schema).unwrap_or_default();
        tidy(&mut schema);
        limit_name(&mut schema, P::MAX_NAME_LENGTH);
        Version {
            name: version.name,
            served: true,
            referenceable: true,
            additional_printer_columns: version.additional_printer_columns.unwrap_or_default(),
            subresources: version.subresources.and_then(|s| s.scale).map(|scale| Subresources { scale }),
            schema: Schema { open_api_v3_schema: schema },
        }
    });
    Definition {
        api_version: "apiextensions.crossplane.io/v2",
        kind: "CompositeResourceDefinition",
        metadata: Metadata { name: crd.metadata.name.unwrap_or_default(), annotations: BTreeMap::new() },
        spec: Spec {
            scope: "Namespaced",
            group: crd.spec.group,
            names: crd.spec.names,
            claim_names: None,
            default_composite_delete_policy: None,
            default_composition_ref: Reference { name: composition },
            versions: versions.collect(),
        },
    }
}

/// The definition of a golden path's claim: of the same types, with one rule more.
pub fn of_claim<C: Claim>() -> Definition {
    let mut definition = of::<C::Of>();
    let names = names(&claims::kind::<C>());
    definition.api_version = "apiextensions.crossplane.io/v1";
    definition.metadata.name = format!("{}.{}", names.plural, definition.spec.group);
    let spec = &mut definition.spec;
    spec.scope = "LegacyCluster";
    spec.default_composition_ref.name = names.kind.to_lowercase();
    spec.claim_names = Some(CustomResourceDefinitionNames {
        categories: spec.names.categories.take(),
        ..self::names(C::KIND)
    });
    spec.names = names;
    spec.default_composite_delete_policy = Some("Background");
    for version in &mut spec.versions {
        let schema = &mut version.schema.open_api_v3_schema;
        limit_names_of_both::<C>(schema);
        refuse_connection_secrets(schema);
    }
    definition
}

/// Claim and XR have one schema, and the XR has what Crossplane makes up behind the claim's name: a limit for both would
/// accept claims that no XR can be made of.
fn limit_names_of_both<C: Claim>(schema: &mut Value) {
    let (kind, claim) = (claims::kind::<C>(), C::Of::MAX_NAME_LENGTH);
    let xr = claim + MADE_UP;
    let rule = json!({
        "rule": format!("size(self.metadata.name) <= (self.kind == '{kind}' ? {xr} : {claim})"),
        "message": format!("metadata.name: may not be longer than {claim} characters"),
        "reason": "FieldValueInvalid",
    });
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.remove("metadata");
    }
    if let Some(Value::Array(rules)) = schema.get_mut("x-kubernetes-validations") {
        rules.push(rule);
    }
}

fn names(kind: &str) -> CustomResourceDefinitionNames {
    let singular = kind.to_lowercase();
    CustomResourceDefinitionNames {
        kind: kind.to_owned(),
        plural: format!("{singular}s"),
        singular: Some(singular),
        ..CustomResourceDefinitionNames::default()
    }
}

/// Crossplane gives every claim the field and, as nothing is published, would ignore it.
fn refuse_connection_secrets(schema: &mut Value) {
    let rule = json!({
        "rule": "!has(self.writeConnectionSecretToRef)",
        "message": "leave out spec.writeConnectionSecretToRef; credentials are in the Secrets that the rest of the spec names",
    });
    if let Some(Value::Array(rules)) = schema.pointer_mut("/properties/spec/x-kubernetes-validations") {
        rules.push(rule);
    }
}

// === impl Definition ===

impl Definition {
    /// With annotations for tools around Crossplane, of which the types know nothing.
    #[must_use]
    pub fn annotated(mut self, annotations: BTreeMap<String, String>) -> Self {
        self.metadata.annotations = annotations;
        self
    }

    /// Name of the XRD, and of its file.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// The schema of the newest version.
    pub(crate) fn schema(&self) -> &Value {
        self.spec.versions.last().map_or(&Value::Null, |version| &version.schema.open_api_v3_schema)
    }

    /// Kind of the claim, where there is one.
    pub fn claim_kind(&self) -> Option<&str> {
        self.spec.claim_names.as_ref().map(|names| names.kind.as_str())
    }

    /// Name of the composition that an XR gets unless it names another.
    pub fn default_composition(&self) -> &str {
        &self.spec.default_composition_ref.name
    }
}

/// Takes out what a CRD says and an XRD need not: that a field may be null, and fractions of integers.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.remove("nullable");
            if let Some(Value::Array(choices)) = map.get_mut("enum") {
                choices.retain(|choice| !choice.is_null());
            }
            map.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Number(number) =>
        {
            #[allow(clippy::cast_possible_truncation, reason = "bounds of schemas are far below 2^53")]
            if let Some(whole) = number.as_f64().filter(|n| n.fract() == 0.0) {
                *value = Value::from(whole as i64);
            }
        }
        _ => {}
    }
}

/// The length of `metadata.name`: the one part of the metadata that a schema may limit.
fn limit_name(schema: &mut Value, longest: u32) {
    let name = Map::from_iter([("type".into(), "string".into()), ("maxLength".into(), longest.into())]);
    let names = Map::from_iter([("name".to_owned(), Value::Object(name))]);
    let metadata =
        Map::from_iter([("type".into(), "object".into()), ("properties".into(), Value::Object(names))]);
    if let Some(root) = schema.as_object_mut() {
        root.remove("title");
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert("metadata".into(), Value::Object(metadata));
    }
}
