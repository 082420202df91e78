//! kube-controller-manager and kube-scheduler.

use anyhow::Result;

use crate::apiserver::ApiServer;
use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{Tools, workdir::Workdir};

/// The controllers a platform's objects need; an unknown name would end the process at once.
const CONTROLLERS: &str = "garbage-collector-controller,namespace-controller,clusterrole-aggregation-controller,\
    deployment-controller,replicaset-controller,statefulset-controller,job-controller,cronjob-controller,\
    serviceaccount-controller,disruption-controller,endpointslice-controller,\
    horizontal-pod-autoscaler-controller,resourcequota-controller";

#[derive(Debug)]
pub(crate) struct Controller {
    pub(crate) process: Process,
    _port: Port,
}

/// Starts the controller manager. The garbage collector discovers kinds only every 30 seconds: start it when all CRDs
/// are there.
pub(crate) fn start_manager(tools: &Tools, run: &Workdir, api: &ApiServer) -> Result<Controller> {
    let port = Port::reserve()?;
    let launch = Launch::new(tools.program("kube-controller-manager"))
        .arg(format!("--kubeconfig={}", api.kubeconfig.display()))
        .arg(format!("--service-account-private-key-file={}", api.signing_key.display()))
        .args(["--use-service-account-credentials=false".into(), format!("--controllers={CONTROLLERS}")])
        .args(["--kube-api-qps=200", "--kube-api-burst=400", "--concurrent-gc-syncs=40"])
        .args(serving(&port));
    Ok(Controller {
        process: Process::start_new("kube-controller-manager", &run.logs(), launch)?,
        _port: port,
    })
}

/// Starts the scheduler.
pub(crate) fn start_scheduler(tools: &Tools, run: &Workdir, api: &ApiServer) -> Result<Controller> {
    let port = Port::reserve()?;
    let launch = Launch::new(tools.program("kube-scheduler"))
        .arg(format!("--kubeconfig={}", api.kubeconfig.display()))
        .args(serving(&port));
    Ok(Controller { process: Process::start_new("kube-scheduler", &run.logs(), launch)?, _port: port })
}

fn serving(port: &Port) -> [String; 3] {
    [
        "--leader-elect=false".into(),
        "--bind-address=127.0.0.1".into(),
        format!("--secure-port={}", port.number()),
    ]
}
