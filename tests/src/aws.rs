//! The AWS endpoint and its side path: what is really there, what was called, and what shall go wrong.

mod player;
mod records;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use records::{AwsState, Call, InjectedFault, Instance, Password, SecretRecord, Snapshot, Timing};

use crate::ports::Port;
use crate::process::Process;
use crate::workdir::Workdir;
use player::Player;

/// The region everything in the stack uses.
pub const REGION: &str = "eu-central-1";

/// A running endpoint.
#[derive(Debug)]
pub struct Aws {
    process: Option<Process>,
    url: String,
    http: reqwest::Client,
    _port: Option<Port>,
}

impl Aws {
    pub(crate) async fn start(run: &Workdir, timing: Timing) -> Result<Self> {
        let port = Port::reserve()?;
        let launch = Player::chosen()?.launch(&port.number(), timing)?;
        let process = Process::start_new("aws", &run.logs(), launch)?;
        let health = format!("{}/_goldenpath/health", port.url());
        process.until_ready(Duration::from_mins(1), || crate::wait::answers(&health)).await?;
        Ok(Self { process: Some(process), url: port.url(), http: reqwest::Client::new(), _port: Some(port) })
    }

    /// An endpoint that another process has started.
    pub fn at(url: &str) -> Self {
        Self { process: None, url: url.to_owned(), http: reqwest::Client::new(), _port: None }
    }

    /// Where AWS's APIs are served.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process, to pause or kill; its state is gone with it.
    pub fn process(&self) -> Option<&Process> {
        self.process.as_ref()
    }

    /// Everything AWS has.
    pub async fn state(&self) -> Result<AwsState> {
        self.side(reqwest::Method::GET, "state", None).await
    }

    /// One instance, if it is there.
    pub async fn instance(&self, identifier: &str) -> Result<Option<Instance>> {
        Ok(self.state().await?.instances.into_iter().find(|instance| instance.identifier == identifier))
    }

    /// One secret, if it is there, also in its recovery window.
    pub async fn secret(&self, name: &str) -> Result<Option<SecretRecord>> {
        Ok(self.state().await?.secrets.into_iter().find(|secret| secret.name == name))
    }

    /// The calls since a moment, in seconds of the epoch.
    pub async fn calls_since(&self, moment: f64) -> Result<Vec<Call>> {
        self.side(reqwest::Method::GET, &format!("calls?since={moment}"), None).await
    }

    /// The calls of one action whose resource contains a text.
    pub async fn calls(&self, action: &str, resource: &str) -> Result<Vec<Call>> {
        let all = self.calls_since(0.0).await?;
        Ok(all.into_iter().filter(|call| call.action == action && call.resource.contains(resource)).collect())
    }

    /// Orders a fault.
    pub async fn order(&self, fault: &InjectedFault) -> Result<()> {
        let _: Value = self.side(reqwest::Method::POST, "faults", Some(serde_json::to_value(fault)?)).await?;
        Ok(())
    }

    /// Faults that have not been used up.
    pub async fn open_faults(&self) -> Result<Vec<Value>> {
        self.side(reqwest::Method::GET, "faults", None).await
    }

    /// Withdraws all faults and lets hanging calls go.
    pub async fn withdraw_faults(&self) -> Result<()> {
        self.side(reqwest::Method::DELETE, "faults", None).await
    }

    /// Sets a field of an instance behind everyone's back, by AWS's name for it, such as `BackupRetentionPeriod`.
    pub async fn drift(&self, identifier: &str, field: &str, value: Value) -> Result<()> {
        let body = json!({"region": REGION, "instance": identifier, "set": {field: value}});
        self.side(reqwest::Method::POST, "drift", Some(body)).await
    }

    /// Runs the maintenance window of an instance.
    pub async fn maintain(&self, identifier: &str) -> Result<()> {
        let body = json!({"region": REGION, "instance": identifier});
        self.side(reqwest::Method::POST, "maintenance", Some(body)).await
    }

    /// How long things take from now on.
    pub async fn set_timing(&self, timing: Timing) -> Result<()> {
        let _: Value =
            self.side(reqwest::Method::POST, "timing", Some(serde_json::to_value(timing)?)).await?;
        Ok(())
    }

    /// Calls AWS's own API as some other client would: RDS by form, Secrets Manager by JSON.
    pub async fn call(&self, service: &str, action: &str, parameters: &Value) -> Result<String> {
        self.call_in(REGION, service, action, parameters).await
    }

    /// As [`call`](Self::call), in another region.
    pub async fn call_in(
        &self,
        region: &str,
        service: &str,
        action: &str,
        parameters: &Value,
    ) -> Result<String> {
        let scope = format!("Credential=AKIAFOREIGN/20260101/{region}/{service}/aws4_request");
        let request = self
            .http
            .post(&self.url)
            .header("Authorization", format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=none"));
        let request = if service == "secretsmanager" {
            request
                .header("Content-Type", "application/x-amz-json-1.1")
                .header("X-Amz-Target", format!("secretsmanager.{action}"))
                .body(with_token(action, parameters).to_string())
        } else {
            let fields = parameters.as_object().into_iter().flatten().map(|(name, value)| {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                format!("&{name}={}", encoded(&value))
            });
            let form = format!("Action={action}&Version=2014-10-31{}", fields.collect::<String>());
            request.header("Content-Type", "application/x-www-form-urlencoded").body(form)
        };
        let response = request.send().await.with_context(|| format!("{service} {action}"))?;
        let (status, body) = (response.status(), response.text().await?);
        if !status.is_success() {
            bail!("{service} {action} answered {status}: {body}");
        }
        Ok(body)
    }

    async fn side<T: DeserializeOwned>(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T> {
        let mut request = self.http.request(method, format!("{}/_goldenpath/{path}", self.url));
        if let Some(body) = &body {
            request = request.json(body);
        }
        let response =
            request.send().await.with_context(|| format!("the AWS endpoint does not answer ({path})"))?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            bail!("{path} was answered with {status}: {text}");
        }
        serde_json::from_str(&text).with_context(|| format!("cannot read the answer to {path}"))
    }
}

/// The parameters of a call that makes a version, with the name of it that AWS asks for and every client makes up.
fn with_token(action: &str, parameters: &Value) -> Value {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let mut parameters = parameters.clone();
    let makes_a_version = matches!(action, "CreateSecret" | "PutSecretValue" | "UpdateSecret");
    if makes_a_version && parameters["ClientRequestToken"].is_null() {
        let (process, call) = (std::process::id(), CALLS.fetch_add(1, Ordering::Relaxed));
        parameters["ClientRequestToken"] = json!(format!("goldenpath-tests-{process:08}-{call:08}"));
    }
    parameters
}

/// Percent-encoding of a form value.
fn encoded(value: &str) -> String {
    value.bytes().fold(String::new(), |text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            format!("{text}{}", char::from(byte))
        } else {
            format!("{text}%{byte:02X}")
        }
    })
}
