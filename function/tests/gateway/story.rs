//! What happens to an app and its route.

use std::collections::{BTreeMap, BTreeSet};

use function_sdk_rust::proto::v1::{Resource, RunFunctionRequest, Severity, State};
use function_sdk_rust::resource::{json_to_struct, struct_to_json};
use goldenpath_function::service::run;
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::cluster::{Cluster, name};
use crate::controller::Controller;

/// What happens to each app, besides the passes.
const EVENTS: usize = 12;
/// Plugins that a spec may ask for, and whether each guards.
const PLUGINS: [(&str, bool); 5] = [
    ("key-auth", true),
    ("rate-limiting", true),
    ("ip-restriction", true),
    ("jwt", true),
    ("http-log", false),
];

/// Who composes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Composer {
    Ours,
    /// The route and its plugins, whatever there is.
    AllAtOnce,
}

pub(crate) struct Story {
    chance: Chance,
    composer: Composer,
    cluster: Cluster,
    pub(crate) controller: Controller,
    xr: Value,
    told: Vec<String>,
}

// === impl Story ===

impl Story {
    pub(crate) fn new(chance: Chance, composer: Composer) -> Self {
        let mut cluster = Cluster::default();
        let uid = cluster.uid();
        let xr = json!({
            "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp",
            "metadata": {"name": "shop", "namespace": "payments", "uid": uid, "generation": 1},
            "spec": {"image": "registry.example/shop:v1", "ingress": {
                "enabled": true, "host": "shop.example.org", "plugins": [{"type": "key-auth"}],
            }},
        });
        Self { chance, composer, cluster, controller: Controller::default(), xr, told: Vec::new() }
    }

    pub(crate) fn told(&self) -> String {
        self.told.join("\n")
    }

    pub(crate) fn play(&mut self) {
        for _ in 0..EVENTS {
            match self.chance.below(10) {
                0..4 => self.changes(),
                4 => self.somebody_deletes("KongPlugin"),
                5 => self.somebody_deletes("Ingress"),
                6 if self.chance.one_in(3) => self.is_made_anew(),
                _ => {}
            }
            for _ in 0..=self.chance.below(4) {
                self.passes();
                self.time_goes_by();
            }
        }
    }

    /// Everybody is done, and everything is as the spec asks.
    pub(crate) fn ends_as_asked(&mut self) -> Result<(), String> {
        let mut before = None;
        for _ in 0..40 {
            self.passes();
            while !self.controller.is_up_to_date() {
                self.controller.sees(&mut self.cluster, &mut self.chance);
            }
            self.controller.pushes(&mut self.cluster);
            let now = Some(self.cluster.objects.clone());
            if before == now {
                break;
            }
            before = now;
        }
        let guards = self.guards();
        let names = |kind: &str| self.cluster.of_kind(kind).into_iter().map(name).collect::<BTreeSet<_>>();
        let ingresses = self.cluster.of_kind("Ingress");
        let expected = usize::from(self.is_asked_for());
        if ingresses.len() != expected {
            return Err(format!("{:?}, and {expected} is asked for", names("Ingress")));
        }
        let plugins: BTreeSet<_> = self.plugins().into_iter().collect();
        if names("KongPlugin") != plugins {
            return Err(format!("{:?}, and {plugins:?} are asked for", names("KongPlugin")));
        }
        for ingress in ingresses {
            let guarded_by =
                ingress["metadata"]["annotations"]["konghq.com/plugins"].as_str().unwrap_or_default();
            let all = guards.iter().all(|guard| guarded_by.split(',').any(|name| name == guard));
            if !all || ingress["status"]["loadBalancer"].is_null() {
                return Err(format!("{ingress}"));
            }
        }
        let usages = names("Usage").into_iter().filter(|usage| usage.contains(".guard-")).count();
        if usages != guards.len() * expected {
            return Err(format!("{:?}", names("Usage")));
        }
        Ok(())
    }

    fn is_asked_for(&self) -> bool {
        self.xr["spec"]["ingress"]["enabled"] == true && self.xr["spec"]["kind"] != "Worker"
    }

    /// The names of the plugins that are asked for.
    fn plugins(&self) -> Vec<String> {
        let listed = self.xr["spec"]["ingress"]["plugins"].as_array().into_iter().flatten();
        let types = listed.filter(|_| self.is_asked_for()).map(|plugin| plugin["type"].as_str().unwrap());
        types.map(|r#type| format!("shop-{type}")).collect()
    }

    fn guards(&self) -> Vec<String> {
        let is_guard = |name: &String| {
            let plugin = PLUGINS.iter().find(|(r#type, _)| name.strip_prefix("shop-") == Some(r#type));
            plugin.is_some_and(|(_, guards)| *guards)
        };
        self.plugins().into_iter().filter(is_guard).collect()
    }

    fn changes(&mut self) {
        let ingress = match self.chance.below(8) {
            0 => json!({"enabled": false}),
            1 => {
                let was = self.xr["spec"]["kind"] == "Worker";
                self.xr["spec"]["kind"] = json!(if was { "Web" } else { "Worker" });
                self.xr["spec"]["ingress"].clone()
            }
            2 => {
                let mut ingress = self.xr["spec"]["ingress"].clone();
                ingress["host"] = json!(format!("shop-{}.example.org", self.chance.below(3)));
                ingress
            }
            _ => {
                let chance = &mut self.chance;
                let picked = PLUGINS.iter().filter(|_| chance.one_in(2));
                let picked: Vec<_> = picked.map(|(r#type, _)| json!({"type": r#type})).collect();
                json!({"enabled": true, "host": "shop.example.org", "plugins": picked})
            }
        };
        self.xr["spec"]["ingress"] = ingress;
        self.is_written();
        self.told.push(format!("spec {}", self.xr["spec"]));
    }

    fn is_written(&mut self) {
        let generation = self.xr["metadata"]["generation"].as_i64().unwrap();
        self.xr["metadata"]["generation"] = json!(generation + 1);
    }

    fn somebody_deletes(&mut self, kind: &str) {
        let keys = self.cluster.objects.iter().filter(|(_, object)| object["kind"] == kind);
        let keys: Vec<_> = keys.map(|(key, _)| key.clone()).collect();
        if keys.is_empty() {
            return;
        }
        let key = &keys[self.chance.below(keys.len())];
        // Before its Usage is there, and once that has gone with its Ingress and the controller does not know, somebody who
        // deletes a plugin opens the route.
        let object = &self.cluster.objects[key];
        if kind == "KongPlugin" && self.controller.routes_by(&name(object)) {
            return;
        }
        self.deletes(key);
    }

    fn deletes(&mut self, key: &str) -> bool {
        let Some(object) = self.cluster.delete(key) else { return false };
        self.told.push(format!("deleted {key}"));
        self.controller.gone(&object);
        true
    }

    /// The XR and everything of it goes, in any order that its Usages let it, and it is made again.
    fn is_made_anew(&mut self) {
        for ingress in self.cluster.of_kind("Ingress") {
            self.controller.forgive(ingress["metadata"]["uid"].as_str().unwrap());
        }
        self.told.push("the XR is made anew".into());
        while !self.cluster.objects.is_empty() {
            let keys = self.chance.shuffled(self.cluster.objects.keys().cloned().collect::<Vec<_>>());
            for key in keys {
                // A Usage goes after what uses.
                let by = self.cluster.objects[&key]["spec"]["by"]["resourceRef"]["name"].clone();
                if self.cluster.of_kind("Ingress").iter().all(|ingress| ingress["metadata"]["name"] != by) {
                    self.deletes(&key);
                }
                self.maybe_sees();
            }
        }
        let uid = self.cluster.uid();
        self.xr["metadata"]["uid"] = json!(uid);
        self.xr["metadata"]["generation"] = json!(1);
        self.xr.as_object_mut().unwrap().remove("status");
    }

    fn time_goes_by(&mut self) {
        for _ in 0..self.chance.below(10) {
            self.maybe_sees();
        }
    }

    fn maybe_sees(&mut self) {
        match self.chance.below(6) {
            0 => self.controller.pushes(&mut self.cluster),
            1 | 2 => self.controller.sees(&mut self.cluster, &mut self.chance),
            _ => {}
        }
    }

    /// One pass of Crossplane: what is desired no longer goes, then the rest is applied.
    fn passes(&mut self) {
        let desired = match self.composer {
            Composer::Ours => self.composed(),
            Composer::AllAtOnce => self.all_at_once(),
        };
        let gone: Vec<_> = self
            .cluster
            .objects
            .keys()
            .filter(|key| !desired.iter().any(|(other, _)| other == *key))
            .cloned()
            .collect();
        for key in self.chance.shuffled(gone) {
            assert!(self.deletes(&key), "{key} is in use\n{}", self.told());
            self.maybe_sees();
        }
        // Crossplane lists in the XR's spec what is composed.
        if !desired.iter().all(|(key, _)| self.cluster.objects.contains_key(key)) {
            self.is_written();
        }
        let guards = self.guards();
        for (key, object) in self.chance.shuffled(desired) {
            let (object, is_new) = self.cluster.apply(&key, &object);
            if is_new {
                self.told.push(format!("made {key} {}", object["metadata"]["annotations"]));
            }
            let host = object["spec"]["rules"][0]["host"].as_str().unwrap_or_default();
            if is_new && object["kind"] == "Ingress" && !host.ends_with(".invalid") {
                self.controller.expect(object["metadata"]["uid"].as_str().unwrap(), guards.clone());
            }
            self.controller.there(&object);
            self.maybe_sees();
        }
    }

    fn composed(&mut self) -> Vec<(String, Value)> {
        let resource = |object: &Value| Resource {
            resource: object.as_object().map(json_to_struct),
            ..Resource::default()
        };
        let input = json!({
            "apiVersion": "function.goldenpath.io/v1alpha1", "kind": "Platform",
            "region": "eu-central-1", "environment": "dev",
            "ingress": {"plugins": PLUGINS.iter().map(|(r#type, _)| r#type).collect::<Vec<_>>()},
        });
        let observed = self.cluster.objects.iter().map(|(key, object)| (key.clone(), resource(object)));
        let response = run(&RunFunctionRequest {
            observed: Some(State { composite: Some(resource(&self.xr)), resources: observed.collect() }),
            input: input.as_object().map(json_to_struct),
            ..RunFunctionRequest::default()
        });
        let fatal = response.results.iter().find(|result| result.severity() == Severity::Fatal);
        assert_eq!(fatal, None, "{}", self.told());
        let state = response.desired.unwrap();
        let json = |resource: Resource| struct_to_json(&resource.resource.unwrap_or_default());
        self.xr["status"] = json(state.composite.unwrap())["status"].clone();
        let all = state.resources.into_iter().map(|(key, resource)| (key, json(resource)));
        // The protocol has them in no order, and the same chance is to give the same story.
        all.collect::<BTreeMap<_, _>>().into_iter().collect()
    }

    fn all_at_once(&self) -> Vec<(String, Value)> {
        let plugins = self.plugins();
        let ingress = self.is_asked_for().then(|| {
            let service = json!({"name": "shop", "port": {"number": 8080}});
            let path = json!({"path": "/", "pathType": "Prefix", "backend": {"service": service}});
            let host = &self.xr["spec"]["ingress"]["host"];
            let object = json!({
                "kind": "Ingress",
                "metadata": {"name": "shop", "annotations": {"konghq.com/plugins": plugins.join(",")}},
                "spec": {"rules": [{"host": host, "http": {"paths": [path]}}]},
            });
            ("ingress".to_owned(), object)
        });
        let plugin =
            |name: &String| (name.clone(), json!({"kind": "KongPlugin", "metadata": {"name": name}}));
        plugins.iter().map(plugin).chain(ingress).collect()
    }
}
