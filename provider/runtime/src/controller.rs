//! The controller of one kind of managed resource: what makes it reconcile.

pub(crate) mod configurations;
mod sources;

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

use crate::dependents::{Dependencies, Dependency};
use crate::event::controller_name;
use crate::executor::{ReconcileFn, Registration};
use crate::gate::RequiredKinds;
use crate::local_state::LocalStates;
use crate::metrics::{Kind, Tally};
use crate::queue::{KindName, Trigger};
use crate::reconcile::reconcile;
use crate::reconciliation::Context;
use crate::requeue::{Requeue, spread};
use crate::runtime::Runtime;
use crate::watch_diff::WatchChange;
use sources::Fingerprinted;

/// The controller of one kind of managed resource.
///
/// Objects are reconciled when they are made, deleted, or changed in a way that matters (see `fingerprint`), when the
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

/// How soon an object is reconciled again after a panic.
const AFTER_PANIC: Duration = Duration::from_mins(1);

// === impl Controller ===

impl<M: Managed, C: Connect<M>> Controller<M, C> {
    /// A controller that is not running yet.
    pub fn new(runtime: &Runtime, connector: C) -> Self {
        let context = Context { runtime: runtime.clone(), connector, local_states: LocalStates::default() };
        Self { context: Arc::new(context) }
    }

    /// Runs while the kind is served, until the runtime is shut down and every reconcile has ended.
    pub async fn run(self) {
        let runtime = &self.context.runtime;
        let span = tracing::info_span!("controller", kind = %M::kind(&()));
        let kinds = RequiredKinds::only(ApiResource::erase::<M>(&()));
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
                drive.registered.enqueue(name, Trigger::Routine, Duration::ZERO);
            }
        };
        let followed = async { tokio::join!(own, triggered) };

        tracing::info!("started");
        stop.run_until_cancelled(followed).await;
        drive.registered.end().await;
        self.context.local_states.clear();
        tracing::info!("stopped");
    }

    /// What a change of an object of the kind leads to: for the object itself, and for those that refer to it.
    fn follow(&self, drive: &Drive<M>, change: &WatchChange<Fingerprinted>) {
        let Drive { registered, kind, store, tally } = drive;
        let (before, now) = change.values();
        tally.count(before.map(|seen| seen.standing), now.map(|seen| seen.standing));
        let (namespace, name) = change.key().clone();
        let name = ObjectName { namespace: namespace.unwrap_or_default(), name };
        let runtime = &self.context.runtime;
        if !matches!(change, WatchChange::Listed(..)) {
            // The first list of their own kind reconciles the objects that refer to it.
            runtime.executor.wake(&Dependency::Object { kind: GroupKind::of::<M>(), name: name.clone() });
        }
        match change {
            WatchChange::Gone(..) => {
                self.context.local_states.forget(&name);
                registered.forget(name);
            }
            WatchChange::Changed { before: Some(before), now, .. }
                if before.fingerprint == now.fingerprint => {}
            WatchChange::Listed(..) | WatchChange::Changed { .. } => {
                let Some(managed) = get(store, &name) else { return };
                registered.track(name.clone(), Dependencies::of(kind, &*managed));
                if matches!(change, WatchChange::Listed(..)) {
                    let after = spread(&*managed, &runtime.options, rand::random());
                    registered.enqueue(name, Trigger::Routine, after);
                } else {
                    registered.enqueue(name, Trigger::Change, Duration::ZERO);
                }
            }
        }
    }

    /// How an object of the kind is reconciled.
    fn runs(&self, store: Store<M>) -> ReconcileFn {
        let (context, span) = (self.context.clone(), Span::current());
        Arc::new(move |name, trigger| {
            let (context, store) = (context.clone(), store.clone());
            let run = async move {
                let watched = get(&store, &name)?;
                if trigger == Trigger::Change {
                    context.local_states.reset_backoff(&watched);
                }
                let next = reconcile_caught(&*watched, &context).await;
                if get(&store, &name).is_none() {
                    context.local_states.forget(&name);
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
async fn reconcile_caught<M: Managed, C: Connect<M>>(
    watched: &M,
    context: &Context<M, C>,
) -> Option<Requeue> {
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
        Some(Requeue::FollowUp(AFTER_PANIC))
    })
}

#[cfg(test)]
mod tests;
