//! Runs what the queue says is next: one executor for all controllers of a process.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use goldenpath_provider_core::managed::ObjectName;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dependents::{Dependencies, Dependency, Dependents};
use crate::metrics::ControllerMetrics;
use crate::queue::{Dequeued, Item, KindName, Priority, Queue, Trigger};
use crate::requeue::Requeue;

/// The one executor of a process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Executor(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Notify,
    started: AtomicBool,
    shutdown: CancellationToken,
}

struct State {
    queue: Queue,
    dependents: Dependents,
    kinds: HashMap<KindName, Registered>,
}

#[derive(Clone)]
struct Registered {
    reconcile: ReconcileFn,
    tasks: TaskTracker,
    metrics: ControllerMetrics,
}

/// Reconciles one object of a kind, and says when to requeue it.
pub(crate) type ReconcileFn =
    Arc<dyn Fn(Arc<ObjectName>, Trigger) -> BoxFuture<'static, Option<Requeue>> + Send + Sync>;

/// The registration of one kind; its objects are reconciled until [`end`](Registration::end).
pub(crate) struct Registration {
    executor: Executor,
    kind: KindName,
    tasks: TaskTracker,
}

// === impl Executor ===

impl Executor {
    /// An executor that begins at most `rate` reconciles a second and lets as many run at the same time, until
    /// `shutdown`; reconciles that have begun end by themselves.
    pub(crate) fn new(rate: u16, shutdown: CancellationToken) -> Self {
        let state =
            State { queue: Queue::new(rate), dependents: Dependents::default(), kinds: HashMap::new() };
        let (changed, started) = (Notify::new(), AtomicBool::new(false));
        Self(Arc::new(Shared { state: Mutex::new(state), changed, started, shutdown }))
    }

    /// Begins to reconcile the objects of a kind that are [tracked](Registration::track).
    pub(crate) fn register(
        &self,
        kind: KindName,
        reconcile: ReconcileFn,
        metrics: ControllerMetrics,
    ) -> Registration {
        let tasks = TaskTracker::new();
        self.state().kinds.insert(kind.clone(), Registered { reconcile, tasks: tasks.clone(), metrics });
        if !self.0.started.swap(true, Ordering::Relaxed) {
            tokio::spawn(self.clone().dispatch());
        }
        Registration { executor: self.clone(), kind, tasks }
    }

    /// Reconciles at once every object that depends on another, and says how many there are.
    pub(crate) fn wake(&self, dependency: &Dependency) -> usize {
        let (now, mut state) = (Instant::now(), self.state());
        let State { queue, dependents, .. } = &mut *state;
        let mut woken = 0;
        for item in dependents.of(dependency) {
            if let Some(flow) = dependents.flow(item) {
                queue.add(item.clone(), flow, Trigger::Change, now, now);
                woken += 1;
            }
        }
        drop(state);
        self.0.changed.notify_one();
        woken
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn dispatch(self) {
        loop {
            let due = self.begin_what_may_run();
            let wait = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.0.changed.notified() => {}
                () = wait => {}
                () = self.0.shutdown.cancelled() => return,
            }
        }
    }

    /// Begins what may run now, and says when something else may.
    fn begin_what_may_run(&self) -> Option<Instant> {
        let (now, mut state) = (Instant::now(), self.state());
        while let Some(Dequeued { item, trigger, waited }) = state.queue.pop(now) {
            match state.kinds.get(&item.kind) {
                None => state.queue.finish(&item, None, now),
                Some(Registered { reconcile, tasks, metrics }) => {
                    metrics.added();
                    metrics.waited(waited);
                    let (executor, reconciled) = (self.clone(), reconcile(item.name.clone(), trigger));
                    tasks.spawn(async move {
                        let next = reconciled.await;
                        executor.finish(&item, trigger, next);
                    });
                }
            }
        }
        state.measure();
        state.queue.due(now)
    }

    fn finish(&self, item: &Item, trigger: Trigger, next: Option<Requeue>) {
        let (now, mut state) = (Instant::now(), self.state());
        let next = next.filter(|_| state.dependents.flow(item).is_some()).map(|next| match next {
            Requeue::Poll(after) => (Trigger::Routine, now + after),
            Requeue::FollowUp(after) => (trigger.follow_up(), now + after),
        });
        state.queue.finish(item, next, now);
        drop(state);
        self.0.changed.notify_one();
    }
}

// === impl State ===

impl State {
    fn measure(&self) {
        for (kind, Registered { metrics, .. }) in &self.kinds {
            for priority in Priority::ALL {
                metrics.depth(priority.number(), self.queue.depth(kind, priority));
            }
        }
    }
}

// === impl Registration ===

impl Registration {
    /// Takes note of an object and of what it depends on.
    pub(crate) fn track(&self, name: ObjectName, dependencies: Dependencies) {
        self.executor.state().dependents.put(self.item(name), dependencies);
    }

    /// Forgets an object that is gone.
    pub(crate) fn forget(&self, name: ObjectName) {
        let item = self.item(name);
        let mut state = self.executor.state();
        state.dependents.remove(&item);
        state.queue.remove(&item);
    }

    /// Reconciles an object after a while, if it is tracked.
    pub(crate) fn enqueue(&self, name: ObjectName, trigger: Trigger, after: Duration) {
        let item = self.item(name);
        let (now, mut state) = (Instant::now(), self.executor.state());
        let State { queue, dependents, .. } = &mut *state;
        if let Some(flow) = dependents.flow(&item) {
            queue.add(item, flow, trigger, now + after, now);
        }
        drop(state);
        self.executor.0.changed.notify_one();
    }

    /// Begins no more reconciles, and waits until those that have begun have ended.
    pub(crate) async fn end(self) {
        {
            let mut state = self.executor.state();
            state.kinds.remove(&self.kind);
            for item in state.dependents.remove_kind(&self.kind) {
                state.queue.remove(&item);
            }
        }
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn item(&self, name: ObjectName) -> Item {
        Item { kind: self.kind.clone(), name: Arc::new(name) }
    }
}

#[cfg(test)]
mod tests;
