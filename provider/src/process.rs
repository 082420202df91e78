//! The life of the process: start, lead, drain, end.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use goldenpath_provider_aws::CallMetrics;
use goldenpath_provider_runtime::admin::{Endpoint, serve};
use goldenpath_provider_runtime::change_log::Courier;
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
    let upjet = if args.upjet_metrics { UpjetMetrics::Served } else { UpjetMetrics::Left };
    let (metrics, calls) = (Metrics::new(&mut registry, upjet), CallMetrics::new(&mut registry));
    let client = client(config.clone(), args, &metrics).context("Cannot make a Kubernetes client")?;
    let cluster = cluster::identity(&client, args.cluster_id.as_deref()).await?;
    listen(args.metrics_bind_address, Endpoint::Metrics(Arc::new(registry))).await?;
    listen(args.health_probe_bind_addr, Endpoint::Health(shutdown.clone())).await?;

    let release = CancellationToken::new();
    metrics.leads(LEASE, false);
    let mut election = args.leader_election.then(|| lease(args).campaign(config, release.clone()));
    let leadership = tokio::select! {
        won = won(election.as_mut()) => won.context("Cannot take part in the leader election")?,
        () = signals.recv() => return Ok(give_back(&release, election.as_mut(), ExitCode::SUCCESS).await),
    };

    let (change_log, courier) = change_log(args, &metrics);
    let options = Options {
        poll: args.poll,
        min_poll: args.min_poll_interval,
        max_reconcile_rate: args.max_reconcile_rate,
        up_to_date: if args.enable_up_to_date_condition { UpToDate::Told } else { UpToDate::Untold },
        leadership,
        change_log,
        ..Options::new(FIELD_MANAGER, controllers::config_group())
    };
    metrics.leads(LEASE, true);
    let recorder = Recorder::spawn(client.clone());
    let told = Told { events: recorder.clone(), changes: courier };
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
    let given_back = give_back(&release, election.as_mut(), code);
    let drained = drain(patience, running, given_back, told);
    Ok(unless_urged(drained, signals.recv()).await)
}

/// Lets what has begun end, gives the lease back, and delivers what was told and is still on its way.
///
/// Nobody waits for the lease because of a slow sidecar or of events.
async fn drain<T>(
    patience: Duration,
    running: impl Future,
    given_back: impl Future<Output = T>,
    told: Told,
) -> T {
    let until = Instant::now() + patience;
    let ended = timeout_at(until, running).await;
    tracing::info!(in_time = ended.is_ok(), "drained");
    let code = given_back.await;
    told.deliver(until.saturating_duration_since(Instant::now())).await;
    code
}

/// Somebody who asks a second time does not want to wait (R238).
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
fn change_log(args: &Args, metrics: &Metrics) -> (ChangeLog, Option<Courier>) {
    if !args.enable_changelogs {
        return (ChangeLog::off(), None);
    }
    let (log, courier) = ChangeLog::to(&args.changelogs_socket_path, PROVIDER, metrics);
    (log, Some(courier))
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

/// What was told and may still be on its way.
struct Told {
    events: Recorder,
    changes: Option<Courier>,
}

// === impl Told ===

impl Told {
    /// Waits until all is delivered or lost, at most this long.
    async fn deliver(self, within: Duration) {
        let Self { events, changes } = self;
        let changes = async {
            if let Some(courier) = changes {
                courier.finish(within).await;
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

    /// Nothing was told; the cluster is not asked.
    fn nothing() -> Told {
        let nowhere = Config::new("http://127.0.0.1:1".parse().unwrap());
        Told { events: Recorder::spawn(Client::try_from(nowhere).unwrap()), changes: None }
    }

    #[tokio::test(start_paused = true)]
    async fn the_lease_is_given_back_when_everything_has_ended() {
        let begun = Instant::now();
        let running = tokio::time::sleep(Duration::from_secs(7));
        let given_back = drain(PATIENCE, running, async { begun.elapsed() }, nothing()).await;
        assert_eq!(given_back, Duration::from_secs(7));
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_end_is_waited_for_no_longer_than_granted() {
        let begun = Instant::now();
        let given_back = drain(PATIENCE, pending::<()>(), async { begun.elapsed() }, nothing()).await;
        assert_eq!(given_back, PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_log_that_is_stuck_holds_up_neither_the_lease_nor_the_end() {
        let begun = Instant::now();
        let metrics = Metrics::new(&mut Registry::default(), UpjetMetrics::Left);
        let socket = std::path::Path::new("/nonexistent/changelogs.sock");
        // The log is still held: its courier has no end.
        let (_log, courier) = ChangeLog::to(socket, PROVIDER, &metrics);
        let given_back = drain(
            PATIENCE,
            ready(()),
            async { begun.elapsed() },
            Told { changes: Some(courier), ..nothing() },
        )
        .await;
        assert_eq!((given_back, begun.elapsed()), (Duration::ZERO, PATIENCE));
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
