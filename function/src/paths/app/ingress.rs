//! The route through the gateway to a `Web` app that asks for one.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::Deployment;
use kube::core::TypeMeta;
use kube::{Resource, ResourceExt};

use crate::composition::Composition;
use crate::condition::Condition;
use crate::observed::Observed;
use crate::paths::app::SERVICE;
use crate::paths::app::api::{AppSpec, GoldenPathApp, Ingress, Protocol, WorkloadKind};
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::secrets;
use crate::paths::gateway::{
    self, Asked, Backend, INGRESS_READY, Matching, Report, Route, Speech, Subject, guards_of, secret_names,
};
use crate::platform::Platform;
use crate::problems::Problem;

/// Where it is in the XR.
const AT: &str = ".spec.ingress";

/// The route, or everything that is not allowed of it.
pub(super) fn route<'a>(
    xr: &'a GoldenPathApp,
    identity: &'a Identity,
    platform: &Platform<AppPolicy>,
) -> Result<Option<Route<'a>>, Vec<Problem>> {
    let Some(asked) = asked(&xr.spec)? else { return Ok(None) };
    let route = asked.checked(&identity.name, &identity.namespace, platform)?;
    let problems = shared_names(&xr.spec, identity);
    if problems.is_empty() { Ok(Some(route)) } else { Err(problems) }
}

/// Of an app that is to be reached. Its host is required then.
fn asked(spec: &AppSpec) -> Result<Option<Asked<'_>>, Vec<Problem>> {
    let Ingress { enabled, host, path, class_name, strip_path, tls, traffic: _, plugins, consumers } =
        &spec.ingress;
    if !enabled || spec.kind == WorkloadKind::Worker {
        return Ok(None);
    }
    let Some(host) = host else {
        let message = "a route has a host";
        return Err(vec![Problem::error("InvalidSpec", message).at(format!("{AT}.host")).remedy("set it")]);
    };
    let speech = match spec.protocol {
        Protocol::Http => Speech::Http,
        Protocol::Grpc => Speech::Grpc,
    };
    Ok(Some(Asked {
        at: AT,
        host,
        path,
        matching: Matching::Prefix,
        class_name: class_name.as_deref(),
        strip_path: *strip_path,
        tls,
        plugins: plugins.as_deref().unwrap_or_default(),
        consumers: consumers.as_deref().unwrap_or_default(),
        speech,
        backend: Backend { key: SERVICE, port: spec.protocol.into() },
    }))
}

/// Secrets that have the name of one of a consumer: both would write it.
fn shared_names(spec: &AppSpec, identity: &Identity) -> Vec<Problem> {
    let consumers = spec.ingress.consumers.iter().flatten();
    let names: Vec<_> = consumers.flat_map(|consumer| secret_names(&identity.name, consumer)).collect();
    let shared = secrets::listed(spec).filter(|secret| names.contains(&secret.name));
    let problem = |name: &String| {
        Problem::error("NameTaken", format!("the Secret {name} is that of a consumer of the route"))
            .at(format!(".spec.secrets[{name}].name"))
            .remedy("choose another name for the Secret, or for the consumer")
    };
    shared.map(|secret| problem(&secret.name)).collect()
}

/// Everything of the route.
pub(super) fn compose(
    composition: Composition,
    xr: &GoldenPathApp,
    identity: &Identity,
    route: Option<&Route<'_>>,
    platform: &Platform<AppPolicy>,
    observed: Observed<'_>,
) -> Composition {
    with_subject(xr, identity, |subject| gateway::compose(composition, subject, route, platform, observed))
}

/// What there is to say of the route; none of an app that asks for none.
pub(super) fn report(xr: &GoldenPathApp, identity: &Identity, observed: Observed<'_>) -> Option<Report> {
    let asked = asked(&xr.spec).ok().flatten()?;
    let guards = guards_of(asked.plugins, asked.consumers);
    let place = (asked.host, asked.path, asked.tls);
    Some(with_subject(xr, identity, |subject| Report::of(subject, place, &guards, observed)))
}

/// The condition of an app that asks for no route, where there was one: what is not said of an XR stays on it.
pub(super) fn disabled(xr: &GoldenPathApp, observed: Observed<'_>) -> Option<Condition> {
    let is_said = xr.has_said(INGRESS_READY) || has_any(observed);
    is_said.then(|| Condition::not_asked_for(INGRESS_READY, "no route is asked for"))
}

fn with_subject<T>(xr: &GoldenPathApp, identity: &Identity, then: impl FnOnce(&Subject<'_>) -> T) -> T {
    let object_meta = |name: String| identity.object_meta_of(name);
    let uid = xr.uid().unwrap_or_default();
    let kind = GoldenPathApp::kind(&());
    let TypeMeta { api_version, kind: of_server } = TypeMeta::resource::<Deployment>();
    then(&Subject {
        kind: &kind,
        name: &identity.name,
        namespace: &identity.namespace,
        uid: &uid,
        object_meta: &object_meta,
        service: &identity.name,
        server: Some((&api_version, &of_server, &identity.name)),
    })
}

/// Whether there is any Ingress of the app, for whatever reason.
pub(super) fn has_any(observed: Observed<'_>) -> bool {
    observed.keys().iter().any(|key| gateway::INGRESS.member(key).is_some())
}

/// How the gateway passes requests on to the Service.
pub(super) fn of_service(spec: &AppSpec) -> Option<BTreeMap<String, String>> {
    let is_asked = spec.ingress.enabled && spec.kind == WorkloadKind::Web;
    is_asked.then(|| gateway::annotations(spec.ingress.traffic, spec.protocol.into()))
}
