//! kwok, and the one node it plays: Pods become ready without a machine.

use anyhow::Result;
use kube::Client;

use crate::apiserver::ApiServer;
use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{Tools, manifest, objects, workdir::Workdir};

const NODE: &str = r#"
apiVersion: v1
kind: Node
metadata:
  name: machine
  annotations: {kwok.x-k8s.io/node: fake}
  labels: {kubernetes.io/hostname: machine, kubernetes.io/os: linux, kubernetes.io/arch: amd64}
status:
  allocatable: {cpu: "64", memory: 256Gi, pods: "1000"}
  capacity: {cpu: "64", memory: 256Gi, pods: "1000"}
"#;

#[derive(Debug)]
pub(crate) struct Kwok {
    pub(crate) process: Process,
    _port: Port,
}

pub(crate) async fn start(tools: &Tools, run: &Workdir, api: &ApiServer, client: &Client) -> Result<Kwok> {
    let port = Port::reserve()?;
    let mut launch = Launch::new(tools.program("kwok"))
        .arg(format!("--kubeconfig={}", api.kubeconfig.display()))
        .args(["--manage-all-nodes=true", "--node-ip=127.0.0.1"])
        .arg(format!("--server-address={}", port.address()));
    for stage in manifest::files(&tools.manifests.join("kwok"))? {
        launch = launch.arg(format!("--config={}", stage.display()));
    }
    for node in manifest::parse(NODE)? {
        objects::apply(client, &node, None).await?;
        objects::apply_status(client, &node).await?;
    }
    Ok(Kwok { process: Process::start_new("kwok", &run.logs(), launch)?, _port: port })
}
