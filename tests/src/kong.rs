//! Kong's own ingress controller, in front of a stand-in for Kong that keeps every configuration it is given.
//!
//! ```text
//! Ingress, KongPlugin, … ─► controller ── POST /config ─► Admin ─► Posted ─► judge ─► Verdict
//!                               └─ address ─► Ingress
//! ```
//!
//! What the controller posts is what Kong would serve from then on, so a test can prove that no configuration had a route
//! without what guards it. It is asked about its own version alone; no Kong runs.

mod admin;
mod configuration;
mod judge;
mod refusal;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use kube::Client;
use serde_json::json;

pub use admin::{Answer, Posted};
pub use configuration::{Configuration, Consumer, Object, Plugin, Route};
pub use judge::{Lapse, Span, Subject, Verdict, Wish, judge};
pub use refusal::{Entity, Refusal};

use crate::apiserver::ApiServer;
use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{Tools, objects, wait, workdir::Workdir};
use admin::Admin;

/// Where the controller says that the gateway listens.
pub const ADDRESS: &str = "192.0.2.10";
/// The controller's home.
const NAMESPACE: &str = "kong";
/// How often it gives Kong what has changed. By itself it would be every three seconds: this is more configurations, and
/// quicker stories.
const EVERY_SECONDS: &str = "0.5";
const LIMIT: Duration = Duration::from_mins(1);

/// The controller and what it posted.
pub struct Kong {
    /// The controller.
    pub controller: Process,
    admin: Admin,
    _ports: [Port; 2],
}

// === impl Kong ===

impl Kong {
    /// Starts the controller; its CRDs are there.
    pub(crate) async fn start(
        tools: &Tools,
        run: &Workdir,
        api: &ApiServer,
        client: &Client,
    ) -> Result<Self> {
        for object in [
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}),
            json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "kong"},
                "spec": {"controller": "ingress-controllers.konghq.com/kong"},
            }),
        ] {
            objects::apply(client, &serde_json::from_value(object)?, None).await?;
        }
        let admin = Admin::start(run).await?;
        let ports = [Port::reserve()?, Port::reserve()?];
        let [health, metrics] = &ports;
        let launch = Launch::new(tools.program("kong-ingress-controller"))
            .env("POD_NAME", "kong")
            .env("POD_NAMESPACE", NAMESPACE)
            .arg(format!("--kubeconfig={}", api.kubeconfig.display()))
            .arg(format!("--kong-admin-url={}", admin.url()))
            .arg(format!("--election-namespace={NAMESPACE}"))
            .arg(format!("--publish-status-address={ADDRESS}"))
            .arg(format!("--proxy-sync-seconds={EVERY_SECONDS}"))
            .arg(format!("--health-probe-bind-address={}", health.address()))
            .arg(format!("--metrics-bind-address={}", metrics.address()))
            .args(["--ingress-class=kong", "--anonymous-reports=false", "--admission-webhook-listen=off"]);
        let controller = Process::start_new("kong-ingress-controller", &run.logs(), launch)?;
        let ready = format!("{}/readyz", health.url());
        controller.until_ready(LIMIT, || wait::answers(&ready)).await?;
        Ok(Self { controller, admin, _ports: ports })
    }

    /// Everything that the controller has posted, the first one first.
    pub fn posted(&self) -> Vec<Arc<Posted>> {
        self.admin.posted()
    }

    /// What Kong serves: the latest configuration that was accepted.
    pub fn serves(&self) -> Option<Arc<Posted>> {
        self.admin.serves()
    }

    /// Waits until what Kong serves has something; the error tells what it has of a namespace.
    pub async fn until(
        &self,
        namespace: &str,
        what: &str,
        limit: Duration,
        holds: impl Fn(&Configuration) -> bool,
    ) -> Result<()> {
        let found = wait::until(what, limit, async || {
            Ok(self.serves().is_some_and(|posted| holds(&posted.configuration)).then_some(()))
        });
        found.await.with_context(|| {
            let serves = self.serves();
            let routes = serves.as_ref().map(|posted| posted.configuration.of_namespace(namespace));
            let refusals = match self.posted().last().map(|posted| &posted.answer) {
                Some(Answer::Refused(refusals)) => format!("; the latest is refused: {refusals:?}"),
                _ => String::new(),
            };
            format!("Kong serves {routes:#?}{refusals}")
        })
    }
}
