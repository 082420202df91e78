//! The controller of one kind of managed resource: what makes it reconcile.

mod wakes;

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryStreamExt};
use goldenpath_provider_core::{Connect, Managed};
use kube::runtime::controller::{Action, Config};
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::runtime::{PredicateConfig, WatchStreamExt, watcher};
use kube::{Api, Client, ResourceExt};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::event::controller_name;
use crate::gate;
use crate::interest::interest;
use crate::memory::Memories;
use crate::metrics::Kind;
use crate::reconcile::reconcile;
use crate::run::Context;
use crate::runtime::Runtime;

/// The controller of one kind of managed resource.
///
/// Objects are reconciled when they are made, deleted, or changed in a way that matters (see `interest`), when the
/// configuration that they use changes, when an object that they refer to changes, and when the last reconcile has
/// asked for it. One reconcile of an object runs at a time; what happens meanwhile leads to one more.
pub struct Controller<M: Managed, C> {
    context: Arc<Context<M, C>>,
    wakes: Vec<Wake<M>>,
}

/// Makes a stream of the objects that have a reason to look again.
type Wake<M> = Box<dyn Fn(Client, Store<M>) -> BoxStream<'static, ObjectRef<M>> + Send + Sync>;

/// How soon an object is looked at again whose reconcile has panicked.
const AFTER_PANIC: Duration = Duration::from_mins(1);

// === impl Controller ===

impl<M: Managed, C: Connect<M>> Controller<M, C> {
    /// A controller that is not running yet.
    pub fn new(runtime: &Runtime, connector: C) -> Self {
        let context = Context { runtime: runtime.clone(), connector, memories: Memories::default() };
        let group = runtime.options.config_group.clone();
        let mut wakes: Vec<Wake<M>> = Vec::new();
        if group.exists() {
            wakes.push(Box::new(move |client, store| wakes::by_configuration(&client, store, &group)));
        }
        Self { context: Arc::new(context), wakes }
    }

    /// Looks again at an object whenever a `D` that it [refers to](Managed::references) changes in any way.
    #[must_use]
    pub fn wakes_on<D: Managed>(mut self) -> Self {
        self.wakes.push(Box::new(wakes::by_reference::<M, D>));
        self
    }

    /// Runs while the kind's CRD is established, until the runtime is shut down and every reconcile has ended.
    pub async fn run(self) {
        let runtime = &self.context.runtime;
        let span = tracing::info_span!("controller", kind = %M::kind(&()));
        let driven =
            gate::while_established::<M, _>(&runtime.client, &runtime.shutdown, |stop| self.drive(stop));
        driven.instrument(span).await;
    }

    async fn drive(&self, stop: CancellationToken) {
        let runtime = &self.context.runtime;
        let client = runtime.client.clone();
        let (store, writer) = reflector::store::<M>();
        let mut tally = runtime.metrics.tally(&Kind::of::<M>());
        runtime.metrics.controller(controller_name::<M>()).has_workers(runtime.options.concurrency);
        let changed = watcher(Api::all(client.clone()), watcher::Config::default())
            .default_backoff()
            .modify(|managed: &mut M| managed.managed_fields_mut().clear())
            .inspect_ok(move |event| tally.count(event))
            .reflect(writer)
            .applied_objects()
            .predicate_filter(|managed: &M| Some(interest(managed)), PredicateConfig::default());

        let mut controller =
            kube::runtime::Controller::for_stream(wakes::healthy(changed).map(Ok), store.clone())
                .with_config(Config::default().concurrency(runtime.options.concurrency))
                .graceful_shutdown_on(stop.cancelled_owned());
        for wake in &self.wakes {
            controller = controller.reconcile_on(wake(client.clone(), store.clone()));
        }
        tracing::info!("started");
        controller
            .run(reconcile_caught, |_, never: &Infallible, _| match *never {}, self.context.clone())
            .for_each(async |_| ())
            .await;
        tracing::info!("stopped");
    }
}

/// A panic outside the calls that are caught one by one ends this reconcile only (R82).
async fn reconcile_caught<M: Managed, C: Connect<M>>(
    watched: Arc<M>,
    context: Arc<Context<M, C>>,
) -> Result<Action, Infallible> {
    let measured = async {
        let _reconciling = context.runtime.metrics.controller(controller_name::<M>()).begin();
        reconcile(&*watched, &context).await
    };
    let caught = AssertUnwindSafe(measured).catch_unwind().await;
    let delay = caught.unwrap_or_else(|_| {
        tracing::error!(
            name = watched.name_any(),
            namespace = watched.namespace(),
            "a reconcile has panicked"
        );
        Some(AFTER_PANIC)
    });
    Ok(delay.map_or_else(Action::await_change, Action::requeue))
}
