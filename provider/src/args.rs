//! The command line: the flags of provider-upjet-aws, so that existing `DeploymentRuntimeConfig`s keep working.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{ArgAction, Parser};

/// provider-goldenpath-aws: databases and secrets in AWS as Kubernetes objects.
///
/// The cluster is the one of KUBECONFIG, or the one that the process runs in. Durations are written as in Go: 1h30m.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Args {
    /// Log decisions that change nothing, too.
    #[arg(short, long, env = "PROVIDER_DEBUG")]
    pub(crate) debug: bool,
    /// How often everything is listed again; accepted, watches make it unnecessary.
    #[arg(short, long, env = "PROVIDER_SYNC", default_value = "1h", value_parser = duration)]
    pub(crate) sync: Duration,
    /// How often an external resource that is in sync is looked at again.
    #[arg(long, env = "PROVIDER_POLL", default_value = "10m", value_parser = duration)]
    pub(crate) poll: Duration,
    /// The least that the annotation crossplane.io/poll-interval may ask for.
    #[arg(long, env = "PROVIDER_MIN_POLL_INTERVAL", default_value = "1s", value_parser = duration)]
    pub(crate) min_poll_interval: Duration,
    /// How often the gauges of managed resources are refreshed; accepted, they are always current.
    #[arg(long, env = "PROVIDER_POLL_STATE_METRIC", default_value = "5s", value_parser = duration)]
    pub(crate) poll_state_metric: Duration,
    /// Act only while holding the Lease, so that two replicas never act at once.
    #[arg(short, long, env = "LEADER_ELECTION", default_value = "true", default_missing_value = "true",
          num_args = 0..=1, require_equals = true, action = ArgAction::Set)]
    pub(crate) leader_election: bool,
    /// How long other replicas wait after the leader's last sign.
    #[arg(long, env = "PROVIDER_LEADER_ELECTION_LEASE_DURATION", default_value = "60s", value_parser = duration)]
    pub(crate) leader_election_lease_duration: Duration,
    /// How long the leader tries to give a sign before it steps down.
    #[arg(long, env = "PROVIDER_LEADER_ELECTION_RENEW_DEADLINE", default_value = "50s", value_parser = duration)]
    pub(crate) leader_election_renew_deadline: Duration,
    /// How often the lease is asked for and renewed.
    #[arg(long, env = "PROVIDER_LEADER_ELECTION_RETRY_PERIOD", default_value = "2s", value_parser = duration)]
    pub(crate) leader_election_retry_period: Duration,
    /// Namespace of the Lease.
    #[arg(long, env = "POD_NAMESPACE", default_value = "crossplane-system")]
    pub(crate) leader_election_namespace: String,
    /// How many objects of one kind are reconciled at the same time.
    #[arg(long, env = "PROVIDER_MAX_RECONCILE_RATE", default_value_t = 100)]
    pub(crate) max_reconcile_rate: u16,
    /// Serve /metrics here; 0 turns it off.
    #[arg(long, env = "METRICS_BIND_ADDRESS", default_value = ":8080", value_parser = address)]
    pub(crate) metrics_bind_address: Bind,
    /// Serve /healthz and /readyz here; 0 turns it off.
    #[arg(long, env = "HEALTH_PROBE_BIND_ADDRESS", default_value = ":8081", value_parser = address)]
    pub(crate) health_probe_bind_addr: Bind,
    #[command(flatten)]
    pub(crate) ignored: Ignored,
}

/// Flags that have no effect here, and must not keep the process from starting (R227, R231).
#[derive(Debug, clap::Args)]
pub(crate) struct Ignored {
    #[arg(long, hide = true, env = "PROVIDER_SKIP_DEFAULT_TAGS")]
    skip_default_tags: bool,
    #[arg(long, hide = true, env = "WEBHOOK_PORT")]
    webhook_port: Option<u16>,
    #[arg(long, hide = true, env = "CERTS_DIR")]
    certs_dir: Option<String>,
    #[arg(long, hide = true, env = "CHANGELOGS_SOCKET_PATH")]
    changelogs_socket_path: Option<String>,
    #[arg(long, hide = true, env = "ENABLE_CHANGE_LOGS", default_missing_value = "true", num_args = 0..=1, require_equals = true)]
    enable_changelogs: Option<bool>,
    #[arg(long, hide = true, env = "ENABLE_MANAGEMENT_POLICIES", default_missing_value = "true", num_args = 0..=1, require_equals = true)]
    enable_management_policies: Option<bool>,
    #[arg(long, hide = true, env = "ENABLE_SECRET_CACHE", default_missing_value = "true", num_args = 0..=1, require_equals = true)]
    enable_secret_cache: Option<bool>,
    #[arg(long, hide = true)]
    poll_jitter_percentage: Option<u8>,
    #[arg(long, hide = true)]
    provider_ttl: Option<String>,
    #[arg(long, hide = true)]
    terraform_version: Option<String>,
    #[arg(long, hide = true)]
    terraform_provider_version: Option<String>,
    #[arg(long, hide = true)]
    terraform_native_provider_path: Option<String>,
    #[arg(long, hide = true)]
    terraform_provider_source: Option<String>,
}

/// Where to listen, or nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bind(pub(crate) Option<SocketAddr>);

// === impl Args ===

impl Args {
    /// Checks what no single flag can tell (R236).
    pub(crate) fn validate(&self) -> anyhow::Result<()> {
        let (retry, renew) = (self.leader_election_retry_period, self.leader_election_renew_deadline);
        anyhow::ensure!(
            retry < renew && renew < self.leader_election_lease_duration,
            "Cannot elect a leader: --leader-election-retry-period must be shorter than \
             --leader-election-renew-deadline, and that shorter than --leader-election-lease-duration"
        );
        Ok(())
    }
}

// === impl Ignored ===

impl Ignored {
    /// The names of the flags that were given and have no effect.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        let Self {
            skip_default_tags,
            webhook_port,
            certs_dir,
            changelogs_socket_path,
            enable_changelogs,
            enable_management_policies,
            enable_secret_cache,
            poll_jitter_percentage,
            provider_ttl,
            terraform_version,
            terraform_provider_version,
            terraform_native_provider_path,
            terraform_provider_source,
        } = self;
        [
            ("--skip-default-tags", *skip_default_tags),
            ("--webhook-port", webhook_port.is_some()),
            ("--certs-dir", certs_dir.is_some()),
            ("--changelogs-socket-path", changelogs_socket_path.is_some()),
            ("--enable-changelogs", enable_changelogs.is_some()),
            ("--enable-management-policies", enable_management_policies.is_some()),
            ("--enable-secret-cache", enable_secret_cache.is_some()),
            ("--poll-jitter-percentage", poll_jitter_percentage.is_some()),
            ("--provider-ttl", provider_ttl.is_some()),
            ("--terraform-version", terraform_version.is_some()),
            ("--terraform-provider-version", terraform_provider_version.is_some()),
            ("--terraform-native-provider-path", terraform_native_provider_path.is_some()),
            ("--terraform-provider-source", terraform_provider_source.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect()
    }
}

/// A positive duration as Go writes it (R228).
fn duration(text: &str) -> Result<Duration, String> {
    let duration: kube::core::Duration =
        text.parse().map_err(|e: kube::core::duration::ParseError| e.to_string())?;
    if duration > Duration::ZERO { Ok(duration.into()) } else { Err("must be longer than nothing".into()) }
}

/// An address as Go writes it: `:8080` is every address of the host; empty and `0` are none.
fn address(text: &str) -> Result<Bind, String> {
    if text.is_empty() || text == "0" {
        return Ok(Bind(None));
    }
    let full = if text.starts_with(':') { format!("0.0.0.0{text}") } else { text.to_owned() };
    full.parse().map(|a| Bind(Some(a))).map_err(|_| "must be HOST:PORT or :PORT".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(flags: &[&str]) -> Result<Args, clap::Error> {
        Args::try_parse_from(["provider"].iter().chain(flags))
    }

    #[test]
    fn the_defaults_are_those_of_crossplane_with_leader_election() {
        let args = parse(&[]).unwrap();
        assert_eq!(args.poll, Duration::from_mins(10));
        assert!(args.leader_election);
        assert_eq!(args.leader_election_namespace, "crossplane-system");
        assert_eq!(args.metrics_bind_address, Bind(Some("0.0.0.0:8080".parse().unwrap())));
        assert_eq!(args.ignored.given(), [""; 0]);
        args.validate().unwrap();
    }

    #[test]
    fn durations_are_written_as_in_go() {
        assert_eq!(parse(&["--poll", "1h30m"]).unwrap().poll, Duration::from_mins(90));
        assert_eq!(parse(&["--poll=300ms"]).unwrap().poll, Duration::from_millis(300));
        assert!(parse(&["--poll", "90"]).is_err());
        assert!(parse(&["--poll", "0s"]).is_err());
    }

    #[test]
    fn leader_election_can_be_turned_off_and_asked_for() {
        assert!(!parse(&["--leader-election=false"]).unwrap().leader_election);
        assert!(parse(&["-l"]).unwrap().leader_election);
        let mixed = parse(&["--leader-election-retry-period=50s"]).unwrap();
        assert!(mixed.validate().is_err());
    }

    #[test]
    fn an_endpoint_can_be_turned_off() {
        assert_eq!(parse(&["--metrics-bind-address=0"]).unwrap().metrics_bind_address, Bind(None));
        assert_eq!(
            parse(&["--health-probe-bind-addr=127.0.0.1:9"]).unwrap().health_probe_bind_addr,
            Bind(Some("127.0.0.1:9".parse().unwrap()))
        );
        assert!(parse(&["--metrics-bind-address=metrics"]).is_err());
    }

    #[test]
    fn flags_of_other_providers_are_accepted_and_named() {
        let args = parse(&["--terraform-version=1.5", "--enable-changelogs", "--webhook-port=9443"]).unwrap();
        assert_eq!(args.ignored.given(), ["--webhook-port", "--enable-changelogs", "--terraform-version"]);
        assert!(parse(&["--no-such-flag"]).is_err());
    }
}
