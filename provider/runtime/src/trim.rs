//! What a store keeps of an object: only what is read (R250).

use kube::Resource;

/// `kubectl apply`'s copy of the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Drops what only the API server and `kubectl` need. An object from a store is never written back as a whole, so
/// that nothing is lost by it.
pub(crate) fn trim<K: Resource>(object: &mut K) {
    let meta = object.meta_mut();
    meta.managed_fields = None;
    if let Some(annotations) = &mut meta.annotations {
        annotations.remove(LAST_APPLIED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Thing, thing};
    use serde_json::json;

    #[test]
    fn a_store_keeps_neither_managed_fields_nor_the_last_applied_configuration() {
        let mut stored: Thing = serde_json::from_value(thing(&json!({"metadata": {
            "managedFields": [{"manager": "kubectl"}],
            "annotations": {LAST_APPLIED: "{}", "crossplane.io/paused": "true"},
        }})))
        .unwrap();
        trim(&mut stored);
        let kept = thing(&json!({"metadata": {"annotations": {"crossplane.io/paused": "true"}}}));
        assert_eq!(serde_json::to_value(stored).unwrap(), kept);
    }
}
