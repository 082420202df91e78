//! In which order a route and its plugins come and go.
//!
//! Of Kong's ingress controller it is relied on that an Ingress with an address proves that at some time it had an object
//! for every plugin that the Ingress names, for an Ingress of that name; and that it sees the events of Ingresses in
//! their order. Crossplane deletes what is desired no longer before it applies the rest, so nothing goes in the pass that
//! brings what takes its place.
//!
//! ```text
//! 1. plugins ──► probe of the plugins that guard ──► its address ──► Ingress ──► its address ──► the probe and
//!                                                                      every other Ingress go
//! 2. a plugin that is asked for no longer stays until no Ingress names it ──► probe made after that ──► its address
//!                                                                      ──► plugin and probe go
//! ```
//!
//! An address is of a name and not of an object, so no name is used for different facts: that of an Ingress stands for the
//! very plugins that guard it, and that of a probe after a plugin for the Service of the probes besides, which is made anew
//! whenever there are probes again. (Not for the XR's generation: Crossplane lists in its spec what is composed, so each new
//! probe would be another generation, and that another probe.)

use crate::composition::Gate;
use crate::names;
use crate::paths::gateway::plugins::guards;
use crate::paths::gateway::seen::{Seen, SeenIngress, SeenPlugin};

/// The member of an Ingress that nothing guards.
pub(super) const UNGUARDED: &str = "open";

/// What is to be there in the end.
#[derive(Clone, Debug)]
pub(super) struct Goal {
    /// Of the XR.
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) class: String,
    /// The types of the plugins.
    pub(super) plugins: Vec<String>,
    pub(super) wish: Wish,
}

/// What is wished of the route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// It is to be there.
    Open,
    /// It is to be there, and neither made nor changed before something else has happened.
    Held(String),
    /// It is not to be there.
    Closed,
}

/// What may be there in this pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// The Ingress that is asked for; none while it has no name, for want of its plugins.
    pub(super) ingress: Option<(String, Gate)>,
    /// Ingresses that are there and not asked for, and what they wait for before they go.
    pub(super) held_ingresses: Vec<(String, String)>,
    pub(super) probes: Vec<Probe>,
    /// Whether there are probes, or will be once their Service is there.
    pub(super) asks: bool,
    /// Plugins that are there and not asked for, and what they wait for before they go.
    pub(super) held_plugins: Vec<(String, String)>,
}

/// A question to the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Probe {
    pub(super) member: String,
    /// The types of the plugins that it names.
    pub(super) guards: Vec<String>,
}

// === impl Plan ===

impl Plan {
    pub(super) fn of(goal: &Goal, seen: &Seen) -> Self {
        let mut plan = Self::default();
        let guards = goal.guards(seen);
        if goal.wish != Wish::Closed {
            plan.bring(goal, seen, guards.as_deref());
        }
        plan.retire(goal, seen, guards.as_deref());
        plan
    }

    /// Brings the Ingress; guards are none while one of them is not there.
    fn bring(&mut self, goal: &Goal, seen: &Seen, guards: Option<&[Guard<'_>]>) {
        let Some(guards) = guards else {
            return self.hold(&seen.ingresses, "waiting for the plugins that guard its successor");
        };
        let member = goal.member(guards);
        let others = |ingress: &&SeenIngress| ingress.member != member;
        let is_served = seen.ingresses.iter().any(|ingress| ingress.member == member && ingress.is_served());
        if !is_served {
            let others: Vec<_> = seen.ingresses.iter().filter(others).cloned().collect();
            self.hold(&others, "waiting for the gateway to acknowledge its successor");
        }
        let is_acknowledged =
            guards.is_empty() || seen.probes.iter().any(|probe| probe.member == member && probe.is_served());
        if !is_served && !guards.is_empty() {
            self.ask(seen, guards, |_| member.clone());
        }
        let gate = match &goal.wish {
            Wish::Held(waiting_for) => Gate::HoldsChange(waiting_for.clone()),
            Wish::Open | Wish::Closed if is_acknowledged => Gate::Open,
            Wish::Open | Wish::Closed => {
                Gate::HoldsCreation("waiting for the gateway to acknowledge the plugins that guard it".into())
            }
        };
        self.ingress = Some((member, gate));
    }

    fn hold(&mut self, ingresses: &[SeenIngress], waiting_for: &str) {
        let held = ingresses.iter().map(|ingress| (ingress.member.clone(), waiting_for.to_owned()));
        self.held_ingresses.extend(held);
    }

    /// Lets go of plugins that are asked for no longer.
    fn retire(&mut self, goal: &Goal, seen: &Seen, guards: Option<&[Guard<'_>]>) {
        let retired = seen.plugins.iter().filter(|(r#type, _)| !goal.plugins.contains(r#type));
        let named_by = |r#type: &str| seen.ingresses.iter().find(|ingress| ingress.names(r#type));
        let (named, unnamed): (Vec<_>, Vec<_>) = retired.partition(|(r#type, _)| named_by(r#type).is_some());
        for (r#type, _) in named {
            let by = named_by(r#type).map(|ingress| ingress.name.as_str()).unwrap_or_default();
            self.held_plugins
                .push((r#type.clone(), format!("waiting for Ingress/{by} to name it no longer")));
        }
        let unnamed: Vec<_> = unnamed.into_iter().filter(|(r#type, _)| self::guards(r#type)).collect();
        if unnamed.is_empty() {
            return;
        }
        let member = |service: &str| goal.member_after(&unnamed, service);
        let now = seen.probe_service.as_deref().map(member);
        let is_forgotten =
            seen.probes.iter().any(|probe| now.as_deref() == Some(&probe.member) && probe.is_served());
        let held: Vec<_> = unnamed.iter().filter(|(_, plugin)| !is_forgotten || plugin.is_in_use).collect();
        if held.is_empty() {
            return;
        }
        let waiting_for = if is_forgotten {
            "waiting for its Usages to be gone"
        } else {
            "waiting for the gateway to forget the route that it guarded"
        };
        self.held_plugins.extend(held.iter().map(|(r#type, _)| ((*r#type).clone(), waiting_for.into())));
        if let Some(guards) = guards {
            self.ask(seen, guards, member);
        }
    }

    /// Asks the gateway about plugins that guard. A probe of a Service that is not there is never acknowledged.
    fn ask(&mut self, seen: &Seen, guards: &[Guard<'_>], member: impl Fn(&str) -> String) {
        self.asks = true;
        let service = seen.probe_service.as_deref();
        self.probes.extend(service.map(|service| Probe { member: member(service), guards: types(guards) }));
    }
}

/// A plugin that guards and is there, by type and uid.
type Guard<'a> = (&'a str, &'a str);

fn types(guards: &[Guard<'_>]) -> Vec<String> {
    guards.iter().map(|(r#type, _)| (*r#type).to_owned()).collect()
}

// === impl Goal ===

impl Goal {
    /// The plugins that guard, sorted; none unless all of them are there.
    fn guards<'a>(&'a self, seen: &'a Seen) -> Option<Vec<Guard<'a>>> {
        let guards = self.plugins.iter().filter(|r#type| guards(r#type));
        let found = guards.map(|r#type| {
            let plugin = seen.plugins.get(r#type).filter(|plugin| !plugin.is_leaving)?;
            Some((r#type.as_str(), plugin.uid.as_str()))
        });
        let mut found: Vec<_> = found.collect::<Option<_>>()?;
        found.sort_unstable();
        Some(found)
    }

    /// Stands for the very plugins that guard, and for the controller that is asked.
    fn member(&self, guards: &[Guard<'_>]) -> String {
        if guards.is_empty() {
            return UNGUARDED.to_owned();
        }
        let guards = guards.iter().flat_map(|(r#type, uid)| [*r#type, *uid]);
        let parts: Vec<_> = [self.namespace.as_str(), &self.class].into_iter().chain(guards).collect();
        names::digest(&parts)
    }

    /// Stands for plugins that are asked for no longer, as long as the probes have the same Service.
    fn member_after(&self, retired: &[(&String, &SeenPlugin)], service: &str) -> String {
        let uids = retired.iter().map(|(_, plugin)| plugin.uid.as_str());
        let parts: Vec<_> = ["after", &self.namespace, &self.name, service].into_iter().chain(uids).collect();
        names::digest(&parts)
    }
}
