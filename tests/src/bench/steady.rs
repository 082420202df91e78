//! A thousand managed resources: how long they take to come up, and what a minute of their rest costs.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use goldenpath_tests::audit::Asked;
use goldenpath_tests::usage::Usage;
use goldenpath_tests::writes::Writes;
use goldenpath_tests::{ControlPlane, Options, Tools, kinds, objects, wait};
use kube::api::PostParams;
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use super::{each, mib};

/// Of each of the two kinds.
const EACH: usize = 500;
/// How often AWS is asked about each: every one of them once in the minute that is measured.
const POLL: Duration = Duration::from_mins(1);
/// AWS's endpoint is one interpreter; it has its time.
const LIMIT: Duration = Duration::from_mins(5);

/// How long a restarted provider runs before its memory is read: it has listed all, and looked at half of them.
const SETTLING: Duration = Duration::from_secs(30);

/// One minute, measured.
struct Rest {
    asked: Asked,
    writes: Writes,
    calls: BTreeMap<String, usize>,
    provider: f64,
    aws: f64,
    memory: Usage,
}

pub(super) async fn run(tools: &Tools) -> Result<()> {
    let plane = ControlPlane::start(tools, &Options { poll: POLL, ..Options::default() }).await?;
    let namespace = plane.namespace("steady").await?;
    let (before, begun) = (Usage::read(plane.provider()?)?, Instant::now());
    let (written, aws) = (Writes::read(plane.client()).await?, usage_of_aws(&plane)?);
    create(&plane, &namespace).await?;
    let created = begun.elapsed();
    until_ready(&plane, &namespace).await?;
    let ready = begun.elapsed();
    let came_up = Usage::read(plane.provider()?)?;
    let (cpu, aws_cpu) = (came_up.cores_since(&before), usage_of_aws(&plane)?.cores_since(&aws));
    let bring_up = until_settled(&plane).await?.since(&written);
    let rest = rest(&plane).await?;
    let again = restarted(&plane).await?;
    plane.stop();

    let mut out = std::io::stdout().lock();
    let count = EACH * 2;
    writeln!(
        out,
        "\n{EACH} Instances and {EACH} Secrets, made directly; each is looked at every {} s",
        POLL.as_secs()
    )?;
    let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
    line(&mut out, "created by us after", &seconds(created))?;
    line(&mut out, "all Ready after", &seconds(ready))?;
    line(&mut out, "  cores: provider, AWS's endpoint", &format!("{cpu:.2}, {aws_cpu:.2}"))?;
    for (what, resource) in [("Instance", "instances.rds"), ("Secret", "secrets.secretsmanager")] {
        #[expect(clippy::cast_precision_loss, reason = "a ratio")]
        let each = bring_up.of(resource) as f64 / EACH as f64 - 1.0;
        line(&mut out, &format!("  writes of each {what} (goal: <= 4)"), &format!("{each:.2}"))?;
    }
    line(&mut out, "a minute at rest: writes (goal: 0)", &rest.writes.of("goldenpath.io").to_string())?;
    line(&mut out, "  by anybody, leases aside", &rest.writes.to_string())?;
    line(&mut out, "  asked by the provider, watches aside (goal: 0)", &rest.asked.to_string())?;
    let calls: Vec<_> = rest.calls.iter().map(|(action, count)| format!("{count} {action}")).collect();
    let total: usize = rest.calls.values().sum();
    line(&mut out, "  AWS calls", &format!("{total} for {count} resources: {}", calls.join(", ")))?;
    line(&mut out, "  cores: provider, AWS's endpoint", &format!("{:.3}, {:.3}", rest.provider, rest.aws))?;
    let (resident, own) = (mib(rest.memory.resident), mib(rest.memory.anonymous));
    let grown = mib(rest.memory.anonymous.saturating_sub(before.anonymous) / count as u64 * 1024);
    line(&mut out, "  provider's resident memory, its own part", &format!("{resident}, {own}"))?;
    line(&mut out, "  the part's growth for 1,024 resources", &grown)?;
    let (resident, own) = (mib(again.resident), mib(again.anonymous));
    line(&mut out, "started again among them: the same two", &format!("{resident}, {own}"))
}

fn line(out: &mut impl Write, what: &str, value: &str) -> Result<()> {
    Ok(writeln!(out, "{what:<48}{value}")?)
}

/// What is in memory without the traces of the bring-up: its hundreds of connections, and what they left of the heap.
async fn restarted(plane: &ControlPlane) -> Result<Usage> {
    plane.provider()?.terminate(Duration::from_secs(30))?;
    plane.provider()?.start()?;
    tokio::time::sleep(SETTLING).await;
    Usage::read(plane.provider()?)
}

async fn create(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let api = |kind: ApiResource| objects::scoped(plane.client(), &kind, namespace);
    let (secrets, instances) = (api(kinds::managed_secret()), api(kinds::instance()));
    let path = namespace.to_owned();
    each(EACH, move |number| {
        let (secrets, instances, path) = (secrets.clone(), instances.clone(), path.clone());
        async move {
            secrets.create(&PostParams::default(), &secret(&path, number)?).await?;
            instances.create(&PostParams::default(), &instance(&path, number)?).await?;
            Ok(())
        }
    })
    .await
}

fn secret(namespace: &str, number: usize) -> Result<DynamicObject> {
    object(
        "secretsmanager.aws.m.goldenpath.io/v1alpha1",
        "Secret",
        &format!("{namespace}-{number}"),
        &json!({
            "region": "eu-central-1",
            "generateSecretString": {"secretStringTemplate": "{\"username\":\"app\"}", "generateStringKey": "password"},
        }),
    )
}

fn instance(namespace: &str, number: usize) -> Result<DynamicObject> {
    object(
        "rds.aws.m.goldenpath.io/v1alpha1",
        "Instance",
        &format!("{namespace}-{number}"),
        &json!({
            "region": "eu-central-1", "engine": "postgres", "engineVersion": "16", "instanceClass": "db.t4g.medium",
            "allocatedStorage": 20, "username": "app", "manageMasterUserPassword": true, "skipFinalSnapshot": true,
            "storageEncrypted": true, "backupRetentionPeriod": 7,
        }),
    )
}

fn object(version: &str, kind: &str, name: &str, parameters: &Value) -> Result<DynamicObject> {
    Ok(serde_json::from_value(json!({
        "apiVersion": version, "kind": kind, "metadata": {"name": name},
        "spec": {"forProvider": parameters},
    }))?)
}

async fn until_ready(plane: &ControlPlane, namespace: &str) -> Result<()> {
    wait::until("every resource is Ready", LIMIT, async || {
        let mut ready = 0;
        for kind in [kinds::managed_secret(), kinds::instance()] {
            let found = objects::list(plane.client(), &kind, namespace).await?;
            ready += found.iter().filter(|o| objects::condition(o, "Ready") == Some("True")).count();
        }
        // Each question is a thousand objects: asked too often, it would be measured itself.
        tokio::time::sleep(Duration::from_millis(500)).await;
        Ok((ready == EACH * 2).then_some(()))
    })
    .await
}

/// Waits until nobody has written one of our objects for two seconds.
async fn until_settled(plane: &ControlPlane) -> Result<Writes> {
    wait::until("nothing is written any more", LIMIT, async || {
        let before = Writes::read(plane.client()).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let after = Writes::read(plane.client()).await?;
        Ok((after.since(&before).of("goldenpath.io") == 0).then_some(after))
    })
    .await
}

async fn rest(plane: &ControlPlane) -> Result<Rest> {
    let (provider, aws) = (Usage::read(plane.provider()?)?, usage_of_aws(plane)?);
    let (written, asked) = (Writes::read(plane.client()).await?, Asked::read(&plane.logs())?);
    let begun = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
    tokio::time::sleep(Duration::from_mins(1)).await;
    let memory = Usage::read(plane.provider()?)?;
    let mut calls = BTreeMap::new();
    let aws_cpu = usage_of_aws(plane)?.cores_since(&aws);
    for call in plane.aws().calls_since(begun).await? {
        *calls.entry(call.action).or_default() += 1;
    }
    let writes = Writes::read(plane.client()).await?.since(&written);
    let asked = Asked::read(&plane.logs())?.since(&asked);
    Ok(Rest { asked, writes, calls, provider: memory.cores_since(&provider), aws: aws_cpu, memory })
}

fn usage_of_aws(plane: &ControlPlane) -> Result<Usage> {
    Usage::read(plane.aws().process().context("the endpoint is ours")?)
}
