//! kube-apiserver, with an authority of its own and one token for the administrator.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use kube::Client;

use crate::audit;
use crate::certificates::{self, Authority};
use crate::etcd::Etcd;
use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{Tools, kubeconfig, workdir::Workdir};

const TOKEN: &str = "goldenpath-admin";

#[derive(Debug)]
pub(crate) struct ApiServer {
    pub(crate) process: Process,
    pub(crate) kubeconfig: PathBuf,
    server: String,
    authority: String,
    /// Signs service account tokens; the controller manager needs it too.
    pub(crate) signing_key: PathBuf,
    _port: Port,
}

impl ApiServer {
    pub(crate) async fn start(tools: &Tools, run: &Workdir, etcd: &Etcd) -> Result<(Self, Client)> {
        let port = Port::reserve()?;
        let authority = Authority::new("goldenpath control plane")?;
        let identity = authority.server("kube-apiserver", &["kubernetes.default.svc"])?;
        let (private, public) = certificates::signing_key()?;
        run.folder("api")?;
        let certificate = run.write("api/tls.crt", identity.certificate)?;
        let key = run.write("api/tls.key", identity.key)?;
        let signing_key = run.write("api/sa.key", private)?;
        let public = run.write("api/sa.pub", public)?;
        let tokens = run.write("api/tokens.csv", format!("{TOKEN},admin,admin,\"system:masters\"\n"))?;
        let server = format!("https://{}", port.address());
        let kubeconfig =
            run.write("kubeconfig", kubeconfig::with_token(&server, &authority.certificate, TOKEN))?;

        let launch = Launch::new(tools.program("kube-apiserver"))
            .arg(format!("--etcd-servers={}", etcd.url()))
            .args(["--bind-address=127.0.0.1".into(), format!("--secure-port={}", port.number())])
            .args([format!("--tls-cert-file={certificate}"), format!("--tls-private-key-file={key}")])
            .args([
                "--service-account-issuer=https://kubernetes.default.svc".into(),
                format!("--service-account-key-file={public}"),
                format!("--service-account-signing-key-file={signing_key}"),
            ])
            .args(["--authorization-mode=RBAC".into(), format!("--token-auth-file={tokens}")])
            .arg("--service-cluster-ip-range=10.0.0.0/24")
            // Without a token controller no Pod could start; without a kubelet no Node would lose its taint.
            .arg("--disable-admission-plugins=ServiceAccount,TaintNodesByCondition")
            // A test's burst of requests is not a neighbour's noise.
            .args(["--max-requests-inflight=2000", "--max-mutating-requests-inflight=1000"])
            .args(audit::arguments(run)?);
        let process = Process::start_new("kube-apiserver", &run.logs(), launch)?;
        let client = kubeconfig::connect(&PathBuf::from(&kubeconfig)).await?;
        process
            .until_ready(Duration::from_mins(2), || {
                let client = client.clone();
                async move {
                    let request = kube::core::Request::new("/readyz").list(&kube::api::ListParams::default());
                    match request {
                        Ok(request) => client.request_text(request).await.is_ok_and(|answer| answer == "ok"),
                        Err(_) => false,
                    }
                }
            })
            .await?;
        Ok((
            Self {
                process,
                kubeconfig: kubeconfig.into(),
                server,
                authority: authority.certificate,
                signing_key: signing_key.into(),
                _port: port,
            },
            client,
        ))
    }

    /// Where it is.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// Whose certificate it has.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// A kubeconfig file for somebody else, by token.
    pub(crate) fn kubeconfig_for(&self, run: &Workdir, name: &str, token: &str) -> Result<PathBuf> {
        let content = kubeconfig::with_token(&self.server, &self.authority, token);
        Ok(run.write(&format!("{name}.kubeconfig"), content)?.into())
    }
}
