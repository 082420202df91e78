//! What `kubectl describe` prints of broken ones is what docs/golden-paths.md shows.

mod teams;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::documented::{self, Document};
use crate::request::{Database, SHORT_LIMIT};
pub(crate) use teams::eight_broken_ones_of_a_team_name_field_and_remedy;

/// One broken database: its name, what is wrong with its spec, and with the platform that it is of.
struct Broken {
    name: &'static str,
    code: &'static str,
    spec: Value,
    platform: Option<Value>,
}

/// A version that AWS lacks, a size that the platform forbids, a typo in the platform's input, an operator that the
/// cluster lacks, and a claim whose name is taken.
pub(crate) async fn five_broken_ones_name_field_and_remedy(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("described").await?;
    let mut described = String::new();
    let mut databases = Vec::new();
    for Broken { name, code, mut spec, platform } in broken() {
        if let Some(platform) = &platform {
            let composition = composition(plane, name, platform).await?;
            plane.apply(&composition.to_string(), "").await?;
            spec["crossplane"] = json!({"compositionRef": {"name": composition["metadata"]["name"]}});
        }
        let database = Database::apply(plane, &namespace, name, spec).await?;
        let problem = database.problem(code, SHORT_LIMIT).await?;
        ensure!(!problem["message"].is_null() && !problem["remedy"].is_null(), "{problem:#}");
        described += &describe(plane, &namespace, "gpdb", name).await?;
        databases.push(database);
    }
    let claim = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "DatabaseClaim", "metadata": {"name": "orders-db"},
        "spec": {"version": "16"},
    });
    plane.apply(&claim.to_string(), &namespace).await?;
    let told = |claim: &DynamicObject| claim.data["status"]["problems"][0]["code"] == "NameTaken";
    let kind = kinds::database_claim();
    plane.until(kind.clone(), &namespace, "orders-db", "is refused", SHORT_LIMIT, told).await?;
    described += &describe(plane, &namespace, "databaseclaim", "orders-db").await?;
    documented::compare(Document::GoldenPaths, "describe", &described.replace(&namespace, "payments"))?;

    plane.delete(&kind, &namespace, "orders-db").await?;
    for database in databases {
        database.remove().await?;
    }
    Ok(())
}

fn broken() -> Vec<Broken> {
    vec![
        Broken { name: "orders-db", code: "InvalidSpec", spec: json!({"version": "15.99"}), platform: None },
        Broken {
            name: "billing-db",
            code: "ClassNotAllowed",
            spec: json!({"size": "xlarge"}),
            platform: Some(
                json!({"database": {"limits": {"instanceClasses": ["db.t4g.small", "db.m7g.large"]}}}),
            ),
        },
        Broken {
            name: "shipping-db",
            code: "InvalidPlatformInput",
            spec: json!({}),
            platform: Some(json!({"regoin": "eu-central-1"})),
        },
        Broken {
            name: "search-db",
            code: "OperatorMissing",
            spec: json!({}),
            platform: Some(
                json!({"network": {"clientSecurityGroupIds": ["sg-0a1b2c3d"], "clusterSecurityGroupId": "sg-0e4f5a6b"}}),
            ),
        },
    ]
}

/// The product's Composition under another name, with another platform's input.
pub(crate) async fn composition(plane: &ControlPlane, name: &str, platform: &Value) -> Result<Value> {
    let kind = kinds::kind("apiextensions.crossplane.io", "v1", "Composition", "compositions");
    let ours = objects::get(plane.client(), &kind, "", "goldenpathdatabase").await?;
    let mut spec = ours.context("no composition")?.data["spec"].clone();
    for (key, value) in platform.as_object().into_iter().flatten() {
        spec["pipeline"][0]["input"][key] = value.clone();
    }
    Ok(json!({
        "apiVersion": "apiextensions.crossplane.io/v1", "kind": "Composition",
        "metadata": {"name": format!("described-{name}")}, "spec": spec,
    }))
}

/// `status.problems` as `kubectl describe` prints it.
async fn describe(plane: &ControlPlane, namespace: &str, kind: &str, name: &str) -> Result<String> {
    let printed = plane.state().kubectl(&["describe", kind, name, "--namespace", namespace]).await?;
    let begin = "  Problems:\n";
    let (_, rest) = printed.split_once(begin).with_context(|| format!("no problems: {printed}"))?;
    let problems = rest.lines().take_while(|line| line.starts_with("    "));
    let lines: String = problems.flat_map(|line| [line.trim_end(), "\n"]).collect();
    Ok(format!("$ kubectl describe {kind} {name}\n{begin}{lines}"))
}
