//! A managed resource, an external resource and an API server that exist in memory only.

pub(crate) mod api;
pub(crate) mod cloud;
pub(crate) mod crash_points;
mod objects;
pub(crate) mod process;
mod seen;
pub(crate) mod watch;

use std::sync::{Arc, Mutex, MutexGuard};

pub(crate) use goldenpath_provider_core::managed::FINALIZER;
use goldenpath_provider_core::{
    Backoff, Connect, ConnectionDetails, Drift, External, Fault, Managed, ManagedSpec, ManagedStatus,
    Observation, Reference,
};
use k8s_openapi::jiff::Timestamp;
use kube::{CustomResource, ResourceExt};
use prometheus_client::registry::Registry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::event::{Event, EventTarget};
use crate::local_state::LocalStates;
use crate::metrics::UpjetMetrics;
use crate::reconciliation::Context;
use crate::requeue::Requeue;
use crate::{ConfigGroup, Leadership, Metrics, Options, Recorder, Runtime};
use api::FakeApi;
pub(crate) use objects::{thing, usage};
use seen::details;
pub(crate) use seen::{drifted, present};

/// A kind to test with.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(group = "test.goldenpath.io", version = "v1", kind = "Thing", namespaced, status = "ThingStatus")]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThingSpec {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<String>,
    #[serde(flatten)]
    pub(crate) managed: ManagedSpec,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThingStatus {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen: Option<String>,
    #[serde(flatten)]
    pub(crate) managed: ManagedStatus,
}

/// What the external side answers, and what it was asked.
pub(crate) struct World {
    pub(crate) connect: Result<(), Fault>,
    /// What the configuration says of retries.
    pub(crate) backoff: Option<Backoff>,
    pub(crate) observe: Result<Observation, Fault>,
    pub(crate) prepare: Result<(), Fault>,
    pub(crate) create: Result<(), Fault>,
    pub(crate) update: Result<(), Fault>,
    pub(crate) delete: Result<(), Fault>,
    pub(crate) removal: Result<Option<Event>, Fault>,
    pub(crate) panics: bool,
    /// The call that does not return.
    pub(crate) hangs: &'static str,
    /// The external name that each Observe and Create sets.
    pub(crate) names: Option<&'static str>,
    /// What the process loses during Observe.
    pub(crate) deposes: Option<Leadership>,
    pub(crate) calls: Vec<&'static str>,
    /// How often it was connected to; apart from the calls, since it comes before them all.
    pub(crate) connects: usize,
}

/// Connects to the world; `DETERMINISTIC` is the kind's choice of R39 or R40.
#[derive(Clone)]
pub(crate) struct FakeConnector<const DETERMINISTIC: bool>(Arc<Mutex<World>>);

/// A reconcile under test.
pub(crate) struct Scene<const DETERMINISTIC: bool = true> {
    pub(crate) api: FakeApi,
    pub(crate) context: Context<Thing, FakeConnector<DETERMINISTIC>>,
    pub(crate) events: mpsc::Receiver<(EventTarget, Event)>,
}

pub(crate) const NOW: &str = "2026-01-01T00:01:00Z";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// What all controllers of a process share, on an API server in memory; and their events.
pub(crate) fn runtime(api: &FakeApi) -> (Runtime, mpsc::Receiver<(EventTarget, Event)>) {
    let (recorder, events) = Recorder::channel();
    let group = ConfigGroup::new("config.goldenpath.io", "v1").used_by::<Thing>();
    let runtime = Runtime::with(
        api.client(),
        Options { clock: now, ..Options::new("test", group) },
        recorder,
        Metrics::new(&mut Registry::default(), UpjetMetrics::Served),
        CancellationToken::new(),
    );
    (runtime, events)
}

// === impl Thing ===

impl Managed for Thing {
    fn managed_spec(&self) -> &ManagedSpec {
        &self.spec.managed
    }

    fn managed_status(&self) -> Option<&ManagedStatus> {
        self.status.as_ref().map(|s| &s.managed)
    }

    fn managed_status_mut(&mut self) -> &mut ManagedStatus {
        &mut self.status.get_or_insert_default().managed
    }

    fn references(&self) -> Vec<Reference> {
        self.spec.size.iter().map(Reference::to::<Self>).collect()
    }
}

// === impl FakeConnector ===

impl<const DETERMINISTIC: bool> FakeConnector<DETERMINISTIC> {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    async fn hang(&self, call: &'static str) {
        let hangs = self.world().hangs == call;
        if hangs {
            std::future::pending::<()>().await;
        }
    }

    fn name(&self, managed: &mut Thing) {
        if let Some(name) = self.world().names {
            managed.annotations_mut().insert("crossplane.io/external-name".into(), name.into());
        }
    }

    fn called(&self, call: &'static str) {
        let mut world = self.world();
        world.calls.push(call);
        let panics = world.panics;
        drop(world);
        assert!(!panics, "a secret word that must not leak");
    }
}

impl<const DETERMINISTIC: bool> Connect<Thing> for FakeConnector<DETERMINISTIC> {
    type External = Self;

    fn backoff(&self, _: &Thing) -> Option<Backoff> {
        self.world().backoff
    }

    async fn connect(&self, _: &Thing) -> Result<Self, Fault> {
        let mut world = self.world();
        world.connects += 1;
        world.connect.clone().map(|()| self.clone())
    }
}

impl<const DETERMINISTIC: bool> External<Thing> for FakeConnector<DETERMINISTIC> {
    type Inputs = ();

    const DETERMINISTIC_NAME: bool = DETERMINISTIC;

    async fn observe(&self, managed: &mut Thing) -> Result<Observation, Fault> {
        self.called("observe");
        if let Some(leadership) = &self.world().deposes {
            leadership.end();
        }
        self.hang("observe").await;
        let seen = self.world().observe.clone();
        if matches!(seen, Ok(Observation::Present(_))) {
            self.name(managed);
        }
        if let Ok(Observation::Present(present)) = &seen {
            managed.status.get_or_insert_default().seen = Some("yes".into());
            if present.late_initialized {
                managed.spec.size = Some("filled".into());
            }
        }
        seen
    }

    async fn prepare(&self, _: &Thing) -> Result<(), Fault> {
        self.world().prepare.clone()
    }

    async fn create(&self, managed: &mut Thing, (): ()) -> Result<ConnectionDetails, Fault> {
        self.called("create");
        self.hang("create").await;
        self.name(managed);
        self.world().create.clone().map(|()| details("password", "p"))
    }

    async fn update(&self, _: &mut Thing, _: &Drift) -> Result<ConnectionDetails, Fault> {
        self.called("update");
        self.world().update.clone().map(|()| details("updated", "u"))
    }

    async fn delete(&self, _: &mut Thing) -> Result<Option<Event>, Fault> {
        self.called("delete");
        self.world().delete.clone().map(|()| None)
    }

    async fn confirm_removal(&self, _: &Thing) -> Result<Option<Event>, Fault> {
        self.world().removal.clone()
    }
}

// === impl Scene ===

impl<const DETERMINISTIC: bool> Scene<DETERMINISTIC> {
    /// A cluster with one thing, and nothing outside. The usage of its configuration is recorded already.
    pub(crate) fn of(thing: &Value) -> Self {
        let api = FakeApi::default();
        api.put(thing.clone());
        Self::restarted(api)
    }

    /// The same cluster, and a process that knows nothing of it.
    pub(crate) fn restarted(api: FakeApi) -> Self {
        let world = World {
            connect: Ok(()),
            backoff: None,
            observe: Ok(Observation::Absent),
            prepare: Ok(()),
            create: Ok(()),
            update: Ok(()),
            delete: Ok(()),
            removal: Ok(None),
            panics: false,
            hangs: "",
            names: None,
            deposes: None,
            calls: Vec::new(),
            connects: 0,
        };
        let (runtime, events) = runtime(&api);
        let connector = FakeConnector(Arc::new(Mutex::new(world)));
        Self { api, context: Context { runtime, connector, local_states: LocalStates::default() }, events }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.context.connector.world()
    }

    pub(crate) fn seeing(self, seen: Observation) -> Self {
        self.world().observe = Ok(seen);
        self
    }

    /// Reconciles once, as of what the API server has.
    pub(crate) async fn reconcile(&mut self) -> Option<std::time::Duration> {
        let watched = serde_json::from_value(self.stored()).unwrap();
        crate::reconcile::reconcile(&watched, &self.context).await.map(Requeue::after)
    }

    pub(crate) fn stored(&self) -> Value {
        self.api.get("things/x").expect("the thing exists")
    }

    /// What was called since the last question.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.world().calls)
    }

    /// The events since the last question, as `Type Reason: message`.
    pub(crate) fn events(&mut self) -> Vec<String> {
        let mut events = Vec::new();
        while let Ok((_, Event { severity, reason, message })) = self.events.try_recv() {
            events.push(format!("{severity:?} {reason}: {message}"));
        }
        events
    }
}
