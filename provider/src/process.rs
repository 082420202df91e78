//! The life of the process: start, lead, drain, end.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use goldenpath_provider_runtime::admin::{Endpoint, serve};
use goldenpath_provider_runtime::{
    Election, Leadership, Lease, Metrics, Options, Recorder, Runtime, UpjetMetrics,
};
use kube::client::ClientBuilder;
use kube::{Client, Config};
use prometheus_client::registry::Registry;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::args::{Args, Bind};
use crate::controllers;

/// Name of the Lease. One Rust process serves all services, so it is named for the provider.
const LEASE: &str = "crossplane-leader-election-provider-goldenpath-aws";
/// Owner of the fields that are applied.
const FIELD_MANAGER: &str = "provider-goldenpath-aws";
/// How long reconciles that have begun may take to end; less than the 30 s that Kubernetes grants (R238).
const DRAIN: Duration = Duration::from_secs(25);

/// Why the controllers are to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    Signal,
    LeaseLost,
}

/// Logs as JSON, one line a decision.
pub(crate) fn log(debug: bool) {
    let level = if debug { "debug" } else { "info" };
    let filter = format!(
        "warn,goldenpath_provider_runtime={level},goldenpath_provider_aws={level},provider_goldenpath_aws={level}"
    );
    let filter = EnvFilter::try_from_env("PROVIDER_LOG").unwrap_or_else(|_| EnvFilter::new(filter));
    tracing_subscriber::fmt().json().flatten_event(true).with_span_list(false).with_env_filter(filter).init();
}

/// Runs the provider until a signal, or until the lease is lost.
pub(crate) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    args.validate()?;
    for flag in args.ignored.given() {
        tracing::warn!(flag, "this flag has no effect");
    }
    let mut signals = Signals::new()?;
    let config = Config::infer().await.context("Cannot find a cluster: set KUBECONFIG, or run in a pod")?;

    let mut registry = Registry::default();
    let metrics = Metrics::new(&mut registry, UpjetMetrics::Served);
    let client = client(config.clone(), &metrics).context("Cannot make a Kubernetes client")?;
    listen(args.metrics_bind_address, Endpoint::Metrics(Arc::new(registry))).await?;
    listen(args.health_probe_bind_addr, Endpoint::Health).await?;

    let release = CancellationToken::new();
    metrics.leads(LEASE, false);
    let mut election = args.leader_election.then(|| lease(args).campaign(config, release.clone()));
    let leadership = tokio::select! {
        won = won(election.as_mut()) => won.context("Cannot take part in the leader election")?,
        () = signals.recv() => return Ok(give_back(&release, election.as_mut(), ExitCode::SUCCESS).await),
    };

    let options = Options {
        poll: args.poll,
        min_poll: args.min_poll_interval,
        concurrency: args.max_reconcile_rate,
        leadership,
        ..Options::new(FIELD_MANAGER, controllers::config_group())
    };
    metrics.leads(LEASE, true);
    let (recorder, shutdown) = (Recorder::spawn(client.clone()), CancellationToken::new());
    let runtime = Runtime { client, options, recorder, metrics: metrics.clone(), shutdown: shutdown.clone() };
    let running = tokio::spawn(async move { Box::pin(controllers::run(&runtime)).await });

    let stop = tokio::select! {
        () = signals.recv() => Stop::Signal,
        () = lost(election.as_mut()) => Stop::LeaseLost,
    };
    tracing::info!(?stop, "draining");
    metrics.leads(LEASE, stop == Stop::Signal);
    shutdown.cancel();
    let (patience, mut code) = match stop {
        Stop::Signal => (DRAIN, ExitCode::SUCCESS),
        // Another process may act when the lease has ended (R237).
        Stop::LeaseLost => {
            let lease =
                args.leader_election_lease_duration.saturating_sub(args.leader_election_renew_deadline);
            (lease.min(DRAIN), ExitCode::FAILURE)
        }
    };
    tokio::select! {
        drained = tokio::time::timeout(patience, running) => {
            tracing::info!(in_time = drained.is_ok(), "drained");
        }
        () = signals.recv() => code = ExitCode::FAILURE,
    }
    Ok(give_back(&release, election.as_mut(), code).await)
}

/// A client whose requests are counted.
fn client(config: Config, metrics: &Metrics) -> Result<Client, kube::Error> {
    Ok(ClientBuilder::try_from(config)?.with_layer(metrics.count_requests()).build())
}

async fn listen(bind: Bind, endpoint: Endpoint) -> anyhow::Result<()> {
    let Bind(Some(address)) = bind else { return Ok(()) };
    let bound = serve(address, endpoint).await.with_context(|| format!("Cannot listen on {address}"))?;
    tracing::info!(%bound, "listening");
    Ok(())
}

fn lease(args: &Args) -> Lease {
    Lease {
        namespace: args.leader_election_namespace.clone(),
        name: LEASE.to_owned(),
        identity: Lease::identity(),
        duration: args.leader_election_lease_duration,
        renew_deadline: args.leader_election_renew_deadline,
        retry_period: args.leader_election_retry_period,
    }
}

/// Returns when this process leads, at once when nobody is elected; nothing when the election has failed.
async fn won(election: Option<&mut Election>) -> Option<Leadership> {
    match election {
        Some(election) => election.won().await,
        None => Some(Leadership::unelected()),
    }
}

/// Returns when this process leads no more; never when nobody is elected.
async fn lost(election: Option<&mut Election>) {
    match election {
        Some(election) => election.lost().await,
        None => std::future::pending().await,
    }
}

/// Gives the lease back, if it is still held, so that the next process need not wait for its end.
async fn give_back(release: &CancellationToken, election: Option<&mut Election>, code: ExitCode) -> ExitCode {
    release.cancel();
    if let Some(election) = election {
        let _ended = tokio::time::timeout(Duration::from_secs(3), election.over()).await;
    }
    code
}

/// SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

// === impl Signals ===

impl Signals {
    fn new() -> anyhow::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn recv(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
