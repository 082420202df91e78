//! Objects that are not composed here and decide what is, such as the consumers of a database.

use std::collections::BTreeMap;

use function_sdk_rust::proto::v1::RunFunctionResponse;
use function_sdk_rust::response::{self, ResourceMatch};
use kube::core::TypeMeta;

use crate::keys::Key;

/// Objects of one kind.
///
/// The kind must be known to the cluster: Crossplane aborts the whole reconcile for one that is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredResources {
    /// The name of the answer.
    pub name: Key,
    /// Of what kind.
    pub r#type: TypeMeta,
    /// Which ones.
    pub selector: Selector,
    /// Whether the answer has to be asked for again after a while, because nothing wakes Crossplane when it changes. An
    /// object that follows a composed one, such as the Secret of an `ExternalSecret`, need not be.
    pub ages: bool,
}

/// Which objects of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Those that have these labels; never none, which would list everything.
    Labels {
        /// Where they are; everywhere unless set.
        namespace: Option<String>,
        /// All of which they have.
        labels: BTreeMap<String, String>,
    },
    /// The one of this name; an answer without objects says that there is none.
    Name {
        /// Where it is; none of one of the cluster.
        namespace: Option<String>,
        /// Its name.
        name: String,
    },
}

// === impl RequiredResources ===

impl RequiredResources {
    pub(crate) fn put_into(self, response: &mut RunFunctionResponse) {
        let Self { name, r#type, selector, ages: _ } = self;
        let (matching, namespace) = match selector {
            Selector::Labels { namespace, labels } => {
                (ResourceMatch::Labels(labels.into_iter().collect()), namespace)
            }
            Selector::Name { namespace, name } => (ResourceMatch::Name(name), namespace),
        };
        let TypeMeta { api_version, kind } = r#type;
        response::require_resources(response, name, api_version, kind, Some(matching), namespace);
    }
}
