//! Objects that are not composed here and decide what is, such as the consumers of a database.

use std::collections::BTreeMap;

use function_sdk_rust::proto::v1::RunFunctionResponse;
use function_sdk_rust::response::{self, ResourceMatch};
use kube::core::TypeMeta;

/// Objects of one kind in all namespaces, chosen by labels.
///
/// The kind must be known to the cluster: Crossplane aborts the whole reconcile for one that is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The name of the answer.
    pub name: &'static str,
    /// Of what kind.
    pub r#type: TypeMeta,
    /// The labels that they have; never none, which would list everything.
    pub labels: BTreeMap<String, String>,
}

// === impl Lookup ===

impl Lookup {
    pub(crate) fn tell(self, response: &mut RunFunctionResponse) {
        let Self { name, r#type, labels } = self;
        let labels = ResourceMatch::Labels(labels.into_iter().collect());
        response::require_resources(response, name, r#type.api_version, r#type.kind, Some(labels), None);
    }
}
