//! What every golden path has from the shared layers, shown with one that is written outside of this repository's function
//! (`function/examples/routes.rs`): lists of children, gates, and completeness over all of them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, Function, function, kinds, objects, wait};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::request::{READY_LIMIT, SHORT_LIMIT};

/// Where the route names its backends, and what its own object is called.
const BACKENDS: &str = "routes.example.org/backends";
const ROUTE: &str = "shop-route";

/// A list that shrinks, a change behind a closed gate, and 17 and 64 children of which one is not ready.
pub(crate) async fn a_golden_path_of_ones_own_shrinks_waits_and_counts_all(
    plane: &ControlPlane,
) -> Result<()> {
    let _function = plane.start_example_function().await?;
    install(plane).await?;
    let namespace = plane.namespace("routes").await?;

    shrinks(plane, &namespace).await?;
    is_held_by_a_gate(plane, &namespace).await?;
    for count in [17, 64] {
        is_ready_only_with_its_last_child(plane, &namespace, count).await?;
    }
    for name in ["shop", "copies-17", "copies-64"] {
        plane.delete(&kinds::route(), &namespace, name).await?;
        plane.until_gone(kinds::route(), &namespace, name, READY_LIMIT).await?;
    }
    Ok(())
}

async fn install(plane: &ControlPlane) -> Result<()> {
    plane.apply(&function::example_definition().await?, "").await?;
    let established = |xrd: &DynamicObject| objects::condition(xrd, "Established") == Some("True");
    let name = "routes.routes.example.org";
    plane.until(kinds::definition(), "", name, "is established", SHORT_LIMIT, established).await?;
    let composition = json!({
        "apiVersion": "apiextensions.crossplane.io/v1", "kind": "Composition", "metadata": {"name": "route"},
        "spec": {
            "compositeTypeRef": {"apiVersion": "routes.example.org/v1alpha1", "kind": "Route"},
            "mode": "Pipeline",
            "pipeline": [{
                "step": "routes", "functionRef": {"name": Function::EXAMPLE},
                "input": {
                    "apiVersion": "function.goldenpath.io/v1alpha1", "kind": "Platform",
                    "region": "eu-central-1", "environment": "dev",
                },
            }],
        },
    });
    plane.apply(&composition.to_string(), "").await?;
    Ok(())
}

async fn apply(plane: &ControlPlane, namespace: &str, name: &str, spec: Value) -> Result<()> {
    let route = json!({
        "apiVersion": "routes.example.org/v1alpha1", "kind": "Route", "metadata": {"name": name}, "spec": spec,
    });
    wait::until("the route is applied", SHORT_LIMIT, async || {
        // The API server needs a moment to serve a new kind.
        Ok(plane.apply(&route.to_string(), namespace).await.ok())
    })
    .await?;
    Ok(())
}

/// The backends as they are: the object's UID by name.
async fn backends(plane: &ControlPlane, namespace: &str) -> Result<BTreeMap<String, String>> {
    let found = objects::list(plane.client(), &kinds::service(), namespace).await?;
    let named = found.into_iter().filter_map(|service| {
        Some((service.metadata.name?.strip_prefix("shop-")?.to_owned(), service.metadata.uid?))
    });
    Ok(named.collect())
}

/// What the route names.
async fn named(plane: &ControlPlane, namespace: &str) -> Result<String> {
    let route = objects::get(plane.client(), &kinds::network_policy(), namespace, ROUTE).await?;
    let annotations = route.and_then(|route| route.metadata.annotations).unwrap_or_default();
    Ok(annotations.get(BACKENDS).cloned().unwrap_or_default())
}

/// The member that is no longer listed goes, and never while it is still named; the others are the objects that they were.
async fn shrinks(plane: &ControlPlane, namespace: &str) -> Result<()> {
    apply(plane, namespace, "shop", json!({"backends": ["cart", "search", "users"]})).await?;
    plane.until_true(kinds::route(), namespace, "shop", "Ready", READY_LIMIT).await?;
    let before = backends(plane, namespace).await?;
    ensure!(before.len() == 3, "{before:?}");
    ensure!(named(plane, namespace).await? == "cart.search.users", "the route names its backends");

    apply(plane, namespace, "shop", json!({"backends": ["cart", "users"]})).await?;
    let after = wait::until("the backend has gone", SHORT_LIMIT, async || {
        // In this order: whoever is gone by the second look was not named at the first.
        let (backends, named) = (backends(plane, namespace).await?, named(plane, namespace).await?);
        let is_named = |name: &str| named.split('.').any(|one| one == name);
        ensure!(backends.contains_key("search") || !is_named("search"), "it went while the route named it");
        Ok((!backends.contains_key("search")).then_some(backends))
    })
    .await?;
    let mut expected = before;
    expected.remove("search");
    ensure!(after == expected, "others have gone or were made again: {after:?}, {expected:?}");
    Ok(())
}

/// Behind a closed gate the object stays as it is, says so, and follows once the gate is open.
async fn is_held_by_a_gate(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let before = objects::get(plane.client(), &kinds::network_policy(), namespace, ROUTE).await?;
    let before = before.context("no route")?;
    apply(plane, namespace, "shop", json!({"backends": ["cart", "users", "stock"], "frozen": true})).await?;
    let held = |xr: &DynamicObject| {
        let resources = xr.data["status"]["resources"].as_array().cloned().unwrap_or_default();
        let route = resources.into_iter().find(|resource| resource["name"] == "route").unwrap_or_default();
        route["ready"] == "Blocked"
            && route["message"].to_string().contains(".spec.frozen")
            && xr.data["status"]["resources"].to_string().contains("backend-stock")
    };
    plane.until(kinds::route(), namespace, "shop", "is held", SHORT_LIMIT, held).await?;
    plane.until(kinds::route(), namespace, "shop", "is not Ready", SHORT_LIMIT, is_not_ready).await?;
    let now = objects::get(plane.client(), &kinds::network_policy(), namespace, ROUTE).await?;
    let now = now.context("the route has gone")?;
    ensure!(now.metadata.uid == before.metadata.uid && now.data == before.data, "the route was changed");
    ensure!(named(plane, namespace).await? == "cart.users", "the route names what it named");

    apply(plane, namespace, "shop", json!({"backends": ["cart", "users", "stock"], "frozen": false})).await?;
    plane.until_true(kinds::route(), namespace, "shop", "Ready", READY_LIMIT).await?;
    ensure!(named(plane, namespace).await? == "cart.users.stock", "the route follows");
    Ok(())
}

/// Of many children one has no value in AWS: the XR is not Ready, and it is once that has come.
async fn is_ready_only_with_its_last_child(
    plane: &ControlPlane,
    namespace: &str,
    count: usize,
) -> Result<()> {
    let path = |ending: &str| format!("story/{namespace}/{count}/{ending}");
    create(plane, &path("shared")).await?;
    // The route is one of them.
    let shared = (2..count).map(|number| (format!("c{number:02}"), path("shared")));
    let mut credentials: BTreeMap<_, _> = shared.collect();
    // The last one by name: it must not be beyond what is looked at.
    credentials.insert("z".into(), path("late"));
    let xr = format!("copies-{count}");
    apply(plane, namespace, &xr, json!({"backends": [], "credentials": credentials})).await?;

    let all_but_one = |object: &DynamicObject| {
        let resources = object.data["status"]["resources"].as_array().cloned().unwrap_or_default();
        let unready: Vec<_> =
            resources.iter().filter(|one| one["ready"] != "True").map(|one| one["name"].clone()).collect();
        resources.len() == count && unready == [json!("credential-z")]
    };
    let seen = plane.until(kinds::route(), namespace, &xr, "waits for one", READY_LIMIT, all_but_one).await?;
    ensure!(objects::condition(&seen, "Ready") == Some("False"), "it is ready without one: {:#}", seen.data);

    create(plane, &path("late")).await?;
    let again = json!({"metadata": {"annotations": {"force-sync": "now"}}});
    objects::merge(plane.client(), &kinds::external_secret(), namespace, &format!("{xr}-z"), &again).await?;
    plane.until_true(kinds::route(), namespace, &xr, "Ready", READY_LIMIT).await?;
    Ok(())
}

fn is_not_ready(xr: &DynamicObject) -> bool {
    objects::condition(xr, "Ready") == Some("False")
}

async fn create(plane: &ControlPlane, path: &str) -> Result<()> {
    let token = format!("{:0>32}", path.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let request = json!({"Name": path, "SecretString": "{\"a\":\"b\"}", "ClientRequestToken": token});
    plane.aws().call("secretsmanager", "CreateSecret", &request).await?;
    Ok(())
}
