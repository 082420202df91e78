//! The reading side of the API server in memory: lists page by page, watches, and what is asked of the cluster.

use std::collections::BTreeMap;

use futures::{Stream, StreamExt, stream};
use http::{Method, Request, Response, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame};
use kube::client::Body;
use serde_json::{Value, json};

use super::api::FakeApi;

/// The body of an answer; that of a watch has no end.
pub(crate) type Answer = UnsyncBoxBody<Bytes, kube::Error>;

/// A list or a watch, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// `GET` is a list.
    pub(crate) watches: bool,
    /// E.g. `namespaces/n/secrets`, or `things` of all namespaces.
    pub(crate) path: String,
    /// Whether only metadata is wanted.
    pub(crate) metadata: bool,
    /// The one object that is wanted.
    pub(crate) name: Option<String>,
    limit: Option<usize>,
    offset: usize,
    since: u64,
}

/// Answers what is no verb on one object.
pub(crate) fn answer(api: &FakeApi, request: &Request<Body>) -> Option<Response<Answer>> {
    let path = request.uri().path();
    if path.ends_with("/selfsubjectaccessreviews") {
        if api.is_to_fail("selfsubjectaccessreviews") {
            return None;
        }
        // Only a cluster that has a CRD says who may read it.
        let allowed = !api.names("customresourcedefinitions").is_empty();
        return Some(whole(&json!({"metadata": {}, "spec": {}, "status": {"allowed": allowed}})));
    }
    let question = Question::of(request)?;
    api.asked(question.clone());
    Some(if question.watches {
        let events = events(api.clone(), question).map(|event| Ok(Frame::data(line(&event))));
        Response::new(StreamBody::new(events).boxed_unsync())
    } else {
        whole(&question.list(api))
    })
}

fn whole(object: &Value) -> Response<Answer> {
    Response::new(Body::from(object.to_string().into_bytes()).boxed_unsync())
}

fn line(event: &Value) -> Bytes {
    Bytes::from(format!("{event}\n"))
}

/// What happens after the version that the question names, without an end.
fn events(api: FakeApi, question: Question) -> impl Stream<Item = Value> + Send {
    let mut known = question.matching(&api, 0);
    known.retain(|_, object| version(object) <= question.since);
    let (since, changes) = (question.since, api.changes());
    stream::unfold((known, since, changes), move |(mut known, since, mut changes)| {
        let (api, question) = (api.clone(), question.clone());
        async move {
            loop {
                changes.borrow_and_update();
                let until = api.version();
                let names = api.names(question.plural());
                let gone: Vec<_> = known.extract_if(.., |name, _| !names.contains(name)).collect();
                let mut events: Vec<_> =
                    gone.iter().map(|(_, object)| question.event("DELETED", object)).collect();
                let mut newer: Vec<_> = question.matching(&api, since).into_iter().collect();
                newer.sort_by_key(|(_, object)| version(object));
                for (name, object) in newer {
                    let r#type = if known.contains_key(&name) { "MODIFIED" } else { "ADDED" };
                    events.push(question.event(r#type, &object));
                    known.insert(name, object);
                }
                if !events.is_empty() {
                    return Some((stream::iter(events), (known, until, changes)));
                }
                changes.changed().await.ok()?;
            }
        }
    })
    .flatten()
}

/// The version of an object as a number.
pub(super) fn version(object: &Value) -> u64 {
    object["metadata"]["resourceVersion"].as_str().and_then(|v| v.parse().ok()).unwrap_or_default()
}

// === impl Question ===

impl Question {
    fn of(request: &Request<Body>) -> Option<Self> {
        let query: BTreeMap<_, _> =
            request.uri().query()?.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let watches = query.get("watch") == Some(&"true");
        let limit = query.get("limit").and_then(|limit| limit.parse().ok());
        if request.method() != Method::GET || (!watches && limit.is_none()) {
            return None;
        }
        let path = request.uri().path().trim_start_matches('/');
        // Behind `api/v1` or `apis/group/v1`.
        let path = path.splitn(if path.starts_with("apis/") { 4 } else { 3 }, '/').last()?.to_owned();
        let accept = request.headers().get(header::ACCEPT).and_then(|a| a.to_str().ok()).unwrap_or_default();
        let selector = query.get("fieldSelector").and_then(|s| s.strip_prefix("metadata.name%3D"));
        let number = |key: &str| query.get(key).and_then(|n| n.parse::<u64>().ok()).unwrap_or_default();
        Some(Self {
            watches,
            path,
            metadata: accept.contains("PartialObjectMetadata"),
            name: selector.map(ToOwned::to_owned),
            limit,
            offset: usize::try_from(number("continue")).ok()?,
            since: number("resourceVersion"),
        })
    }

    fn plural(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The wanted objects that were written after a version, by name.
    fn matching(&self, api: &FakeApi, since: u64) -> BTreeMap<String, Value> {
        let mut matching = api.newer(self.plural(), since);
        matching.retain(|name, _| self.name.as_ref().is_none_or(|wanted| wanted == name));
        matching
    }

    fn event(&self, r#type: &str, object: &Value) -> Value {
        json!({"type": r#type, "object": self.shown(object)})
    }

    fn list(&self, api: &FakeApi) -> Value {
        let matching: Vec<_> = self.matching(api, 0).into_values().collect();
        let limit = self.limit.unwrap_or(usize::MAX);
        let page: Vec<_> = matching.iter().skip(self.offset).take(limit).map(|o| self.shown(o)).collect();
        let end = self.offset + page.len();
        let more = (end < matching.len()).then(|| end.to_string());
        json!({
            "metadata": {"resourceVersion": api.version().to_string(), "continue": more},
            "items": page,
        })
    }

    /// An object as it is sent.
    fn shown(&self, object: &Value) -> Value {
        if self.metadata {
            json!({
                "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": object["metadata"],
            })
        } else {
            object.clone()
        }
    }
}
