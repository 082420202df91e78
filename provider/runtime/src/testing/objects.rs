//! Objects as an API server has them.

use serde_json::{Value, json};

use super::api;

/// A thing that was never reconciled, with more.
pub(crate) fn thing(extra: &Value) -> Value {
    let mut thing = json!({
        "apiVersion": "test.goldenpath.io/v1",
        "kind": "Thing",
        "metadata": {
            "name": "x", "namespace": "n", "uid": "u-1", "generation": 1, "creationTimestamp": "2026-01-01T00:00:50Z",
        },
        "spec": {},
    });
    api::merge(&mut thing, extra);
    thing
}

/// The usage of the configuration that the thing uses.
pub(crate) fn usage() -> Value {
    json!({
        "apiVersion": "config.goldenpath.io/v1",
        "kind": "ProviderConfigUsage",
        "metadata": {
            "name": "u-1",
            "namespace": "n",
            "labels": {
                "crossplane.io/provider-config": "default",
                "crossplane.io/provider-config-kind": "ClusterProviderConfig",
            },
            "finalizers": ["finalizer.providerconfigusage.crossplane.io"],
            "ownerReferences": [{
                "apiVersion": "test.goldenpath.io/v1", "kind": "Thing", "name": "x", "uid": "u-1",
                "controller": true, "blockOwnerDeletion": false,
            }],
        },
        "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "default"},
        "resourceRef": {"apiVersion": "test.goldenpath.io/v1", "kind": "Thing", "name": "x"},
    })
}
