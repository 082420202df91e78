//! The objects of the golden cases, judged by the real API server and the real CRDs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, objects, repository};
use kube::api::{Patch, PatchParams, ValidationDirective};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use serde_json::Value;

/// The golden paths whose objects are Kubernetes' and operators', and none of a provider.
const PATHS: [&str; 2] = ["app", "ingressrequest"];
/// A kind of Amazon EKS, which no module ships the definition of.
const OF_EKS: &str = "SecurityGroupPolicy";

/// Whatever an app or a route is composed of in any case is taken as it is: no field is unknown, and no value is refused.
pub(crate) async fn every_object_of_an_app_and_a_route_is_taken_as_it_is(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("golden").await?;
    let composed = composed()?;
    ensure!(composed.len() > 100, "only {} objects", composed.len());
    let params = PatchParams {
        dry_run: true,
        force: true,
        field_manager: Some("golden".into()),
        field_validation: Some(ValidationDirective::Strict),
    };
    let mut refused = Vec::new();
    for (text, case) in &composed {
        let object: DynamicObject = serde_json::from_str(text)?;
        let types = object.types.clone().context("an object has a type")?;
        if types.kind == OF_EKS {
            eprintln!("not judged, for there is no definition of {OF_EKS} here: {case}");
            continue;
        }
        let kind = ApiResource::from_gvk(&GroupVersionKind::try_from(&types)?);
        let name = object.metadata.name.clone().unwrap_or_default();
        let api = objects::scoped(plane.client(), &kind, &namespace);
        if let Err(error) = api.patch(&name, &params, &Patch::Apply(&object)).await {
            refused.push(format!("{case}: {} {name}: {error}", types.kind));
        }
    }
    eprintln!("{} different objects", composed.len());
    ensure!(refused.is_empty(), "{} of {}:\n{}", refused.len(), composed.len(), refused.join("\n"));
    Ok(())
}

/// Every object that differs from all others, with a case that composes it.
fn composed() -> Result<BTreeMap<String, String>> {
    let mut composed = BTreeMap::new();
    for path in PATHS {
        let folder = repository::path("function/tests/golden").join(path).join("snapshots");
        let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        for file in entries.collect::<Result<Vec<PathBuf>>>()? {
            let text = std::fs::read_to_string(&file)?;
            let body = text.splitn(3, "---\n").nth(2).context("a snapshot has a head")?;
            let response: Value =
                serde_saphyr::from_str_with_options(body, serde_saphyr::options! { budget: None })?;
            let resources = response["desired"]["resources"].as_object().into_iter().flatten();
            for (_, resource) in resources {
                let case = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                composed.insert(resource["resource"].to_string(), case);
            }
        }
    }
    Ok(composed)
}
