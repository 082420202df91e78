//! A leader and its follower, in the place of the control plane's one provider.

use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use goldenpath_tests::provider::{Provider, Replica};
use goldenpath_tests::{ControlPlane, Process, kinds, objects, wait};
use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use crate::request::SHORT_LIMIT;

/// How long a follower waits for the leader's sign: short, so that a story ends soon.
pub(super) const LEASE: Duration = Duration::from_secs(6);
const RENEW: Duration = Duration::from_secs(4);
/// How often the lease is tried.
const RETRY: Duration = Duration::from_millis(500);
/// Where the Lease is, and its name.
const LEASE_OBJECT: (&str, &str) =
    ("crossplane-system", "crossplane-leader-election-provider-goldenpath-aws");

/// Two replicas; the first leads when a story begins.
pub(super) struct Pair<'a> {
    plane: &'a ControlPlane,
    first: Member,
    second: Member,
}

/// One of the two.
pub(super) struct Member(Provider);

// === impl Pair ===

impl<'a> Pair<'a> {
    /// Tells a story with two replicas, and gives the control plane its own provider back, whatever comes out.
    pub(super) async fn with(
        plane: &'a ControlPlane,
        story: impl AsyncFnOnce(&Self) -> Result<()>,
    ) -> Result<()> {
        Self::tell(plane, false, story).await
    }

    /// The same, with a leader that every other process of the machine comes before.
    pub(super) async fn with_nice_leader(
        plane: &'a ControlPlane,
        story: impl AsyncFnOnce(&Self) -> Result<()>,
    ) -> Result<()> {
        Self::tell(plane, true, story).await
    }

    async fn tell(
        plane: &'a ControlPlane,
        is_nice: bool,
        story: impl AsyncFnOnce(&Self) -> Result<()>,
    ) -> Result<()> {
        plane.provider()?.terminate(Duration::from_secs(30))?;
        let told = match Self::start(plane, is_nice).await {
            Ok(pair) => {
                let told = story(&pair).await;
                told.with_context(|| format!("{}\n{}", pair.first.tail(), pair.second.tail()))
            }
            Err(error) => Err(error),
        };
        plane.provider()?.start()?;
        told
    }

    async fn start(plane: &'a ControlPlane, is_nice: bool) -> Result<Self> {
        let replica = |name: &str, is_nice: bool| Replica {
            name: format!("provider-{name}"),
            poll: Duration::from_secs(2),
            lease_duration: LEASE,
            renew_deadline: RENEW,
            retry_period: RETRY,
            is_nice,
        };
        let begun = seconds_now()?;
        let first = Member(plane.replica(&replica("first", is_nice)).await?);
        first.until_leading_since(begun).await?;
        let second = Member(plane.replica(&replica("second", false)).await?);
        Ok(Self { plane, first, second })
    }

    /// The one that leads when the story begins.
    pub(super) fn leader(&self) -> &Member {
        &self.first
    }

    /// The one that follows it.
    pub(super) fn standby(&self) -> &Member {
        &self.second
    }

    /// How often the lease has moved from one holder to another.
    pub(super) async fn transitions(&self) -> Result<i64> {
        Ok(self.lease().await?["leaseTransitions"].as_i64().unwrap_or_default())
    }

    /// When the lease was last renewed, in seconds of the epoch.
    pub(super) async fn renewed(&self) -> Result<f64> {
        let lease = self.lease().await?;
        let time: Timestamp = lease["renewTime"].as_str().context("a lease never renewed")?.parse()?;
        Ok(time.as_duration().as_secs_f64())
    }

    /// What the Lease says, its `spec`.
    async fn lease(&self) -> Result<Value> {
        let kind = kinds::kind("coordination.k8s.io", "v1", "Lease", "leases");
        let (namespace, name) = LEASE_OBJECT;
        let found = objects::get(self.plane.client(), &kind, namespace, name).await?;
        Ok(found.context("there is no Lease")?.data["spec"].clone())
    }
}

// === impl Member ===

impl Member {
    pub(super) fn process(&self) -> &Process {
        self.0.process()
    }

    /// Its metrics answer, whether it leads or not.
    pub(super) async fn serves(&self) -> Result<()> {
        reqwest::get(self.0.metrics()).await?.error_for_status()?;
        Ok(())
    }

    /// Whether it has started a controller.
    pub(super) fn has_begun(&self) -> Result<bool> {
        self.has_said("started")
    }

    /// Whether it has given the lease back on its way out.
    pub(super) fn has_released(&self) -> Result<bool> {
        self.has_said("the lease is released")
    }

    fn has_said(&self, message: &str) -> Result<bool> {
        Ok(std::fs::read_to_string(self.process().log())?.contains(&format!("\"message\":\"{message}\"")))
    }

    /// When it has begun to lead after a moment; both in seconds of the epoch.
    pub(super) async fn until_leading_since(&self, moment: f64) -> Result<f64> {
        self.until_line_since(moment, |line| line["message"] == "leading").await
    }

    /// When it has first reconciled an object after a moment; both in seconds of the epoch.
    pub(super) async fn until_reconciled_since(&self, moment: f64) -> Result<f64> {
        let reconciled = |line: &Value| {
            line["message"].as_str().is_some_and(|m| ["reconciled", "not reconciled"].contains(&m))
        };
        self.until_line_since(moment, reconciled).await
    }

    async fn until_line_since(&self, moment: f64, is_meant: impl Fn(&Value) -> bool) -> Result<f64> {
        wait::until(&format!("{} has got so far", self.process().name()), SHORT_LIMIT, async || {
            let text = std::fs::read_to_string(self.process().log())?;
            let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let mut times = lines.filter(|line| is_meant(line)).filter_map(|line| {
                let time: Timestamp = line["timestamp"].as_str()?.parse().ok()?;
                Some(time.as_duration().as_secs_f64())
            });
            Ok(times.find(|time| *time >= moment))
        })
        .await
    }

    fn tail(&self) -> String {
        format!("--- {}, last lines\n{}", self.process().name(), self.process().log_tail(10))
    }
}

/// Seconds of the epoch, as logs and AWS's calls have them.
pub(super) fn seconds_now() -> Result<f64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64())
}

/// A figure for people; the story's own output, shown also when it passes.
pub(super) fn tell(figure: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "    {figure}")?)
}
