//! The command line: the flags of provider-upjet-aws, so that existing `DeploymentRuntimeConfig`s keep working.

use std::any::TypeId;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgAction, Command, CommandFactory, FromArgMatches, Parser};
use goldenpath_provider_core::duration::positive_duration;

/// provider-goldenpath-aws: databases and secrets in AWS as Kubernetes objects.
///
/// The cluster is the one of KUBECONFIG, or the one that the process runs in. Durations are written as in Go: 1h30m.
#[derive(Debug, Parser)]
#[command(version, about)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Args {
    /// Log at debug level: also reconciles that change nothing.
    #[arg(short, long, env = "PROVIDER_DEBUG", default_value = "false", action = ArgAction::Set, value_parser = boolean)]
    pub(crate) debug: bool,
    /// How often an external resource that is in sync is checked for drift.
    #[arg(long, env = "PROVIDER_POLL", default_value = "10m", value_parser = positive_duration)]
    pub(crate) poll: Duration,
    /// The shortest interval that the annotation crossplane.io/poll-interval may set.
    #[arg(long, env = "PROVIDER_MIN_POLL_INTERVAL", default_value = "1s", value_parser = positive_duration)]
    pub(crate) min_poll_interval: Duration,
    /// Reconciles that may start each second (with a burst of ten times as many), and that may run at the same time.
    #[arg(long, env = "PROVIDER_MAX_RECONCILE_RATE", default_value_t = 100)]
    pub(crate) max_reconcile_rate: u16,
    /// Reconcile only while holding the Lease, so that two replicas never act at the same time.
    #[arg(short, long, env = "LEADER_ELECTION", default_value = "true", action = ArgAction::Set, value_parser = boolean)]
    pub(crate) leader_election: bool,
    /// How long other replicas wait after the leader's last renewal before they take over.
    #[arg(long, env = "PROVIDER_LEADER_ELECTION_LEASE_DURATION", default_value = "60s", value_parser = positive_duration)]
    pub(crate) leader_election_lease_duration: Duration,
    /// How long the leader tries to renew the lease before it steps down; shorter than the lease duration.
    #[arg(long, env = "PROVIDER_LEADER_ELECTION_RENEW_DEADLINE", default_value = "50s", value_parser = positive_duration)]
    pub(crate) leader_election_renew_deadline: Duration,
    /// How often the lease is requested and renewed; shorter than the renew deadline.
    #[arg(long, env = "PROVIDER_LEADER_ELECTION_RETRY_PERIOD", default_value = "2s", value_parser = positive_duration)]
    pub(crate) leader_election_retry_period: Duration,
    /// Namespace of the Lease.
    #[arg(long, env = "POD_NAMESPACE", default_value = "crossplane-system")]
    pub(crate) leader_election_namespace: String,
    /// Serve /metrics here; 0 turns it off.
    #[arg(long, env = "METRICS_BIND_ADDRESS", default_value = ":8080", value_parser = address)]
    pub(crate) metrics_bind_address: Bind,
    /// Also serve some metrics under the names that provider-upjet-aws uses.
    #[arg(long, env = "PROVIDER_UPJET_METRICS", default_value = "true", action = ArgAction::Set, value_parser = boolean)]
    pub(crate) upjet_metrics: bool,
    /// Serve /healthz and /readyz here; 0 turns it off.
    #[arg(long, env = "HEALTH_PROBE_BIND_ADDRESS", default_value = ":8081", value_parser = address)]
    pub(crate) health_probe_bind_addr: Bind,
    /// What tells this cluster's external resources from those of other clusters; the UID of the
    /// `CustomResourceDefinition` clusterproviderconfigs.aws.m.goldenpath.io unless set.
    #[arg(long, env = "PROVIDER_CLUSTER_ID")]
    pub(crate) cluster_id: Option<String>,
    /// Set the condition `UpToDate`, which says whether an external resource is as desired.
    #[arg(long, env = "PROVIDER_ENABLE_UP_TO_DATE_CONDITION", default_value = "false", action = ArgAction::Set, value_parser = boolean)]
    pub(crate) enable_up_to_date_condition: bool,
    /// Send each Create, Update and Delete to the change-log sidecar.
    #[arg(long, env = "ENABLE_CHANGE_LOGS", default_value = "false", action = ArgAction::Set, value_parser = boolean)]
    pub(crate) enable_changelogs: bool,
    /// The Unix socket of the change-log sidecar.
    #[arg(long, env = "CHANGELOGS_SOCKET_PATH", default_value = "/var/run/changelogs/changelogs.sock")]
    pub(crate) changelogs_socket_path: PathBuf,
    #[command(flatten)]
    pub(crate) ignored: Ignored,
}

/// Flags that have no effect here, and must not keep the process from starting (R227, R231).
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Accepted from other providers, without effect")]
pub(crate) struct Ignored {
    /// Watches make periodic lists unnecessary.
    #[arg(short, long, env = "PROVIDER_SYNC", value_parser = positive_duration)]
    sync: Option<Duration>,
    /// The gauges of managed resources are always current.
    #[arg(long, env = "PROVIDER_POLL_STATE_METRIC", value_parser = positive_duration)]
    poll_state_metric: Option<Duration>,
    /// Polls are always spread by a twentieth.
    #[arg(long, env = "PROVIDER_POLL_JITTER_PERCENTAGE")]
    poll_jitter_percentage: Option<u8>,
    /// Tags always say which object owns an external resource.
    #[arg(long, env = "PROVIDER_SKIP_DEFAULT_TAGS", action = ArgAction::Set, value_parser = boolean)]
    skip_default_tags: Option<bool>,
    /// Management policies are always honoured.
    #[arg(long, env = "ENABLE_MANAGEMENT_POLICIES", action = ArgAction::Set, value_parser = boolean)]
    enable_management_policies: Option<bool>,
    /// Secrets are read when they are needed.
    #[arg(long, env = "ENABLE_SECRET_CACHE", action = ArgAction::Set, value_parser = boolean)]
    enable_secret_cache: Option<bool>,
    /// No kind has a conversion webhook.
    #[arg(long, env = "WEBHOOK_PORT")]
    webhook_port: Option<u16>,
    /// No kind has a conversion webhook.
    #[arg(long, env = "CERTS_DIR")]
    certs_dir: Option<String>,
    /// No other process is run.
    #[arg(long, env = "PROVIDER_PROVIDER_TTL")]
    provider_ttl: Option<String>,
    /// There is no Terraform.
    #[arg(long, env = "TERRAFORM_VERSION")]
    terraform_version: Option<String>,
    /// There is no Terraform.
    #[arg(long, env = "TERRAFORM_PROVIDER_VERSION")]
    terraform_provider_version: Option<String>,
    /// There is no Terraform.
    #[arg(long, env = "TERRAFORM_NATIVE_PROVIDER_PATH")]
    terraform_native_provider_path: Option<String>,
    /// There is no Terraform.
    #[arg(long, env = "TERRAFORM_PROVIDER_SOURCE")]
    terraform_provider_source: Option<String>,
}

/// Where to listen, or nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bind(pub(crate) Option<SocketAddr>);

// === impl Args ===

impl Args {
    /// Reads the command line and the environment; ends the process where they are wrong, or ask for help.
    pub(crate) fn read() -> Self {
        let matches = command().get_matches_from(without_negations(std::env::args_os()));
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// Checks what concerns several flags (R236).
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
            sync,
            poll_state_metric,
            poll_jitter_percentage,
            skip_default_tags,
            enable_management_policies,
            enable_secret_cache,
            webhook_port,
            certs_dir,
            provider_ttl,
            terraform_version,
            terraform_provider_version,
            terraform_native_provider_path,
            terraform_provider_source,
        } = self;
        [
            ("--sync", sync.is_some()),
            ("--poll-state-metric", poll_state_metric.is_some()),
            ("--poll-jitter-percentage", poll_jitter_percentage.is_some()),
            ("--skip-default-tags", skip_default_tags.is_some()),
            ("--enable-management-policies", enable_management_policies.is_some()),
            ("--enable-secret-cache", enable_secret_cache.is_some()),
            ("--webhook-port", webhook_port.is_some()),
            ("--certs-dir", certs_dir.is_some()),
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

/// The flags as kingpin has them: a boolean needs no value, and a variable that is empty is not set (R226).
fn command() -> Command {
    Args::command().mut_args(|arg| {
        let arg = arg.hide_env_values(true);
        let arg = if is_boolean(&arg) {
            arg.num_args(0..=1).require_equals(true).default_missing_value("true").value_name("BOOL")
        } else if arg.get_value_parser().type_id() == TypeId::of::<Duration>() {
            arg.value_name("DURATION")
        } else {
            arg
        };
        let is_empty = arg.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|v| v.is_empty()));
        if is_empty { arg.env(None) } else { arg }
    })
}

fn is_boolean(arg: &Arg) -> bool {
    arg.get_action().takes_values() && arg.get_value_parser().type_id() == TypeId::of::<bool>()
}

/// Spells `--no-flag` of a boolean flag as `--flag=false`.
fn without_negations(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let command = command();
    let is_known = |flag: &str| command.get_arguments().any(|a| is_boolean(a) && a.get_long() == Some(flag));
    let spelled = |argument: OsString| match argument.to_str().and_then(|a| a.strip_prefix("--no-")) {
        Some(flag) if is_known(flag) => format!("--{flag}=false").into(),
        _ => argument,
    };
    arguments.into_iter().map(spelled).collect()
}

/// A boolean as Go's `strconv.ParseBool` reads it.
fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("must be true or false".into()),
    }
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
mod tests;
