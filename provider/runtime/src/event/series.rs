//! Repetitions of an event: counted on one object instead of written again (R159).

use std::collections::HashMap;

use k8s_openapi::api::core::v1::{self as core, EventSource};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::json;

use super::{Event, EventTarget};

/// The events that were written recently.
#[derive(Default)]
pub(super) struct Series(HashMap<(Option<String>, Event), Recorded>);

struct Recorded {
    name: String,
    count: i32,
    last: Timestamp,
}

/// A repetition within it is counted, a later one is a new event.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// So many repetitions are written as they come, more only now and then.
const BURST: i32 = 25;
/// How often a repetition beyond the burst is written.
const NOW_AND_THEN: SignedDuration = SignedDuration::from_mins(5);
/// Series that are remembered before old ones are dropped.
const REMEMBERED: usize = 4096;

// === impl Series ===

impl Series {
    /// Writes an event, or counts it on the one that said the same before.
    pub(super) async fn write(
        &mut self,
        client: &Client,
        target: &EventTarget,
        event: &Event,
        now: Timestamp,
    ) -> Result<(), kube::Error> {
        let api = Api::<core::Event>::namespaced(client.clone(), target.namespace());
        if self.0.len() >= REMEMBERED {
            self.0.retain(|_, recorded| now.duration_since(recorded.last) < WINDOW);
        }
        let key = (target.object.uid.clone(), event.clone());
        if let Some(recorded) = self.0.get_mut(&key).filter(|t| now.duration_since(t.last) < WINDOW) {
            if recorded.count >= BURST && now.duration_since(recorded.last) < NOW_AND_THEN {
                return Ok(());
            }
            let count = recorded.count.saturating_add(1);
            let patch = json!({"count": count, "lastTimestamp": Time(now)});
            match api.patch(&recorded.name, &PatchParams::default(), &Patch::Merge(patch)).await {
                Err(kube::Error::Api(status)) if status.is_not_found() => {}
                Err(error) => return Err(error),
                Ok(_) => {
                    recorded.count = count;
                    recorded.last = now;
                    return Ok(());
                }
            }
        }
        let event = written(target, event, now);
        let name = event.metadata.name.clone().unwrap_or_default();
        api.create(&PostParams::default(), &event).await?;
        self.0.insert(key, Recorded { name, count: 1, last: now });
        Ok(())
    }
}

/// The event as it is first written.
fn written(target: &EventTarget, event: &Event, now: Timestamp) -> core::Event {
    let object = target.object.name.as_deref().unwrap_or_default();
    let annotation = target.external_name.iter().map(|name| ("external-name".to_owned(), name.clone()));
    core::Event {
        metadata: ObjectMeta {
            name: Some(format!("{object}.{:x}", now.as_nanosecond())),
            namespace: Some(target.namespace().to_owned()),
            annotations: target.external_name.is_some().then(|| annotation.collect()),
            ..ObjectMeta::default()
        },
        involved_object: target.object.clone(),
        type_: Some(<&str>::from(event.severity).to_owned()),
        reason: Some(event.reason.to_owned()),
        message: Some(event.message.chars().take(1000).collect()),
        source: Some(EventSource { component: Some(target.component.clone()), host: None }),
        reporting_component: Some(target.component.clone()),
        count: Some(1),
        first_timestamp: Some(Time(now)),
        last_timestamp: Some(Time(now)),
        ..core::Event::default()
    }
}

#[cfg(test)]
mod tests;
