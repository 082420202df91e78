//! Leader election on a Lease, as client-go does it (R233..R237).
//!
//! It runs on a thread, an event loop and a connection of its own, so that no load can keep it from renewing.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease as Object, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use k8s_openapi::jiff::Timestamp;
use kube::api::PostParams;
use kube::{Api, Client, Config, ResourceExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// A lease that one of several processes holds.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Namespace of the Lease.
    pub namespace: String,
    /// Name of the Lease.
    pub name: String,
    /// Who asks for it; no two processes are the same.
    pub identity: String,
    /// How long others wait after the holder's last sign.
    pub duration: Duration,
    /// How long the holder tries to give a sign before it steps down; shorter than `duration`.
    pub renew_deadline: Duration,
    /// How often it is tried; shorter than `renew_deadline`.
    pub retry_period: Duration,
}

/// Whether this process holds the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseState {
    /// Another process does, or none yet.
    Standby,
    /// It does.
    Leading,
    /// It did, and could not renew it in time: another process may hold it now.
    Lost,
    /// It did, and has given it back.
    Released,
}

/// The state of one campaign.
struct Campaign {
    lease: Lease,
    api: Api<Object>,
    /// The record as it was last seen, and when it was seen to change: clocks of others are not trusted.
    seen: Option<(LeaseSpec, Instant)>,
}

// === impl Lease ===

impl Lease {
    /// An identity that no other process has.
    pub fn identity() -> String {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        format!("{}_{}", host.trim(), uuid::Uuid::new_v4())
    }

    /// Asks for the lease until it is held, and keeps it until `release` is cancelled; then gives it back.
    ///
    /// A campaign that cannot even begin closes the channel.
    pub fn campaign(self, config: Config, release: CancellationToken) -> watch::Receiver<LeaseState> {
        let (sender, receiver) = watch::channel(LeaseState::Standby);
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(self.run(config, &release, &sender)),
                Err(error) => tracing::error!(%error, "cannot start the leader election"),
            }
            // An election that has ended without giving the lease back has lost it.
            sender.send_if_modified(|state| {
                let ended = *state != LeaseState::Released;
                *state = if ended { LeaseState::Lost } else { *state };
                ended
            });
        };
        if let Err(error) = std::thread::Builder::new().name("lease".into()).spawn(run) {
            tracing::error!(%error, "cannot start the leader election");
        }
        receiver
    }

    async fn run(self, config: Config, release: &CancellationToken, state: &watch::Sender<LeaseState>) {
        let client = match Client::try_from(config) {
            Ok(client) => client,
            Err(error) => return tracing::error!(%error, "cannot start the leader election"),
        };
        let api = Api::namespaced(client, &self.namespace);
        let mut campaign = Campaign { lease: self, api, seen: None };
        if release.run_until_cancelled(campaign.acquire()).await.is_none() {
            state.send_replace(LeaseState::Released);
            return;
        }
        tracing::info!(lease = campaign.lease.name, identity = campaign.lease.identity, "leading");
        state.send_replace(LeaseState::Leading);
        if release.run_until_cancelled(campaign.keep()).await.is_none() {
            campaign.release().await;
            state.send_replace(LeaseState::Released);
        } else {
            tracing::error!(lease = campaign.lease.name, "the lease is lost");
        }
    }
}

// === impl Campaign ===

impl Campaign {
    /// Returns when the lease is held.
    async fn acquire(&mut self) {
        while !self.try_hold().await {
            sleep(self.lease.retry_period).await;
        }
    }

    /// Returns when the lease could not be renewed for too long.
    async fn keep(&mut self) {
        let mut renewed = Instant::now();
        while renewed.elapsed() < self.lease.renew_deadline {
            sleep(self.lease.retry_period).await;
            if self.try_hold().await {
                renewed = Instant::now();
            }
        }
    }

    /// Takes or renews the lease, if no other process holds it; whether it is held now.
    async fn try_hold(&mut self) -> bool {
        match timeout(self.lease.renew_deadline / 2, self.hold()).await {
            Ok(Ok(held)) => held,
            Ok(Err(error)) => {
                tracing::warn!(%error, lease = self.lease.name, "cannot hold the lease");
                false
            }
            Err(_) => false,
        }
    }

    async fn hold(&mut self) -> Result<bool, kube::Error> {
        let Some(mut object) = self.api.get_opt(&self.lease.name).await? else {
            let mut object = Object { metadata: self.metadata(), spec: None };
            object.spec = Some(self.lease.record(None));
            return self.api.create(&PostParams::default(), &object).await.map(|_| true);
        };
        let record = object.spec.take().unwrap_or_default();
        if self.seen.as_ref().is_none_or(|(seen, _)| *seen != record) {
            self.seen = Some((record.clone(), Instant::now()));
        }
        let age = self.seen.as_ref().map(|(_, at)| at.elapsed()).unwrap_or_default();
        if !self.lease.may_take(&record, age) {
            return Ok(false);
        }
        object.spec = Some(self.lease.record(Some(&record)));
        let name = object.name_any();
        match self.api.replace(&name, &PostParams::default(), &object).await {
            Err(kube::Error::Api(status)) if status.is_conflict() => Ok(false),
            result => result.map(|_| true),
        }
    }

    /// Gives the lease back, so that nobody has to wait for it to end (R235).
    async fn release(&self) {
        let released = async {
            let mut object = self.api.get(&self.lease.name).await?;
            if let Some(record) =
                object.spec.as_mut().filter(|r| r.holder_identity.as_ref() == Some(&self.lease.identity))
            {
                record.holder_identity = Some(String::new());
                record.lease_duration_seconds = Some(1);
                self.api.replace(&self.lease.name, &PostParams::default(), &object).await?;
            }
            Ok::<_, kube::Error>(())
        };
        match timeout(Duration::from_secs(2), released).await {
            Ok(Ok(())) => tracing::info!(lease = self.lease.name, "the lease is given back"),
            Ok(Err(error)) => tracing::warn!(%error, "cannot give the lease back"),
            Err(_) => tracing::warn!("cannot give the lease back in time"),
        }
    }

    fn metadata(&self) -> ObjectMeta {
        let (name, namespace) = (self.lease.name.clone(), self.lease.namespace.clone());
        ObjectMeta { name: Some(name), namespace: Some(namespace), ..ObjectMeta::default() }
    }
}

// === impl Lease: the decision ===

impl Lease {
    /// Whether the lease is free, ours, or was given no sign of for too long.
    fn may_take(&self, record: &LeaseSpec, unchanged_for: Duration) -> bool {
        let holder = record.holder_identity.as_deref().unwrap_or_default();
        let patience =
            record.lease_duration_seconds.and_then(|s| u64::try_from(s).ok()).map(Duration::from_secs);
        holder.is_empty() || holder == self.identity || unchanged_for > patience.unwrap_or(self.duration)
    }

    /// The record of this process as the holder, after an earlier record.
    fn record(&self, earlier: Option<&LeaseSpec>) -> LeaseSpec {
        let now = MicroTime(Timestamp::now());
        let renewed = earlier.filter(|r| r.holder_identity.as_ref() == Some(&self.identity));
        let transitions = earlier.and_then(|r| r.lease_transitions).unwrap_or_default();
        LeaseSpec {
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: i32::try_from(self.duration.as_secs()).ok(),
            acquire_time: renewed.and_then(|r| r.acquire_time.clone()).or_else(|| Some(now.clone())),
            renew_time: Some(now),
            lease_transitions: Some(transitions + i32::from(earlier.is_some() && renewed.is_none())),
            ..LeaseSpec::default()
        }
    }
}

#[cfg(test)]
mod tests;
