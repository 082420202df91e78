//! From a managed resource to the calls of AWS, the same for every kind.

use std::sync::Arc;

use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_core::{Backoff, Connect, External, Fault, Objects};

use crate::client::{Clients, Services};
use crate::lifecycles::Lifecycles;

/// Connects managed resources of every kind to AWS. Cheap to clone.
#[derive(Debug)]
pub struct Connector<O> {
    clients: Arc<Clients<O>>,
    lifecycles: Arc<Lifecycles>,
}

/// What one managed resource is reconciled with: the APIs of its region with the credentials of its configuration, and the
/// cluster where it may refer to others. Each kind implements [`External`] for it.
#[derive(Debug)]
pub struct Session<O> {
    pub(crate) clients: Arc<Clients<O>>,
    pub(crate) services: Arc<Services>,
    pub(crate) lifecycles: Arc<Lifecycles>,
}

// === impl Connector ===

impl<O> Connector<O> {
    /// Connects with these clients.
    pub fn new(clients: Clients<O>) -> Self {
        Self { clients: Arc::new(clients), lifecycles: Arc::default() }
    }
}

impl<O> Clone for Connector<O> {
    fn clone(&self) -> Self {
        Self { clients: Arc::clone(&self.clients), lifecycles: Arc::clone(&self.lifecycles) }
    }
}

impl<O, M> Connect<M> for Connector<O>
where
    O: Objects,
    M: AwsManaged,
    Session<O>: External<M>,
{
    type External = Session<O>;

    fn backoff(&self, managed: &M) -> Option<Backoff> {
        self.clients.backoff(managed)
    }

    async fn connect(&self, managed: &M) -> Result<Self::External, Fault> {
        let services = self.clients.services(managed).await?;
        Ok(Session { clients: Arc::clone(&self.clients), services, lifecycles: Arc::clone(&self.lifecycles) })
    }
}

// === impl Session ===

impl<O> Session<O> {
    /// The cluster that external resources are tagged with.
    pub(crate) fn cluster(&self) -> &str {
        &self.clients.cluster
    }
}
