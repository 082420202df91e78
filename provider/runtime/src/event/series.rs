//! Repetitions of an event: counted on one object instead of written again (R159).

use std::collections::HashMap;

use k8s_openapi::api::core::v1::{Event, EventSource};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::json;

use super::{Note, Source};

/// The events that were written lately.
#[derive(Default)]
pub(super) struct Series(HashMap<(Option<String>, Note), Told>);

struct Told {
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
    /// Writes an event, or counts it on the one that told the same before.
    pub(super) async fn write(
        &mut self,
        client: &Client,
        source: &Source,
        note: &Note,
        now: Timestamp,
    ) -> Result<(), kube::Error> {
        let api = Api::<Event>::namespaced(client.clone(), source.namespace());
        if self.0.len() >= REMEMBERED {
            self.0.retain(|_, told| now.duration_since(told.last) < WINDOW);
        }
        let key = (source.object.uid.clone(), note.clone());
        if let Some(told) = self.0.get_mut(&key).filter(|t| now.duration_since(t.last) < WINDOW) {
            if told.count >= BURST && now.duration_since(told.last) < NOW_AND_THEN {
                return Ok(());
            }
            let count = told.count.saturating_add(1);
            let patch = json!({"count": count, "lastTimestamp": Time(now)});
            match api.patch(&told.name, &PatchParams::default(), &Patch::Merge(patch)).await {
                Err(kube::Error::Api(status)) if status.is_not_found() => {}
                Err(error) => return Err(error),
                Ok(_) => {
                    told.count = count;
                    told.last = now;
                    return Ok(());
                }
            }
        }
        let event = event(source, note, now);
        let name = event.metadata.name.clone().unwrap_or_default();
        api.create(&PostParams::default(), &event).await?;
        self.0.insert(key, Told { name, count: 1, last: now });
        Ok(())
    }
}

/// The event as it is first written.
fn event(source: &Source, note: &Note, now: Timestamp) -> Event {
    let object = source.object.name.as_deref().unwrap_or_default();
    let annotation = source.external_name.iter().map(|name| ("external-name".to_owned(), name.clone()));
    Event {
        metadata: ObjectMeta {
            name: Some(format!("{object}.{:x}", now.as_nanosecond())),
            namespace: Some(source.namespace().to_owned()),
            annotations: source.external_name.is_some().then(|| annotation.collect()),
            ..ObjectMeta::default()
        },
        involved_object: source.object.clone(),
        type_: Some(<&str>::from(note.severity).to_owned()),
        reason: Some(note.reason.to_owned()),
        message: Some(note.message.chars().take(1000).collect()),
        source: Some(EventSource { component: Some(source.component.clone()), host: None }),
        reporting_component: Some(source.component.clone()),
        count: Some(1),
        first_timestamp: Some(Time(now)),
        last_timestamp: Some(Time(now)),
        ..Event::default()
    }
}

#[cfg(test)]
mod tests;
