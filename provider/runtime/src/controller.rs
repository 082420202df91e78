//! The controller of one kind of managed resource: what makes it reconcile.

pub(crate) mod configurations;
mod sources;
pub(crate) mod trim;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use goldenpath_provider_core::managed::ObjectName;
use goldenpath_provider_core::{Connect, Managed};
use kube::api::ApiResource;
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::{Client, ResourceExt};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use crate::changes::Change;
use crate::dependents::{Known, Target};
use crate::event::controller_name;
use crate::executor::{Registration, Run};
use crate::gate::Kinds;
use crate::memory::Memories;
use crate::metrics::Kind;
use crate::queue::{Cause, KindName};
use crate::reconcile::reconcile;
use crate::retry::{Next, spread};
use crate::run::Context;
use crate::runtime::Runtime;

/// The controller of one kind of managed resource.
///
/// Objects are reconciled when they are made, deleted, or changed in a way that matters (see `interest`), when the
/// configuration that they use or its credentials change, when an object that they refer to changes, when their
/// connector says that the external resource has changed, and when the last reconcile has asked for it. One
/// reconcile of an object runs at a time; what happens meanwhile leads to one more.
pub struct Controller<M: Managed, C> {
    context: Arc<Context<M, C>>,
    references: Vec<Changes>,
}

/// Makes a stream of the objects of another kind that have changed.
type Changes = Box<dyn Fn(Client) -> BoxStream<'static, Target> + Send + Sync>;

/// How soon an object is looked at again whose reconcile has panicked.
const AFTER_PANIC: Duration = Duration::from_mins(1);

// === impl Controller ===

impl<M: Managed, C: Connect<M>> Controller<M, C> {
    /// A controller that is not running yet.
    pub fn new(runtime: &Runtime, connector: C) -> Self {
        let context = Context { runtime: runtime.clone(), connector, memories: Memories::default() };
        Self { context: Arc::new(context), references: Vec::new() }
    }

    /// Looks again at an object whenever a `D` that it [refers to](Managed::references) changes in any way.
    #[must_use]
    pub fn wakes_on<D: Managed>(mut self) -> Self {
        self.references.push(Box::new(sources::references::<D>));
        self
    }

    /// Runs while the kind is served, until the runtime is shut down and every reconcile has ended.
    pub async fn run(self) {
        let runtime = &self.context.runtime;
        let span = tracing::info_span!("controller", kind = %M::kind(&()));
        let kinds = Kinds::only(ApiResource::erase::<M>(&()));
        let driven = runtime.gate.while_served(&kinds, |stop| self.drive(stop));
        tokio::join!(driven.instrument(span), configurations::watch(runtime));
    }

    async fn drive(&self, stop: CancellationToken) {
        let runtime = &self.context.runtime;
        let (store, writer) = reflector::store::<M>();
        let kind = KindName::from(controller_name::<M>());
        let tally = runtime.metrics.tally(&Kind::of::<M>());
        let metrics = runtime.metrics.controller(&*kind);
        metrics.has_workers(runtime.options.max_reconcile_rate);
        let registered = runtime.executor.register(kind.clone(), self.runs(store.clone()), metrics);

        let mut own = sources::own(runtime.client.clone(), writer, tally).boxed();
        let own = async {
            while let Some(change) = own.next().await {
                self.follow(&registered, &kind, &store, change);
            }
        };
        let others = self.references.iter().map(|changes| changes(runtime.client.clone()));
        let mut others = stream::select_all(others);
        let referenced = async {
            while let Some(target) = others.next().await {
                runtime.executor.wake(&target);
            }
        };
        let mut triggers = self.context.connector.triggers().unwrap_or_else(|| stream::empty().boxed());
        let triggered = async {
            while let Some(name) = triggers.next().await {
                registered.look(name, Cause::Routine, Duration::ZERO);
            }
        };
        let followed = async { tokio::join!(own, referenced, triggered) };

        tracing::info!("started");
        stop.run_until_cancelled(followed).await;
        registered.end().await;
        self.context.memories.clear();
        tracing::info!("stopped");
    }

    /// What a change of an object of the kind itself leads to.
    fn follow(&self, registered: &Registration, kind: &KindName, store: &Store<M>, change: Change<()>) {
        let ((namespace, name), listed) = match change {
            Change::Listed(key, ()) => (key, true),
            Change::Changed(key, ()) => (key, false),
            Change::Gone((namespace, name)) => {
                let name = ObjectName { namespace: namespace.unwrap_or_default(), name };
                self.context.memories.forget(&name);
                return registered.forget(name);
            }
        };
        let name = ObjectName { namespace: namespace.unwrap_or_default(), name };
        let Some(managed) = get(store, &name) else { return };
        registered.note(name.clone(), Known::of(kind, &*managed));
        if listed {
            let after = spread(&*managed, &self.context.runtime.options, rand::random());
            registered.look(name, Cause::Routine, after);
        } else {
            registered.look(name, Cause::Change, Duration::ZERO);
        }
    }

    /// How an object of the kind is looked at.
    fn runs(&self, store: Store<M>) -> Run {
        let (context, span) = (self.context.clone(), Span::current());
        Arc::new(move |name, cause| {
            let (context, store) = (context.clone(), store.clone());
            let run = async move {
                let watched = get(&store, &name)?;
                if cause == Cause::Change {
                    context.memories.forgive(&watched);
                }
                let next = reconcile_caught(&*watched, &context).await;
                if get(&store, &name).is_none() {
                    context.memories.forget(&name);
                }
                next
            };
            run.instrument(span.clone()).boxed()
        })
    }
}

fn get<M: Managed>(store: &Store<M>, name: &ObjectName) -> Option<Arc<M>> {
    store.get(&ObjectRef::new(&name.name).within(&name.namespace))
}

/// A panic outside the calls that are caught one by one ends this reconcile only (R82).
async fn reconcile_caught<M: Managed, C: Connect<M>>(watched: &M, context: &Context<M, C>) -> Option<Next> {
    let measured = async {
        let _reconciling = context.runtime.metrics.controller(controller_name::<M>()).begin();
        reconcile(watched, context).await
    };
    let caught = AssertUnwindSafe(measured).catch_unwind().await;
    caught.unwrap_or_else(|_| {
        tracing::error!(
            name = watched.name_any(),
            namespace = watched.namespace(),
            "a reconcile has panicked"
        );
        Some(Next::Sequel(AFTER_PANIC))
    })
}

#[cfg(test)]
mod tests;
