//! The provider's memory in a cluster full of what it has nothing to do with (R241).

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use goldenpath_tests::usage::Usage;
use goldenpath_tests::{ControlPlane, Options, Tools, kinds, manifest, objects, repository, wait};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Api;
use kube::api::{ListParams, PostParams};
use serde_json::json;

use super::{each, mib};

const CRDS: usize = 900;
const SECRETS: usize = 4000;
/// What a Secret holds, in bytes.
const CONTENT: usize = 1024;
const NAMESPACES: usize = 40;
/// What it may need: memory, unlike time, is the same on every machine.
const GOAL: u64 = 40 << 20;
/// How long a provider that has nothing to do is watched before its memory is read.
const SETTLING: Duration = Duration::from_secs(10);
const LIMIT: Duration = Duration::from_mins(3);

pub(super) async fn run(tools: &Tools) -> Result<()> {
    let plane = ControlPlane::start(tools, &Options::default()).await?;
    end_others(&plane);
    let empty = restarted(&plane).await?;
    let begun = Instant::now();
    define(&plane).await?;
    fill(&plane).await?;
    let filled = begun.elapsed();
    let stayed = settled(&plane).await?;
    let full = restarted(&plane).await?;
    plane.stop();

    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "\nthe provider at rest, no resources of ours; {CRDS} CRDs and {SECRETS} Secrets came within {:.1} s",
        filled.as_secs_f64()
    )?;
    writeln!(out, "{:<48}{:>12}{:>16}", "", "resident", "its own part")?;
    for (what, usage) in [
        ("before them", empty),
        ("with them (goal: <= 40 MiB)", stayed),
        ("started again among them (goal: <= 40 MiB)", full),
    ] {
        writeln!(out, "{what:<48}{:>12}{:>16}", mib(usage.resident), mib(usage.anonymous))?;
    }
    let most = stayed.resident.max(full.resident);
    ensure!(most <= GOAL, "the provider's memory at rest is {}", mib(most));
    Ok(())
}

/// Whoever else would look at 900 new kinds only takes time from what is measured.
fn end_others(plane: &ControlPlane) {
    let needed = ["etcd", "kube-apiserver", "aws", "provider-goldenpath-aws"];
    for process in plane.processes().into_iter().filter(|process| !needed.contains(&process.name())) {
        process.kill();
    }
}

async fn restarted(plane: &ControlPlane) -> Result<Usage> {
    let provider = plane.provider()?;
    provider.terminate(Duration::from_secs(30))?;
    let written = provider.log_size()?;
    provider.start()?;
    wait::until("both controllers run", LIMIT, async || {
        let text = std::fs::read_to_string(provider.log())?;
        let started = text[written..].lines().filter(|line| line.contains("\"message\":\"started\"")).count();
        Ok((started >= 2).then_some(()))
    })
    .await?;
    settled(plane).await
}

async fn settled(plane: &ControlPlane) -> Result<Usage> {
    tokio::time::sleep(SETTLING).await;
    Usage::read(plane.provider()?)
}

/// CRDs as large as ours, of other groups.
async fn define(plane: &ControlPlane) -> Result<()> {
    let ours = manifest::read_folder(&repository::path("package/provider/crds"))?;
    let instance = ours
        .into_iter()
        .find(|crd| crd.metadata.name.as_deref() == Some("instances.rds.aws.m.goldenpath.io"));
    let mut template = serde_json::to_value(instance.context("the CRD of Instance is gone")?)?;
    template["spec"]["names"] = json!({});
    let api: Api<CustomResourceDefinition> = Api::all(plane.client().clone());
    let each_of = api.clone();
    each(CRDS, move |number| {
        let (api, mut crd) = (each_of.clone(), template.clone());
        let (group, plural) = (format!("group{}.example.org", number / 30), format!("things{number}"));
        crd["metadata"] = json!({"name": format!("{plural}.{group}")});
        crd["spec"]["group"] = json!(group);
        crd["spec"]["names"] = json!({"plural": plural, "kind": format!("Thing{number}")});
        async move {
            api.create(&PostParams::default(), &serde_json::from_value(crd)?).await?;
            Ok(())
        }
    })
    .await?;
    wait::until("every CRD is there", LIMIT, async || {
        let found = api.list_metadata(&ListParams::default()).await?.items.len();
        Ok((found >= CRDS).then_some(()))
    })
    .await
}

async fn fill(plane: &ControlPlane) -> Result<()> {
    let mut namespaces = Vec::with_capacity(NAMESPACES);
    for _ in 0..NAMESPACES {
        namespaces.push(plane.namespace("full").await?);
    }
    let client = plane.client().clone();
    each(SECRETS, move |number| {
        let api = objects::scoped(&client, &kinds::secret(), &namespaces[number % NAMESPACES]);
        async move {
            let secret = json!({
                "apiVersion": "v1", "kind": "Secret", "metadata": {"name": format!("secret-{number}")},
                "stringData": {"content": "x".repeat(CONTENT)},
            });
            api.create(&PostParams::default(), &serde_json::from_value(secret)?).await?;
            Ok(())
        }
    })
    .await
}
