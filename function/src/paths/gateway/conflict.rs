//! Who has a host and a path, of all the routes of a cluster.
//!
//! Of two routes of one host and path the gateway would take either. So the Ingresses of a host are looked up, in every
//! namespace, and the XR whose Ingress is the oldest has it; the others have none.

use std::collections::BTreeMap;

use kube::core::TypeMeta;
use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::ingress::Ingress;
use crate::labels::MANAGED;
use crate::names;
use crate::observed::Observed;
use crate::owner::Owner;
use crate::paths::gateway::api::{Host, RoutePath, normalized};
use crate::paths::gateway::route::Asked;
use crate::paths::gateway::{INGRESS, Subject};
use crate::problems::Problem;
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;

/// The label of an Ingress that stands for its host, which may be too long for one.
pub(super) const HOST_HASH: &str = "goldenpath.io/host-hash";
/// Name of the lookup.
const LOOKUP: &str = "routes-of-host";

/// Who has the host and path of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HostState {
    /// Nobody, or the XR itself.
    Free,
    /// Crossplane has not said yet.
    Unknown,
    /// Another XR.
    Taken(Holder),
}

/// Another XR, which has a host and path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::paths) struct Holder {
    pub(in crate::paths) kind: String,
    pub(in crate::paths) namespace: String,
    pub(in crate::paths) name: String,
}

/// An Ingress, as far as it has a host and a path.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Claim {
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    uid: String,
    namespace: String,
    creation_timestamp: String,
    deletion_timestamp: Option<String>,
    labels: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Spec {
    rules: Vec<Rule>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Rule {
    host: String,
    http: Http,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Http {
    paths: Vec<HttpPath>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HttpPath {
    path: String,
}

/// The value of the label.
pub(super) fn hash(host: &str) -> String {
    names::digest(&["host", host])
}

/// What is asked of Crossplane.
pub(super) fn lookup(host: &str) -> RequiredResources {
    RequiredResources {
        name: LOOKUP.into(),
        r#type: TypeMeta::resource::<Ingress>(),
        selector: Selector::Labels { namespace: None, labels: [(HOST_HASH.to_owned(), hash(host))].into() },
        ages: true,
    }
}

// === impl HostState ===

impl HostState {
    /// As far as Crossplane has answered. Before 2.2 it answers nothing, and every host counts as free.
    pub(super) fn of(subject: &Subject<'_>, host: &Host, path: &RoutePath, observed: Observed<'_>) -> Self {
        if !observed.can_look_up() {
            return Self::Free;
        }
        let Some(found) = observed.found(LOOKUP) else { return Self::Unknown };
        let claims = |object: &Struct| {
            let claim: Claim = wire::read(object).ok()?;
            (claim.has(host, path) && claim.metadata.deletion_timestamp.is_none()).then_some(claim)
        };
        let keys = observed.keys().into_iter().filter(|key| INGRESS.member(key).is_some());
        let own = keys.filter_map(|key| claims(observed.object(key)?));
        let own = own.map(|claim| claim.age()).min();
        let others = found.into_iter().filter_map(|object| {
            let claim = claims(object)?;
            let owner = Owner::of(object).filter(|owner| !claim.is_of(owner, subject))?;
            claim.metadata.labels.contains_key(MANAGED).then_some(())?;
            let age = claim.age();
            let Owner { kind, name, .. } = owner;
            Some((age, Holder { kind, namespace: claim.metadata.namespace, name }))
        });
        let oldest = others.min_by(|(one, _), (other, _)| one.cmp(other));
        match oldest {
            Some((age, holder)) if own.is_none_or(|own| age < own) => Self::Taken(holder),
            _ => Self::Free,
        }
    }

    /// What is wrong where another XR has it.
    pub(super) fn problem(&self, asked: &Asked<'_>) -> Option<Problem> {
        let Self::Taken(Holder { kind, namespace, name }) = self else { return None };
        let (host, path) = (asked.host.as_ref(), asked.path.normalized());
        let message = format!("{kind} {namespace}/{name} has the host {host} with the path {path} already");
        Some(Problem::error("HostConflict", message).at(format!("{}.host", asked.at)).remedy(
            "choose another host or path, or have its owner give it up; it is looked at again every minute",
        ))
    }
}

// === impl Claim ===

impl Claim {
    fn has(&self, host: &Host, path: &RoutePath) -> bool {
        self.spec.rules.iter().any(|rule| {
            rule.host == host.as_ref()
                && rule.http.paths.iter().any(|claimed| plain(&claimed.path) == path.normalized())
        })
    }

    fn is_of(&self, owner: &Owner, subject: &Subject<'_>) -> bool {
        let is_same = owner.is(subject.kind, subject.name) && self.metadata.namespace == subject.namespace;
        is_same || (!subject.uid.is_empty() && owner.uid == subject.uid)
    }

    /// The older the less.
    fn age(&self) -> (String, String) {
        (self.metadata.creation_timestamp.clone(), self.metadata.uid.clone())
    }
}

/// A path as a spec has it, of one that may be written for Kong's ingress controller.
fn plain(written: &str) -> String {
    match written.strip_prefix("/~").and_then(|regular| regular.strip_suffix('$')) {
        Some(regular) => regular.replace("\\.", "."),
        None => normalized(written).to_owned(),
    }
}
