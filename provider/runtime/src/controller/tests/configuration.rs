//! What happens to a configuration, and to a Secret that it names.

use goldenpath_provider_core::{Configuration, SecretReference};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;

/// A configuration whose credentials are in a Secret of the namespace `n`.
#[derive(CustomResource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[kube(group = "config.goldenpath.io", version = "v1", kind = "ClusterProviderConfig")]
pub(super) struct ConfigSpec {
    pub(super) secret: String,
}

impl Configuration for ClusterProviderConfig {
    fn secrets(&self) -> Vec<SecretReference> {
        vec![SecretReference { namespace: "n".into(), name: self.spec.secret.clone() }]
    }
}

/// A configuration of the whole cluster whose credentials are in a Secret.
pub(super) fn config(name: &str, secret: &str) -> Value {
    json!({
        "apiVersion": "config.goldenpath.io/v1",
        "kind": "ClusterProviderConfig",
        "metadata": {"name": name, "generation": 1},
        "spec": {"secret": secret},
    })
}

pub(super) fn secret(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "n"},
        "data": {"credentials": "b2xk"},
    })
}

/// A controller that reads the configurations of its cluster.
pub(super) fn reading(objects: &[Value]) -> Running {
    let mut scene = Running::scene(objects);
    let Runtime { client, options, recorder, metrics, shutdown, .. } = scene.context.runtime.clone();
    let config_group = options.config_group.clone().read_as::<ClusterProviderConfig>();
    let options = Options { config_group, ..options };
    scene.context.runtime = Runtime::with(client, options, recorder, metrics, shutdown);
    Running::on(scene)
}

/// Two things of two configurations.
fn cluster() -> Vec<Value> {
    let mut other = in_sync("other");
    other["spec"]["providerConfigRef"] = json!({"kind": "ClusterProviderConfig", "name": "other"});
    vec![
        in_sync("x"),
        other,
        config("default", "creds"),
        config("other", "others"),
        secret("creds"),
        secret("others"),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_changed_configuration_wakes_what_uses_it() {
    let running = reading(&cluster());
    running.looks_after(11 * MINUTE).await;
    running.change("clusterproviderconfigs/default", &json!({"status": {"users": 1}}));
    assert_eq!(running.looks_after(AT_ONCE).await, 0, "its status is no reason");
    running.change("clusterproviderconfigs/default", &json!({"metadata": {"generation": 2}}));
    assert_eq!(running.looks_after(AT_ONCE).await, 1, "one of the two uses it");
}

#[tokio::test(start_paused = true)]
async fn a_configuration_that_is_made_wakes_what_waits_for_it() {
    let running = Running::with(&[in_sync("x")]);
    running.looks_after(11 * MINUTE).await;
    running.scene.api.put(config("default", "creds"));
    assert_eq!(running.looks_after(AT_ONCE).await, 1);
}

#[tokio::test(start_paused = true)]
async fn corrected_credentials_wake_what_uses_them_and_forget_its_failures() {
    let running = reading(&cluster());
    running.scene.world().observe = Err(Fault::user("CredentialsInvalid", "AWS rejects the credentials"));
    running.looks_after(30 * MINUTE).await;

    running.change("secrets/creds", &json!({"data": {"credentials": "bmV3"}}));
    assert_eq!(running.looks_after(AT_ONCE).await, 1);
    assert_eq!(running.looks_after(Duration::from_millis(300)).await, 1, "the backoff begins anew");
}

#[tokio::test(start_paused = true)]
async fn only_secrets_that_configurations_name_are_watched_and_only_their_metadata() {
    let mut objects = cluster();
    objects.push(secret("unrelated"));
    let running = reading(&objects);
    running.settle().await;
    let secrets = || {
        let questions = running.scene.api.questions().into_iter().filter(|q| q.path.ends_with("secrets"));
        let mut asked: Vec<_> =
            questions.map(|q| (q.path, q.metadata, q.name.expect("one Secret only"), q.watches)).collect();
        asked.sort();
        asked
    };
    let of = |name: &str, watches| ("namespaces/n/secrets".to_owned(), true, name.to_owned(), watches);
    assert_eq!(secrets(), [of("creds", false), of("creds", true), of("others", false), of("others", true)]);

    running.change(
        "clusterproviderconfigs/default",
        &json!({"metadata": {"generation": 2}, "spec": {"secret": "unrelated"}}),
    );
    running.settle().await;
    assert_eq!(secrets(), [of("unrelated", false), of("unrelated", true)]);
    running.change("secrets/creds", &json!({"data": {}}));
    assert_eq!(running.looks_after(AT_ONCE).await, 0, "no configuration names it any more");
    running.change("secrets/unrelated", &json!({"data": {}}));
    assert_eq!(running.looks_after(AT_ONCE).await, 1);
}
