use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use goldenpath_proto::changelogs::v1alpha1::change_log_service_server::{
    ChangeLogService, ChangeLogServiceServer,
};
use goldenpath_proto::changelogs::v1alpha1::{SendChangeLogRequest, SendChangeLogResponse};
use goldenpath_proto::prost_types::{self, value::Kind};
use goldenpath_provider_core::{ChangeClass, Observation, Readiness};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::UnixListener;
use tonic::{Request, Response, Status};

use super::*;
use crate::UpjetMetrics;
use crate::testing::{FINALIZER, NOW, Scene, drifted, now, present, thing};

/// A sidecar that keeps what it is told.
#[derive(Clone, Default)]
struct Sidecar(Arc<Mutex<Vec<ChangeLogEntry>>>);

/// A socket of its own, removed at the end.
struct Socket(PathBuf);

/// A change log, and what is measured of it.
struct Recording {
    log: ChangeLog,
    sender: ChangeLogSender,
    registry: Registry,
}

// === impl Sidecar ===

#[tonic::async_trait]
impl ChangeLogService for Sidecar {
    async fn send_change_log(
        &self,
        request: Request<SendChangeLogRequest>,
    ) -> Result<Response<SendChangeLogResponse>, Status> {
        self.0.lock().unwrap().extend(request.into_inner().entry);
        Ok(Response::new(SendChangeLogResponse {}))
    }
}

impl Sidecar {
    /// Listens until the test ends.
    fn listen(&self, socket: &Socket) {
        let listener = UnixListener::bind(&socket.0).unwrap();
        let connections = futures::stream::unfold(listener, async |listener| {
            let connection = listener.accept().await.map(|(stream, _)| stream);
            Some((connection, listener))
        });
        let server =
            tonic::transport::Server::builder().add_service(ChangeLogServiceServer::new(self.clone()));
        tokio::spawn(server.serve_with_incoming(connections));
    }

    fn entries(&self) -> Vec<ChangeLogEntry> {
        self.0.lock().unwrap().clone()
    }
}

// === impl Socket ===

impl Socket {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("changelogs-{}.sock", uuid::Uuid::new_v4())))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _absent = std::fs::remove_file(&self.0);
    }
}

// === impl Recording ===

impl Recording {
    fn to(socket: &Socket) -> Self {
        let mut registry = Registry::default();
        let metrics = Metrics::new(&mut registry, UpjetMetrics::Omitted);
        let (log, sender) = ChangeLog::to(&socket.0, "provider-test:v1", &metrics);
        Self { log, sender, registry }
    }

    /// Ends the log, waits for its sender, and says how many entries were sent and how many lost.
    async fn finish(self) -> (u64, u64) {
        let Self { log, sender, registry } = self;
        drop(log);
        sender.finish(Duration::from_hours(24)).await;
        let mut page = String::new();
        encode(&mut page, &registry).unwrap();
        let count = |delivery: &str| {
            let name = format!("goldenpath_change_log_entries_total{{delivery=\"{delivery}\"}} ");
            page.lines().find_map(|l| l.strip_prefix(&name)).map_or(0, |n| n.parse().unwrap())
        };
        (count("Sent"), count("Dropped"))
    }
}

/// A Struct as the JSON it stands for.
fn json(object: &prost_types::Struct) -> Value {
    let value = |value: &prost_types::Value| match value.kind.as_ref().unwrap() {
        Kind::NullValue(_) => Value::Null,
        Kind::NumberValue(number) => json!(number),
        Kind::StringValue(string) => json!(string),
        Kind::BoolValue(bool) => json!(bool),
        Kind::StructValue(object) => json(object),
        Kind::ListValue(list) => {
            let object = |v: &prost_types::Value| {
                json(&prost_types::Struct { fields: [("v".to_owned(), v.clone())].into() })["v"].clone()
            };
            list.values.iter().map(object).collect()
        }
    };
    object.fields.iter().map(|(k, v)| (k.clone(), value(v))).collect()
}

fn existing(extra: &Value) -> Value {
    let mut thing = thing(&json!({"metadata": {
        "finalizers": [FINALIZER],
        "annotations": {
            "crossplane.io/external-name": "x-1",
            "crossplane.io/external-create-succeeded": "2026-01-01T00:00:01Z",
        },
    }}));
    crate::testing::api::merge(&mut thing, extra);
    thing
}

fn deleted() -> Value {
    existing(&json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:59Z"}}))
}

/// A process whose changes go to a log.
fn scene(log: &Recording, thing: &Value, seen: Observation) -> Scene {
    let mut scene = Scene::<true>::of(thing).seeing(seen);
    scene.context.runtime.options.change_log = log.log.clone();
    scene
}

/// Each call, well and badly ended, over a real socket.
#[rstest]
#[case::create(thing(&json!({})), Observation::Absent, OperationType::Create, Ok(()))]
#[case::create_that_fails(thing(&json!({})), Observation::Absent, OperationType::Create, Err(fault()))]
#[case::update(existing(&json!({})), drifted(ChangeClass::Immediate), OperationType::Update, Ok(()))]
#[case::update_that_fails(existing(&json!({})), drifted(ChangeClass::Immediate), OperationType::Update, Err(fault()))]
#[case::delete(deleted(), present(Readiness::Available), OperationType::Delete, Ok(()))]
#[case::delete_that_fails(deleted(), present(Readiness::Available), OperationType::Delete, Err(fault()))]
#[tokio::test]
async fn each_call_is_reported_once_with_the_object_before_it(
    #[case] thing: Value,
    #[case] seen: Observation,
    #[case] operation: OperationType,
    #[case] outcome: Result<(), Fault>,
) {
    let (socket, sidecar) = (Socket::new(), Sidecar::default());
    sidecar.listen(&socket);
    let log = Recording::to(&socket);
    let mut scene = scene(&log, &thing, seen);
    {
        let mut world = scene.world();
        (world.create, world.update, world.delete) = (outcome.clone(), outcome.clone(), outcome.clone());
    }
    scene.reconcile().await;
    drop(scene);
    assert_eq!(log.finish().await, (1, 0));

    let entries = sidecar.entries();
    let [entry] = &entries[..] else { panic!("one entry: {entries:?}") };
    let before = json(entry.snapshot.as_ref().unwrap());
    assert_eq!(
        *entry,
        ChangeLogEntry {
            timestamp: Some(prost_types::Timestamp { seconds: now().as_second(), nanos: 0 }),
            provider: "provider-test:v1".into(),
            api_version: "test.goldenpath.io/v1".into(),
            kind: "Thing".into(),
            name: "x".into(),
            external_name: if operation == OperationType::Create { "x" } else { "x-1" }.into(),
            operation: operation.into(),
            snapshot: entry.snapshot.clone(),
            error_message: outcome.err().map(|fault| fault.to_string()),
            additional_details: match operation {
                OperationType::Update => [("drift".to_owned(), "size".to_owned())].into(),
                _ => HashMap::new(),
            },
        }
    );
    assert!(!format!("{entry:?}").contains("password"), "connection details go nowhere: {entry:?}");
    assert_eq!(before["metadata"]["uid"], "u-1");
    assert_eq!(
        before["metadata"]["annotations"], thing["metadata"]["annotations"],
        "as it was before the call"
    );
    let seen = before["status"]["seen"] == "yes";
    assert_eq!(seen, operation != OperationType::Create, "and as Observe has left it: {before}");
}

fn fault() -> Fault {
    Fault::user("Refused", "no such class").remedy("choose another")
}

#[tokio::test]
async fn an_observe_is_not_recorded() {
    let (socket, sidecar) = (Socket::new(), Sidecar::default());
    sidecar.listen(&socket);
    let log = Recording::to(&socket);
    let mut scene = scene(&log, &existing(&json!({})), present(Readiness::Available));
    scene.reconcile().await;
    drop(scene);
    assert_eq!(log.finish().await, (0, 0));
    assert_eq!(sidecar.entries(), []);
}

#[tokio::test]
async fn a_call_that_panics_is_reported_without_its_words() {
    let (socket, sidecar) = (Socket::new(), Sidecar::default());
    sidecar.listen(&socket);
    let log = Recording::to(&socket);
    let change = log.log.call(Operation::Update, &object(), &Drift::none(), now()).await;
    let called =
        tokio::spawn(change.of::<()>(async { std::panic::resume_unwind(Box::new("a secret word")) }));
    assert!(called.await.is_err());
    log.finish().await;
    let told: Vec<_> = sidecar.entries().into_iter().map(|e| e.error_message).collect();
    assert_eq!(told, [Some(INTERRUPTED.to_owned())]);
}

#[tokio::test]
async fn a_call_that_is_not_made_is_not_reported() {
    let (socket, sidecar) = (Socket::new(), Sidecar::default());
    sidecar.listen(&socket);
    let log = Recording::to(&socket);
    let change = log.log.call(Operation::Update, &object(), &Drift::none(), now()).await;
    drop(change.of(async { Ok(()) }));
    assert_eq!(log.finish().await, (0, 0));
}

#[tokio::test(start_paused = true)]
async fn without_a_sidecar_nothing_is_delayed_and_the_loss_is_counted() {
    let log = Recording::to(&Socket::new());
    let mut scene = scene(&log, &thing(&json!({})), Observation::Absent);
    let begun = tokio::time::Instant::now();
    scene.reconcile().await;
    assert_eq!(begun.elapsed(), Duration::ZERO, "the reconcile does not wait");
    assert_eq!(scene.calls(), ["observe", "create"]);
    assert_eq!(scene.stored()["metadata"]["annotations"]["crossplane.io/external-create-succeeded"], NOW);
    drop(scene);
    assert_eq!(log.finish().await, (0, 1));
    assert_eq!(begun.elapsed().as_secs(), 10, "the entry was offered for so long");
}

#[tokio::test]
async fn a_sidecar_that_comes_late_is_waited_for() {
    let (socket, sidecar) = (Socket::new(), Sidecar::default());
    let log = Recording::to(&socket);
    let mut scene = scene(&log, &thing(&json!({})), Observation::Absent);
    scene.reconcile().await;
    drop(scene);
    sidecar.listen(&socket);
    assert_eq!(log.finish().await, (1, 0));
    assert_eq!(sidecar.entries().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_holds_a_change_back_for_ten_seconds_and_then_the_loss_is_counted() {
    let log = Recording::to(&Socket::new());
    let mut changes = Vec::new();
    for _ in 0..QUEUE {
        changes.push(log.log.call(Operation::Update, &object(), &Drift::none(), now()).await);
    }
    let begun = tokio::time::Instant::now();
    let late = log.log.call(Operation::Update, &object(), &Drift::none(), now()).await;
    assert_eq!(begun.elapsed(), PATIENCE);
    let made = late.of(async { Ok(()) }).await;
    assert_eq!(made, Ok(()), "the call is made all the same");
    drop(changes);
    assert_eq!(log.finish().await, (0, 1));
}

#[tokio::test]
async fn a_log_that_is_off_reports_nobody() {
    let change = ChangeLog::off().call(Operation::Create, &object(), &Drift::none(), now()).await;
    assert!(change.0.is_none());
    assert_eq!(change.of(async { Ok(7) }).await, Ok(7));
}

fn object() -> crate::testing::Thing {
    serde_json::from_value(thing(&json!({}))).unwrap()
}
