//! What the XRD of Secrets that follow the secret store accepts and rejects, one row a rule.

use serde_json::{Value, json};

use super::cases::{Case, accepts, accepts_update, rejects, rejects_update};

/// Every case.
pub(crate) fn cases() -> Vec<Case> {
    let rows = [sources(), keys(), databases(), targets(), intervals(), restarts(), names(), updates()];
    rows.into_iter().flatten().collect()
}

#[expect(clippy::needless_pass_by_value, reason = "made where it is passed")]
fn spec(over: Value) -> Value {
    json!({ "spec": over })
}

#[expect(clippy::needless_pass_by_value, reason = "made where it is passed")]
fn of(secrets: Value) -> Value {
    spec(json!({"source": {"secrets": secrets}}))
}

fn sources() -> Vec<Case> {
    let store = |over: Value| spec(json!({ "source": over }));
    vec![
        accepts("a path alone", json!({})),
        accepts("several paths", of(json!([{"path": "a"}, {"path": "a/b"}, {"path": "A_b+c=d.e@f-g/h"}]))),
        accepts("the one provider", store(json!({"provider": "aws-secrets-manager"}))),
        accepts("a region", store(json!({"region": "eu-west-2"}))),
        accepts("a region of two words", store(json!({"region": "us-gov-west-1"}))),
        rejects("another provider", store(json!({"provider": "vault"})), "spec.source.provider"),
        rejects("what is no region", store(json!({"region": "London"})), "spec.source.region"),
        rejects("no source", spec(json!({"source": null})), "spec.source"),
        rejects(
            "neither secrets nor a database",
            store(json!({"secrets": null})),
            "either secrets or database",
        ),
        rejects(
            "secrets and a database",
            store(json!({"database": {"name": "db"}})),
            "either secrets or database",
        ),
        rejects("no secrets", of(json!([])), "spec.source.secrets"),
        rejects("17 secrets", of((0..17).map(|n| json!({"path": format!("a/{n}")})).collect()), "16"),
        rejects("a path twice", of(json!([{"path": "a"}, {"path": "a"}])), "a path is listed once"),
        rejects("a secret without a path", of(json!([{}])), "path"),
        rejects("a path that begins with a slash", of(json!([{"path": "/a"}])), "path"),
        rejects("a path that ends with a slash", of(json!([{"path": "a/"}])), "path"),
        rejects("a path with a blank", of(json!([{"path": "a b"}])), "path"),
    ]
}

fn keys() -> Vec<Case> {
    let keys = |keys: Value| of(json!([{"path": "a", "keys": keys}]));
    vec![
        accepts("a key of a field", keys(json!([{"sourceKey": "a.b/c-d_e", "targetKey": "A.b-c_d"}]))),
        accepts("a key of the whole value", keys(json!([{"targetKey": "tls.crt", "decode": "Base64"}]))),
        rejects("no keys", keys(json!([])), "keys"),
        rejects("a key without a name", keys(json!([{"sourceKey": "a"}])), "targetKey"),
        rejects("a key twice", keys(json!([{"targetKey": "A"}, {"targetKey": "A"}])), "keys"),
        rejects("a key with a blank", keys(json!([{"targetKey": "A B"}])), "targetKey"),
        rejects("a field with a blank", keys(json!([{"targetKey": "A", "sourceKey": "a b"}])), "sourceKey"),
        rejects("another encoding", keys(json!([{"targetKey": "A", "decode": "Auto"}])), "decode"),
        rejects("33 keys", keys((0..33).map(|n| json!({"targetKey": format!("K{n}")})).collect()), "32"),
    ]
}

fn databases() -> Vec<Case> {
    let database = |database: Value| spec(json!({"source": {"secrets": null, "database": database}}));
    vec![
        accepts("a database of the namespace", database(json!({"name": "orders-db"}))),
        accepts("a database of another", database(json!({"name": "orders-db", "namespace": "orders"}))),
        accepts(
            "a key of it",
            database(json!({"name": "db", "keys": [{"targetKey": "A", "sourceKey": "b"}]})),
        ),
        rejects("a database without a name", database(json!({"namespace": "orders"})), "database.name"),
        rejects("a database that is no name", database(json!({"name": "7up"})), "database.name"),
        rejects("a name of 45 characters", database(json!({"name": "a".repeat(45)})), "44"),
        rejects(
            "what is no namespace",
            database(json!({"name": "db", "namespace": "A"})),
            "database.namespace",
        ),
    ]
}

fn targets() -> Vec<Case> {
    let target = |target: Value| spec(json!({ "target": target }));
    vec![
        accepts("a name with dots", target(json!({"secretName": "a.b-c.d"}))),
        accepts("the type of pull secrets", target(json!({"type": "kubernetes.io/dockerconfigjson"}))),
        accepts("the type of certificates", target(json!({"type": "kubernetes.io/tls"}))),
        rejects(
            "a type of Kubernetes' own",
            target(json!({"type": "kubernetes.io/service-account-token"})),
            "type",
        ),
        rejects("no target", spec(json!({"target": null})), "spec.target"),
        rejects("a target without a name", target(json!({"secretName": null})), "secretName"),
        rejects("a name that ends with a dot", target(json!({"secretName": "a."})), "secretName"),
    ]
}

fn intervals() -> Vec<Case> {
    let every = |interval: &str| spec(json!({ "refreshInterval": interval }));
    vec![
        accepts("half a minute", every("30s")),
        accepts("a week", every("168h")),
        accepts("several units", every("1h30m10s")),
        rejects("never", every("0s"), "between 30s and 168h"),
        rejects("too often", every("29s"), "between 30s and 168h"),
        rejects("too seldom", every("169h"), "between 30s and 168h"),
        rejects("what is no duration", every("hourly"), "refreshInterval"),
    ]
}

fn restarts() -> Vec<Case> {
    let targets = |targets: Value| spec(json!({ "restartTargets": targets }));
    vec![
        accepts("a Deployment", targets(json!([{"name": "api"}]))),
        accepts(
            "an app and a Deployment of one name",
            targets(json!([{"name": "a"}, {"name": "a", "kind": "GoldenPathApp"}])),
        ),
        rejects(
            "one twice",
            targets(json!([{"name": "a"}, {"name": "a", "kind": "Deployment"}])),
            "restartTargets",
        ),
        rejects("another kind", targets(json!([{"name": "a", "kind": "StatefulSet"}])), "kind"),
        rejects("one without a name", targets(json!([{"kind": "Deployment"}])), "name"),
    ]
}

fn names() -> Vec<Case> {
    let named = |name: &str| json!({"metadata": {"name": name}});
    vec![
        accepts("a name of 40 characters", named(&"a".repeat(40))),
        rejects("a name of 41 characters", named(&"a".repeat(41)), "metadata.name"),
        rejects("a name with a dot", named("a.b"), "DNS-1035"),
    ]
}

fn updates() -> Vec<Case> {
    vec![
        accepts_update("another path", json!({}), of(json!([{"path": "c"}]))),
        rejects_update(
            "another Secret",
            json!({}),
            spec(json!({"target": {"secretName": "b"}})),
            "immutable",
        ),
        rejects_update(
            "another type",
            json!({}),
            spec(json!({"target": {"type": "kubernetes.io/tls"}})),
            "immutable",
        ),
    ]
}
