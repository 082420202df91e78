//! The machine under the node: kwok says that Pods run, and here they do. Each Pod of Crossplane's packages is one process
//! in nothing but its image, as the image's user, with the Pod's environment and its Secrets.
//!
//! One thing is not as in a cluster: all Pods share one address, so each is told to listen on ports of its own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Api, Client, ResourceExt};
use tokio::task::JoinHandle;

use super::services::Services;
use crate::apiserver::ApiServer;
use crate::names::CROSSPLANE as NAMESPACE;
use crate::{Tools, workdir::Workdir};
use container::{Container, Host};

mod container;

/// How often the Pods are looked at.
const INTERVAL: Duration = Duration::from_millis(200);
/// Crossplane's label of a function's Pods.
const FUNCTION: &str = "pkg.crossplane.io/function";

type Running = Arc<Mutex<Floor>>;

/// What runs, by the names of the Pods, and what could not be started.
#[derive(Debug, Default)]
struct Floor {
    containers: BTreeMap<String, Container>,
    trouble: Option<String>,
}

#[derive(Debug)]
pub(super) struct Machine {
    working: JoinHandle<()>,
    floor: Running,
}

// === impl Machine ===

impl Machine {
    pub(super) fn start(
        tools: &Tools,
        run: &Workdir,
        api: &ApiServer,
        client: &Client,
        services: Services,
    ) -> Self {
        let host = Host::new(tools, run, api, client);
        let (pods, floor) = (Api::<Pod>::namespaced(client.clone(), NAMESPACE), Running::default());
        let shared = Arc::clone(&floor);
        let working = tokio::spawn(async move {
            loop {
                if let Err(error) = work(&host, &pods, &shared, &services).await {
                    lock(&shared).trouble = Some(format!("{error:#}"));
                }
                tokio::time::sleep(INTERVAL).await;
            }
        });
        Self { working, floor }
    }

    /// For a person: what could not be started, and the last lines of each process.
    pub(super) fn tell(&self) -> String {
        let floor = lock(&self.floor);
        let trouble = floor.trouble.as_ref().map(|trouble| format!("--- the machine: {trouble}\n"));
        let tails = floor.containers.values().map(Container::tell);
        trouble.into_iter().chain(tails).collect()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.working.abort();
    }
}

/// Starts what is new, ends what is gone, and starts again what has ended, as a kubelet does.
async fn work(host: &Host, pods: &Api<Pod>, floor: &Running, services: &Services) -> Result<()> {
    let all = pods.list(&ListParams::default()).await.context("cannot list the Pods")?.items;
    let wanted = all.into_iter().filter(|pod| {
        let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
        phase == Some("Running") && pod.metadata.deletion_timestamp.is_none()
    });
    let wanted: BTreeMap<String, Pod> = wanted.map(|pod| (pod.name_any(), pod)).collect();
    lock(floor).containers.retain(|name, _| wanted.contains_key(name));
    for (name, pod) in &wanted {
        let is_there = lock(floor).containers.get(name).map(Container::keep).transpose()?.is_some();
        if !is_there {
            let container = host.start(pod).await.with_context(|| format!("cannot start Pod {name}"))?;
            lock(floor).containers.insert(name.clone(), container);
        }
    }
    let mut endpoints: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, container) in &lock(floor).containers {
        if let Some(function) = wanted.get(name).and_then(|pod| pod.labels().get(FUNCTION)) {
            endpoints.entry(format!("{function}.{NAMESPACE}")).or_default().push(container.address());
        }
    }
    services.set(endpoints);
    Ok(())
}

fn lock(floor: &Running) -> MutexGuard<'_, Floor> {
    floor.lock().unwrap_or_else(PoisonError::into_inner)
}
