//! The examples that the requirement itself gives, unchanged, on the platform that they were written for: its region and its
//! environment. What there is in its store, and its certificate, is there; everything else is made.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, install, kinds, objects, wait};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use crate::gateway::certificate;
use crate::request::{READY_LIMIT, SHORT_LIMIT, composition, problem};

const APP: &str = include_str!("seeds/app.yaml");
const ROUTE: &str = include_str!("seeds/ingress-request.yaml");
const SYNC: &str = include_str!("seeds/secret-sync.yaml");

const NAMESPACE: &str = "payments";
const REGION: &str = "eu-west-2";
/// The store of the region.
const STORE: &str = "goldenpath-london";
/// The compositions that say which platform it is.
const COMPOSITIONS: [&str; 4] = ["goldenpathapp", "goldenpathdatabase", "ingressrequest", "secretsync"];
/// Conditions that a reader waits for.
const STEPS: [&str; 3] = ["Accepted", "Available", "Ready"];

/// All are accepted and become Ready. App and route ask for one host and path, as they stand: the one that came later is told,
/// and is served once the other lets go.
pub(crate) async fn the_examples_of_the_requirement_come_up_as_they_stand(
    plane: &ControlPlane,
) -> Result<()> {
    let before = platform_of_the_requirement(plane).await?;
    let told = come_up(plane).await;
    platform_of_the_stories(plane, before).await?;
    told
}

async fn come_up(plane: &ControlPlane) -> Result<()> {
    plane.apply(&install::namespace(NAMESPACE).to_string(), "").await?;
    for (name, value) in [
        (
            "postgres",
            json!({"username": "u", "password": "p", "POSTGRES_USER": "u", "POSTGRES_PASSWORD": "p"}),
        ),
        ("api-keys", json!({"PARTNER": "k"})),
    ] {
        let secret =
            json!({"Name": format!("goldenpath/prod/{NAMESPACE}/{name}"), "SecretString": value.to_string()});
        plane.aws().call_in(REGION, "secretsmanager", "CreateSecret", &secret).await?;
    }
    certificate(plane, NAMESPACE, "api-goldenpath-tls", "api.goldenpath.dev").await?;

    let begun = Instant::now();
    plane.apply(APP, "").await?;
    plane.apply(SYNC, "").await?;
    let (app, database, sync) = tokio::join!(
        times(plane, kinds::app(), "payments-api", begun),
        times(plane, kinds::database(), "payments-api-db", begun),
        times(plane, kinds::secret_sync(), "payments-secrets", begun),
    );
    let (app, database) = (app?, database?);
    sync?;
    // The credentials of a database are there for the pods once it is Ready; the rest is not AWS's.
    eprintln!("of the app, {:.1} s came after its database", app["Ready"] - database["Ready"]);

    told_of_the_conflict(plane).await?;
    let begun = Instant::now();
    change(plane, &json!({"spec": {"ingress": {"enabled": false}}})).await?;
    plane
        .until(kinds::app(), NAMESPACE, "payments-api", "has let go of the host", SHORT_LIMIT, |app| {
            objects::condition(app, "IngressReady") == Some("False")
        })
        .await?;
    wait::until("its Ingress is gone", SHORT_LIMIT, async || {
        Ok(objects::list(plane.client(), &kinds::ingress(), NAMESPACE).await?.is_empty().then_some(()))
    })
    .await?;
    // Who has a host is looked up once a minute; a change of its own is quicker.
    let touched = json!({"metadata": {"annotations": {"example.org/touched": "1"}}});
    objects::merge(plane.client(), &kinds::ingress_request(), NAMESPACE, "payments-api-ingress", &touched)
        .await?;
    times(plane, kinds::ingress_request(), "payments-api-ingress", begun).await?;
    go(plane).await
}

/// Waits until an XR is Ready, and prints how long each step took, in seconds.
async fn times(
    plane: &ControlPlane,
    kind: ApiResource,
    name: &str,
    begun: Instant,
) -> Result<BTreeMap<&'static str, f64>> {
    let mut times = BTreeMap::new();
    let mut see = |xr: &DynamicObject| {
        for step in STEPS {
            if objects::condition(xr, step) == Some("True") {
                times.entry(step).or_insert_with(|| begun.elapsed().as_secs_f64());
            }
        }
        times.contains_key("Ready")
    };
    let xr = plane.until(kind.clone(), NAMESPACE, name, "is Ready", READY_LIMIT, &mut see).await?;
    ensure!(objects::condition(&xr, "Accepted") == Some("True"), "{}", xr.data["status"]);
    let told = times.iter().map(|(step, seconds)| format!("{step} after {seconds:.1} s"));
    eprintln!("{} {name}: {}", kind.kind, told.collect::<Vec<_>>().join(", "));
    Ok(times)
}

async fn told_of_the_conflict(plane: &ControlPlane) -> Result<()> {
    let (kind, name) = (kinds::ingress_request(), "payments-api-ingress");
    plane.apply(ROUTE, "").await?;
    let told = |xr: &DynamicObject| problem(xr, "HostConflict").is_some();
    let route = plane.until(kind, NAMESPACE, name, "is refused the host", SHORT_LIMIT, told).await?;
    let conflict = problem(&route, "HostConflict").context("it was told a moment ago")?;
    let says = conflict["message"].as_str().unwrap_or_default();
    ensure!(
        says.contains("GoldenPathApp payments/payments-api has the host api.goldenpath.dev"),
        "{conflict:#}"
    );
    ensure!(conflict["field"] == ".spec.host" && conflict["remedy"].is_string(), "{conflict:#}");
    let app = objects::get(plane.client(), &kinds::app(), NAMESPACE, "payments-api").await?;
    let app = app.context("the app is gone")?;
    ensure!(problem(&app, "HostConflict").is_none(), "the first one is told: {}", app.data["status"]);
    ensure!(objects::condition(&app, "Ready") == Some("True"), "{}", app.data["status"]);
    Ok(())
}

/// The platform is in another region and environment than that of the stories. Answers with what its compositions said before.
async fn platform_of_the_requirement(plane: &ControlPlane) -> Result<Vec<Value>> {
    let store = objects::get(plane.client(), &kinds::cluster_secret_store(), "", "goldenpath").await?;
    let mut spec = store.context("there is no store")?.data["spec"].clone();
    spec["provider"]["aws"]["region"] = json!(REGION);
    let store = json!({
        "apiVersion": "external-secrets.io/v1", "kind": "ClusterSecretStore", "metadata": {"name": STORE}, "spec": spec,
    });
    plane.apply(&store.to_string(), "").await?;
    plane.until_true(kinds::cluster_secret_store(), "", STORE, "Ready", SHORT_LIMIT).await?;
    let mut before = Vec::new();
    for name in COMPOSITIONS {
        let was = composition(plane, name).await?;
        let mut now = was.clone();
        let input = &mut now["spec"]["pipeline"][0]["input"];
        input["region"] = json!(REGION);
        input["environment"] = json!("prod");
        input["secretStore"] = json!({"kind": "ClusterSecretStore", "name": STORE});
        says(plane, &now).await?;
        before.push(was);
    }
    Ok(before)
}

/// Applies a composition, and waits until the latest revision is that.
async fn says(plane: &ControlPlane, composition: &Value) -> Result<()> {
    plane.apply(&composition.to_string(), "").await?;
    let kind =
        kinds::kind("apiextensions.crossplane.io", "v1", "CompositionRevision", "compositionrevisions");
    let name = composition["metadata"]["name"].as_str().context("no name")?;
    wait::until(&format!("a revision says what {name} says"), SHORT_LIMIT, async || {
        let all = objects::list(plane.client(), &kind, "").await?;
        let label = "crossplane.io/composition-name";
        let own = all.iter().filter(|one| {
            one.metadata.labels.as_ref().and_then(|labels| labels.get(label)).is_some_and(|of| of == name)
        });
        let latest = own.max_by_key(|one| one.data["spec"]["revision"].as_i64());
        let said = latest.map(|one| &one.data["spec"]["pipeline"][0]["input"]);
        Ok((said == Some(&composition["spec"]["pipeline"][0]["input"])).then_some(()))
    })
    .await
}

/// Takes all of it away.
async fn go(plane: &ControlPlane) -> Result<()> {
    change(plane, &json!({"spec": {"database": {"deletion": {"protection": false, "policy": "Delete"}}}}))
        .await?;
    let free = |app: &DynamicObject| objects::condition(app, "DeletionBlocked") != Some("True");
    plane.until(kinds::app(), NAMESPACE, "payments-api", "may be deleted", READY_LIMIT, free).await?;
    plane.until_gone(kinds::usage(), NAMESPACE, "payments-api.app", SHORT_LIMIT).await?;
    for (kind, name) in [
        (kinds::ingress_request(), "payments-api-ingress"),
        (kinds::secret_sync(), "payments-secrets"),
        (kinds::app(), "payments-api"),
    ] {
        plane.delete(&kind, NAMESPACE, name).await?;
        plane.until_gone(kind, NAMESPACE, name, READY_LIMIT).await?;
    }
    plane.delete(&kinds::namespace(), "", NAMESPACE).await?;
    plane.until_gone(kinds::namespace(), "", NAMESPACE, READY_LIMIT).await
}

/// The stories that follow have their own platform again, whatever came out.
async fn platform_of_the_stories(plane: &ControlPlane, before: Vec<Value>) -> Result<()> {
    for was in before {
        says(plane, &was).await?;
    }
    plane.delete(&kinds::cluster_secret_store(), "", STORE).await
}

async fn change(plane: &ControlPlane, patch: &Value) -> Result<()> {
    objects::merge(plane.client(), &kinds::app(), NAMESPACE, "payments-api", patch).await?;
    Ok(())
}
