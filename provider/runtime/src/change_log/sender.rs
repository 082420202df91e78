//! Takes entries to the sidecar, one at a time.

use std::path::Path;
use std::time::Duration;

use goldenpath_proto::changelogs::v1alpha1::change_log_service_client::ChangeLogServiceClient;
use goldenpath_proto::changelogs::v1alpha1::{ChangeLogEntry, SendChangeLogRequest};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};

use super::PATIENCE;
use crate::metrics::{ChangeLogMetrics, Delivery};

/// Takes entries to the sidecar.
#[derive(Debug)]
pub struct ChangeLogSender(JoinHandle<()>);

type Sidecar = ChangeLogServiceClient<Channel>;

/// How soon a sidecar that does not listen is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(200);

// === impl ChangeLogSender ===

impl ChangeLogSender {
    pub(super) fn spawn(
        socket: &Path,
        mut entries: mpsc::Receiver<ChangeLogEntry>,
        metrics: ChangeLogMetrics,
    ) -> Self {
        let endpoint = Endpoint::from_shared(format!("unix://{}", socket.display()));
        Self(tokio::spawn(async move {
            let mut sidecar = match endpoint {
                Ok(endpoint) => Ok(ChangeLogServiceClient::new(endpoint.connect_lazy())),
                Err(error) => Err(Status::invalid_argument(error.to_string())),
            };
            while let Some(entry) = entries.recv().await {
                let (kind, name) = (entry.kind.clone(), entry.name.clone());
                let delivered = match &mut sidecar {
                    Ok(sidecar) => deliver(sidecar, entry).await,
                    Err(status) => Err(status.clone()),
                };
                metrics.count(match delivered {
                    Ok(()) => Delivery::Sent,
                    Err(status) => {
                        let reason = status.message();
                        tracing::info!(%kind, name, reason, "cannot record change log entry");
                        Delivery::Dropped
                    }
                });
            }
        }))
    }

    /// Waits until everything is delivered or lost, at most this long; every clone of the log must be dropped.
    pub async fn finish(self, within: Duration) {
        if timeout(within, self.0).await.is_err() {
            tracing::info!("cannot record all change log entries: the sidecar is too slow");
        }
    }
}

/// Delivers one entry, and waits for the sidecar to listen (R168).
async fn deliver(sidecar: &mut Sidecar, entry: ChangeLogEntry) -> Result<(), Status> {
    let offered = async {
        loop {
            match sidecar.send_change_log(SendChangeLogRequest { entry: Some(entry.clone()) }).await {
                Err(status) if status.code() == Code::Unavailable => sleep(TRY_AGAIN).await,
                answer => return answer.map(|_| ()),
            }
        }
    };
    let late = |_| Err(Status::deadline_exceeded("the sidecar does not take it in time"));
    timeout(PATIENCE, offered).await.unwrap_or_else(late)
}
