//! What there is to say of a route: whether it is served, and where.

use crate::condition::{Condition, ConditionKind, Event};
use crate::kinds::ingress;
use crate::observed::Observed;
use crate::paths::gateway::api::{Consumer, Host, Plugin, RoutePath, Tls};
use crate::paths::gateway::conflict::{Holder, HostState};
use crate::paths::gateway::plugins::{self, guards};
use crate::paths::gateway::seen::{Seen, SeenIngress};
use crate::paths::gateway::{INGRESS, Subject};

/// The gateway has taken the route up, with every plugin that guards it.
pub(in crate::paths) const INGRESS_READY: ConditionKind =
    ConditionKind { name: "IngressReady", counts_for_ready: true, event: Event::BothWays };

/// What there is to say of a route that is asked for.
#[derive(Debug)]
pub(in crate::paths) struct Report {
    pub(in crate::paths) condition: Condition,
    /// Once it is served.
    pub(in crate::paths) url: Option<String>,
    /// Where the gateway listens.
    pub(in crate::paths) address: Option<String>,
    /// The plugins that guard it, as the gateway has acknowledged them.
    pub(in crate::paths) guards: Option<String>,
    pub(in crate::paths) conflict: Option<Holder>,
}

/// The types of the plugins that guard a route, sorted.
pub(in crate::paths) fn guards_of(plugins: &[Plugin], consumers: &[Consumer]) -> Vec<String> {
    let acl = (!consumers.is_empty()).then_some(plugins::ACL);
    let types = plugins.iter().map(|plugin| plugin.r#type.as_ref()).chain(acl);
    let mut guarding: Vec<_> = types.filter(|name| guards(name)).map(str::to_owned).collect();
    guarding.sort();
    guarding.dedup();
    guarding
}

// === impl Report ===

impl Report {
    pub(in crate::paths) fn of(
        subject: &Subject<'_>,
        (host, path, tls): (&Host, &RoutePath, &Tls),
        guards: &[String],
        observed: Observed<'_>,
    ) -> Self {
        let seen = Seen::of(subject.name, observed);
        let conflict = match HostState::of(subject, host, path, observed) {
            HostState::Taken(holder) => Some(holder),
            HostState::Free | HostState::Unknown => None,
        };
        let is_guarded = |ingress: &&SeenIngress| guarding(ingress) == guards;
        let served = seen.ingresses.iter().filter(|ingress| ingress.is_served());
        let best = served.clone().find(is_guarded).or_else(|| served.clone().next());
        let condition = match best.filter(is_guarded) {
            Some(_) if conflict.is_none() => Condition::holds(INGRESS_READY, "Programmed")
                .saying("the gateway has taken up the route and its plugins"),
            _ => waiting(&seen, guards, conflict.as_ref()),
        };
        let scheme = if tls.enabled { "https" } else { "http" };
        let below = path.normalized().trim_end_matches('/');
        let object = best.and_then(|ingress| observed.object(&INGRESS.key(&ingress.member)));
        Self {
            condition,
            url: best.map(|_| format!("{scheme}://{}{below}", host.as_ref())),
            address: object.and_then(ingress::address),
            guards: best.map(|ingress| guarding(ingress).join(",")).filter(|guards| !guards.is_empty()),
            conflict,
        }
    }
}

fn guarding(ingress: &SeenIngress) -> Vec<String> {
    let mut guarding: Vec<_> = ingress.plugins.iter().filter(|name| guards(name)).cloned().collect();
    guarding.sort();
    guarding
}

fn waiting(seen: &Seen, guards: &[String], conflict: Option<&Holder>) -> Condition {
    let is = INGRESS_READY;
    let missing: Vec<_> =
        guards.iter().filter(|guard| !seen.plugins.contains_key(*guard)).map(String::as_str).collect();
    if let Some(Holder { kind, namespace, name }) = conflict {
        Condition::fails(is, "HostConflict", format!("{kind} {namespace}/{name} has the host and path"))
    } else if !missing.is_empty() {
        let message = format!("nothing is served before its plugins are there: {}", missing.join(", "));
        Condition::fails(is, "WaitingForPlugins", message)
    } else if seen.ingresses.is_empty() && !guards.is_empty() {
        let message = "the gateway has not acknowledged the plugins of the route yet, and without them nothing is served; \
                       if that lasts, Kong's ingress controller publishes no address (--publish-service, \
                       --publish-status-address) or is refused another plugin";
        Condition::fails(is, "WaitingForGateway", message)
    } else {
        Condition::fails(is, "NoAddress", "the gateway has not acknowledged the route yet")
    }
}
