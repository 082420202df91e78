//! What a team asks of each policy of `package/kyverno`.

use serde_json::{Value, json};

use super::{KINDS, TEAM};

/// One request of a team, to one policy.
pub(super) struct Request {
    pub(super) policy: &'static str,
    pub(super) operation: &'static str,
    pub(super) object: Value,
    /// How the refusal begins, if it is refused.
    pub(super) refusal: Option<&'static str>,
    /// Whether the platform's `ConfigMap` is there.
    pub(super) tenancy: bool,
}

/// One or more that each policy refuses, and one or more that it accepts if it accepts anything.
pub(super) fn all() -> Vec<Request> {
    let accepted =
        |policy, object| Request { policy, operation: "CREATE", object, refusal: None, tenancy: true };
    let refused = |policy, refusal, object| Request { refusal: Some(refusal), ..accepted(policy, object) };
    let on = |operation, request| Request { operation, ..request };

    let production = || json!({"goldenpath.io/tier": "production"});
    let database = |labels, spec| object("GoldenPathDatabase", labels, spec);
    let pinned =
        || database(production(), json!({"crossplane": {"compositionRevisionRef": {"name": "old"}}}));
    let automatic = json!({"crossplane": {"compositionUpdatePolicy": "Automatic"}});
    let namespace = |labels| object("Namespace", labels, json!({}));
    let extracts = |key| json!([{"extract": {"key": key}}]);
    let external = |kind, from: Value| {
        let spec = json!({"secretStoreRef": {"kind": kind, "name": "goldenpath"}, "dataFrom": from});
        object("ExternalSecret", json!({}), spec)
    };
    let shared = |from| external("ClusterSecretStore", from);
    let push = |store| object("PushSecret", json!({}), json!({"secretStoreRefs": [store]}));
    let store = |provider| object("SecretStore", json!({}), json!({"provider": provider}));
    let instance = || object("Instance", json!({}), json!({"forProvider": {}}));
    let usage = |labels| object("Usage", labels, json!({}));
    let golden = || usage(json!({"goldenpath.io/managed": "true"}));

    let generator =
        json!([{"sourceRef": {"generatorRef": {"kind": "ClusterGenerator", "name": "registry"}}}]);
    let keys =
        json!({"aws": {"auth": {"secretRef": {"accessKeyIDSecretRef": {"name": "keys", "key": "id"}}}}});
    let account = json!({"aws": {"auth": {"jwt": {"serviceAccountRef": {"name": "reader"}}}}});
    let own = "goldenpath/dev/payments/orders-db";
    vec![
        accepted("composites", database(production(), json!({}))),
        accepted("composites", database(production(), automatic)),
        refused("composites", "spec.crossplane is the platform's", pinned()),
        on("UPDATE", accepted("composites", pinned())),
        refused("composites", "namespace payments is of tier production", database(json!({}), json!({}))),
        refused(
            "composites",
            "the label goldenpath.io/managed is written by",
            database(json!({"goldenpath.io/managed": "true"}), json!({})),
        ),
        accepted("external-secrets", shared(extracts(own))),
        accepted("external-secrets", shared(extracts("shared/payments/x"))),
        accepted("external-secrets", external("SecretStore", extracts("anything"))),
        refused(
            "external-secrets",
            "namespace payments may not read goldenpath/prod/payments/orders-db",
            shared(extracts("goldenpath/prod/payments/orders-db")),
        ),
        refused("external-secrets", "dataFrom.find reads", shared(json!([{"find": {}}]))),
        refused(
            "external-secrets",
            "namespace payments may not read ClusterGenerator/registry",
            shared(generator),
        ),
        Request {
            tenancy: false,
            ..refused(
                "external-secrets",
                "the ConfigMap goldenpath-tenancy of namespace goldenpath-system is missing",
                shared(extracts(own)),
            )
        },
        refused("managed", "managed resources and", instance()),
        on("DELETE", refused("managed", "managed resources and", instance())),
        accepted("namespaces", namespace(json!({"team": "payments"}))),
        on("UPDATE", accepted("namespaces", namespace(production()))),
        refused("namespaces", "the label goldenpath.io/tier of a namespace", namespace(production())),
        accepted("push-secrets", push(json!({"kind": "SecretStore", "name": "own"}))),
        accepted("push-secrets", push(json!({"kind": "ClusterSecretStore", "name": "another"}))),
        refused(
            "push-secrets",
            "nothing is pushed",
            push(json!({"kind": "ClusterSecretStore", "name": "goldenpath"})),
        ),
        refused(
            "push-secrets",
            "nothing is pushed",
            push(json!({"kind": "ClusterSecretStore", "labelSelector": {}})),
        ),
        accepted("secret-stores", store(keys)),
        accepted("secret-stores", store(account)),
        accepted("secret-stores", store(json!({"vault": {}}))),
        refused("secret-stores", "without auth.secretRef", store(json!({"aws": {"auth": {"jwt": {}}}}))),
        refused("secret-stores", "without auth.secretRef", object("STSSessionToken", json!({}), json!({}))),
        on("UPDATE", refused("status", "the status is written", database(production(), json!({})))),
        accepted("usages", usage(json!({}))),
        refused("usages", "this Usage is a golden path's", golden()),
        on("DELETE", accepted("usages", usage(json!({})))),
        on("DELETE", refused("usages", "this Usage is a golden path's", golden())),
    ]
}

/// What the team tries to make, change or delete.
fn object(kind: &str, labels: Value, spec: Value) -> Value {
    let mut object = json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "tried"}});
    object["metadata"]["labels"] = labels;
    object["spec"] = spec;
    if let Some((group, version, ..)) = KINDS.into_iter().find(|known| known.2 == kind) {
        object["apiVersion"] = format!("{group}/{version}").into();
        object["metadata"]["namespace"] = TEAM.into();
    }
    object
}
