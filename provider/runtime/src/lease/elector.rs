//! Acquiring the Lease, renewing it, and releasing it.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use k8s_openapi::api::coordination::v1::{Lease as Object, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::PostParams;
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt, watcher as watch};
use kube::{Api, ResourceExt};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{Leadership, Lease};

/// How long releasing the lease may take: the process is on its way out.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(2);

/// One process's part in the election.
pub(super) struct LeaderElector {
    pub(super) lease: Lease,
    api: Api<Object>,
    held: Leadership,
    /// When the lease was last renewed, at the latest.
    renewed_at: Instant,
    /// The record as it was last seen, and when it was seen to change: clocks of others are not trusted.
    seen: Option<(LeaseSpec, Instant)>,
}

/// What one try to take or renew the lease has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Try {
    /// It is ours.
    Held,
    /// Another process has it.
    Taken,
    /// Nobody knows: no answer, a refusal, or another write at the same moment.
    Unknown,
}

/// Why a lease that was held is not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LostReason {
    /// It could not be renewed before the renew deadline.
    Unrenewed,
    /// Another process has it.
    Taken,
}

// === impl LeaderElector ===

impl LeaderElector {
    pub(super) fn new(lease: Lease, api: Api<Object>, held: Leadership) -> Self {
        Self { lease, api, held, renewed_at: Instant::now(), seen: None }
    }

    /// Returns when the lease is held.
    ///
    /// It is asked for once a retry period, when it ends, and whenever it is written: a renewal that is seen late is
    /// counted late, and would be waited out late.
    pub(super) async fn acquire(&mut self) {
        let mut written = self.writes();
        while self.try_hold().await != Try::Held {
            let pause = self.lease.retry_period.min(self.until_its_end());
            let _seen = timeout(pause, written.next()).await;
        }
    }

    /// One item for each write of the Lease. It only wakes: where a watch does not work, nothing comes.
    fn writes(&self) -> BoxStream<'static, ()> {
        let only = watcher::Config::default().fields(&format!("metadata.name={}", self.lease.name));
        let events = watch(self.api.clone(), only).default_backoff();
        events.filter_map(async |event| matches!(event, Ok(Event::Apply(_))).then_some(())).boxed()
    }

    /// How long the lease of the holder that was seen still lasts; for a lease without holder, until it can be asked for.
    fn until_its_end(&self) -> Duration {
        let left =
            self.seen.as_ref().and_then(|(record, at)| self.lease.patience(record).checked_sub(at.elapsed()));
        left.map_or(self.lease.retry_period, |left| left + Duration::from_millis(1))
    }

    /// Renews the lease until that could not be done before the renew deadline, or another process has the lease.
    pub(super) async fn renew(&mut self) -> LostReason {
        loop {
            let deadline = self.renewed_at + self.lease.renew_deadline;
            let renewed = async {
                loop {
                    sleep(self.lease.retry_period).await;
                    match self.try_hold().await {
                        Try::Unknown => {}
                        shown => break shown,
                    }
                }
            };
            let reason = match timeout_at(deadline, renewed).await {
                Ok(Try::Held) => continue,
                Ok(_) => LostReason::Taken,
                Err(_) => LostReason::Unrenewed,
            };
            self.held.end();
            return reason;
        }
    }

    /// Takes or renews the lease, if no other process holds it.
    pub(super) async fn try_hold(&mut self) -> Try {
        // Others count from when they see the renewal, which is later.
        let begun = Instant::now();
        match self.hold().await {
            Ok(Try::Held) => {
                self.renewed_at = begun;
                self.held.grant(begun + self.lease.renew_deadline);
                Try::Held
            }
            Ok(other) => other,
            Err(error) => {
                tracing::warn!(%error, lease = self.lease.name, "cannot hold the lease");
                Try::Unknown
            }
        }
    }

    async fn hold(&mut self) -> Result<Try, kube::Error> {
        let Some(mut object) = self.answer(self.api.get_opt(&self.lease.name)).await? else {
            let object = Object { metadata: self.metadata(), spec: Some(self.lease.record(None)) };
            return self.written(self.api.create(&PostParams::default(), &object)).await;
        };
        let record = object.spec.take().unwrap_or_default();
        if self.seen.as_ref().is_none_or(|(seen, _)| *seen != record) {
            self.seen = Some((record.clone(), Instant::now()));
        }
        let age = self.seen.as_ref().map(|(_, at)| at.elapsed()).unwrap_or_default();
        if !self.lease.may_take(&record, age) {
            return Ok(Try::Taken);
        }
        object.spec = Some(self.lease.record(Some(&record)));
        let name = object.name_any();
        self.written(self.api.replace(&name, &PostParams::default(), &object)).await
    }

    /// A write that loses against another one shows nothing: who has won is read next time.
    async fn written(
        &self,
        write: impl Future<Output = Result<Object, kube::Error>>,
    ) -> Result<Try, kube::Error> {
        match self.answer(write).await {
            Err(kube::Error::Api(status)) if status.is_conflict() || status.is_already_exists() => {
                Ok(Try::Unknown)
            }
            result => result.map(|_| Try::Held),
        }
    }

    /// No single request may take the whole renew deadline (R233).
    async fn answer<T>(
        &self,
        request: impl Future<Output = Result<T, kube::Error>>,
    ) -> Result<T, kube::Error> {
        let late = |_| kube::Error::Service("the API server does not answer in time".into());
        timeout(self.lease.renew_deadline / 2, request).await.map_err(late)?
    }

    /// Releases the lease, so that other replicas need not wait for it to expire (R235).
    pub(super) async fn release(&self) {
        self.held.end();
        match timeout(RELEASE_TIMEOUT, self.try_release()).await {
            Ok(Ok(true)) => tracing::info!(lease = self.lease.name, "the lease is released"),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "cannot release the lease"),
            Err(_) => tracing::warn!("cannot release the lease in time"),
        }
    }

    /// Whether there was something to release.
    async fn try_release(&self) -> Result<bool, kube::Error> {
        loop {
            let Some(mut object) = self.api.get_opt(&self.lease.name).await? else { return Ok(false) };
            let ours = |r: &&mut LeaseSpec| r.holder_identity.as_ref() == Some(&self.lease.identity);
            let Some(record) = object.spec.as_mut().filter(ours) else { return Ok(false) };
            record.holder_identity = Some(String::new());
            record.lease_duration_seconds = Some(1);
            match self.api.replace(&self.lease.name, &PostParams::default(), &object).await {
                // The last renewal was still on its way.
                Err(kube::Error::Api(status)) if status.is_conflict() => {}
                written => return written.map(|_| true),
            }
        }
    }

    fn metadata(&self) -> ObjectMeta {
        let (name, namespace) = (self.lease.name.clone(), self.lease.namespace.clone());
        ObjectMeta { name: Some(name), namespace: Some(namespace), ..ObjectMeta::default() }
    }
}
