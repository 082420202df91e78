//! From a managed resource to the calls that it is made with, the same for every kind.

use std::marker::PhantomData;
use std::sync::Arc;

use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_core::{Backoff, Connect, External, Fault, Objects};

use crate::client::{Clients, Services};

/// Connects the managed resources of a kind to AWS.
#[derive(Debug)]
pub struct Connector<O, M> {
    clients: Arc<Clients<O>>,
    kind: PhantomData<fn() -> M>,
}

/// What one managed resource is reached with: the APIs of its region with the credentials of its configuration, and the
/// cluster where it may refer to others. Each kind implements [`External`] for it.
#[derive(Debug)]
pub struct Session<O> {
    pub(crate) clients: Arc<Clients<O>>,
    pub(crate) services: Arc<Services>,
}

// === impl Connector ===

impl<O, M> Connector<O, M> {
    /// Connects with these clients.
    pub fn new(clients: Arc<Clients<O>>) -> Self {
        Self { clients, kind: PhantomData }
    }
}

impl<O, M> Connect<M> for Connector<O, M>
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
        Ok(Session { clients: Arc::clone(&self.clients), services })
    }
}
