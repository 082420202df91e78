//! An API server in memory: the few verbs that the runtime uses, with their conflicts.

mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};

use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::crash_points::CrashPoints;
use super::watch::Question;
pub(crate) use state::merge;
use state::{Failure, Refusal, State};

/// An API server in memory.
#[derive(Clone, Default)]
pub(crate) struct FakeApi(Arc<Mutex<State>>);

/// A write, as it arrived: `things/x/status`, and the body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Write {
    pub(crate) request: String,
    pub(crate) body: Value,
}

/// `plural/name` of a path; the plural alone where it names a list.
fn item(path: &str) -> &str {
    let of_namespace = path.rsplit_once("/n/").map(|(_, item)| item);
    let of_cluster = || path.splitn(5, '/').last().unwrap_or(path);
    of_namespace.unwrap_or_else(of_cluster)
}

// === impl FakeApi ===

impl FakeApi {
    pub(crate) fn client(&self) -> Client {
        self.client_of(CrashPoints::uninterrupted())
    }

    /// The client of a process that can be interrupted before and after each of its requests.
    pub(crate) fn client_of(&self, points: CrashPoints) -> Client {
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

    /// Stores an object as another client would.
    pub(crate) fn put(&self, object: Value) {
        let kind = object["kind"].as_str().unwrap().to_lowercase();
        let path = format!("{kind}s/{}", object["metadata"]["name"].as_str().unwrap());
        self.state().store(&path, object);
    }

    /// Puts an object back as a backup of the cluster has it, older version included.
    pub(crate) fn restore(&self, path: &str, object: Value) {
        self.state().objects.insert(path.to_owned(), object);
    }

    /// Deletes an object as another client would: what finalizers hold stays for now.
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

    /// Removes an object as another client would that removes its finalizers.
    pub(crate) fn remove(&self, path: &str) {
        self.state().remove(path);
    }

    /// The next request that contains the words fails with this status code.
    pub(crate) fn fail(&self, request: &str, code: u16) {
        self.fail_after(0, request, code);
    }

    /// Whether a request that contains the words is going to fail.
    pub(crate) fn is_to_fail(&self, words: &str) -> bool {
        self.state().failures.iter().any(|failure| failure.words.contains(words))
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

    /// What was read since the last question, watches and their lists aside.
    pub(crate) fn reads(&self) -> Vec<String> {
        std::mem::take(&mut self.state().reads)
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
