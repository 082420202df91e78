//! Routes through Kong, of whatever golden path asks for one: no golden path itself.
//!
//! ```text
//! Asked    what a spec says               ──► Route     what of it the platform allows
//! Observed what there is                  ──► Plan      what may be there in this pass (`order`)
//! Route, Plan                             ──► children  plugins, consumers, probes, Ingress, Usages
//! ```
//!
//! Kong's ingress controller serves a route whose plugin is not there without that plugin. So a route is never given to it
//! before it has acknowledged the plugins that guard it, and no such plugin goes before the route is forgotten.

pub mod api;
mod conflict;
mod consumers;
mod ingress;
mod order;
mod plugins;
mod report;
mod route;
mod seen;
mod service;
mod usages;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::composition::Composition;
use crate::keys::Family;
use crate::observed::Observed;
use crate::platform::Platform;
use crate::problems::Problem;
use conflict::HostState;
pub(in crate::paths) use consumers::secret_names;
use order::{Goal, Plan, Wish};
pub(in crate::paths) use report::{INGRESS_READY, Report, guards_of};
pub(in crate::paths) use route::{Asked, Backend, Matching, Route, Speech};
use seen::Seen;
pub(in crate::paths) use service::annotations;

/// Keys of the `KongPlugin`s, by their types.
pub const PLUGIN: Family = Family::new("kong-plugin");
/// Key of the `Service` of the probes, behind which nothing is.
pub const PROBE_SERVICE: &str = "service-of-probes";
/// Keys of the probes: Ingresses that ask the gateway what it knows.
pub const PROBE: Family = Family::new("probe");
/// Keys of the Ingresses, of which there is one but while one takes the place of another.
pub const INGRESS: Family = Family::new("ingress");
/// Keys of the `KongConsumer`s.
pub const CONSUMER: Family = Family::new("consumer");
/// Keys of the `ExternalSecret`s with the API keys of consumers.
pub const CONSUMER_KEY: Family = Family::new("key-of-consumer");
/// Keys of the Secrets with the groups of consumers.
pub const CONSUMER_ACL: Family = Family::new("acl-of-consumer");
/// Keys of the `Usage`s of plugins by Ingresses.
pub const USAGE_GUARD: Family = Family::new("usage-guard");
/// Keys of the `Usage`s of what serves by Ingresses.
pub const USAGE_DRAIN: Family = Family::new("usage-drain");

/// The annotation that names the plugins of a route.
const PLUGINS: &str = "konghq.com/plugins";

/// The XR that a route is of.
#[derive(Clone, Copy)]
pub(in crate::paths) struct Subject<'a> {
    pub(in crate::paths) kind: &'a str,
    pub(in crate::paths) name: &'a str,
    pub(in crate::paths) namespace: &'a str,
    pub(in crate::paths) uid: &'a str,
    /// The metadata of its objects, by their names.
    pub(in crate::paths) object_meta: &'a dyn Fn(String) -> ObjectMeta,
    /// The name of the Service that its route leads to.
    pub(in crate::paths) service: &'a str,
    /// What serves the requests, by type and name; it is let go after the route.
    pub(in crate::paths) server: Option<(&'a str, &'a str, &'a str)>,
}

/// Everything of a route that is asked for, or what is left of one that is not.
pub(in crate::paths) fn compose<P>(
    composition: Composition,
    subject: &Subject<'_>,
    route: Option<&Route<'_>>,
    platform: &Platform<P>,
    observed: Observed<'_>,
) -> Composition {
    let seen = Seen::of(subject.name, observed);
    let host = route.map(|route| HostState::of(subject, route.asked.host, route.asked.path, observed));
    let goal = goal(subject, route, host.as_ref(), platform, observed);
    let plan = Plan::of(&goal, &seen);
    let class = &goal.class;
    let composition = plugins_of(composition, subject, route, &plan);
    let composition = probes_of(composition, subject, class, &plan, &seen);
    let composition = ingresses_of(composition, subject, route, &plan);
    let composition = consumers::compose(composition, subject, route, platform);
    let composition = usages::compose(composition, subject, &seen, observed);
    let problems = host.as_ref().zip(route).and_then(|(host, route)| host.problem(&route.asked));
    let open = route.filter(|_| seen.is_served()).and_then(anybody_may_call);
    composition
        .requiring(
            route.filter(|_| observed.can_look_up()).map(|route| conflict::lookup(route.asked.host.as_ref())),
        )
        .with_problems(problems.into_iter().chain(open))
}

fn goal<P>(
    subject: &Subject<'_>,
    route: Option<&Route<'_>>,
    host: Option<&HostState>,
    platform: &Platform<P>,
    observed: Observed<'_>,
) -> Goal {
    let usual = || platform.ingress.class_name.as_ref().to_owned();
    let wish = match (route, host) {
        (None, _) | (_, None | Some(HostState::Taken(_))) => Wish::Closed,
        (Some(_), Some(HostState::Unknown)) => Wish::Held("waiting for who has the host".into()),
        (Some(route), Some(HostState::Free)) if !observed.contains(route.asked.backend.key) => {
            Wish::Held(format!("waiting for Service/{}", subject.service))
        }
        (Some(_), Some(HostState::Free)) => Wish::Open,
    };
    let named = route.iter().flat_map(|route| &route.plugins).map(|plugin| plugin.r#type.as_ref());
    Goal {
        name: subject.name.to_owned(),
        namespace: subject.namespace.to_owned(),
        class: route.map_or_else(usual, |route| route.class.clone()),
        plugins: named.map(str::to_owned).collect(),
        wish,
    }
}

fn plugins_of(
    composition: Composition,
    subject: &Subject<'_>,
    route: Option<&Route<'_>>,
    plan: &Plan,
) -> Composition {
    let plugins = route.iter().flat_map(|route| &route.plugins).map(|plugin| {
        let name = plugin.r#type.as_ref();
        (name, plugin.object((subject.object_meta)(plugin_name(subject.name, name))))
    });
    let composition = composition.with_each(PLUGIN, plugins);
    plan.held_plugins.iter().fold(composition, |composition, (name, waiting_for)| {
        composition.holding(PLUGIN.key(name), waiting_for.clone())
    })
}

fn probes_of(
    composition: Composition,
    subject: &Subject<'_>,
    class: &str,
    plan: &Plan,
    seen: &Seen,
) -> Composition {
    let service = plan.asks.then(|| service::of_probes(subject));
    let composition = if service.is_none() && !seen.probes.is_empty() {
        composition.holding(PROBE_SERVICE, "waiting for the last probe to be gone")
    } else {
        composition.with_optional(PROBE_SERVICE, service.as_ref())
    };
    let probes = plan.probes.iter().map(|probe| (&probe.member, ingress::probe(subject, class, probe)));
    composition.with_each(PROBE, probes)
}

fn ingresses_of(
    composition: Composition,
    subject: &Subject<'_>,
    route: Option<&Route<'_>>,
    plan: &Plan,
) -> Composition {
    let planned = route.zip(plan.ingress.as_ref());
    let planned = planned
        .map(|(route, (member, gate))| (member, gate.clone(), ingress::ingress(subject, route, member)));
    let composition = composition.with_each_gated(INGRESS, planned);
    plan.held_ingresses.iter().fold(composition, |composition, (member, waiting_for)| {
        composition.holding(INGRESS.key(member), waiting_for.clone())
    })
}

/// The name of the plugin of a type.
fn plugin_name(name: &str, r#type: &str) -> String {
    format!("{name}-{type}")
}

/// An API key, or whatever else proves who calls, is good for every route of a gateway that asks for one.
fn anybody_may_call(route: &Route<'_>) -> Option<Problem> {
    let asks = route.guards().find(|name| plugins::asks_who_calls(name))?;
    let picks = route.guards().any(|name| name == plugins::ACL);
    let at = format!("{}.consumers", route.asked.at);
    (!picks).then(|| {
        let message = format!("{asks} lets in every consumer that the gateway has, of whatever team");
        Problem::warning("NoConsumers", message)
            .at(&at)
            .remedy(format!("list in {at} who may call, or add the plugin acl"))
    })
}
