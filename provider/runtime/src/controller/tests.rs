//! A whole controller on an API server in memory: each reason to look at an object, in paused time.

mod at_rest;
mod configuration;
mod own;
mod referenced;

use std::time::Duration;

use futures::stream::BoxStream;
use goldenpath_provider_core::{Fault, Objects, Readiness};
use k8s_openapi::api::core::v1::Secret;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::*;
use crate::ClusterObjects;
use crate::options::Options;
use crate::testing::{FINALIZER, FakeConnector, Scene, Thing, present, thing};
use configuration::ClusterProviderConfig;

/// A controller that runs, and its cluster.
struct Running {
    scene: Scene,
    triggers: mpsc::Sender<ObjectName>,
    ended: JoinHandle<()>,
    context: Arc<Context<Thing, Triggered>>,
}

/// A connector that tells of external changes, and reads what an object refers to.
struct Triggered {
    connector: FakeConnector<true>,
    objects: ClusterObjects,
    triggers: std::sync::Mutex<Option<mpsc::Receiver<ObjectName>>>,
}

// === impl Triggered ===

impl Connect<Thing> for Triggered {
    type External = FakeConnector<true>;

    async fn connect(&self, managed: &Thing) -> Result<Self::External, Fault> {
        self.read(managed).await?;
        self.connector.connect(managed).await
    }

    fn triggers(&self) -> Option<BoxStream<'static, ObjectName>> {
        let receiver = self.triggers.lock().unwrap().take()?;
        let stream = futures::stream::unfold(receiver, async |mut receiver| {
            receiver.recv().await.map(|name| (name, receiver))
        });
        Some(stream.boxed())
    }
}

impl Triggered {
    /// Reads as a connector does: the configuration, the Secret that it names, and what the object refers to.
    async fn read(&self, managed: &Thing) -> Result<(), Fault> {
        let config = managed.provider_config_ref().name;
        if let Some(config) = self.objects.get_cluster::<ClusterProviderConfig>(&config).await? {
            self.objects.get::<Secret>("n", &config.spec.secret).await?;
        }
        if let Some(name) = &managed.spec.size {
            self.objects.get::<Thing>("n", name).await?;
        }
        Ok(())
    }
}

// === impl Running ===

impl Running {
    /// A controller of things, on a cluster with these objects and an external side where all is well.
    fn with(objects: &[Value]) -> Self {
        Self::on(Self::scene(objects))
    }

    fn scene(objects: &[Value]) -> Scene {
        let scene = Scene::<true>::of(&thing(&json!({}))).seeing(present(Readiness::Available));
        scene.api.remove("things/x");
        for object in objects {
            scene.api.put(object.clone());
        }
        scene
    }

    fn on(scene: Scene) -> Self {
        let (triggers, receiver) = mpsc::channel(10_000);
        let connector = Triggered {
            connector: scene.context.connector.clone(),
            objects: scene.context.runtime.objects(),
            triggers: std::sync::Mutex::new(Some(receiver)),
        };
        let controller = Controller::<Thing, _>::new(&scene.context.runtime, connector);
        let context = Arc::clone(&controller.context);
        let ended = tokio::spawn(controller.run());
        Self { scene, triggers, ended, context }
    }

    /// How often the external side was observed since the last question, after so much time.
    async fn looks_after(&self, time: Duration) -> usize {
        tokio::time::sleep(time).await;
        self.scene.calls().into_iter().filter(|call| *call == "observe").count()
    }

    /// Waits until everything has settled, and forgets the looks of before.
    async fn settle(&self) {
        self.looks_after(Duration::from_secs(5)).await;
    }

    /// Changes an object as another client would.
    fn change(&self, path: &str, difference: &Value) {
        let mut object = self.scene.api.get(path).expect("an object to change");
        crate::testing::api::merge(&mut object, difference);
        self.scene.api.put(object);
    }

    /// Stops the controller; its reconciles have ended then.
    async fn stop(self) -> Scene {
        self.scene.context.runtime.shutdown.cancel();
        self.ended.await.expect("the controller ends by itself");
        self.scene
    }
}

/// A thing that is in sync already.
fn in_sync(name: &str) -> Value {
    let condition = |r#type: &str, reason: &str| {
        json!({
            "type": r#type, "status": "True", "reason": reason, "observedGeneration": 1,
            "lastTransitionTime": "2026-01-01T00:01:00Z",
        })
    };
    thing(&json!({
        "metadata": {
            "name": name, "uid": name, "finalizers": [FINALIZER],
            "annotations": {
                "crossplane.io/external-name": name,
                // No later poll, whose moment is random, falls between what a test does and what comes of it.
                "crossplane.io/poll-interval": "8760h",
                "crossplane.io/external-create-pending": "2026-01-01T00:00:00Z",
                "crossplane.io/external-create-succeeded": "2026-01-01T00:00:01Z",
            },
        },
        "status": {
            "seen": "yes", "observedGeneration": 1,
            "conditions": [condition("Ready", "Available"), condition("Synced", "ReconcileSuccess")],
        },
    }))
}

const AT_ONCE: Duration = Duration::from_millis(900);
const MINUTE: Duration = Duration::from_mins(1);
