//! What the API server stores, and how it answers one request.

use std::collections::{BTreeMap, VecDeque};

use http::Method;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::Write;
use crate::testing::watch::Question;

/// What is stored, what was asked, and what is going to fail.
#[derive(Default)]
pub(super) struct State {
    /// By `plural/name`: one namespace is enough.
    pub(super) objects: BTreeMap<String, Value>,
    pub(super) version: u64,
    pub(super) writes: Vec<Write>,
    /// What was asked for by itself, or listed without a watch to follow.
    pub(super) reads: Vec<String>,
    /// How often each object was stored: what a watch of it shows.
    pub(super) revisions: BTreeMap<String, usize>,
    pub(super) failures: VecDeque<Failure>,
    pub(super) questions: Vec<Question>,
    /// Told of every write.
    pub(super) changed: watch::Sender<()>,
    pub(super) refusals: Vec<Failure>,
}

/// A request that is going to fail.
pub(super) struct Failure {
    pub(super) words: String,
    pub(super) passes: u32,
    pub(super) code: u16,
    /// What the answer names as the cause; the reason of its code unless set.
    pub(super) cause: Option<&'static str>,
}

pub(super) type Answer = Result<Value, Refusal>;

/// A request that has failed.
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) reason: &'static str,
    pub(super) cause: &'static str,
}

fn reason(code: u16) -> &'static str {
    match code {
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        _ => "InternalError",
    }
}

/// Applies an RFC 7396 merge patch.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    for (key, value) in patch {
        match value {
            Value::Null => {
                target.as_object_mut().unwrap().remove(key);
            }
            _ => merge(&mut target[key.as_str()], value),
        }
    }
}

fn refusal(code: u16, reason: &'static str) -> Refusal {
    Refusal { code, reason, cause: reason }
}

// === impl State ===

impl State {
    pub(super) fn handle(&mut self, method: &Method, path: &str, body: &Value, applies: bool) -> Answer {
        let request = format!("{method} {path}");
        match self.refusals.iter_mut().find(|r| r.words == request) {
            Some(refused) if refused.passes > 0 => refused.passes -= 1,
            Some(Failure { code, .. }) => return Err(refusal(*code, reason(*code))),
            None => {}
        }
        let next = self.failures.iter_mut().position(|f| request.contains(f.words.as_str()));
        if let Some(failure) = next.and_then(|at| self.failures.get_mut(at)).filter(|f| f.passes > 0) {
            failure.passes -= 1;
        } else if let Some(Failure { code, cause, .. }) = next.and_then(|at| self.failures.remove(at)) {
            let reason = reason(code);
            return Err(Refusal { code, reason, cause: cause.unwrap_or(reason) });
        }
        if method == Method::GET {
            self.reads.push(path.to_owned());
        } else {
            self.writes.push(Write { request, body: body.clone() });
        }
        let (item, is_status) = path.strip_suffix("/status").map_or((path, false), |item| (item, true));
        let stored = self.objects.get(item).cloned();
        match (method, stored) {
            (&Method::GET, None) if !path.contains('/') => {
                let items: Vec<_> = self.objects.iter().filter(|(item, _)| item.starts_with(path)).collect();
                let items: Vec<_> = items.into_iter().map(|(_, object)| object).collect();
                Ok(json!({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items}))
            }
            (&Method::GET, stored) => stored.ok_or(refusal(404, "NotFound")),
            (&Method::POST, _) => {
                let item = format!("{path}/{}", body["metadata"]["name"].as_str().unwrap());
                if self.objects.contains_key(&item) {
                    Err(refusal(409, "AlreadyExists"))
                } else {
                    Ok(self.store(&item, body.clone()))
                }
            }
            (&Method::PUT, Some(stored))
                if body["metadata"]["resourceVersion"] != stored["metadata"]["resourceVersion"] =>
            {
                Err(refusal(409, "Conflict"))
            }
            (&Method::PUT, Some(_)) => Ok(self.store(item, body.clone())),
            (&Method::PATCH, None) if applies && !is_status => Ok(self.store(item, body.clone())),
            (&Method::PATCH, Some(stored)) => self.change(item, stored, body, is_status),
            _ => Err(refusal(404, "NotFound")),
        }
    }

    fn change(&mut self, item: &str, stored: Value, patch: &Value, is_status: bool) -> Answer {
        let version = &patch["metadata"]["resourceVersion"];
        if !version.is_null() && *version != stored["metadata"]["resourceVersion"] {
            return Err(refusal(409, "Conflict"));
        }
        let mut changed = stored.clone();
        if is_status {
            // The one applier of a status: what it does not apply any more is removed.
            changed["status"] = patch["status"].clone();
        } else {
            for part in ["metadata", "spec", "data"].iter().filter(|p| patch.get(**p).is_some()) {
                merge(&mut changed[*part], &patch[*part]);
            }
        }
        let is_held = changed["metadata"]["finalizers"].as_array().is_some_and(|f| !f.is_empty());
        if !changed["metadata"]["deletionTimestamp"].is_null() && !is_held {
            self.remove(item);
            return Ok(changed);
        }
        if changed["spec"] != stored["spec"] {
            let generation = stored["metadata"]["generation"].as_i64().unwrap_or_default();
            changed["metadata"]["generation"] = json!(generation + 1);
        }
        Ok(if changed == stored { stored } else { self.store(item, changed) })
    }

    pub(super) fn delete(&mut self, item: &str, mut object: Value) {
        if object["metadata"]["finalizers"].as_array().is_none_or(Vec::is_empty) {
            self.remove(item);
        } else if object["metadata"]["deletionTimestamp"].is_null() {
            object["metadata"]["deletionTimestamp"] = json!(super::super::NOW);
            self.store(item, object);
        }
    }

    /// Removes an object, and deletes what it owns, as the garbage collector does.
    pub(super) fn remove(&mut self, item: &str) {
        let Some(removed) = self.objects.remove(item) else { return };
        self.version += 1;
        self.changed.send_replace(());
        let uid = &removed["metadata"]["uid"];
        let owns = |object: &Value| {
            let owners = object["metadata"]["ownerReferences"].as_array();
            !uid.is_null() && owners.is_some_and(|o| o.iter().any(|owner| owner["uid"] == *uid))
        };
        let owned: Vec<_> =
            self.objects.iter().filter(|(_, o)| owns(o)).map(|(p, o)| (p.clone(), o.clone())).collect();
        for (path, object) in owned {
            self.delete(&path, object);
        }
    }

    pub(super) fn store(&mut self, item: &str, mut object: Value) -> Value {
        self.version += 1;
        *self.revisions.entry(item.to_owned()).or_default() += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.objects.insert(item.to_owned(), object.clone());
        self.changed.send_replace(());
        object
    }
}
