//! One container as a process: the files of its image, and what Kubernetes mounts among them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use k8s_openapi::api::core::v1::{Container as Spec, Pod, Secret};
use kube::{Api, Client, ResourceExt};
use serde_json::Value;

use crate::apiserver::ApiServer;
use crate::identity;
use crate::names::CROSSPLANE as NAMESPACE;
use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{Tools, workdir::Workdir};

/// Where a Pod finds who it is.
const ACCOUNT: &str = "var/run/secrets/kubernetes.io/serviceaccount";

/// What containers are started with.
pub(super) struct Host {
    crane: PathBuf,
    folder: PathBuf,
    logs: PathBuf,
    server: String,
    authority: String,
    client: Client,
}

/// A running one.
#[derive(Debug)]
pub(super) struct Container {
    process: Process,
    grpc: Port,
    _metrics: Port,
    _probes: Port,
}

/// What an image says of itself.
struct Image {
    user: String,
    entrypoint: String,
}

// === impl Container ===

impl Container {
    /// Starts it again where it has ended.
    pub(super) fn keep(&self) -> Result<()> {
        self.process.start()
    }

    /// Where it serves gRPC, if it does.
    pub(super) fn address(&self) -> String {
        self.grpc.address()
    }

    /// Its last lines.
    pub(super) fn tell(&self) -> String {
        format!("--- {}, last lines\n{}\n", self.process.name(), self.process.log_tail(15))
    }
}

// === impl Host ===

impl Host {
    pub(super) fn new(tools: &Tools, run: &Workdir, api: &ApiServer, client: &Client) -> Self {
        Self {
            crane: tools.program("crane").to_owned(),
            folder: run.path().join("pods"),
            logs: run.logs(),
            server: api.server().to_owned(),
            authority: api.authority().to_owned(),
            client: client.clone(),
        }
    }

    /// Starts a Pod's one container.
    pub(super) async fn start(&self, pod: &Pod) -> Result<Container> {
        let spec = pod.spec.as_ref().context("it has no spec")?;
        let [container] = spec.containers.as_slice() else { anyhow::bail!("it has not one container") };
        let root = self.folder.join(pod.name_any());
        let image = self.unpack(container, &root)?;
        self.mount(pod, container, &root).await?;
        self.account(pod, &root).await?;

        let (grpc, metrics, probes) = (Port::reserve()?, Port::reserve()?, Port::reserve()?);
        let mut launch = within(&root, &image);
        if container.ports.iter().flatten().any(|port| port.name.as_deref() == Some("grpc")) {
            launch = launch.args(["--address".to_owned(), grpc.address()]);
        }
        for argument in container.args.iter().flatten() {
            launch = launch.arg(argument);
        }
        for (name, value) in self.environment(pod, container)? {
            launch = launch.env(&name, value);
        }
        launch = launch
            .env("METRICS_ADDRESS", metrics.address())
            .env("METRICS_BIND_ADDRESS", metrics.address())
            .env("HEALTH_PROBE_BIND_ADDRESS", probes.address())
            .env("AWS_EC2_METADATA_DISABLED", "true");
        let process = Process::start_new(&pod.name_any(), &self.logs, launch)?;
        Ok(Container { process, grpc, _metrics: metrics, _probes: probes })
    }

    /// The files of the image, and nothing else.
    fn unpack(&self, container: &Spec, root: &Path) -> Result<Image> {
        let name = container.image.as_deref().context("it names no image")?;
        for kernel in ["dev", "proc"] {
            fs::create_dir_all(root.join(kernel))?;
        }
        let archive = root.with_extension("tar");
        crane(&self.crane, &["export", name, &archive.display().to_string()])?;
        tar::Archive::new(fs::File::open(&archive)?).unpack(root)?;
        fs::remove_file(archive)?;
        let configuration: Value = serde_json::from_slice(&crane(&self.crane, &["config", name])?)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Ok(Image {
            user: text(&configuration["config"]["User"]).context("the image names no user")?,
            entrypoint: text(&configuration["config"]["Entrypoint"][0])
                .context("the image starts nothing")?,
        })
    }

    /// Secrets as files.
    async fn mount(&self, pod: &Pod, container: &Spec, root: &Path) -> Result<()> {
        let secrets: Api<Secret> = Api::namespaced(self.client.clone(), NAMESPACE);
        let volumes = pod.spec.iter().flat_map(|spec| spec.volumes.iter().flatten());
        let volumes: BTreeMap<&str, _> = volumes.map(|volume| (volume.name.as_str(), volume)).collect();
        for mount in container.volume_mounts.iter().flatten() {
            let source = volumes.get(mount.name.as_str()).and_then(|volume| volume.secret.as_ref());
            let name = source.and_then(|source| source.secret_name.as_deref());
            let name = name.with_context(|| format!("volume {} is of no Secret", mount.name))?;
            let secret = secrets.get(name).await.with_context(|| format!("cannot read Secret {name}"))?;
            let folder = root.join(mount.mount_path.trim_start_matches('/'));
            fs::create_dir_all(&folder)?;
            for (key, value) in secret.data.unwrap_or_default() {
                fs::write(folder.join(key), value.0)?;
            }
        }
        Ok(())
    }

    /// What tells a Pod how to reach the API server, and as whom.
    async fn account(&self, pod: &Pod, root: &Path) -> Result<()> {
        let account = pod.spec.as_ref().and_then(|spec| spec.service_account_name.as_deref());
        let token = identity::token(&self.client, NAMESPACE, account.unwrap_or("default")).await?;
        let folder = root.join(ACCOUNT);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("token"), token)?;
        fs::write(folder.join("ca.crt"), &self.authority)?;
        fs::write(folder.join("namespace"), NAMESPACE)?;
        Ok(())
    }

    fn environment(&self, pod: &Pod, container: &Spec) -> Result<BTreeMap<String, String>> {
        let address = self.server.trim_start_matches("https://");
        let (host, port) = address.rsplit_once(':').context("the API server has no port")?;
        let mut all = BTreeMap::from([
            ("HOSTNAME".to_owned(), pod.name_any()),
            ("KUBERNETES_SERVICE_HOST".to_owned(), host.to_owned()),
            ("KUBERNETES_SERVICE_PORT".to_owned(), port.to_owned()),
        ]);
        for variable in container.env.iter().flatten() {
            let from = variable.value_from.as_ref().and_then(|from| from.field_ref.as_ref());
            let value = match from.map(|field| field.field_path.as_str()) {
                Some(field) => of_pod(pod, field)
                    .with_context(|| format!("{} is of {field}, which is not known here", variable.name))?,
                None => variable.value.clone().unwrap_or_default(),
            };
            let expanded =
                all.iter().fold(value, |value, (name, known)| value.replace(&format!("$({name})"), known));
            all.insert(variable.name.clone(), expanded);
        }
        Ok(all)
    }
}

/// A field of a Pod that its environment may name.
fn of_pod(pod: &Pod, field: &str) -> Option<String> {
    match field {
        "metadata.name" => Some(pod.name_any()),
        "metadata.namespace" => pod.namespace(),
        other => {
            let label = other.strip_prefix("metadata.labels['")?.strip_suffix("']")?;
            pod.labels().get(label).cloned()
        }
    }
}

/// What every runtime of containers brings into an image's files.
const MOUNT: &str = r#"for kernel in dev proc; do mount --rbind "/$kernel" "$1/$kernel" || exit; done; shift; exec chroot "$@""#;

/// Has the image's files as its root and its user; where the harness may not change that, its own user.
fn within(root: &Path, image: &Image) -> Launch {
    let root = root.display().to_string();
    let (namespace, user): (&[&str], _) = if rustix::process::geteuid().is_root() {
        (&["--mount"], Some(format!("--userspec={}", image.user)))
    } else {
        (&["--mount", "--map-root-user"], None)
    };
    Launch::new("unshare")
        .args(namespace.iter().copied())
        .args(["sh", "-c", MOUNT, "sh", root.as_str()])
        .args(user)
        .args([root, image.entrypoint.clone()])
}

fn crane(program: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new(program).args(arguments).output().context("cannot run crane")?;
    ensure!(output.status.success(), "crane {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}
