//! What a managed resource of AWS is besides its parameters and its observation.

use std::collections::BTreeMap;

use goldenpath_provider_core::Managed;

/// A managed resource of AWS: it is of a region, and tells what it was found to be like.
pub trait AwsManaged: Managed {
    /// What was found, `status.atProvider`.
    type Observation: Default;

    /// The AWS region, e.g. `eu-central-1`.
    fn region(&self) -> &str;
    /// The tags that its user wants, if they are managed at all.
    fn tags(&self) -> Option<&BTreeMap<String, String>>;
    /// What was found, if anything was yet.
    fn at_provider(&self) -> Option<&Self::Observation>;
    /// What was found; an empty one if there is none.
    fn at_provider_mut(&mut self) -> &mut Self::Observation;
}

/// Makes the custom resource of a kind from its parameters and its observation, with all that Crossplane wants of a
/// managed resource: categories, columns, and the parts of spec and status that all share.
macro_rules! managed {
    (
        group: $group:tt, kind: $name:tt, doc: $doc:tt,
        $kind:ident { spec: $spec:ident, status: $status:ident },
        parameters: $parameters:ty,
        observation: $observation:ty,
        columns: [$($column:tt),*],
        references: $references:expr $(,)?
    ) => {
        #[doc = $doc]
        #[derive(kube::CustomResource, Clone, Debug, PartialEq)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[kube(
            group = $group,
            version = "v1alpha1",
            kind = $name,
            namespaced,
            doc = $doc,
            status = $status,
            derive = "PartialEq",
            category = "crossplane",
            category = "managed",
            category = "aws",
            printcolumn = r#"{"name":"SYNCED","type":"string","jsonPath":".status.conditions[?(@.type=='Synced')].status"}"#,
            printcolumn = r#"{"name":"READY","type":"string","jsonPath":".status.conditions[?(@.type=='Ready')].status"}"#,
            printcolumn = r#"{"name":"EXTERNAL-NAME","type":"string","jsonPath":".metadata.annotations.crossplane\\.io/external-name"}"#,
            printcolumn = r#"{"name":"AGE","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
            $(printcolumn = $column,)*
        )]
        #[serde(rename_all = "camelCase")]
        pub struct $spec {
            /// What it is to be like in AWS.
            pub for_provider: $parameters,
            /// The part that all managed resources share.
            #[serde(flatten)]
            pub managed: goldenpath_provider_core::ManagedSpec,
        }

        #[doc = concat!("The status of `", stringify!($kind), "`.")]
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $status {
            /// What it is like in AWS.
            #[serde(default)]
            pub at_provider: $observation,
            /// The part that all managed resources share.
            #[serde(flatten)]
            pub managed: goldenpath_provider_core::ManagedStatus,
        }

        impl goldenpath_provider_core::Managed for $kind {
            fn managed_spec(&self) -> &goldenpath_provider_core::ManagedSpec {
                &self.spec.managed
            }

            fn managed_status(&self) -> Option<&goldenpath_provider_core::ManagedStatus> {
                self.status.as_ref().map(|s| &s.managed)
            }

            fn managed_status_mut(&mut self) -> &mut goldenpath_provider_core::ManagedStatus {
                &mut self.status.get_or_insert_default().managed
            }

            fn references(&self) -> Vec<goldenpath_provider_core::Reference> {
                let references: fn(&$kind) -> Vec<goldenpath_provider_core::Reference> = $references;
                references(self)
            }
        }

        impl crate::AwsManaged for $kind {
            type Observation = $observation;

            fn region(&self) -> &str {
                &self.spec.for_provider.region
            }

            fn tags(&self) -> Option<&std::collections::BTreeMap<String, String>> {
                self.spec.for_provider.tags.as_ref()
            }

            fn at_provider(&self) -> Option<&Self::Observation> {
                self.status.as_ref().map(|s| &s.at_provider)
            }

            fn at_provider_mut(&mut self) -> &mut Self::Observation {
                &mut self.status.get_or_insert_default().at_provider
            }
        }
    };
}
pub(crate) use managed;
