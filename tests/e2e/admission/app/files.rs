//! Secrets, files and folders.

use serde_json::{Value, json};

use super::Refused;

pub(super) fn secrets() -> Vec<Refused> {
    let secret = |over: Value| {
        let mut secret = json!({"name": "keys", "source": "a/keys"});
        super::super::merge(&mut secret, &over);
        json!({"secrets": [secret]})
    };
    let named = |name: &str| secret(json!({"name": name}));
    let of = |source: &str| secret(json!({"source": source}));
    let every = |interval: &str| secret(json!({"refreshInterval": interval}));
    let mapping = |source: &str, target: &str| json!({"sourceKey": source, "targetKey": target});
    let once = "a mountPath is used once";
    vec![
        ("a Secret that is no name", named("Keys"), "spec.secrets[0].name"),
        ("a Secret with a dot", named("a.b"), "spec.secrets[0].name"),
        ("a secret from nowhere", of(""), "spec.secrets[0].source"),
        ("a path that leads up", of("a/../b"), "spec.secrets[0].source"),
        ("a path from the root", of("/a"), "spec.secrets[0].source"),
        ("a path with a space", of("a b"), "spec.secrets[0].source"),
        ("a folder", of("a/"), "spec.secrets[0].source"),
        ("no source", json!({"secrets": [{"name": "keys"}]}), "spec.secrets[0].source"),
        (
            "a Secret twice",
            json!({"secrets": [{"name": "a", "source": "a"}, {"name": "a", "source": "b"}]}),
            "Duplicate value",
        ),
        ("no keys", secret(json!({"keys": []})), "spec.secrets[0].keys"),
        ("a key with a space", secret(json!({"keys": ["A B"]})), "spec.secrets[0].keys[0]"),
        ("a key twice", secret(json!({"keys": ["A", "A"]})), "Duplicate value"),
        (
            "a key in keys and mappings",
            secret(json!({"keys": ["A"], "mappings": [mapping("b", "A")]})),
            "written once, by keys or by mappings",
        ),
        (
            "two values of one key",
            secret(json!({"mappings": [mapping("a", "A"), mapping("b", "A")]})),
            "Duplicate value",
        ),
        ("reading without end", every("0s"), "between 30s and 168h"),
        ("reading too often", every("29s"), "between 30s and 168h"),
        ("reading once a month", every("720h"), "between 30s and 168h"),
        ("an interval in days", every("1d"), "spec.secrets[0].refreshInterval"),
        ("an empty interval", every(""), "spec.secrets[0].refreshInterval"),
        (
            "two secrets at one place",
            json!({"secrets": [
                {"name": "a", "source": "a", "mountPath": "/etc/x"}, {"name": "b", "source": "b", "mountPath": "/etc/x"},
            ]}),
            once,
        ),
        (
            "a secret and a file at one place",
            json!({
                "secrets": [{"name": "a", "source": "a", "mountPath": "/etc/x"}],
                "files": [{"mountPath": "/etc/x", "emptyDir": {}}],
            }),
            once,
        ),
    ]
}

pub(super) fn files() -> Vec<Refused> {
    let at = |path: &str| json!({"files": [{"mountPath": path, "configMap": "shop"}]});
    let file = |source: Value| {
        let mut file = json!({"mountPath": "/x"});
        super::super::merge(&mut file, &source);
        json!({"files": [file]})
    };
    let place = "spec.files[0].mountPath";
    let one = "exactly one of configMap, secret, emptyDir, persistentVolumeClaim";
    vec![
        ("files in place of all others", at("/"), place),
        ("files at no absolute place", at("etc/shop"), place),
        ("files at a place that leads up", at("/etc/../bin"), place),
        ("files at a place that ends in a slash", at("/etc/shop/"), place),
        ("files at a place with a colon", at("/a:b"), place),
        (
            "files twice at one place",
            json!({"files": [{"mountPath": "/x", "configMap": "a"}, {"mountPath": "/x", "secret": "b"}]}),
            "Duplicate value",
        ),
        ("files from nowhere", file(json!({})), one),
        ("files from two sources", file(json!({"configMap": "a", "secret": "b"})), one),
        ("a config map that is no name", file(json!({"configMap": "A"})), "spec.files[0].configMap"),
        (
            "as much as there is",
            file(json!({"emptyDir": {"sizeLimit": "lots"}})),
            "spec.files[0].emptyDir.sizeLimit",
        ),
        (
            "a medium that there is not",
            file(json!({"emptyDir": {"medium": "Tape"}})),
            "spec.files[0].emptyDir.medium",
        ),
        (
            "a priority that there is not",
            json!({"availability": {"priority": "urgent"}}),
            "spec.availability.priority",
        ),
    ]
}
