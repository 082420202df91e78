//! Leader election on a Lease, as client-go does it (R233..R237).
//!
//! ```text
//!   Standby ──acquire──► Leading ─renew──► Lost        not renewed before the deadline, or another holds it
//!      └─────────release────┴─────────────► Released   released: the next one need not wait (R235)
//! ```
//!
//! It runs on a thread, an event loop and a connection of its own, so that no load can keep it from renewing.
//! A process that was stopped for longer than its lease cannot learn it from a message: that is what
//! [`Leadership`] is for, which ends by the clock.

mod elector;
mod leadership;
mod record;

use std::time::Duration;

use kube::{Api, Client, Config};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use elector::LeaderElector;
pub use leadership::Leadership;

/// A lease that one of several processes holds.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Namespace of the Lease.
    pub namespace: String,
    /// Name of the Lease.
    pub name: String,
    /// Who asks for it; no two processes are the same.
    pub identity: String,
    /// How long others wait after the holder's last renewal.
    pub duration: Duration,
    /// How long the holder tries to renew before it steps down; shorter than `duration`.
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
    /// It did, and has released it.
    Released,
}

/// An elector under way on its own thread.
#[derive(Debug)]
pub struct Election {
    state: watch::Receiver<LeaseState>,
    leadership: Leadership,
}

// === impl Lease ===

impl Lease {
    /// An identity that no other process has: `<hostname>_<uuid>` (R233).
    pub fn identity() -> String {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        format!("{}_{}", host.trim(), uuid::Uuid::new_v4())
    }

    /// Asks for the lease until it is held, and renews it until `release` is cancelled; then releases it.
    ///
    /// An elector that cannot even begin has lost.
    pub fn elect(self, config: Config, release: CancellationToken) -> Election {
        self.elect_with(move || Client::try_from(config), release)
    }

    /// The client is made on the elector's own event loop, where its connections then live.
    fn elect_with(
        self,
        connect: impl FnOnce() -> Result<Client, kube::Error> + Send + 'static,
        release: CancellationToken,
    ) -> Election {
        let (sender, state) = watch::channel(LeaseState::Standby);
        let leadership = Leadership::awaited();
        let held = leadership.clone();
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(self.run(connect, held, &release, &sender)),
                Err(error) => tracing::error!(%error, "cannot start the leader election"),
            }
            // An election that has ended without releasing the lease has lost it.
            sender.send_if_modified(|state| {
                let ended = *state != LeaseState::Released;
                *state = if ended { LeaseState::Lost } else { *state };
                ended
            });
        };
        if let Err(error) = std::thread::Builder::new().name("lease".into()).spawn(run) {
            tracing::error!(%error, "cannot start the leader election");
        }
        Election { state, leadership }
    }

    async fn run(
        self,
        connect: impl FnOnce() -> Result<Client, kube::Error>,
        held: Leadership,
        release: &CancellationToken,
        state: &watch::Sender<LeaseState>,
    ) {
        let client = match connect() {
            Ok(client) => client,
            Err(error) => return tracing::error!(%error, "cannot start the leader election"),
        };
        let api = Api::namespaced(client, &self.namespace);
        let mut elector = LeaderElector::new(self, api, held);
        if release.run_until_cancelled(elector.acquire()).await.is_none() {
            // A request may have been on its way that has taken it.
            elector.release().await;
            state.send_replace(LeaseState::Released);
            return;
        }
        tracing::info!(lease = elector.lease.name, identity = elector.lease.identity, "leading");
        state.send_replace(LeaseState::Leading);
        match release.run_until_cancelled(elector.renew()).await {
            None => {
                elector.release().await;
                state.send_replace(LeaseState::Released);
            }
            Some(reason) => {
                tracing::error!(lease = elector.lease.name, ?reason, "the lease is lost");
            }
        }
    }
}

// === impl Election ===

impl Election {
    /// Returns when the lease is held, with the proof of it; nothing, when the election has failed.
    pub async fn won(&mut self) -> Option<Leadership> {
        let decided = self.state.wait_for(|s| *s != LeaseState::Standby).await;
        decided.is_ok_and(|s| *s == LeaseState::Leading).then(|| self.leadership.clone())
    }

    /// Returns when the lease was held and is not any more, without having been released.
    pub async fn lost(&mut self) {
        // An elector whose thread is gone has ended, too.
        let _ended = self.state.wait_for(|s| *s == LeaseState::Lost).await;
    }

    /// Returns when the lease is released, or was lost.
    pub async fn over(&mut self) {
        let ended = |s: &LeaseState| matches!(s, LeaseState::Released | LeaseState::Lost);
        let _ended = self.state.wait_for(ended).await;
    }
}

#[cfg(test)]
mod tests;
