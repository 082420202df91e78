//! Routes through the gateway in the real control plane; Kong's controller is played (`gateway/kong.rs`).

mod consumers;
mod kong;

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::api::{Patch, PatchParams};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

pub(crate) use consumers::a_consumer_of_a_route_has_a_key_of_the_secret_store;

const LIMIT: Duration = Duration::from_mins(1);
const NAME: &str = "shop";

/// Guarded, guarded by more, by something else, by nothing, not reached at all, and deleted: at no time is there a route
/// without a plugin that it names.
pub(crate) async fn the_guards_of_an_app_come_change_and_go_and_it_is_never_open(
    plane: &ControlPlane,
) -> Result<()> {
    let namespace = plane.namespace("gateway").await?;
    while_kong_plays(plane, &namespace, a_guarded_app(plane, &namespace)).await
}

async fn a_guarded_app(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let key_auth =
        json!({"type": "key-auth", "config": {"keyNames": ["x-api-key"], "hideCredentials": true}});
    let limit = json!({"type": "rate-limiting", "config": {"minute": 60, "policy": "local"}});
    let jwt = json!({"type": "jwt", "config": {"claimsToVerify": ["exp"]}});
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": NAME},
        "spec": {"image": "registry.example/shop:v1", "ingress": {
            "enabled": true, "host": format!("shop.{namespace}.example.org"), "plugins": [key_auth],
        }},
    });
    plane.apply(&xr.to_string(), namespace).await?;
    is_served_with(plane, namespace, &["key-auth"]).await?;
    let app = plane.until_true(kinds::app(), namespace, NAME, "Ready", LIMIT).await?;
    let url = format!("http://shop.{namespace}.example.org");
    ensure!(app.data["status"]["url"] == url, "{}", app.data["status"]);
    let plugin = objects::get(plane.client(), &kinds::kong_plugin(), namespace, "shop-key-auth").await?;
    let plugin = plugin.context("its plugin is there")?;
    ensure!(plugin.data["config"]["key_names"] == json!(["x-api-key"]), "{:?}", plugin.data);

    is_refused_while_in_use(plane, namespace, "shop-key-auth").await?;
    // By hand it is opened for a moment, and put back.
    objects::merge(
        plane.client(),
        &kinds::kong_plugin(),
        namespace,
        "shop-key-auth",
        &json!({"disabled": true}),
    )
    .await?;
    plane
        .until(kinds::kong_plugin(), namespace, "shop-key-auth", "is put back", LIMIT, |plugin| {
            plugin.data["disabled"] == false
        })
        .await?;

    for plugins in
        [json!([key_auth, limit]), json!([limit]), json!([jwt, limit]), json!([]), json!([key_auth])]
    {
        let types = plugins.as_array().into_iter().flatten().filter_map(|plugin| plugin["type"].as_str());
        let types: Vec<_> = types.collect();
        change(plane, namespace, &json!({"spec": {"ingress": {"plugins": plugins}}})).await?;
        is_served_with(plane, namespace, &types).await?;
    }

    change(plane, namespace, &json!({"spec": {"ingress": {"enabled": false}}})).await?;
    nothing_is_left(plane, namespace).await?;
    let app = plane.until_true(kinds::app(), namespace, NAME, "Ready", LIMIT).await?;
    ensure!(app.data["status"]["url"].is_null(), "{}", app.data["status"]);
    ensure!(objects::condition(&app, "IngressReady") == Some("False"), "{}", app.data["status"]);

    change(plane, namespace, &json!({"spec": {"ingress": {"enabled": true}}})).await?;
    is_served_with(plane, namespace, &["key-auth"]).await?;
    plane.delete(&kinds::app(), namespace, NAME).await?;
    plane.until_gone(kinds::deployment(), namespace, NAME, LIMIT).await?;
    nothing_is_left(plane, namespace).await
}

/// A request as it was asked for, for the Service of an app; and the app asks for the same host and path.
pub(crate) async fn a_route_to_a_service_is_made_as_it_was_asked_for(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("routes").await?;
    while_kong_plays(plane, &namespace, a_request(plane, &namespace)).await
}

async fn a_request(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let name = "payments-api-ingress";
    let mut request = objects_of("examples/ingressrequest/payments-api.yaml")?;
    request["metadata"]["namespace"] = json!(namespace);
    plane.apply(&request.to_string(), namespace).await?;
    let problem = |code: &'static str| {
        move |request: &DynamicObject| request.data["status"]["problems"][0]["code"] == code
    };
    plane
        .until(
            kinds::ingress_request(),
            namespace,
            name,
            "misses its Service",
            LIMIT,
            problem("ServiceNotFound"),
        )
        .await?;
    let app = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": "payments-api"},
        "spec": {"image": "registry.example/payments-api:v1"},
    });
    plane.apply(&app.to_string(), namespace).await?;
    plane.until_true(kinds::app(), namespace, "payments-api", "Ready", LIMIT).await?;
    // It looks again every minute; a change of its own is quicker.
    touch(plane, namespace, name).await?;
    let request =
        plane.until_true(kinds::ingress_request(), namespace, name, "Ready", Duration::from_mins(2)).await?;
    let status = &request.data["status"];
    ensure!(status["url"] == "https://api.goldenpath.dev/api/v1/payments", "{status}");
    ensure!(
        status["guards"] == "cors,key-auth,rate-limiting" && status["address"] == kong::ADDRESS,
        "{status}"
    );
    let service =
        objects::get(plane.client(), &kinds::service(), namespace, "payments-api-ingress-gw").await?;
    let service = service.context("it has a Service")?;
    ensure!(service.data["spec"]["selector"]["app"] == "payments-api", "{:?}", service.data);
    let annotations = service.metadata.annotations.unwrap_or_default();
    ensure!(annotations["konghq.com/retries"] == "3", "{annotations:?}");
    ensure!(annotations["konghq.com/read-timeout"] == "30000", "{annotations:?}");

    let route = json!({"enabled": true, "host": "api.goldenpath.dev", "path": "/api/v1/payments"});
    objects::merge(
        plane.client(),
        &kinds::app(),
        namespace,
        "payments-api",
        &json!({"spec": {"ingress": route}}),
    )
    .await?;
    let app = plane
        .until(kinds::app(), namespace, "payments-api", "is refused the host", LIMIT, problem("HostConflict"))
        .await?;
    let message = app.data["status"]["problems"][0]["message"].as_str().unwrap_or_default();
    ensure!(message.contains(&format!("IngressRequest {namespace}/{name}")), "{message}");
    plane.delete(&kinds::ingress_request(), namespace, name).await?;
    plane.until_gone(kinds::ingress_request(), namespace, name, LIMIT).await?;
    plane.delete(&kinds::app(), namespace, "payments-api").await?;
    plane.until_gone(kinds::deployment(), namespace, "payments-api", LIMIT).await
}

async fn while_kong_plays(
    plane: &ControlPlane,
    namespace: &str,
    story: impl Future<Output = Result<()>>,
) -> Result<()> {
    tokio::select! {
        open = kong::plays(plane, namespace) => open,
        ended = story => ended,
    }
}

/// Waits until there is one route, with exactly these plugins, and nothing else of a route that was there before.
async fn is_served_with(plane: &ControlPlane, namespace: &str, types: &[&str]) -> Result<()> {
    let expected: BTreeSet<String> = types.iter().map(|name| format!("{NAME}-{name}")).collect();
    let mut last = Value::Null;
    let found = wait::until("exactly the plugins that are asked for guard the route", LIMIT, async || {
        let ingresses = objects::list(plane.client(), &kinds::ingress(), namespace).await?;
        let plugins = names(plane, &kinds::kong_plugin(), namespace).await?;
        last = json!({
            "plugins": plugins,
            "ingresses": ingresses.iter().map(|ingress| (ingress.metadata.name.clone().unwrap_or_default(), kong::named(ingress))).collect::<std::collections::BTreeMap<_, _>>(),
            "usages": names(plane, &kinds::usage(), namespace).await?,
        });
        let [ingress] = &ingresses[..] else { return Ok(None) };
        let is_served = !ingress.data["status"]["loadBalancer"]["ingress"].is_null();
        let guards = names(plane, &kinds::usage(), namespace).await?;
        let guards = guards.iter().filter(|usage| usage.contains(".guard-")).count();
        let holds = kong::named(ingress) == expected && plugins == expected && is_served && guards == types.len();
        Ok(holds.then_some(()))
    })
    .await;
    found.with_context(|| format!("{expected:?} are asked for, and there are {last:#}"))
}

/// Waits until nothing of a route is there.
async fn nothing_is_left(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let mut last = BTreeSet::new();
    let found = wait::until("nothing of the route is left", LIMIT, async || {
        last = BTreeSet::new();
        for kind in [kinds::ingress(), kinds::kong_plugin(), kinds::kong_consumer(), kinds::usage()] {
            last.extend(names(plane, &kind, namespace).await?);
        }
        let services = names(plane, &kinds::service(), namespace).await?;
        last.extend(services.into_iter().filter(|name| name.ends_with("-probe")));
        Ok(last.is_empty().then_some(()))
    })
    .await;
    found.with_context(|| format!("{last:?} are left"))
}

async fn is_refused_while_in_use(plane: &ControlPlane, namespace: &str, plugin: &str) -> Result<()> {
    let plugins = objects::scoped(plane.client(), &kinds::kong_plugin(), namespace);
    // The Usage is enforced once Crossplane has marked what it is of.
    plane
        .until(kinds::kong_plugin(), namespace, plugin, "is in use", LIMIT, |plugin| {
            plugin.metadata.labels.as_ref().is_some_and(|labels| labels.contains_key("crossplane.io/in-use"))
        })
        .await?;
    let dry_run = kube::api::DeleteParams { dry_run: true, ..kube::api::DeleteParams::default() };
    let refused = plugins.delete(plugin, &dry_run).await.err().map(|error| error.to_string());
    ensure!(refused.as_ref().is_some_and(|why| why.contains("in-use")), "{refused:?}");
    Ok(())
}

async fn names(plane: &ControlPlane, kind: &ApiResource, namespace: &str) -> Result<BTreeSet<String>> {
    let all = objects::list(plane.client(), kind, namespace).await?;
    Ok(all.into_iter().filter_map(|object| object.metadata.name).collect())
}

async fn change(plane: &ControlPlane, namespace: &str, patch: &Value) -> Result<()> {
    objects::merge(plane.client(), &kinds::app(), namespace, NAME, patch).await?;
    Ok(())
}

async fn touch(plane: &ControlPlane, namespace: &str, name: &str) -> Result<()> {
    let patch = json!({"metadata": {"annotations": {"example.org/touched": "1"}}});
    objects::scoped(plane.client(), &kinds::ingress_request(), namespace)
        .patch(name, &PatchParams::default(), &Patch::Merge(&patch))
        .await?;
    Ok(())
}

fn objects_of(example: &str) -> Result<Value> {
    let text = std::fs::read_to_string(goldenpath_tests::repository::path(example))?;
    let mut objects = goldenpath_tests::manifest::parse(&text)?;
    ensure!(objects.len() == 1, "{example} has one object");
    Ok(serde_json::to_value(objects.remove(0))?)
}
