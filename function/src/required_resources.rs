//! Objects that are not composed here and decide what is, such as the consumers of a database.

use std::collections::BTreeMap;

use function_sdk_rust::proto::v1::RunFunctionResponse;
use function_sdk_rust::response::{self, ResourceMatch};
use kube::core::TypeMeta;

/// Objects of one kind.
///
/// The kind must be known to the cluster: Crossplane aborts the whole reconcile for one that is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredResources {
    /// The name of the answer.
    pub name: &'static str,
    /// Of what kind.
    pub r#type: TypeMeta,
    /// Which ones.
    pub selector: Selector,
}

/// Which objects of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Those of all namespaces that have these labels; never none, which would list everything.
    Labels(BTreeMap<String, String>),
    /// The one of this name; an answer without objects says that there is none.
    Name {
        /// Where it is.
        namespace: String,
        /// Its name.
        name: String,
    },
}

// === impl RequiredResources ===

impl RequiredResources {
    pub(crate) fn put_into(self, response: &mut RunFunctionResponse) {
        let Self { name, r#type, selector } = self;
        let (matching, namespace) = match selector {
            Selector::Labels(labels) => (ResourceMatch::Labels(labels.into_iter().collect()), None),
            Selector::Name { namespace, name } => (ResourceMatch::Name(name), Some(namespace)),
        };
        let TypeMeta { api_version, kind } = r#type;
        response::require_resources(response, name, api_version, kind, Some(matching), namespace);
    }
}
