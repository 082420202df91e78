//! An API server in memory: the few verbs that the runtime uses, with their conflicts.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use kube::Client;
use kube::client::Body;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::watch::Question;

use super::points::Points;

/// An API server in memory.
#[derive(Clone, Default)]
pub(crate) struct FakeApi(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// By `plural/name`: one namespace is enough.
    objects: BTreeMap<String, Value>,
    version: u64,
    writes: Vec<Write>,
    /// How often each object was stored: what a watch of it shows.
    revisions: BTreeMap<String, usize>,
    failures: VecDeque<Failure>,
    questions: Vec<Question>,
    /// Told of every write.
    changed: watch::Sender<()>,
    refusals: Vec<Failure>,
}

/// A write, as it arrived: `things/x/status`, and the body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Write {
    pub(crate) request: String,
    pub(crate) body: Value,
}

/// A request that is going to fail.
struct Failure {
    words: String,
    passes: u32,
    code: u16,
    /// What the answer names as the cause; the reason of its code unless set.
    cause: Option<&'static str>,
}

type Answer = Result<Value, Refusal>;

/// A request that has failed.
struct Refusal {
    code: u16,
    reason: &'static str,
    cause: &'static str,
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

/// `plural/name` of a path; the plural alone where it names a list.
fn item(path: &str) -> &str {
    let of_namespace = path.rsplit_once("/n/").map(|(_, item)| item);
    let of_cluster = || path.splitn(5, '/').last().unwrap_or(path);
    of_namespace.unwrap_or_else(of_cluster)
}

fn refusal(code: u16, reason: &'static str) -> Refusal {
    Refusal { code, reason, cause: reason }
}

// === impl FakeApi ===

impl FakeApi {
    pub(crate) fn client(&self) -> Client {
        self.client_of(Points::unmet())
    }

    /// The client of a process that can be met before and after each of its requests.
    pub(crate) fn client_of(&self, points: Points) -> Client {
        let api = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let (api, points) = (api.clone(), points.clone());
            async move {
                let name = format!("{} {}", request.method(), item(request.uri().path()));
                points.pass(&format!("before {name}")).await;
                let answer = match super::watch::answer(&api, &request) {
                    Some(answer) => answer,
                    None => api.answer(request).await.map(BodyExt::boxed_unsync),
                };
                points.pass(&format!("after {name}")).await;
                Ok::<_, Infallible>(answer)
            }
        });
        Client::new(service, "default")
    }

    /// Stores an object as somebody else would.
    pub(crate) fn put(&self, object: Value) {
        let kind = object["kind"].as_str().unwrap().to_lowercase();
        let path = format!("{kind}s/{}", object["metadata"]["name"].as_str().unwrap());
        self.state().store(&path, object);
    }

    /// Deletes an object as somebody else would: what finalizers hold stays for now.
    pub(crate) fn delete(&self, path: &str) {
        let mut state = self.state();
        if let Some(object) = state.objects.get(path).cloned() {
            state.delete(path, object);
        }
    }

    /// The paths of all objects of a resource, e.g. `secrets`.
    pub(crate) fn list(&self, resource: &str) -> Vec<Value> {
        let prefix = format!("{resource}/");
        self.state().objects.iter().filter(|(p, _)| p.starts_with(&prefix)).map(|(_, o)| o.clone()).collect()
    }

    /// How often an object was stored: the events that a watch of it shows.
    pub(crate) fn revisions(&self, path: &str) -> usize {
        self.state().revisions.get(path).copied().unwrap_or_default()
    }

    pub(crate) fn get(&self, path: &str) -> Option<Value> {
        self.state().objects.get(path).cloned()
    }

    /// The names of the objects of a plural.
    pub(crate) fn names(&self, plural: &str) -> BTreeSet<String> {
        let prefix = format!("{plural}/");
        self.state()
            .objects
            .keys()
            .filter_map(|path| path.strip_prefix(&prefix))
            .map(ToOwned::to_owned)
            .collect()
    }

    /// The objects of a plural that were written after a version, by name.
    pub(crate) fn newer(&self, plural: &str, since: u64) -> BTreeMap<String, Value> {
        let prefix = format!("{plural}/");
        let state = self.state();
        let of_plural =
            state.objects.iter().filter_map(|(path, object)| Some((path.strip_prefix(&prefix)?, object)));
        let newer = of_plural.filter(|(_, object)| super::watch::version(object) > since);
        newer.map(|(name, object)| (name.to_owned(), object.clone())).collect()
    }

    /// The version of the last write.
    pub(crate) fn version(&self) -> u64 {
        self.state().version
    }

    /// Changes with every write.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.state().changed.subscribe()
    }

    /// Takes note of a list or watch.
    pub(crate) fn asked(&self, question: Question) {
        self.state().questions.push(question);
    }

    /// The lists and watches since the last question.
    pub(crate) fn questions(&self) -> Vec<Question> {
        std::mem::take(&mut self.state().questions)
    }

    /// Removes an object as somebody else would who removes its finalizers.
    pub(crate) fn remove(&self, path: &str) {
        self.state().remove(path);
    }

    /// The next request that contains the words fails with this status code.
    pub(crate) fn fail(&self, request: &str, code: u16) {
        self.fail_after(0, request, code);
    }

    /// After so many requests that contain the words, one fails with this status code.
    pub(crate) fn fail_after(&self, passes: u32, words: &str, code: u16) {
        self.state().failures.push_back(Failure { words: words.to_owned(), passes, code, cause: None });
    }

    /// The next request that contains the words fails with this status code, and names this cause.
    pub(crate) fn fail_because(&self, words: &str, code: u16, cause: &'static str) {
        let failure = Failure { words: words.to_owned(), passes: 0, code, cause: Some(cause) };
        self.state().failures.push_back(failure);
    }

    /// After so many requests of exactly these words, every further one fails with this status code.
    pub(crate) fn refuse_after(&self, passes: u32, request: &str, code: u16) {
        self.state().refusals.push(Failure { words: request.to_owned(), passes, code, cause: None });
    }

    /// What was written since the last question.
    pub(crate) fn writes(&self) -> Vec<Write> {
        std::mem::take(&mut self.state().writes)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let path = item(parts.uri.path()).to_owned();
        let applies =
            parts.headers.get(header::CONTENT_TYPE).is_some_and(|t| t == "application/apply-patch+yaml");
        let (code, body) = match self.state().handle(&parts.method, &path, &body, applies) {
            Ok(object) => (200, object),
            Err(Refusal { code, reason, cause }) => (
                code,
                json!({
                    "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason,
                    "message": reason, "details": {"causes": [{"reason": cause}]},
                }),
            ),
        };
        let mut response = Response::new(Body::from(body.to_string().into_bytes()));
        *response.status_mut() = StatusCode::from_u16(code).unwrap();
        response
    }
}

// === impl State ===

impl State {
    fn handle(&mut self, method: &Method, path: &str, body: &Value, applies: bool) -> Answer {
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
        if method != Method::GET {
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

    fn delete(&mut self, item: &str, mut object: Value) {
        if object["metadata"]["finalizers"].as_array().is_none_or(Vec::is_empty) {
            self.remove(item);
        } else if object["metadata"]["deletionTimestamp"].is_null() {
            object["metadata"]["deletionTimestamp"] = json!(super::NOW);
            self.store(item, object);
        }
    }

    /// Removes an object, and deletes what it owns, as the garbage collector does.
    fn remove(&mut self, item: &str) {
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

    fn store(&mut self, item: &str, mut object: Value) -> Value {
        self.version += 1;
        *self.revisions.entry(item.to_owned()).or_default() += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.objects.insert(item.to_owned(), object.clone());
        self.changed.send_replace(());
        object
    }
}
