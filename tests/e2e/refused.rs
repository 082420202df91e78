//! What the API server refuses to Crossplane is told on the XR, and heals once the reason is gone.

mod operator;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::api::PostParams;
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};

pub(crate) use operator::a_missing_operator_is_reported_and_heals;

/// How long a refusal may outlast its reason: Crossplane tries again after at most a minute.
const HEALED: Duration = Duration::from_secs(100);

/// One way in which Usages of a namespace are refused.
struct Refusal {
    what: &'static str,
    /// What refuses; several where a policy needs its binding.
    objects: Vec<(ApiResource, Value)>,
    code: &'static str,
    /// What the message or the remedy says.
    says: &'static str,
}

/// Invalid, forbidden, over quota, and no answer of a webhook.
pub(crate) async fn whatever_refuses_is_reported_and_heals(plane: &ControlPlane) -> Result<()> {
    let mut stories = Vec::new();
    for what in ["invalid", "forbidden", "quota", "webhook"] {
        let namespace = plane.namespace(what).await?;
        stories.push(refuse(plane, refusal(what, &namespace), namespace));
    }
    futures::future::try_join_all(stories).await.map(|_| ())
}

async fn refuse(plane: &ControlPlane, refusal: Refusal, namespace: String) -> Result<()> {
    let Refusal { what, objects: refusing, code, says } = refusal;
    for (_, object) in &refusing {
        plane.apply(&object.to_string(), &namespace).await?;
    }
    until_effective(plane, &namespace).await.with_context(|| what)?;
    let applied = Instant::now();
    let database =
        Database::apply(plane, &namespace, "orders-db", json!({"deletion": {"protection": true}})).await?;
    let problem = database.problem(code, SHORT_LIMIT).await?;
    eprintln!("{what}: told as {code} after {:.1} s", applied.elapsed().as_secs_f64());
    ensure!(problem["resource"] == "Usage/orders-db-protection", "{what}: {problem:#}");
    ensure!(problem["remedy"].is_string() && problem.to_string().contains(says), "{what}: {problem:#}");
    // What is refused keeps nothing else from coming to be.
    plane.until_true(kinds::instance(), &namespace, "orders-db", "Ready", READY_LIMIT).await?;
    let still = database.problem(code, SHORT_LIMIT).await?;
    ensure!(still == problem, "{what}: it is told anew: {still:#}");

    for (kind, object) in &refusing {
        let name = object["metadata"]["name"].as_str().context("no name")?;
        let home =
            if *kind == self::kind("", "ResourceQuota", "resourcequotas") { namespace.as_str() } else { "" };
        plane.delete(kind, home, name).await?;
    }
    let mended = Instant::now();
    database.without_problems(HEALED).await?;
    eprintln!("{what}: healed {:.1} s after it was mended", mended.elapsed().as_secs_f64());
    plane
        .until(kinds::usage(), &namespace, "orders-db-protection", "is there", SHORT_LIMIT, |_| true)
        .await?;
    database.ready().await?;
    database.change(json!({"deletion": {"protection": false}})).await?;
    plane.until_gone(kinds::usage(), &namespace, "orders-db-protection", SHORT_LIMIT).await?;
    database.remove().await
}

/// Policies and webhooks take effect some time after they are made.
async fn until_effective(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let usage: DynamicObject = serde_json::from_value(json!({
        "apiVersion": "protection.crossplane.io/v1beta1", "kind": "Usage", "metadata": {"name": "probe"},
        "spec": {"of": {"apiVersion": "v1", "kind": "ConfigMap", "resourceRef": {"name": "none"}}, "reason": "none"},
    }))?;
    let usages = objects::scoped(plane.client(), &kinds::usage(), namespace);
    let dry_run = PostParams { dry_run: true, ..PostParams::default() };
    wait::until("Usages are refused", SHORT_LIMIT, async || Ok(usages.create(&dry_run, &usage).await.err()))
        .await
        .map(|_| ())
}

fn kind(group: &str, name: &str, plural: &str) -> ApiResource {
    kinds::kind(group, "v1", name, plural)
}

fn refusal(what: &'static str, namespace: &str) -> Refusal {
    let here = json!({"matchLabels": {"kubernetes.io/metadata.name": namespace}});
    let usages = json!([{
        "apiGroups": ["protection.crossplane.io"], "apiVersions": ["*"], "operations": ["CREATE"], "resources": ["usages"],
    }]);
    let (code, says, objects) = match what {
        "invalid" => ("ResourceInvalid", "ComposeResources", policy(namespace, &here, &usages, "Invalid")),
        "forbidden" => {
            ("ApplyFailed", "policy to let it pass", policy(namespace, &here, &usages, "Forbidden"))
        }
        "quota" => {
            let quota = json!({
                "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"},
                "spec": {"hard": {"count/usages.protection.crossplane.io": "0"}},
            });
            ("ApplyFailed", "ResourceQuota", vec![(kind("", "ResourceQuota", "resourcequotas"), quota)])
        }
        _ => {
            let webhook = json!({
                "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
                "metadata": {"name": namespace},
                "webhooks": [{
                    "name": "nobody.example.org", "admissionReviewVersions": ["v1"], "sideEffects": "None",
                    "failurePolicy": "Fail", "timeoutSeconds": 1, "namespaceSelector": here, "rules": usages,
                    "clientConfig": {"url": "https://127.0.0.1:9/"},
                }],
            });
            let kind = kind(
                "admissionregistration.k8s.io",
                "ValidatingWebhookConfiguration",
                "validatingwebhookconfigurations",
            );
            ("ApplyFailed", "webhook", vec![(kind, webhook)])
        }
    };
    Refusal { what, objects, code, says }
}

fn policy(name: &str, here: &Value, rules: &Value, reason: &str) -> Vec<(ApiResource, Value)> {
    let group = "admissionregistration.k8s.io";
    let policy = json!({
        "apiVersion": format!("{group}/v1"), "kind": "ValidatingAdmissionPolicy", "metadata": {"name": name},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"namespaceSelector": here, "resourceRules": rules},
            "validations": [{"expression": "false", "message": "no", "reason": reason}],
        },
    });
    let binding = json!({
        "apiVersion": format!("{group}/v1"), "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": name},
        "spec": {"policyName": name, "validationActions": ["Deny"]},
    });
    vec![
        (kind(group, "ValidatingAdmissionPolicy", "validatingadmissionpolicies"), policy),
        (kind(group, "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings"), binding),
    ]
}
