//! An XR with a route, what is asked of it, and what Kong's controller makes of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use goldenpath_tests::kong::{Configuration, Kong, Posted, Route, Subject, Verdict, judge};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

/// How long anything of a route may take on a busy machine. Each step of it waits for the controller's next configuration.
pub(crate) const LIMIT: Duration = Duration::from_mins(2);

/// What kind of XR it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// A `GoldenPathApp`.
    App,
    /// An `IngressRequest` for a Service of one's own.
    Request,
}

/// One XR with a route.
pub(crate) struct Shop<'a> {
    pub(crate) plane: &'a ControlPlane,
    pub(crate) door: Door,
    pub(crate) subject: Subject,
    host: String,
    /// The plugins, as the spec lists them.
    plugins: Value,
    /// Whether a route is asked for.
    is_open: bool,
    /// The kind of app; one that serves nothing has no route.
    app: &'static str,
    /// Of the XR, when it was last applied.
    generation: Option<i64>,
}

/// The name of the Service that requests lead to.
const SERVICE: &str = "backend";

// === impl Shop ===

impl<'a> Shop<'a> {
    /// Applies an XR that asks for a route with these plugins.
    pub(crate) async fn open(
        plane: &'a ControlPlane,
        door: Door,
        (namespace, name): (&str, &str),
        plugins: Value,
    ) -> Result<Self> {
        let mut shop = Self {
            plane,
            door,
            subject: Subject::new(namespace, name),
            host: format!("{name}.{namespace}.example.org"),
            plugins,
            is_open: true,
            app: "Web",
            generation: None,
        };
        if door == Door::Request {
            plane.apply(&service().to_string(), namespace).await?;
        }
        shop.make().await?;
        Ok(shop)
    }

    /// Its namespace and its name.
    pub(crate) fn place(&self) -> (&str, &str) {
        (&self.subject.namespace, &self.subject.name)
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Applies it as it is asked for by now.
    pub(crate) async fn make(&mut self) -> Result<()> {
        self.wishes();
        let (namespace, name) = self.place();
        let applied = self.plane.apply(&self.xr(name).to_string(), namespace).await?;
        self.generation = applied.first().and_then(|xr| xr.metadata.generation);
        Ok(())
    }

    /// Asks for other plugins.
    pub(crate) async fn asks_for(&mut self, plugins: Value) -> Result<()> {
        self.plugins = plugins;
        self.is_open = true;
        self.make().await
    }

    /// Asks for another host.
    pub(crate) async fn moves_to(&mut self, host: &str) -> Result<()> {
        host.clone_into(&mut self.host);
        self.is_open = true;
        self.make().await
    }

    /// Is another kind of app.
    pub(crate) async fn becomes(&mut self, app: &'static str, is_open: bool) -> Result<()> {
        (self.app, self.is_open) = (app, is_open);
        self.make().await
    }

    /// Asks for no route; of an app only, for a request is one.
    pub(crate) async fn closes(&mut self) -> Result<()> {
        ensure!(self.door == Door::App, "a request is a route");
        self.is_open = false;
        self.make().await
    }

    /// Changes the XR, and nothing that is asked of its route.
    pub(crate) async fn change(&self, patch: &Value) -> Result<DynamicObject> {
        let (namespace, name) = self.place();
        objects::merge(self.plane.client(), &self.kind(), namespace, name, patch).await
    }

    /// Waits until Kong serves what is asked for and nothing else, and nothing is there that was made for something else.
    /// From then on only that is good.
    pub(crate) async fn settles(&mut self) -> Result<()> {
        self.is_as_asked().await?;
        let (kong, namespace) = (self.plane.kong()?, &self.subject.namespace);
        let what = format!("Kong serves {} of {:?} with {}", self.host, self.place(), self.plugins);
        kong.until(namespace, &what, LIMIT, |configuration| self.is_served_by(configuration)).await?;
        self.subject.settle();
        Ok(())
    }

    /// Deletes it, and waits until it has gone.
    pub(crate) async fn leaves(&mut self) -> Result<()> {
        self.lets_go().await?;
        let (namespace, name) = self.place();
        self.plane.delete(&self.kind(), namespace, name).await?;
        // Whatever a last pass has made.
        self.lets_go().await?;
        let (namespace, name) = self.place();
        self.plane.until_gone(self.kind(), namespace, name, LIMIT).await
    }

    /// Waits until nothing of a route is left, in Kubernetes or in Kong.
    pub(crate) async fn is_forgotten(&mut self) -> Result<()> {
        self.is_open = false;
        self.settles().await
    }

    pub(crate) fn kind(&self) -> ApiResource {
        match self.door {
            Door::App => kinds::app(),
            Door::Request => kinds::ingress_request(),
        }
    }

    /// The types of the plugins that are asked for.
    pub(crate) fn types(&self) -> BTreeSet<&str> {
        let listed = self.plugins.as_array().into_iter().flatten().filter(|_| self.is_open);
        listed.filter_map(|plugin| plugin["type"].as_str()).collect()
    }

    /// What is there of a kind that is its own.
    pub(crate) async fn own(&self, kind: &ApiResource) -> Result<Vec<DynamicObject>> {
        let (namespace, name) = self.place();
        let all = objects::list(self.plane.client(), kind, namespace).await?;
        let is_own = |object: &DynamicObject| {
            let owners = object.metadata.owner_references.iter().flatten();
            owners.into_iter().any(|owner| owner.kind == self.kind().kind && owner.name == name)
        };
        Ok(all.into_iter().filter(is_own).collect())
    }

    /// Its Ingresses go with it.
    async fn lets_go(&mut self) -> Result<()> {
        let uids = self.own(&kinds::ingress()).await?.into_iter().filter_map(|ingress| ingress.metadata.uid);
        self.subject.left.extend(uids);
        Ok(())
    }

    /// Every plugin that a platform allows guards. What is closed is not to be open on its way.
    fn wishes(&mut self) {
        if self.is_open {
            let guards: Vec<_> = self.types().into_iter().map(str::to_owned).collect();
            self.subject.wish(guards);
        }
    }

    fn xr(&self, name: &str) -> Value {
        let (host, plugins) = (&self.host, &self.plugins);
        match self.door {
            Door::App => json!({
                "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": name},
                "spec": {
                    "kind": self.app, "image": "registry.example/shop:v1", "availability": {"podDisruptionBudget": "Disabled"},
                    "ingress": {"enabled": self.is_open, "host": host, "plugins": plugins},
                },
            }),
            Door::Request => json!({
                "apiVersion": "goldenpath.io/v1alpha1", "kind": "IngressRequest", "metadata": {"name": name},
                "spec": {"host": host, "service": {"name": SERVICE, "port": 80}, "plugins": plugins},
            }),
        }
    }

    /// Waits until Kubernetes has exactly what is asked for, and no pass of what was asked before may still change it.
    async fn is_as_asked(&self) -> Result<()> {
        let (_, name) = self.place();
        let plugins: BTreeSet<_> = self.types().into_iter().map(|r#type| format!("{name}-{type}")).collect();
        let mut last = Value::Null;
        let found = wait::until("exactly what is asked for is there", LIMIT, async || {
            if !self.is_seen().await? {
                return Ok(None);
            }
            let ingresses = self.own(&kinds::ingress()).await?;
            let there = names(&self.own(&kinds::kong_plugin()).await?);
            let usages = names(&self.own(&kinds::usage()).await?);
            let guarded = usages.iter().filter(|usage| usage.contains(".guard-")).count();
            last = json!({"plugins": there, "ingresses": names(&ingresses), "usages": usages});
            let is_served = match &ingresses[..] {
                [] => !self.is_open,
                [ingress] => self.is_open && !ingress.data["status"]["loadBalancer"]["ingress"].is_null(),
                _ => false,
            };
            Ok((is_served && there == plugins && guarded == plugins.len()).then_some(()))
        });
        let found = found.await;
        let (namespace, name) = self.place();
        let xr = objects::get(self.plane.client(), &self.kind(), namespace, name).await?;
        let status = xr.map(|xr| xr.data["status"].clone());
        found.with_context(|| {
            format!("{namespace}/{name} asks for {plugins:?}, and there are {last:#}: {status:#?}")
        })
    }

    /// Whether a pass has begun since it was last applied; of an XR that is gone there is none.
    async fn is_seen(&self) -> Result<bool> {
        let (namespace, name) = self.place();
        let xr = objects::get(self.plane.client(), &self.kind(), namespace, name).await?;
        Ok(xr.is_none_or(|xr| xr.data["status"]["observedGeneration"].as_i64() >= self.generation))
    }

    /// Whether a configuration has exactly the route that is asked for.
    fn is_served_by(&self, configuration: &Configuration) -> bool {
        let own: Vec<&Route> = configuration
            .routes
            .iter()
            .filter(|route| self.subject.has(route) && !route.is_probe())
            .collect();
        let is_asked = |route: &&Route| route.hosts == [self.host.clone()] && route.passes() == self.types();
        own.len() == usize::from(self.is_open) && own.iter().all(is_asked)
    }
}

/// Judges everything that was posted, says how much it was, and ends in an error where a route was open.
pub(crate) fn judged(kong: &Kong, story: &str, subjects: &[Subject], since: usize) -> Result<Verdict> {
    let posted: Vec<Arc<Posted>> = kong.posted().split_off(since);
    let verdict = judge(&posted, subjects);
    eprintln!(
        "{story}: {} configurations with {} guarded routes, {} open; not to be helped: {:?}; {} configurations were refused",
        verdict.configurations,
        verdict.routes,
        verdict.open.len(),
        verdict.lapsed,
        verdict.refused
    );
    if !verdict.open.is_empty() {
        bail!("{} open:\n{}", verdict.open.len(), verdict.open.join("\n"));
    }
    Ok(verdict)
}

/// What a request leads to: a Service of one's own. The pods are nobody's business here.
fn service() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": SERVICE},
        "spec": {"selector": {"app": SERVICE}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
    })
}

fn names(objects: &[DynamicObject]) -> BTreeSet<String> {
    objects.iter().filter_map(|object| object.metadata.name.clone()).collect()
}
