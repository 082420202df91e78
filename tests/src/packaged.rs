//! A control plane on which the product comes as packages: Crossplane's package manager pulls them from a registry, makes
//! Deployments of them, and the machine under the node runs what is in the images.
//!
//! ```text
//! package ─► registry ─► Crossplane ─► Deployment ─► Pod ─► machine ─► process, in nothing but its image
//!                             └── gRPC ──► services (by name) ────────────┘
//! ```

mod machine;
mod registry;
mod services;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::api::PostParams;
use kube::{Api, Client};

use crate::apiserver::ApiServer;
use crate::aws::{Aws, Timing};
use crate::controllers::{self, Controller};
use crate::crossplane::{self, Activation, Crossplane, Runtime};
use crate::etcd::Etcd;
use crate::kwok::{self, Kwok};
use crate::process::{Launch, Process};
use crate::progress::say;
use crate::workdir::Workdir;
use crate::{Tools, external_secrets, install, manifest, names, objects, repository};
use machine::Machine;
use registry::Registry;
use services::Services;

pub use crate::crossplane::Activation as DefaultActivation;

/// A running one. Dropping it ends every process.
// Fields are dropped in order: whoever talks goes before whom it talks to.
pub struct Packaged {
    machine: Machine,
    _crossplane: Crossplane,
    _rights: Process,
    _services: Services,
    registry: Registry,
    _external_secrets: Process,
    _kwok: Kwok,
    _controllers: [Controller; 2],
    aws: Aws,
    api: ApiServer,
    _etcd: Etcd,
    client: Client,
    tools: Tools,
    run: Workdir,
}

impl Packaged {
    /// Starts everything but the product.
    pub async fn start(tools: Tools, activation: Activation) -> Result<Self> {
        let run = Workdir::create()?;
        say(&format!("starting a control plane for packages, logs in {}", run.logs().display()));
        let aws = Aws::start(&run, Timing::default()).await?;
        let etcd = Etcd::start(&tools, &run).await?;
        let (api, client) = ApiServer::start(&tools, &run, &etcd).await?;
        let controllers = [
            controllers::start_scheduler(&tools, &run, &api)?,
            controllers::start_manager(&tools, &run, &api)?,
        ];
        let kwok = kwok::start(&tools, &run, &api, &client).await?;
        let webhooks = crossplane::initialise(&tools, &run, &api, &client, activation).await?;
        account(&client).await?;
        external_secrets::install(&tools, &client).await?;
        let external_secrets = external_secrets::start(&tools, &run, &api, &aws)?;
        let services = Services::start().await?;
        let rights = Launch::new(tools.program("crossplane"))
            .args(["rbac", "start"])
            .env("KUBECONFIG", api.kubeconfig.display().to_string());
        let rights = Process::start_new("crossplane-rbac", &run.logs(), rights)?;
        let runtime = Runtime::Deployment { services: services.url() };
        let crossplane = Crossplane::start(&tools, &run, &api, &client, webhooks, &runtime).await?;
        let registry = Registry::start(&tools, &run).await?;
        let machine = Machine::start(&tools, &run, &api, &client, services.clone());
        say("Crossplane waits for packages");
        Ok(Self {
            machine,
            _crossplane: crossplane,
            _rights: rights,
            _services: services,
            registry,
            _external_secrets: external_secrets,
            _kwok: kwok,
            _controllers: controllers,
            aws,
            api,
            _etcd: etcd,
            client,
            tools,
            run,
        })
    }

    /// A client with all rights.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The AWS endpoint.
    pub fn aws(&self) -> &Aws {
        &self.aws
    }

    /// The registry, with a path below it.
    pub fn registry(&self, path: &str) -> String {
        format!("{}{path}", self.registry.address())
    }

    /// The folder with one log per process.
    pub fn logs(&self) -> PathBuf {
        self.run.logs()
    }

    /// The error, with what the machine could not start, and the last lines of what it did.
    pub fn with_logs(&self, error: &anyhow::Error) -> anyhow::Error {
        anyhow::anyhow!("{error:#}\n{}", self.machine.tell())
    }

    /// Packs the tree for a registry; answers with the folder.
    pub fn pack(&self, registry: &str) -> Result<PathBuf> {
        let out = self.run.folder("packages")?;
        let mut cargo = Command::new("cargo");
        cargo.current_dir(repository::root());
        cargo.args(["run", "--quiet", "--package", "goldenpath-package", "--bin", "package", "--"]);
        cargo.args(["--registry", registry, "--out"]).arg(&out);
        run(&mut cargo)?;
        Ok(out)
    }

    /// Runs Crossplane's CLI on this control plane.
    pub fn crossplane(&self, arguments: &[&str]) -> Result<String> {
        let mut cli = Command::new(self.tools.program("crossplane-cli"));
        run(cli.args(arguments).env("KUBECONFIG", &self.api.kubeconfig))
    }

    /// Applies a file, as `kubectl apply -f` does.
    pub async fn apply(&self, file: &Path, namespace: Option<&str>) -> Result<()> {
        objects::apply_all(&self.client, &manifest::read(file)?, namespace).await
    }

    /// Deletes what is in a file.
    pub async fn delete(&self, file: &Path) -> Result<()> {
        objects::delete_all(&self.client, &manifest::read(file)?).await
    }

    /// What is the platform team's own: credentials, the provider's configuration, the store.
    pub async fn configure(&self) -> Result<()> {
        install::credentials(&self.client).await?;
        install::configuration(&self.client, self.aws.url()).await
    }
}

/// The one that Crossplane itself would run as; its package manager copies pull secrets from it.
async fn account(client: &Client) -> Result<()> {
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), names::CROSSPLANE);
    let mut account = ServiceAccount::default();
    account.metadata.name = Some("crossplane".to_owned());
    accounts.create(&PostParams::default(), &account).await.context("cannot make Crossplane's account")?;
    Ok(())
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        bail!("{command:?} failed:\n{}{}", said(&output.stdout), said(&output.stderr));
    }
    Ok(said(&output.stdout))
}
