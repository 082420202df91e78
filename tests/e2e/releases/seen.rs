//! What a watcher sees of objects that nobody touches.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, bail};
use futures::{StreamExt, pin_mut};
use goldenpath_tests::objects;
use kube::api::{ListParams, WatchEvent, WatchParams};
use kube::core::{ApiResource, DynamicObject};
use kube::{Api, Client};
use serde_json::Value;
use tokio::task::AbortHandle;

/// What an object that nobody touches has, it has all the time.
const CONDITIONS: [&str; 2] = ["Synced", "Ready"];
/// The code of a version that a watch cannot go on from.
const EXPIRED: u16 = 410;

/// Every object of some kinds in a namespace, watched until this is dropped.
pub(super) struct Seen {
    sights: Arc<Mutex<Sights>>,
    watches: Vec<AbortHandle>,
}

/// What was seen, in order.
#[derive(Debug, Default)]
pub(super) struct Sights {
    /// An object that came or went, or a condition that had been `True`.
    pub(super) amiss: Vec<String>,
    /// Objects whose spec somebody changed, once each.
    pub(super) changed: Vec<String>,
}

// === impl Seen ===

impl Seen {
    /// Begins, and fails where it cannot.
    pub(super) async fn begin(client: &Client, kinds: &[ApiResource], namespace: &str) -> Result<Self> {
        let mut seen = Self { sights: Arc::default(), watches: Vec::new() };
        for kind in kinds {
            let api = objects::scoped(client, kind, namespace);
            let there = api.list(&ListParams::default()).await?;
            let watch = Watch {
                kind: kind.clone(),
                api,
                known: there.items.iter().map(|object| (name(object), Known::of(object))).collect(),
                sights: Arc::clone(&seen.sights),
            };
            let version = there.metadata.resource_version.unwrap_or_default();
            seen.watches.push(tokio::spawn(watch.run(version)).abort_handle());
        }
        Ok(seen)
    }

    /// What was seen since this was asked last.
    pub(super) fn take(&self) -> Sights {
        std::mem::take(&mut *lock(&self.sights))
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.watches.iter().for_each(AbortHandle::abort);
    }
}

/// The watch of one kind.
struct Watch {
    kind: ApiResource,
    api: Api<DynamicObject>,
    known: BTreeMap<String, Known>,
    sights: Arc<Mutex<Sights>>,
}

/// How an object was.
struct Known {
    /// The conditions that were `True`.
    held: Vec<&'static str>,
    generation: Option<i64>,
}

// === impl Watch ===

impl Watch {
    async fn run(mut self, version: String) {
        if let Err(error) = self.follow(version).await {
            self.amiss(&format!("the watch of {} ended: {error:#}", self.kind.plural));
        }
    }

    /// Does not end but by an error.
    async fn follow(&mut self, mut version: String) -> Result<()> {
        loop {
            let changes = self.api.watch(&WatchParams::default(), &version).await?;
            pin_mut!(changes);
            while let Some(change) = changes.next().await {
                let (object, is_there) = match change? {
                    WatchEvent::Added(object) | WatchEvent::Modified(object) => (object, true),
                    WatchEvent::Deleted(object) => (object, false),
                    WatchEvent::Bookmark(mark) => {
                        version = mark.metadata.resource_version;
                        continue;
                    }
                    // A changed CRD is served anew, and its watches begin anew.
                    WatchEvent::Error(error) if error.code == EXPIRED => {
                        version = self.begin_anew().await?;
                        break;
                    }
                    WatchEvent::Error(error) => bail!("{error:?}"),
                };
                version = object.metadata.resource_version.clone().unwrap_or_default();
                self.look(&object, is_there);
            }
        }
    }

    async fn begin_anew(&mut self) -> Result<String> {
        let there = self.api.list(&ListParams::default()).await?;
        there.items.iter().for_each(|object| self.look(object, true));
        let names: BTreeSet<_> = there.items.iter().map(name).collect();
        for gone in self.known.keys().filter(|known| !names.contains(*known)) {
            self.amiss(&format!("{} {gone} is gone", self.kind.kind));
        }
        Ok(there.metadata.resource_version.unwrap_or_default())
    }

    fn look(&mut self, object: &DynamicObject, is_there: bool) {
        let (kind, name, now) = (&self.kind.kind, name(object), Known::of(object));
        if !is_there {
            self.amiss(&format!("{kind} {name} is gone"));
        }
        let Some(before) = self.known.remove(&name) else {
            self.amiss(&format!("{kind} {name} is new"));
            self.known.insert(name, now);
            return;
        };
        for condition in before.held.iter().filter(|held| !now.held.contains(held)) {
            let found = objects::condition_of(object, condition).unwrap_or(&Value::Null);
            self.amiss(&format!(
                "{kind} {name} is not {condition}: {}: {}",
                found["reason"], found["message"]
            ));
        }
        // Crossplane writes which revision composes an XR into its spec.
        if self.kind.group != "goldenpath.io" && before.generation != now.generation {
            let (what, mut sights) = (format!("{kind} {name}"), lock(&self.sights));
            if !sights.changed.contains(&what) {
                sights.changed.push(what);
            }
        }
        self.known.insert(name, Known { held: before.held, generation: now.generation });
    }

    fn amiss(&self, what: &str) {
        lock(&self.sights).amiss.push(what.to_owned());
    }
}

// === impl Known ===

impl Known {
    fn of(object: &DynamicObject) -> Self {
        let held = CONDITIONS.into_iter().filter(|kind| objects::condition(object, kind) == Some("True"));
        Self { held: held.collect(), generation: object.metadata.generation }
    }
}

fn lock(sights: &Mutex<Sights>) -> MutexGuard<'_, Sights> {
    sights.lock().unwrap_or_else(PoisonError::into_inner)
}

fn name(object: &DynamicObject) -> String {
    object.metadata.name.clone().unwrap_or_default()
}
