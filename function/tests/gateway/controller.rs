//! Kong's ingress controller, as it was seen to work.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use crate::chance::Chance;
use crate::cluster::{Cluster, name};

/// The kinds that it watches, each in an order of its own.
const WATCHED: [&str; 3] = ["Ingress", "KongPlugin", "Service"];

#[derive(Default)]
pub(crate) struct Controller {
    /// What has happened and it has not seen yet, by kind.
    queues: BTreeMap<String, VecDeque<Event>>,
    /// What it knows, by kind and name.
    known: BTreeMap<(String, String), Value>,
    /// What it has acknowledged: names and generations.
    acknowledged: BTreeSet<(String, i64)>,
    /// The guards that each Ingress was made with, by uid. Of one that goes with its XR nothing is asked.
    asked: BTreeMap<String, Vec<String>>,
    /// Configurations that were given to Kong.
    pub(crate) judged: usize,
    /// Guarded routes in them.
    pub(crate) routes: usize,
    /// Those without what guards them.
    pub(crate) open: Vec<String>,
    /// Such routes whose plugin was made again under its name, while the controller still knew the one before: it had
    /// acknowledged the new one by the old one. Nothing that it says tells the two apart.
    pub(crate) mistaken: usize,
    /// The members of what it has acknowledged so.
    by_old_ones: BTreeSet<String>,
}

enum Event {
    There(Value),
    Gone(String),
}

// === impl Controller ===

impl Controller {
    pub(crate) fn there(&mut self, object: &Value) {
        self.hear(object, Event::There(object.clone()));
    }

    pub(crate) fn gone(&mut self, object: &Value) {
        self.hear(object, Event::Gone(name(object)));
    }

    fn hear(&mut self, object: &Value, event: Event) {
        let kind = object["kind"].as_str().unwrap();
        if WATCHED.contains(&kind) {
            self.queues.entry(kind.to_owned()).or_default().push_back(event);
        }
    }

    /// What a route has to have as long as it is given to Kong.
    pub(crate) fn expect(&mut self, uid: &str, guards: Vec<String>) {
        self.asked.entry(uid.to_owned()).or_insert(guards);
    }

    pub(crate) fn forgive(&mut self, uid: &str) {
        self.asked.remove(uid);
    }

    /// Whether it has a route that names a plugin, or is about to hear of one.
    pub(crate) fn routes_by(&self, plugin: &str) -> bool {
        let names = |object: &Value| named(object).iter().any(|name| name == plugin);
        let known = self.known.iter().any(|((kind, _), object)| kind == "Ingress" && names(object));
        let mut coming = self.queues.get("Ingress").into_iter().flatten();
        known || coming.any(|event| matches!(event, Event::There(object) if names(object)))
    }

    pub(crate) fn is_up_to_date(&self) -> bool {
        self.queues.values().all(VecDeque::is_empty)
    }

    /// Sees one thing that has happened, and serves an Ingress that it has acknowledged by its name before.
    pub(crate) fn sees(&mut self, cluster: &mut Cluster, chance: &mut Chance) {
        let waiting: Vec<_> =
            self.queues.iter().filter(|(_, queue)| !queue.is_empty()).map(|(kind, _)| kind.clone()).collect();
        if waiting.is_empty() {
            return;
        }
        let kind = waiting[chance.below(waiting.len())].clone();
        match self.queues.get_mut(&kind).unwrap().pop_front().unwrap() {
            Event::There(object) => drop(self.known.insert((kind, name(&object)), object)),
            Event::Gone(name) => drop(self.known.remove(&(kind, name))),
        }
        self.publish(cluster);
    }

    /// Gives Kong everything that it knows.
    pub(crate) fn pushes(&mut self, cluster: &mut Cluster) {
        let mut whole = BTreeSet::new();
        for ((kind, ingress), object) in &self.known {
            if kind != "Ingress" {
                continue;
            }
            let has = |kind: &str, name: &str| self.known.contains_key(&(kind.to_owned(), name.to_owned()));
            let named: Vec<_> = named(object);
            let rule = &object["spec"]["rules"][0];
            let backend = rule["http"]["paths"][0]["backend"]["service"]["name"].as_str().unwrap();
            if named.iter().all(|plugin| has("KongPlugin", plugin)) && has("Service", backend) {
                let known = named.iter().map(|plugin| &self.known[&("KongPlugin".into(), plugin.clone())]);
                if known.into_iter().any(|plugin| !cluster.has(plugin)) {
                    self.by_old_ones.insert(member(ingress));
                }
                whole.insert((ingress.clone(), object["metadata"]["generation"].as_i64().unwrap()));
            }
            let uid = object["metadata"]["uid"].as_str().unwrap();
            let Some(guards) = self.asked.get(uid).filter(|guards| !guards.is_empty()) else { continue };
            self.routes += 1;
            for guard in guards.iter().filter(|guard| !named.contains(guard) || !has("KongPlugin", guard)) {
                if self.by_old_ones.contains(&member(ingress)) {
                    self.mistaken += 1;
                    continue;
                }
                self.open.push(format!("configuration {} has {ingress} without {guard}", self.judged));
            }
        }
        self.judged += 1;
        self.acknowledged = whole;
        self.publish(cluster);
    }

    /// Writes its address on what it has acknowledged.
    fn publish(&self, cluster: &mut Cluster) {
        for ((kind, ingress), object) in self.known.iter().filter(|((kind, _), _)| kind == "Ingress") {
            let generation = object["metadata"]["generation"].as_i64().unwrap();
            if self.acknowledged.contains(&(ingress.clone(), generation)) {
                cluster.write_address(kind, ingress);
            }
        }
    }
}

/// What a probe and the Ingress after it have in common.
fn member(name: &str) -> String {
    name.trim_start_matches("shop").trim_start_matches("-probe").to_owned()
}

/// The names of the plugins of an Ingress.
fn named(object: &Value) -> Vec<String> {
    let named = object["metadata"]["annotations"]["konghq.com/plugins"].as_str().unwrap_or_default();
    named.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
