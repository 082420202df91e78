//! The metadata of composed objects.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// The metadata of a composed object. Its namespace is the XR's, which Crossplane sets; annotations are added by
/// the caller: `ObjectMeta { annotations, ..object_meta(name, &labels) }`.
pub fn object_meta(name: impl Into<String>, labels: &BTreeMap<String, String>) -> ObjectMeta {
    ObjectMeta { name: Some(name.into()), labels: Some(labels.clone()), ..ObjectMeta::default() }
}
