//! What a team tries with External Secrets Operator, to read what another team's database keeps.

use goldenpath_tests::kinds;
use serde_json::{Value, json};

use crate::attacks::attack::{Act, Attack};
use crate::attacks::scene::{DATABASE, Team};

const READ: &str = "goldenpath-external-secrets";
const PUSH: &str = "goldenpath-push-secrets";
const STORES: &str = "goldenpath-secret-stores";

/// Of one team on the credentials of another.
pub(crate) fn attacks(attacker: &Team<'_>, victim: &Team<'_>) -> Vec<Attack> {
    [reading(attacker, victim), pushing(victim), with_own_stores(victim)].into_iter().flatten().collect()
}

fn reading(attacker: &Team<'_>, victim: &Team<'_>) -> Vec<Attack> {
    let (own, theirs) = (&attacker.path, &victim.path);
    let read = |what, spec| Attack::policy(READ, what, Act::Make(external_secret(&spec)));
    let extract = |path: &str| json!({"dataFrom": [{"extract": {"key": path}}]});
    let property =
        |path: &str| json!({"secretKey": "stolen", "remoteRef": {"key": path, "property": "password"}});
    let arn = format!("arn:aws:secretsmanager:eu-central-1:123456789012:secret:{theirs}");
    let other_environment = own.replace("/dev/", "/prod/");
    let generator = json!({
        "apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "ClusterGenerator", "name": "registry",
    });
    let store = json!({"kind": "ClusterSecretStore", "name": "goldenpath"});
    vec![
        read("extracts another team's credentials with an ExternalSecret", extract(theirs)),
        read("names one property of them", json!({"data": [property(theirs)]})),
        read(
            "names them behind its own, in one ExternalSecret",
            json!({"data": [property(own), property(theirs)]}),
        ),
        read("names them by their ARN", extract(&arn)),
        read("finds them by a pattern", json!({"dataFrom": [{"find": {"name": {"regexp": ".*"}}}]})),
        read(
            "finds them by their tags",
            json!({"dataFrom": [{"find": {"tags": {"crossplane-name": DATABASE}}}]}),
        ),
        read(
            "names the platform's store for one entry alone",
            json!({
                "secretStoreRef": {"kind": "SecretStore", "name": "own"},
                "dataFrom": [{"extract": {"key": theirs}, "sourceRef": {"storeRef": store}}],
            }),
        ),
        read(
            "writes them out by a template",
            json!({
                "data": [property(theirs)],
                "target": {"template": {"data": {"url": "postgres://{{ .stolen }}"}}},
            }),
        ),
        read("names its own path in another environment", extract(&other_environment)),
        read(
            "uses a generator that all namespaces share",
            json!({"dataFrom": [{"sourceRef": {"generatorRef": generator}}]}),
        ),
        Attack::policy(
            READ,
            "changes the ExternalSecret of its own database",
            Act::Change(kinds::external_secret(), DATABASE.into(), json!({"spec": extract(theirs)})),
        ),
    ]
}

fn pushing(victim: &Team<'_>) -> Vec<Attack> {
    let push = |what, store: Value| {
        let object = json!({
            "apiVersion": "external-secrets.io/v1alpha1", "kind": "PushSecret", "metadata": {"name": "attack"},
            "spec": {
                "secretStoreRefs": [store],
                "selector": {"secret": {"name": DATABASE}},
                "data": [{"match": {"secretKey": "password", "remoteRef": {"remoteKey": victim.path}}}],
            },
        });
        Attack::policy(PUSH, what, Act::Make(object))
    };
    let labels = json!({"matchLabels": {"any": "label"}});
    vec![
        push(
            "overwrites them with a PushSecret",
            json!({"kind": "ClusterSecretStore", "name": "goldenpath"}),
        ),
        push(
            "pushes to whatever store has a label",
            json!({"kind": "ClusterSecretStore", "labelSelector": labels}),
        ),
    ]
}

fn with_own_stores(victim: &Team<'_>) -> Vec<Attack> {
    let store = |provider: Value| {
        json!({
            "apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "attack"},
            "spec": {"provider": {"aws": provider}},
        })
    };
    let token = json!({
        "apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "STSSessionToken",
        "metadata": {"name": "attack"}, "spec": {"region": "eu-central-1"},
    });
    let everywhere = json!({
        "apiVersion": "external-secrets.io/v1", "kind": "ClusterExternalSecret", "metadata": {"name": "attack"},
        "spec": {
            "namespaceSelector": {"matchLabels": {"any": "label"}},
            "externalSecretSpec": external_secret(&json!({"dataFrom": [{"extract": {"key": victim.path}}]}))["spec"],
        },
    });
    vec![
        Attack::policy(
            STORES,
            "makes a store that reads AWS as the operator itself",
            Act::Make(store(json!({"service": "SecretsManager", "region": "eu-central-1"}))),
        ),
        Attack::policy(
            STORES,
            "makes such a store with credentials that are left empty",
            Act::Make(store(
                json!({"service": "SecretsManager", "region": "eu-central-1", "auth": {"jwt": {}}}),
            )),
        ),
        Attack::policy(STORES, "has a session made for the operator itself", Act::Make(token)),
        Attack::rights(
            "has another namespace read for it, with a ClusterExternalSecret",
            Act::Make(everywhere),
        ),
        Attack::rights(
            "reads the other team's Secret",
            Act::Read(kinds::secret(), victim.tenant.namespace.clone(), DATABASE.into()),
        ),
    ]
}

/// One on the platform's store, unless it names another.
pub(crate) fn external_secret(spec: &Value) -> Value {
    let mut object = json!({
        "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "attack"},
        "spec": {
            "refreshInterval": "1h0m0s",
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": "goldenpath"},
            "target": {"name": "attack"},
        },
    });
    for (key, value) in spec.as_object().into_iter().flatten() {
        object["spec"][key] = value.clone();
    }
    object
}
