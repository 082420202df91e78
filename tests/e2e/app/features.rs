//! Each feature of an app turned on, off and on again: exactly its objects come and go, and the pods are rolled only where
//! their template differs.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use futures::future::join_all;
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::core::ApiResource;
use serde_json::{Value, json};

use super::{LIMIT, NAME, change, secrets};

/// What is turned in one app, one after the other.
struct Group {
    /// The spec besides.
    besides: Value,
    features: Vec<Feature>,
}

/// A part of the spec, and what belongs to it.
struct Feature {
    on: Value,
    off: Value,
    /// The objects that are there while it is on, and not while it is off.
    objects: &'static [&'static str],
    pods: Pods,
}

/// What a feature means for the pods.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pods {
    /// Their template differs.
    Roll,
    /// They have nothing to do with it.
    Stay,
}

/// How an app is: its objects, and how often its pods were made anew.
#[derive(Debug, PartialEq, Eq)]
struct Picture {
    objects: BTreeSet<String>,
    revision: u32,
}

/// Every feature that has objects or fields of its own.
fn groups(namespace: &str) -> Vec<Group> {
    let feature = |on: Value, off: Value, objects, pods| Feature { on, off, objects, pods };
    let secret = json!([{"name": "api-keys", "source": secrets::path(namespace, "api-keys")}]);
    let triggers = json!([{"type": "cron", "metadata": {"timezone": "UTC", "start": "0 8 * * *", "end": "0 18 * * *", "desiredReplicas": "3"}}]);
    vec![
        Group {
            besides: json!({"kind": "Worker"}),
            features: vec![
                feature(
                    json!({"availability": {"podDisruptionBudget": "Auto"}}),
                    json!({"availability": {"podDisruptionBudget": "Disabled"}}),
                    &["PodDisruptionBudget/shop"],
                    Pods::Stay,
                ),
                feature(
                    json!({"network": {"mode": "Managed"}}),
                    json!({"network": {"mode": "Open"}}),
                    &["NetworkPolicy/shop"],
                    Pods::Stay,
                ),
                feature(
                    json!({"monitoring": {"alerting": {"enabled": true}}}),
                    json!({"monitoring": {"alerting": {"enabled": false}}}),
                    &["PrometheusRule/shop"],
                    Pods::Stay,
                ),
                // A Worker has no port before it has metrics.
                feature(
                    json!({"monitoring": {"enabled": true}, "network": {"mode": "Open"}}),
                    json!({"monitoring": {"enabled": false}}),
                    &["PodMonitor/shop"],
                    Pods::Roll,
                ),
                feature(
                    json!({"secrets": secret}),
                    json!({"secrets": null}),
                    &["ExternalSecret/api-keys"],
                    Pods::Roll,
                ),
            ],
        },
        Group {
            besides: json!({"kind": "Web"}),
            features: vec![
                feature(
                    json!({"monitoring": {"enabled": true}}),
                    json!({"monitoring": {"enabled": false}}),
                    &["ServiceMonitor/shop"],
                    Pods::Stay,
                ),
                feature(
                    json!({"scaling": {"enabled": true, "minReplicas": 2}}),
                    json!({"scaling": {"enabled": false}}),
                    &["HorizontalPodAutoscaler/shop"],
                    Pods::Stay,
                ),
                feature(
                    json!({"scaling": {"enabled": true, "minReplicas": 0, "triggers": triggers}}),
                    json!({"scaling": {"enabled": false, "minReplicas": 1, "triggers": null}}),
                    &["ScaledObject/shop"],
                    Pods::Stay,
                ),
                feature(
                    json!({"kind": "Web", "monitoring": {"enabled": false}}),
                    json!({"kind": "Worker"}),
                    &["Service/shop"],
                    Pods::Roll,
                ),
            ],
        },
    ]
}

/// The kinds of which an app is composed.
fn composed() -> Vec<ApiResource> {
    vec![
        kinds::service_account(),
        kinds::deployment(),
        kinds::service(),
        kinds::horizontal_pod_autoscaler(),
        kinds::scaled_object(),
        kinds::pod_disruption_budget(),
        kinds::network_policy(),
        kinds::service_monitor(),
        kinds::pod_monitor(),
        kinds::prometheus_rule(),
        kinds::external_secret(),
    ]
}

/// Every feature on, off and on again.
pub(crate) async fn each_feature_of_an_app_brings_what_is_its_own_and_takes_it_along(
    plane: &ControlPlane,
) -> Result<()> {
    let namespaces = [plane.namespace("app-features").await?, plane.namespace("app-features").await?];
    let walks = namespaces.iter().enumerate().map(|(number, namespace)| async move {
        let group = groups(namespace).swap_remove(number);
        walk(plane, namespace, group).await
    });
    let told = join_all(walks).await.into_iter().filter_map(Result::err);
    let told: Vec<_> = told.map(|error| format!("{error:#}")).collect();
    ensure!(told.is_empty(), "{}", told.join("\n"));
    Ok(())
}

async fn walk(plane: &ControlPlane, namespace: &str, group: Group) -> Result<()> {
    secrets::value(plane, "CreateSecret", &secrets::path(namespace, "api-keys"), 1).await?;
    let mut spec = json!({"image": "registry.example/shop:v1", "replicas": 2});
    // What is turned later begins turned off.
    for part in group.features.iter().rev().map(|feature| &feature.off).chain([&group.besides]) {
        lay_over(&mut spec, part);
    }
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": NAME}, "spec": spec,
    });
    plane.apply(&xr.to_string(), namespace).await?;
    plane.until_true(kinds::app(), namespace, NAME, "Ready", LIMIT).await?;
    let mut picture = Picture::take(plane, namespace).await?.context("it is at rest")?;
    for Feature { on, off, objects, pods } in group.features {
        for (turn, value) in [(true, &on), (false, &off), (true, &on)] {
            change(plane, namespace, &json!({"spec": value})).await?;
            picture = settled(plane, namespace, picture.turned(turn, objects, pods))
                .await
                .with_context(|| format!("after {value}"))?;
        }
        change(plane, namespace, &json!({"spec": off})).await?;
        picture = settled(plane, namespace, picture.turned(false, objects, pods)).await?;
    }
    plane.delete(&kinds::app(), namespace, NAME).await?;
    plane.until_gone(kinds::deployment(), namespace, NAME, LIMIT).await
}

/// Waits until an app is as expected, and nothing of it is on its way.
async fn settled(plane: &ControlPlane, namespace: &str, expected: Picture) -> Result<Picture> {
    let mut last = None;
    let found = wait::until("exactly what belongs to the feature differs", LIMIT, async || {
        let now = Picture::take(plane, namespace).await?;
        let is_there = now.as_ref() == Some(&expected);
        last = now.or(last.take());
        Ok(is_there.then_some(()))
    })
    .await;
    found.with_context(|| format!("expected {expected:#?}, and it was {last:#?}"))?;
    Ok(expected)
}

fn lay_over(under: &mut Value, over: &Value) {
    let Value::Object(over) = over else {
        *under = over.clone();
        return;
    };
    for (key, value) in over.iter().filter(|(_, value)| !value.is_null()) {
        lay_over(&mut under[key], value);
    }
}

// === impl Picture ===

impl Picture {
    /// None while the app or its Deployment has not seen the latest change.
    async fn take(plane: &ControlPlane, namespace: &str) -> Result<Option<Self>> {
        let client = plane.client();
        let app = objects::get(client, &kinds::app(), namespace, NAME).await?;
        let deployment = objects::get(client, &kinds::deployment(), namespace, NAME).await?;
        let (Some(app), Some(deployment)) = (app, deployment) else { return Ok(None) };
        for object in [&app, &deployment] {
            if object.data["status"]["observedGeneration"].as_i64() != object.metadata.generation {
                return Ok(None);
            }
        }
        let mut all = BTreeSet::new();
        for kind in composed() {
            let listed = objects::list(client, &kind, namespace).await?;
            let names = listed.iter().filter_map(|object| object.metadata.name.as_deref());
            // Kubernetes makes an account for each namespace.
            all.extend(names.filter(|name| *name != "default").map(|name| format!("{}/{name}", kind.kind)));
        }
        let revision = secrets::revision_of(&deployment).parse().context("a revision is a number")?;
        Ok(Some(Self { objects: all, revision }))
    }

    /// How it is to be once a feature is turned; one that is on already is not turned on.
    fn turned(&self, on: bool, objects: &[&str], pods: Pods) -> Self {
        let own: BTreeSet<String> = objects.iter().map(|object| (*object).to_owned()).collect();
        let objects = if on { &self.objects | &own } else { &self.objects - &own };
        let rolls = pods == Pods::Roll && objects != self.objects;
        Self { objects, revision: self.revision + u32::from(rolls) }
    }
}
