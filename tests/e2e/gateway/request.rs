//! A route for a Service of one's own.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::certificates::Authority;
use goldenpath_tests::kong::ADDRESS;
use goldenpath_tests::{ControlPlane, kinds, manifest, objects, repository};
use kube::core::DynamicObject;
use serde_json::json;

use super::shop::LIMIT;

/// A request as it was asked for, for the Service of an app; and the app asks for the same host and path.
pub(crate) async fn a_route_to_a_service_is_made_as_it_was_asked_for(plane: &ControlPlane) -> Result<()> {
    let namespace = &plane.namespace("routes").await?;
    let name = "payments-api-ingress";
    let text = std::fs::read_to_string(repository::path("examples/ingressrequest/payments-api.yaml"))?;
    let [mut request] =
        <[DynamicObject; 1]>::try_from(manifest::parse(&text)?).ok().context("it is one object")?;
    request.metadata.namespace = None;
    plane.apply(&serde_json::to_string(&request)?, namespace).await?;
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
    // Kong's controller acknowledges nothing whose certificate is not there.
    certificate(plane, namespace, "api-goldenpath-tls", "api.goldenpath.dev").await?;
    // It looks again every minute; a change of its own is quicker.
    let touched = json!({"metadata": {"annotations": {"example.org/touched": "1"}}});
    objects::merge(plane.client(), &kinds::ingress_request(), namespace, name, &touched).await?;
    let request =
        plane.until_true(kinds::ingress_request(), namespace, name, "Ready", Duration::from_mins(2)).await?;
    let status = &request.data["status"];
    ensure!(status["url"] == "https://api.goldenpath.dev/api/v1/payments", "{status}");
    ensure!(status["guards"] == "cors,key-auth,rate-limiting" && status["address"] == ADDRESS, "{status}");
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

/// A certificate of a host, in a Secret as Kubernetes keeps one.
pub(crate) async fn certificate(plane: &ControlPlane, namespace: &str, name: &str, host: &str) -> Result<()> {
    let identity = Authority::new("story")?.server(host, &[host])?;
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": identity.certificate, "tls.key": identity.key},
    });
    plane.apply(&secret.to_string(), namespace).await?;
    Ok(())
}
