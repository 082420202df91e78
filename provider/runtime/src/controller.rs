//! The controller of one kind of managed resource: what makes it reconcile.

pub(crate) mod configurations;
mod sources;
pub(crate) mod trim;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::stream;
use futures::{FutureExt, StreamExt};
use goldenpath_provider_core::managed::ObjectName;
use goldenpath_provider_core::{Connect, GroupKind, Managed};
use kube::ResourceExt;
use kube::api::ApiResource;
use kube::runtime::reflector::{self, ObjectRef, Store};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use crate::dependents::{Known, Target};
use crate::event::controller_name;
use crate::executor::{Registration, Run};
use crate::gate::Kinds;
use crate::memory::Memories;
use crate::metrics::{Kind, Tally};
use crate::queue::{Cause, KindName};
use crate::reconcile::reconcile;
use crate::retry::{Next, spread};
use crate::run::Context;
use crate::runtime::Runtime;
use crate::watch_diff::Change;
use sources::Seen;

/// The controller of one kind of managed resource.
///
/// Objects are reconciled when they are made, deleted, or changed in a way that matters (see `interest`), when the
/// configuration that they use or its credentials change, when an object that they refer to changes and its kind has a
/// controller in this process, when their
/// connector says that the external resource has changed, and when the last reconcile has asked for it. One
/// reconcile of an object runs at a time; what happens meanwhile leads to one more.
pub struct Controller<M: Managed, C> {
    context: Arc<Context<M, C>>,
}

/// What a controller has while its kind is served.
struct Drive<M: Managed> {
    registered: Registration,
    kind: KindName,
    store: Store<M>,
    tally: Tally,
}

/// How soon an object is looked at again whose reconcile has panicked.
const AFTER_PANIC: Duration = Duration::from_mins(1);

// === impl Controller ===

impl<M: Managed, C: Connect<M>> Controller<M, C> {
    /// A controller that is not running yet.
    pub fn new(runtime: &Runtime, connector: C) -> Self {
        let context = Context { runtime: runtime.clone(), connector, memories: Memories::default() };
        Self { context: Arc::new(context) }
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
        let _readable = runtime.watched.share(store.clone(), ());
        let registered = runtime.executor.register(kind.clone(), self.runs(store.clone()), metrics);

        let mut own = sources::own(runtime.client.clone(), writer).boxed();
        let drive = Drive { registered, kind, store, tally };
        let own = async {
            while let Some(change) = own.next().await {
                self.follow(&drive, &change);
            }
        };
        let mut triggers = self.context.connector.triggers().unwrap_or_else(|| stream::empty().boxed());
        let triggered = async {
            while let Some(name) = triggers.next().await {
                drive.registered.look(name, Cause::Routine, Duration::ZERO);
            }
        };
        let followed = async { tokio::join!(own, triggered) };

        tracing::info!("started");
        stop.run_until_cancelled(followed).await;
        drive.registered.end().await;
        self.context.memories.clear();
        tracing::info!("stopped");
    }

    /// What a change of an object of the kind leads to: for the object itself, and for those that refer to it.
    fn follow(&self, drive: &Drive<M>, change: &Change<Seen>) {
        let Drive { registered, kind, store, tally } = drive;
        let (before, now) = change.values();
        tally.count(before.map(|seen| seen.standing), now.map(|seen| seen.standing));
        let (namespace, name) = change.key().clone();
        let name = ObjectName { namespace: namespace.unwrap_or_default(), name };
        let runtime = &self.context.runtime;
        if !matches!(change, Change::Listed(..)) {
            // After a first list, whoever refers to an object is looked at for the first list of its own kind.
            runtime.executor.wake(&Target::Object { kind: GroupKind::of::<M>(), name: name.clone() });
        }
        match change {
            Change::Gone(..) => {
                self.context.memories.forget(&name);
                registered.forget(name);
            }
            Change::Changed { before: Some(before), now, .. } if before.interest == now.interest => {}
            Change::Listed(..) | Change::Changed { .. } => {
                let Some(managed) = get(store, &name) else { return };
                registered.note(name.clone(), Known::of(kind, &*managed));
                if matches!(change, Change::Listed(..)) {
                    let after = spread(&*managed, &runtime.options, rand::random());
                    registered.look(name, Cause::Routine, after);
                } else {
                    registered.look(name, Cause::Change, Duration::ZERO);
                }
            }
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
