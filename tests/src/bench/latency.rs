//! How long our part of a new database takes.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use goldenpath_tests::aws::Timing;
use goldenpath_tests::{ControlPlane, Options, Tools, kinds, wait};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

const RUNS: usize = 10;
const LIMIT: Duration = Duration::from_mins(2);
/// How long AWS takes to make an instance: what is not ours, and is subtracted.
const CREATING: f64 = 2.0;

/// One run, in seconds.
struct Run {
    kubectl: f64,
    to_create: f64,
    to_ready: f64,
}

/// Measures ten databases, one after the other.
pub(super) async fn run(tools: &Tools) -> Result<()> {
    let timing = Timing { creating: CREATING, ..Timing::default() };
    let plane = ControlPlane::start(tools, &Options { timing, ..Options::default() }).await?;
    // kubectl's discovery and Crossplane's watches begin with the first database of a cluster.
    let first = measure(&plane).await?;
    let mut runs = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        runs.push(measure(&plane).await?);
    }
    plane.stop();
    print(&first, &runs)
}

async fn measure(plane: &ControlPlane) -> Result<Run> {
    let namespace = plane.namespace("bench").await?;
    let xr = "apiVersion: goldenpath.io/v1alpha1\nkind: GoldenPathDatabase\nmetadata: {name: orders-db}\n\
              spec: {version: \"16\", deletion: {protection: false}}\n";
    let (begun, epoch) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64());
    kubectl_apply(plane, &namespace, xr).await?;
    let kubectl = begun.elapsed().as_secs_f64();
    plane.until_true(kinds::database(), &namespace, "orders-db", "Ready", LIMIT).await?;
    let to_ready = begun.elapsed().as_secs_f64() - CREATING;

    let calls = plane.aws().calls("CreateDBInstance", &namespace).await?;
    ensure!(calls.len() == 1, "one CreateDBInstance was expected: {calls:?}");
    let to_create = calls[0].time - epoch;

    plane.delete(&kinds::database(), &namespace, "orders-db").await?;
    wait::until("AWS is empty again", LIMIT, async || {
        Ok(plane.aws().state().await?.instances.is_empty().then_some(()))
    })
    .await?;
    Ok(Run { kubectl, to_create, to_ready })
}

async fn kubectl_apply(plane: &ControlPlane, namespace: &str, yaml: &str) -> Result<()> {
    let mut kubectl = Command::new(&plane.state().kubectl)
        .args(["apply", "--namespace", namespace, "--filename", "-"])
        .env("KUBECONFIG", &plane.state().kubeconfig)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    kubectl.stdin.take().context("kubectl has a standard input")?.write_all(yaml.as_bytes()).await?;
    ensure!(kubectl.wait().await?.success(), "kubectl apply failed");
    Ok(())
}

fn print(first: &Run, runs: &[Run]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "\nseconds since `kubectl apply` was started; {} databases, one after the other",
        runs.len()
    )?;
    writeln!(out, "{:<52}{:>8}{:>8}{:>8}  (the cluster's first)", "", "p50", "p95", "max")?;
    for (what, of) in [
        ("kubectl has ended", (|r| r.kubectl) as fn(&Run) -> f64),
        ("CreateDBInstance arrives at AWS (goal: p95 < 1)", |r| r.to_create),
        ("the XR is Ready, less AWS's own time of creating", |r| r.to_ready),
    ] {
        let mut values: Vec<f64> = runs.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let (p50, p95, max) = (rank(&values, 50), rank(&values, 95), rank(&values, 100));
        writeln!(out, "{what:<52}{p50:>8.2}{p95:>8.2}{max:>8.2}  {:>8.2}", of(first))?;
    }
    writeln!(out, "AWS's own time of creating: {CREATING} s")?;
    Ok(())
}

/// The nearest-rank percentile of sorted values.
fn rank(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        let ranks = [rank(&ten, 50), rank(&ten, 95), rank(&[7.0], 95)].map(|r| r.to_string());
        assert_eq!(ranks, ["5", "10", "7"]);
    }
}
