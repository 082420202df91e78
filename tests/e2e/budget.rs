//! How much is asked and written: a database comes up with few writes, and at rest nothing is written (R128, R129), and
//! nothing is asked of the API server.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, pin_mut};
use goldenpath_tests::audit::Asked;
use goldenpath_tests::writes::Writes;
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::api::{WatchEvent, WatchParams};
use kube::core::{ApiResource, DynamicObject};

use crate::request::{READY_LIMIT, SHORT_LIMIT};

/// What a managed resource may cost, seen by a watcher: each write wakes its XR (R129).
const BUDGET: u64 = 4;
/// Looks at AWS during the rest: what is not written is not written although it is looked.
const LOOKS: usize = 3;

/// A secret and a database by themselves, each counted by the API server's own metrics and by a watch.
pub(crate) async fn a_resource_comes_up_with_four_writes_and_rests_with_none(
    plane: &ControlPlane,
) -> Result<()> {
    let namespace = plane.namespace("budget").await?;
    let secret = "apiVersion: secretsmanager.aws.m.goldenpath.io/v1alpha1\nkind: Secret\n\
                  metadata: {name: counted, annotations: {crossplane.io/external-name: NS-counted}}\n\
                  spec: {forProvider: {region: eu-central-1, generateSecretString: {secretStringTemplate: '{}', generateStringKey: password}}}\n";
    let instance = "apiVersion: rds.aws.m.goldenpath.io/v1alpha1\nkind: Instance\n\
                    metadata: {name: counted, annotations: {crossplane.io/external-name: NS-counted}}\n\
                    spec: {forProvider: {region: eu-central-1, engine: postgres, instanceClass: db.t4g.medium, \
                    allocatedStorage: 20, username: app, manageMasterUserPassword: true, skipFinalSnapshot: true}}\n";
    for (kind, yaml) in [(kinds::managed_secret(), secret), (kinds::instance(), instance)] {
        count(plane, kind, &namespace, &yaml.replace("NS", &namespace)).await?;
    }
    rest(plane, &namespace).await?;
    for kind in [kinds::instance(), kinds::managed_secret()] {
        plane.delete(&kind, &namespace, "counted").await?;
        plane.until_gone(kind, &namespace, "counted", READY_LIMIT).await?;
    }
    Ok(())
}

async fn count(plane: &ControlPlane, kind: ApiResource, namespace: &str, yaml: &str) -> Result<()> {
    let resource = format!("{}.{}", kind.plural, kind.group);
    let before = Writes::read(plane.client()).await?;
    let made = plane.apply(yaml, namespace).await?;
    let version = made[0].metadata.resource_version.clone().context("no version")?;
    plane.until_true(kind.clone(), namespace, "counted", "Ready", READY_LIMIT).await?;
    // The last write of a bring-up may come right after the one that says Ready.
    looked(plane, namespace, 2).await?;
    let written = Writes::read(plane.client()).await?.since(&before);
    let seen = seen_since(plane, &kind, namespace, &version).await?;
    // One write is ours: the object itself.
    let requests = written.of(&resource) - 1;
    writeln!(
        std::io::stdout(),
        "    {}: {requests} requests, {} changes seen by a watch, from new to Ready: {written}\n      {}",
        kind.kind,
        seen.len(),
        seen.join("\n      ")
    )?;
    ensure!(seen.len() as u64 <= BUDGET, "a watch saw {} changes: {seen:#?}", seen.len());
    ensure!(requests <= BUDGET, "{requests} requests of {resource}: {written}");
    Ok(())
}

/// The changes of an object since a version, each told by its conditions.
async fn seen_since(
    plane: &ControlPlane,
    kind: &ApiResource,
    namespace: &str,
    version: &str,
) -> Result<Vec<String>> {
    let api = objects::scoped(plane.client(), kind, namespace);
    let latest = api.get("counted").await?.metadata.resource_version;
    let changes = api.watch(&WatchParams::default().timeout(20), version).await?;
    pin_mut!(changes);
    let mut seen = Vec::new();
    while let Some(change) = changes.next().await {
        let WatchEvent::Modified(object) = change? else { continue };
        seen.push(told(&object));
        if object.metadata.resource_version == latest {
            break;
        }
    }
    Ok(seen)
}

fn told(object: &DynamicObject) -> String {
    let conditions = ["Synced", "Ready"].map(|kind| {
        let condition = objects::condition_of(object, kind);
        format!("{kind}={}", condition.map_or("-", |c| c["reason"].as_str().unwrap_or_default()))
    });
    let annotations = object.metadata.annotations.iter().flatten();
    let created = annotations.map(|(name, _)| name.as_str()).filter(|name| name.contains("external-create"));
    let created: Vec<_> =
        created.map(|name| name.trim_start_matches("crossplane.io/external-create-")).collect();
    format!("{} create: {}", conditions.join(" "), created.join("+"))
}

/// The provider writes nothing, and nobody writes its objects, while it looks at AWS again and again.
async fn rest(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let versions = async || {
        let mut versions = Vec::new();
        for kind in [kinds::instance(), kinds::managed_secret()] {
            versions.push(
                objects::list(plane.client(), &kind, namespace).await?[0].metadata.resource_version.clone(),
            );
        }
        anyhow::Ok(versions)
    };
    let (before, begun) = (versions().await?, Writes::read(plane.client()).await?);
    let asked = Asked::read(&plane.logs())?;
    looked(plane, namespace, LOOKS).await?;
    let written = Writes::read(plane.client()).await?.since(&begun);
    let asked = Asked::read(&plane.logs())?.since(&asked);
    writeln!(
        std::io::stdout(),
        "    at rest, {LOOKS} looks at AWS: {written} written; the provider asked: {asked}"
    )?;
    // Writes are asked for as well. What External Secrets Operator writes of its stores and copies meanwhile is its own.
    ensure!(asked.total() == 0, "the provider asked the API server at rest: {asked}");
    ensure!(versions().await? == before, "the objects have changed");
    ensure!(written.of("goldenpath.io") == 0, "written at rest: {written}");
    Ok(())
}

/// Waits until AWS was asked so many times more about the database, or the secret as long as there is none.
async fn looked(plane: &ControlPlane, namespace: &str, times: usize) -> Result<()> {
    let looks = async || {
        let calls = plane.aws().calls_since(0.0).await?;
        let reads = ["DescribeDBInstances", "DescribeSecret"].map(|action| {
            let about =
                |c: &&goldenpath_tests::aws::Call| c.action == action && c.resource.contains(namespace);
            calls.iter().filter(about).count()
        });
        anyhow::Ok(reads.into_iter().filter(|count| *count > 0).min().unwrap_or_default())
    };
    let before = looks().await?;
    wait::until("AWS is looked at", SHORT_LIMIT.max(Duration::from_secs(30)), async || {
        Ok((looks().await? >= before + times).then_some(()))
    })
    .await
}
