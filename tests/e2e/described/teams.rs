//! What an app team reads of apps, routes and secrets that are broken.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use crate::described::describe;
use crate::documented::{self, Document};
use crate::request::{READY_LIMIT, SHORT_LIMIT};

/// One broken XR: its kind, its name, the code of its problem, and what is wrong with its spec.
struct Broken(ApiResource, &'static str, &'static str, Value);

/// Pods that no node takes, code in the gateway, a plugin that Kong would refuse, a secret of another team, a host that
/// another app has, a Service and a port that there are not, and one key of two secrets.
pub(crate) async fn eight_broken_ones_of_a_team_name_field_and_remedy(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("team").await?;
    plane.apply(&service().to_string(), &namespace).await?;
    let first = app(json!({"ingress": {"enabled": true, "host": "shop.example.org"}}));
    apply(plane, &namespace, &kinds::app(), "shop", &first).await?;
    let has_its_host = |ingress: &DynamicObject| ingress.metadata.name.is_some();
    plane.until(kinds::ingress(), &namespace, "shop", "is there", READY_LIMIT, has_its_host).await?;

    let mut described = String::new();
    for Broken(kind, name, code, spec) in broken() {
        apply(plane, &namespace, &kind, name, &spec).await?;
        let told = |xr: &DynamicObject| xr.data["status"]["problems"][0]["code"] == code;
        let xr = plane
            .until(kind.clone(), &namespace, name, &format!("has the problem {code}"), READY_LIMIT, told)
            .await?;
        let problem = &xr.data["status"]["problems"][0];
        ensure!(!problem["field"].is_null() && !problem["remedy"].is_null(), "{problem:#}");
        described += &describe(plane, &namespace, &kind.kind.to_lowercase(), name).await?;
    }
    documented::compare(Document::GoldenPaths, "describe-teams", &described.replace(&namespace, "payments"))?;

    let names = broken().into_iter().map(|Broken(kind, name, ..)| (kind, name));
    for (kind, name) in names.chain([(kinds::app(), "shop")]) {
        plane.delete(&kind, &namespace, name).await.with_context(|| format!("{} {name}", kind.kind))?;
        plane.until_gone(kind, &namespace, name, SHORT_LIMIT).await?;
    }
    Ok(())
}

fn broken() -> Vec<Broken> {
    let limit = json!({"type": "rate-limiting", "config": {"minute": "many"}});
    let routed = |plugins: Value| {
        app(json!({"ingress": {"enabled": true, "host": "orders.example.org", "plugins": plugins}}))
    };
    let route = |service: Value| json!({"host": "api.example.org", "service": service});
    let twice = json!([
        {"path": "goldenpath/dev/payments/one", "keys": [{"sourceKey": "user", "targetKey": "USER"}]},
        {"path": "goldenpath/dev/payments/two", "keys": [{"sourceKey": "name", "targetKey": "USER"}]},
    ]);
    vec![
        Broken(
            kinds::app(),
            "reports",
            "Unschedulable",
            app(json!({"resources": {"requests": {"cpu": "1000"}}})),
        ),
        Broken(kinds::app(), "orders", "PluginNotAllowed", routed(json!([{"type": "pre-function"}]))),
        Broken(kinds::app(), "catalog", "PluginRejected", routed(json!([limit]))),
        Broken(
            kinds::app(),
            "billing",
            "PathNotAllowed",
            app(json!({"secrets": [{"name": "partner", "source": "goldenpath/dev/checkout/partner"}]})),
        ),
        Broken(
            kinds::app(),
            "shop-next",
            "HostConflict",
            app(json!({"ingress": {"enabled": true, "host": "shop.example.org"}})),
        ),
        Broken(
            kinds::ingress_request(),
            "search-api",
            "ServiceNotFound",
            route(json!({"name": "search", "port": 80})),
        ),
        Broken(
            kinds::ingress_request(),
            "ledger-api",
            "PortNotFound",
            route(json!({"name": "ledger", "port": 8080})),
        ),
        Broken(
            kinds::secret_sync(),
            "partner-env",
            "DuplicateTargetKey",
            json!({"source": {"secrets": twice}, "target": {"secretName": "partner-env"}}),
        ),
    ]
}

fn app(more: Value) -> Value {
    let mut spec = more;
    spec["image"] = json!("registry.example/shop:1.4.0");
    spec
}

/// The Service that the route to a port that there is not names.
fn service() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "ledger"},
        "spec": {"selector": {"app": "ledger"}, "ports": [{"name": "http", "port": 80}, {"name": "admin", "port": 9000}]},
    })
}

async fn apply(
    plane: &ControlPlane,
    namespace: &str,
    kind: &ApiResource,
    name: &str,
    spec: &Value,
) -> Result<()> {
    let object = json!({
        "apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": name}, "spec": spec,
    });
    // The namespace of a story has a name of its own.
    let object =
        object.to_string().replace("goldenpath/dev/payments/", &format!("goldenpath/dev/{namespace}/"));
    plane.apply(&object, namespace).await?;
    objects::get(plane.client(), kind, namespace, name).await?.context("it was applied a moment ago")?;
    Ok(())
}
