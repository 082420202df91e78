//! `ProviderConfigUsage`: the one kind without a spec, as Crossplane defines it, so its CRD is put together here.

use std::borrow::Cow;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceColumnDefinition, CustomResourceDefinition, CustomResourceDefinitionNames,
    CustomResourceDefinitionSpec, CustomResourceDefinitionVersion, CustomResourceValidation, JSONSchemaProps,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use kube::core::schema::StructuralSchemaRewriter;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};

use super::{GROUP, ProviderConfigReference, VERSION};

/// Records that a managed resource uses a configuration, so that the configuration outlives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderConfigUsage {
    /// Name (the managed resource's UID), labels, owner.
    #[schemars(skip)]
    pub metadata: ObjectMeta,
    /// The configuration that is used.
    pub provider_config_ref: ProviderConfigReference,
    /// The managed resource that uses it.
    pub resource_ref: ResourceReference,
}

/// Names a managed resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceReference {
    /// Its group and version.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

// === impl ProviderConfigUsage ===

impl Resource for ProviderConfigUsage {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        "ProviderConfigUsage".into()
    }

    fn group((): &()) -> Cow<'_, str> {
        GROUP.into()
    }

    fn version((): &()) -> Cow<'_, str> {
        VERSION.into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        "providerconfigusages".into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

impl ProviderConfigUsage {
    /// The CRD of the kind.
    pub(crate) fn crd() -> CustomResourceDefinition {
        CustomResourceDefinition {
            metadata: ObjectMeta {
                name: Some(format!("{}.{GROUP}", Self::plural(&()))),
                ..ObjectMeta::default()
            },
            spec: CustomResourceDefinitionSpec {
                group: GROUP.into(),
                names: CustomResourceDefinitionNames {
                    categories: Some(["crossplane", "providerconfig", "aws"].map(Into::into).into()),
                    kind: Self::kind(&()).into(),
                    plural: Self::plural(&()).into(),
                    singular: Some("providerconfigusage".into()),
                    ..CustomResourceDefinitionNames::default()
                },
                scope: "Namespaced".into(),
                versions: vec![CustomResourceDefinitionVersion {
                    name: VERSION.into(),
                    served: true,
                    storage: true,
                    schema: Some(CustomResourceValidation { open_api_v3_schema: Some(schema()) }),
                    additional_printer_columns: Some(columns()),
                    ..CustomResourceDefinitionVersion::default()
                }],
                ..CustomResourceDefinitionSpec::default()
            },
            status: None,
        }
    }
}

fn columns() -> Vec<CustomResourceColumnDefinition> {
    [
        ("AGE", "date", ".metadata.creationTimestamp"),
        ("CONFIG-NAME", "string", ".providerConfigRef.name"),
        ("RESOURCE-KIND", "string", ".resourceRef.kind"),
        ("RESOURCE-NAME", "string", ".resourceRef.name"),
    ]
    .map(|(name, r#type, path)| CustomResourceColumnDefinition {
        name: name.into(),
        type_: r#type.into(),
        json_path: path.into(),
        ..CustomResourceColumnDefinition::default()
    })
    .into()
}

fn schema() -> JSONSchemaProps {
    let settings = SchemaSettings::openapi3()
        .with(|s| {
            s.inline_subschemas = true;
            s.meta_schema = None;
        })
        .with_transform(StructuralSchemaRewriter);
    let schema = settings.into_generator().into_root_schema_for::<ProviderConfigUsage>();
    serde_json::from_value(schema.to_value()).unwrap_or_else(|_| unreachable!("a derived schema is a schema"))
}
