//! Safe start: a controller runs while its kind is served, and no other controller waits for it (R243..R246).
//!
//! A kind is served until its CRD is gone, not only until its deletion is requested: while a CRD is being deleted, its objects
//! wait for their finalizers, and so for their controller. Hence one also starts beside a CRD that is being deleted.

mod crd;

use std::sync::Arc;

use futures::StreamExt;
use futures::stream::{BoxStream, SelectAll};
use kube::Client;
use kube::api::ApiResource;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

/// Holds controllers back while their kinds are not served. Cheap to clone; clones are one.
#[derive(Clone)]
pub(crate) struct Gate {
    client: Client,
    shutdown: CancellationToken,
    may_read: Arc<OnceCell<bool>>,
}

/// The kinds that a controller needs.
#[derive(Clone, Debug)]
pub(crate) struct RequiredKinds {
    /// The kind that it controls: without it there is nothing to do.
    pub(crate) own: ApiResource,
    /// Others, which must be there before it can begin.
    pub(crate) others: Vec<ApiResource>,
}

/// Which of the kinds that a controller needs are served, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Served {
    own: bool,
    others: Vec<bool>,
}

/// Which of the kinds are served, and what will be seen of their CRDs.
struct Watched {
    served: Served,
    established: SelectAll<BoxStream<'static, (Which, bool)>>,
}

/// One of the kinds.
#[derive(Clone, Copy, Debug)]
enum Which {
    Own,
    Other(usize),
}

// === impl Gate ===

impl Gate {
    /// A gate that stays closed after `shutdown`.
    pub(crate) fn new(client: Client, shutdown: CancellationToken) -> Self {
        Self { client, shutdown, may_read: Arc::default() }
    }

    /// Runs `drive` whenever the kinds are served, until the shutdown; the token it gets asks it to stop.
    pub(crate) async fn while_served<F: Future<Output = ()>>(
        &self,
        kinds: &RequiredKinds,
        drive: impl Fn(CancellationToken) -> F,
    ) {
        let Some(may_read) = self.shutdown.run_until_cancelled(self.may_read()).await else { return };
        if !may_read {
            return drive(self.shutdown.clone()).await;
        }
        let mut watched = Watched::new(&self.client, kinds);
        while let Some(()) = self.shutdown.run_until_cancelled(watched.until(Served::may_start)).await {
            let stop = self.shutdown.child_token();
            let driven = drive(stop.clone());
            let gone = async {
                stop.run_until_cancelled(watched.until(Served::must_stop)).await;
                stop.cancel();
            };
            tokio::join!(driven, gone);
        }
    }

    /// Whether CRDs may be read: asked once a process (R243).
    async fn may_read(&self) -> bool {
        let asked = Box::pin(async {
            let may = crd::may_be_read(&self.client).await;
            if !may {
                tracing::info!(
                    "CustomResourceDefinitions may not be read: starting without waiting for them"
                );
            }
            may
        });
        *self.may_read.get_or_init(|| asked).await
    }
}

// === impl Kinds ===

impl RequiredKinds {
    /// One kind, which needs no other.
    pub(crate) fn only(own: ApiResource) -> Self {
        Self { own, others: Vec::new() }
    }
}

// === impl Served ===

impl Served {
    /// Whether everything is there.
    fn may_start(&self) -> bool {
        let Self { own, others } = self;
        *own && others.iter().all(|served| *served)
    }

    /// Whether there is nothing left to control. What another kind leaves behind still has to be let go.
    fn must_stop(&self) -> bool {
        !self.own
    }

    fn note(&mut self, which: Which, served: bool) {
        match which {
            Which::Own => self.own = served,
            Which::Other(at) => self.others[at] = served,
        }
    }
}

// === impl Watched ===

impl Watched {
    /// Nothing is known yet.
    fn new(client: &Client, RequiredKinds { own, others }: &RequiredKinds) -> Self {
        let served = Served { own: false, others: vec![false; others.len()] };
        let others = others.iter().enumerate().map(|(at, kind)| (Which::Other(at), kind));
        let established = [(Which::Own, own)].into_iter().chain(others).map(|(which, kind)| {
            crd::established(client.clone(), kind.clone()).map(move |served| (which, served)).boxed()
        });
        Self { served, established: established.collect() }
    }

    /// Returns once what is served is as wanted.
    async fn until(&mut self, is_wanted: impl Fn(&Served) -> bool) {
        while !is_wanted(&self.served) {
            if let Some((which, served)) = self.established.next().await {
                self.served.note(which, served);
            }
        }
    }
}

#[cfg(test)]
mod tests;
