//! A provider's configuration, as far as the runtime reads it.

use kube::Resource;
use serde::de::DeserializeOwned;

/// A kind of provider configuration: whose credentials a managed resource uses.
///
/// The runtime keeps a configuration while it is used, and knows nothing of its credentials but where they are.
pub trait Configuration: Resource<DynamicType = ()> + DeserializeOwned {
    /// The Secrets that the credentials come from. A change of one is a reason to look again at every managed
    /// resource that uses the configuration; their values are read by whoever connects, and by nobody else.
    fn secrets(&self) -> Vec<SecretReference>;
}

/// Names a Secret of any namespace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretReference {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}
