//! The whole stack as one value.

mod functions;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use kube::Client;
use kube::core::{ApiResource, DynamicObject};

use crate::apiserver::ApiServer;
use crate::aws::{Aws, Timing};
use crate::controllers::{self, Controller};
use crate::crossplane::{self, Activation, Crossplane, Runtime};
use crate::etcd::Etcd;
use crate::function::Function;
use crate::kong::Kong;
use crate::kwok::{self, Kwok};
use crate::page::Shell;
use crate::progress::say;
use crate::provider::{Provider, Replica};
use crate::scan::Hit;
use crate::state::State;
use crate::target::Target;
use crate::tenant::Tenant;
use crate::workdir::Workdir;
use crate::{Process, Tools, external_secrets, identity, install, kinds, manifest, objects, scan};

/// What to start, and how fast AWS is.
#[derive(Clone, Debug)]
pub struct Options {
    /// With this repository's function and provider.
    pub product: bool,
    /// With Kong's ingress controller, in front of a stand-in for Kong.
    pub kong: bool,
    /// How long AWS takes.
    pub timing: Timing,
    /// How often the provider looks for drift.
    pub poll: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { product: true, kong: false, timing: Timing::default(), poll: Duration::from_secs(2) }
    }
}

/// A running control plane. Dropping it ends every process.
// Fields are dropped in order: whoever talks goes before whom it talks to, so that no log ends in noise.
pub struct ControlPlane {
    provider: Option<Provider>,
    function: Option<Function>,
    kong: Option<Kong>,
    external_secrets: Process,
    crossplane: Crossplane,
    kwok: Kwok,
    scheduler: Controller,
    manager: Controller,
    aws: Aws,
    api: ApiServer,
    etcd: Etcd,
    client: Client,
    identity: PathBuf,
    state: State,
    stories: AtomicU32,
    run: Workdir,
}

impl ControlPlane {
    /// Starts everything and installs the platform; answers when it is ready for an XR.
    pub async fn start(tools: &Tools, options: &Options) -> Result<Self> {
        let run = Workdir::create()?;
        say(&format!("starting the control plane, logs in {}", run.logs().display()));
        // Boxed: it holds every component's start at once, and would be copied with each future around it.
        let started = Box::pin(Self::start_in(run, tools, options)).await;
        started.context("the control plane did not start")
    }

    async fn start_in(run: Workdir, tools: &Tools, options: &Options) -> Result<Self> {
        let (aws, kubernetes) = tokio::join!(Aws::start(&run, options.timing), async {
            let etcd = Etcd::start(tools, &run).await?;
            let (api, client) = ApiServer::start(tools, &run, &etcd).await?;
            anyhow::Ok((etcd, api, client))
        });
        let (aws, (etcd, api, client)) = (aws?, kubernetes?);
        say("Kubernetes and AWS answer");

        let scheduler = controllers::start_scheduler(tools, &run, &api)?;
        let (kwok, core, external, crds, credentials) = tokio::join!(
            kwok::start(tools, &run, &api, &client),
            async {
                let webhooks =
                    crossplane::initialise(tools, &run, &api, &client, Activation::Everything).await?;
                anyhow::Ok((webhooks, identity::provider(tools, &run, &api, &client).await?))
            },
            external_secrets::install(tools, &client),
            install::crds(tools, &client),
            install::credentials(&client),
        );
        let kwok = kwok?;
        let (webhooks, identity) = core?;
        for installed in [external, crds, credentials] {
            installed?;
        }
        let external_secrets = external_secrets::start(tools, &run, &api, &aws)?;
        say("CRDs are installed");

        let product = async {
            if !options.product {
                return Ok((None, None));
            }
            let replica = Replica::only(options.poll);
            let started =
                tokio::join!(Function::start(&run, &client), Provider::start(&run, &identity, &replica));
            anyhow::Ok((Some(started.0?), Some(started.1?)))
        };
        let kong = async {
            if options.kong { Kong::start(tools, &run, &api, &client).await.map(Some) } else { Ok(None) }
        };
        let (crossplane, product, kong) = tokio::join!(
            Crossplane::start(tools, &run, &api, &client, webhooks, &Runtime::External),
            product,
            kong
        );
        let (crossplane, (function, provider), kong) = (crossplane?, product?, kong?);
        say("Crossplane is ready");

        install::policies(&client).await?;
        install::platform(&client, aws.url()).await?;
        let manager = controllers::start_manager(tools, &run, &api)?;
        let mut plane = Self {
            provider,
            function,
            kong,
            external_secrets,
            crossplane,
            kwok,
            scheduler,
            manager,
            state: State {
                owner: std::process::id(),
                folder: run.path().to_owned(),
                kubeconfig: api.kubeconfig.clone(),
                kubectl: tools.program("kubectl").to_owned(),
                aws: aws.url().to_owned(),
                etcd: etcd.url(),
                metrics: Vec::new(),
            },
            aws,
            api,
            etcd,
            client,
            identity,
            stories: AtomicU32::new(0),
            run,
        };
        plane.state.metrics = plane.metrics();
        plane.keep();
        plane.state.write()?;
        say("the control plane is ready");
        Ok(plane)
    }

    /// What Kubernetes would keep alive: AWS and etcd are not its, and have lost their state when they end.
    fn keep(&self) {
        let product = self.function.iter().map(|function| &function.process);
        let product = product.chain(self.provider.iter().map(|provider| &provider.process));
        let pods = [&self.crossplane.process, &self.external_secrets, &self.kwok.process];
        let kubernetes = [&self.api.process, &self.manager.process, &self.scheduler.process];
        let pods = pods.into_iter().chain(self.kong.iter().map(|kong| &kong.controller));
        product.chain(pods).chain(kubernetes).for_each(Process::keep);
    }

    fn metrics(&self) -> Vec<(String, String)> {
        let mut pages = vec![("crossplane".to_owned(), self.crossplane.metrics())];
        pages.extend(self.function.as_ref().map(|function| ("function".to_owned(), function.metrics())));
        pages.extend(self.provider.as_ref().map(|provider| ("provider".to_owned(), provider.metrics())));
        pages
    }

    /// Ends everything. As dropping does, but said.
    pub fn stop(self) {
        say("stopping the control plane");
    }

    /// A client with all rights.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// A client with the provider's rights.
    pub async fn provider_client(&self) -> Result<Client> {
        crate::kubeconfig::connect(&self.identity).await
    }

    /// The AWS endpoint.
    pub fn aws(&self) -> &Aws {
        &self.aws
    }

    /// A shell of whoever reads a page, with a folder of its own.
    pub fn shell(&self, reader: &str) -> Result<Shell> {
        let programs = [("kubectl", self.state.kubectl.as_path())];
        Shell::new(&self.run.folder(reader)?, &self.api.kubeconfig, &programs)
    }

    /// Addresses and files, for what runs outside.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The folder with one log per process.
    pub fn logs(&self) -> std::path::PathBuf {
        self.run.logs()
    }

    /// This repository's provider.
    pub fn provider(&self) -> Result<&Process> {
        self.provider
            .as_ref()
            .map(|provider| &provider.process)
            .ok_or_else(|| anyhow!("started without a provider"))
    }

    /// One more replica of the provider.
    pub async fn replica(&self, replica: &Replica) -> Result<Provider> {
        Provider::start(&self.run, &self.identity, replica).await
    }

    /// Kong's ingress controller, and what it gave Kong.
    pub fn kong(&self) -> Result<&Kong> {
        self.kong.as_ref().ok_or_else(|| anyhow!("started without Kong's controller"))
    }

    /// Crossplane core.
    pub fn crossplane(&self) -> &Process {
        &self.crossplane.process
    }

    /// External Secrets Operator.
    pub fn external_secrets(&self) -> &Process {
        &self.external_secrets
    }

    /// The API server.
    pub fn api_server(&self) -> &Process {
        &self.api.process
    }

    /// Every process, with those that a story rarely touches.
    pub fn processes(&self) -> Vec<&Process> {
        let fixed = [
            &self.etcd.process,
            &self.api.process,
            &self.manager.process,
            &self.scheduler.process,
            &self.kwok.process,
            &self.crossplane.process,
            &self.external_secrets,
        ];
        let product = self.function.iter().map(|function| &function.process);
        let product = product.chain(self.provider.iter().map(|provider| &provider.process));
        let kong = self.kong.iter().map(|kong| &kong.controller);
        fixed.into_iter().chain(self.aws.process()).chain(kong).chain(product).collect()
    }

    /// A namespace of its own for a story.
    pub async fn namespace(&self, story: &str) -> Result<String> {
        let number = self.stories.fetch_add(1, Ordering::Relaxed);
        let name = format!("{story}-{number}");
        self.apply(&install::namespace(&name).to_string(), "").await?;
        Ok(name)
    }

    /// An app team with a namespace of its own.
    pub async fn tenant(&self, story: &str) -> Result<Tenant> {
        let namespace = self.namespace(story).await?;
        Tenant::settle(&self.client, &self.api, &self.run, &namespace).await
    }

    /// Applies YAML; namespaced objects without a namespace get the given one.
    pub async fn apply(&self, yaml: &str, namespace: &str) -> Result<Vec<DynamicObject>> {
        let mut applied = Vec::new();
        for object in manifest::parse(yaml)? {
            applied.push(objects::apply(&self.client, &object, Some(namespace)).await?);
        }
        Ok(applied)
    }

    /// Applies a file of the repository.
    pub async fn apply_file(&self, file: impl AsRef<Path>, namespace: &str) -> Result<Vec<DynamicObject>> {
        let path = crate::repository::path(file);
        let yaml =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        self.apply(&yaml, namespace).await
    }

    /// Deletes an object in the background.
    pub async fn delete(&self, kind: &ApiResource, namespace: &str, name: &str) -> Result<()> {
        objects::delete(&self.client, kind, namespace, name).await
    }

    /// Waits until `holds`; the error tells the object, its events, and the last lines of the logs that matter.
    pub async fn until(
        &self,
        kind: ApiResource,
        namespace: &str,
        name: &str,
        what: &str,
        limit: Duration,
        holds: impl FnMut(&DynamicObject) -> bool,
    ) -> Result<DynamicObject> {
        let found = Target::new(kind, namespace, name).until(&self.client, what, limit, holds).await;
        found.map_err(|error| self.with_logs(&error))
    }

    /// Waits until a condition is `True`.
    pub async fn until_true(
        &self,
        kind: ApiResource,
        namespace: &str,
        name: &str,
        condition: &str,
        limit: Duration,
    ) -> Result<DynamicObject> {
        let found =
            Target::new(kind, namespace, name).until_condition(&self.client, condition, "True", limit).await;
        found.map_err(|error| self.with_logs(&error))
    }

    /// Waits until an object is gone.
    pub async fn until_gone(
        &self,
        kind: ApiResource,
        namespace: &str,
        name: &str,
        limit: Duration,
    ) -> Result<()> {
        let found = Target::new(kind, namespace, name).until_gone(&self.client, limit).await;
        found.map_err(|error| self.with_logs(&error))
    }

    /// Where a secret is found: in etcd, logs and metrics. The AWS endpoint is not looked at: it must have it.
    pub async fn scan(&self, secret: &str) -> Result<Vec<Hit>> {
        scan::scan(&self.state, secret).await
    }

    /// The Kubernetes Secret's values as text.
    pub async fn secret(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<std::collections::BTreeMap<String, String>>> {
        let found = objects::get(&self.client, &kinds::secret(), namespace, name).await?;
        let Some(secret) = found else { return Ok(None) };
        let secret: k8s_openapi::api::core::v1::Secret = secret.try_parse()?;
        let text = |value: Vec<u8>| String::from_utf8_lossy(&value).into_owned();
        Ok(Some(
            secret.data.unwrap_or_default().into_iter().map(|(key, value)| (key, text(value.0))).collect(),
        ))
    }

    fn with_logs(&self, error: &anyhow::Error) -> anyhow::Error {
        let product = self.function.iter().map(|function| &function.process);
        let product = product.chain(self.provider.iter().map(|provider| &provider.process));
        let talking = product.chain([&self.crossplane.process, &self.external_secrets]);
        let tails = talking.map(|process| {
            let running = if process.is_running() { "" } else { " (not running)" };
            format!("\n--- {}{running}, last lines\n{}", process.name(), process.log_tail(15))
        });
        anyhow!("{error:#}{}", tails.collect::<String>())
    }
}
