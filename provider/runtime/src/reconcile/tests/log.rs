//! Beside the steps: one line a decision, as it is written.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use goldenpath_provider_core::{ChangeClass, Fault, Observation, Readiness};

use super::*;
use crate::testing::{drifted, present, thing};

thread_local! {
    static LINES: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// The lines of this thread, which is that of one test.
struct Lines;

// === impl Lines ===

impl Lines {
    /// Writes as the provider does, at its debug level. One subscriber for the process: the interest that `tracing`
    /// remembers of a line is that of all threads, and comes and goes with subscribers of single ones.
    fn begin() {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(|| {
            let format = tracing_subscriber::fmt().json().flatten_event(true).with_span_list(false);
            format.with_writer(|| Self).with_max_level(tracing::Level::DEBUG).init();
        });
        LINES.set(Some(Vec::new()));
    }

    /// What was written since the last question.
    fn text() -> String {
        String::from_utf8(LINES.replace(Some(Vec::new())).unwrap()).unwrap()
    }

    /// The decisions since the last question.
    fn decisions() -> Vec<Value> {
        let text = Self::text();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["message"].as_str().is_some_and(|m| m.contains("reconciled"))).collect()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.iter_mut().for_each(|lines| lines.extend_from_slice(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn each_reconcile_is_one_line_that_says_of_what_and_what_was_decided() {
    Lines::begin();
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    let steps = [
        (Ok(Observation::Absent), "INFO", json!("Created")),
        (Ok(present(Readiness::Available)), "DEBUG", json!("UpToDate")),
        (Ok(drifted(ChangeClass::Immediate)), "INFO", json!("Updated")),
        (Err(Fault::transient("X", "no answer")), "INFO", json!(null)),
    ];
    for (seen, level, done) in steps {
        scene.world().observe = seen;
        scene.reconcile().await;
        let told = Lines::decisions();
        let [line] = &told[..] else { panic!("one line each, for {done}: {told:?}") };
        let of = ["kind", "namespace", "name", "uid", "external_name"].map(|field| line[field].clone());
        assert_eq!(of, ["Thing", "n", "x", "u-1", "x"].map(Value::from), "{line}");
        assert_eq!((&line["level"], &line["outcome"]), (&json!(level), &done), "{line}");
        let failed = done.is_null().then_some(("X", "observe failed: no answer"));
        assert_eq!(line["reason"].as_str().zip(line["error"].as_str()), failed, "{line}");
        assert_eq!(line["resource_version"], scene.stored()["metadata"]["resourceVersion"], "{line}");
        assert!(line["retry_ms"].is_u64() && line["timestamp"].is_string(), "{line}");
    }
}

/// Neither what Create tells nor what is published is in any line of any level of ours.
#[tokio::test]
async fn no_line_holds_a_secret() {
    Lines::begin();
    let published = json!({"spec": {"writeConnectionSecretToRef": {"name": "conn"}}});
    let mut scene = Scene::<true>::of(&thing(&published));
    scene.reconcile().await;
    scene.world().observe = Ok(present(Readiness::Available));
    scene.reconcile().await;
    let stored = scene.api.get("secrets/conn").expect("the details are published");
    let values: Vec<_> = stored["data"].as_object().unwrap().values().collect();
    assert!(!values.is_empty());
    let text = Lines::text();
    assert!(text.contains("reconciled"), "{text}");
    for value in values {
        assert!(!text.contains(value.as_str().unwrap()), "{value} is in\n{text}");
    }
}
