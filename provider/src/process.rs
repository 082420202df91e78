//! The life of the process: start, lead, drain, end.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use goldenpath_provider_aws::CallMetrics;
use goldenpath_provider_runtime::admin::{Endpoint, serve};
use goldenpath_provider_runtime::change_log::ChangeLogSender;
use goldenpath_provider_runtime::rate::LimitRate;
use goldenpath_provider_runtime::{
    ChangeLog, Election, Leadership, Lease, Metrics, Options, Recorder, Runtime, UpToDate, UpjetMetrics,
};
use kube::client::ClientBuilder;
use kube::{Client, Config};
use prometheus_client::registry::Registry;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::args::{Args, Bind};
use crate::{cluster, controllers};

/// Name of the Lease. One Rust process serves all services, so it is named for the provider.
const LEASE: &str = "crossplane-leader-election-provider-goldenpath-aws";
/// Owner of the fields that are applied.
const FIELD_MANAGER: &str = "provider-goldenpath-aws";
/// Who writes the change log (R167).
const PROVIDER: &str = concat!("provider-goldenpath-aws:", env!("CARGO_PKG_VERSION"));
/// How long reconciles that have begun may take to end; less than the 30 s that Kubernetes grants (R238).
const DRAIN: Duration = Duration::from_secs(25);

/// How long the last events may take.
const EVENTS: Duration = Duration::from_secs(3);

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

    let (mut registry, shutdown) = (Registry::default(), CancellationToken::new());
    let upjet = if args.upjet_metrics { UpjetMetrics::Served } else { UpjetMetrics::Omitted };
    let (metrics, calls) = (Metrics::new(&mut registry, upjet), CallMetrics::new(&mut registry));
    let client = client(config.clone(), args, &metrics).context("Cannot make a Kubernetes client")?;
    let cluster = cluster::identity(&client, args.cluster_id.as_deref()).await?;
    listen(args.metrics_bind_address, Endpoint::Metrics(Arc::new(registry))).await?;
    listen(args.health_probe_bind_addr, Endpoint::Health(shutdown.clone())).await?;

    let release = CancellationToken::new();
    metrics.leads(LEASE, false);
    let mut election = args.leader_election.then(|| lease(args).elect(config, release.clone()));
    let leadership = tokio::select! {
        won = won(election.as_mut()) => won.context("Cannot take part in the leader election")?,
        () = signals.recv() => return Ok(release_lease(&release, election.as_mut(), ExitCode::SUCCESS).await),
    };

    let (change_log, sender) = change_log(args, &metrics);
    let options = Options {
        poll: args.poll,
        min_poll: args.min_poll_interval,
        max_reconcile_rate: args.max_reconcile_rate,
        up_to_date: if args.enable_up_to_date_condition { UpToDate::Enabled } else { UpToDate::Disabled },
        leadership,
        change_log,
        ..Options::new(FIELD_MANAGER, controllers::config_group())
    };
    metrics.leads(LEASE, true);
    let recorder = Recorder::spawn(client.clone());
    let deliveries = Deliveries { events: recorder.clone(), changes: sender };
    let runtime = Runtime::with(client, options, recorder, metrics.clone(), shutdown.clone());
    let running = tokio::spawn(async move { Box::pin(controllers::run(&runtime, cluster, calls)).await });

    let stop = tokio::select! {
        () = signals.recv() => Stop::Signal,
        () = lost(election.as_mut()) => Stop::LeaseLost,
    };
    tracing::info!(?stop, "draining");
    metrics.leads(LEASE, stop == Stop::Signal);
    shutdown.cancel();
    let (patience, code) = match stop {
        Stop::Signal => (DRAIN, ExitCode::SUCCESS),
        // Another process may act when the lease has ended (R237).
        Stop::LeaseLost => {
            let lease =
                args.leader_election_lease_duration.saturating_sub(args.leader_election_renew_deadline);
            (lease.min(DRAIN), ExitCode::FAILURE)
        }
    };
    let released = release_lease(&release, election.as_mut(), code);
    let drained = drain(patience, running, released, deliveries);
    Ok(unless_urged(drained, signals.recv()).await)
}

/// Lets what has begun end, releases the lease, and delivers the events and change log entries that are still on their way.
///
/// Nobody waits for the lease because of a slow sidecar or of events.
async fn drain<T>(
    patience: Duration,
    running: impl Future,
    released: impl Future<Output = T>,
    deliveries: Deliveries,
) -> T {
    let until = Instant::now() + patience;
    let ended = timeout_at(until, running).await;
    tracing::info!(in_time = ended.is_ok(), "drained");
    let code = released.await;
    deliveries.deliver(until.saturating_duration_since(Instant::now())).await;
    code
}

/// A second signal means not to wait (R238).
async fn unless_urged(drained: impl Future<Output = ExitCode>, again: impl Future<Output = ()>) -> ExitCode {
    tokio::select! {
        code = drained => code,
        () = again => {
            tracing::warn!("a second signal: ending at once");
            ExitCode::FAILURE
        }
    }
}

/// The change log, if there is one, and what delivers it.
fn change_log(args: &Args, metrics: &Metrics) -> (ChangeLog, Option<ChangeLogSender>) {
    if !args.enable_changelogs {
        return (ChangeLog::off(), None);
    }
    let (log, sender) = ChangeLog::to(&args.changelogs_socket_path, PROVIDER, metrics);
    (log, Some(sender))
}

/// A client whose requests are counted, and are not too many.
fn client(config: Config, args: &Args, metrics: &Metrics) -> Result<Client, kube::Error> {
    let rate = LimitRate::of_reconciles(args.max_reconcile_rate);
    Ok(ClientBuilder::try_from(config)?.with_layer(metrics.count_requests()).with_layer(&rate).build())
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

/// Returns when this process leads, at once without leader election; nothing when the election has failed.
async fn won(election: Option<&mut Election>) -> Option<Leadership> {
    match election {
        Some(election) => election.won().await,
        None => Some(Leadership::unelected()),
    }
}

/// Returns when this process leads no more; never without leader election.
async fn lost(election: Option<&mut Election>) {
    match election {
        Some(election) => election.lost().await,
        None => std::future::pending().await,
    }
}

/// Releases the lease, if it is still held, so that the next process need not wait for its end.
async fn release_lease(
    release: &CancellationToken,
    election: Option<&mut Election>,
    code: ExitCode,
) -> ExitCode {
    release.cancel();
    if let Some(election) = election {
        let _ended = tokio::time::timeout(Duration::from_secs(3), election.over()).await;
    }
    code
}

/// Events and change log entries that may still be on their way.
struct Deliveries {
    events: Recorder,
    changes: Option<ChangeLogSender>,
}

// === impl Deliveries ===

impl Deliveries {
    /// Waits until all is delivered or lost, at most this long.
    async fn deliver(self, within: Duration) {
        let Self { events, changes } = self;
        let changes = async {
            if let Some(sender) = changes {
                sender.finish(within).await;
            }
        };
        tokio::join!(events.finish(within.min(EVENTS)), changes);
    }
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

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(25);

    /// Nothing is on its way; the cluster is not asked.
    fn nothing() -> Deliveries {
        let nowhere = Config::new("http://127.0.0.1:1".parse().unwrap());
        Deliveries { events: Recorder::spawn(Client::try_from(nowhere).unwrap()), changes: None }
    }

    #[tokio::test(start_paused = true)]
    async fn the_lease_is_released_when_everything_has_ended() {
        let begun = Instant::now();
        let running = tokio::time::sleep(Duration::from_secs(7));
        let released = drain(PATIENCE, running, async { begun.elapsed() }, nothing()).await;
        assert_eq!(released, Duration::from_secs(7));
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_end_is_waited_for_no_longer_than_granted() {
        let begun = Instant::now();
        let released = drain(PATIENCE, pending::<()>(), async { begun.elapsed() }, nothing()).await;
        assert_eq!(released, PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_log_that_is_stuck_holds_up_neither_the_lease_nor_the_end() {
        let begun = Instant::now();
        let metrics = Metrics::new(&mut Registry::default(), UpjetMetrics::Omitted);
        let socket = std::path::Path::new("/nonexistent/changelogs.sock");
        // The log is still held: its sender has no end.
        let (_log, sender) = ChangeLog::to(socket, PROVIDER, &metrics);
        let released = drain(
            PATIENCE,
            ready(()),
            async { begun.elapsed() },
            Deliveries { changes: Some(sender), ..nothing() },
        )
        .await;
        assert_eq!((released, begun.elapsed()), (Duration::ZERO, PATIENCE));
    }

    #[tokio::test]
    async fn a_second_signal_ends_the_process_at_once_and_badly() {
        let code = |code: ExitCode| format!("{code:?}");
        let urged = unless_urged(pending(), ready(())).await;
        assert_eq!(code(urged), code(ExitCode::FAILURE));
        let left_alone = unless_urged(ready(ExitCode::SUCCESS), pending()).await;
        assert_eq!(code(left_alone), code(ExitCode::SUCCESS));
    }
}
