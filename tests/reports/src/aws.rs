//! The AWS of a story.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use goldenpath_aws_sim::server::Server;
use goldenpath_aws_sim::{Cloud, Knobs};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The region that everything is in.
pub const REGION: &str = "eu-central-1";
/// The account that stories use.
pub const ACCOUNT: u64 = 111_111_111_111;
/// One that nothing is in.
pub const OTHER_ACCOUNT: u64 = 222_222_222_222;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// An AWS in which nobody has anything.
#[derive(Debug)]
pub struct Aws {
    url: String,
    http: reqwest::Client,
    clock: Clock,
}

/// The clock that AWS and the clusters of a story live by. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// How far it is ahead of the machine's, in seconds.
    ahead: Arc<AtomicU64>,
}

// === impl Aws ===

impl Aws {
    /// Starts one, in this process.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let knobs = Knobs { windows: false, ..Knobs::default() };
        tokio::spawn(Server::new(Cloud::new(1, knobs), None).serve(listener));
        Ok(Self { url, http: reqwest::Client::new(), clock: Clock::default() })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// An access key of an account, as AWS makes them: the account is in it.
    pub fn key(account: u64) -> String {
        let bits = 1_u128 << 79 | u128::from(account) << 39;
        let digit = |place: u32| usize::try_from(bits >> (5 * place) & 31).unwrap_or_default();
        let characters = (0..16).rev().map(|place| char::from(ALPHABET[digit(place)]));
        format!("AKIA{}", characters.collect::<String>())
    }

    /// Asks or changes something behind the provider's back.
    pub async fn side(&self, path: &str, body: Option<Value>) -> Result<Value> {
        let url = format!("{}/_goldenpath/{path}", self.url);
        let request = match body {
            Some(body) => self.http.post(url).json(&body),
            None => self.http.get(url),
        };
        let response = request.send().await?;
        let (status, told) = (response.status(), response.json::<Value>().await?);
        ensure!(status.is_success(), "{path}: {told}");
        Ok(told)
    }

    /// The clock that it lives by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Lets time pass, here and in the clusters.
    pub async fn pass(&self, seconds: u64) -> Result<()> {
        self.side("clock", Some(json!({"advance": seconds}))).await?;
        self.clock.ahead.fetch_add(seconds, Ordering::SeqCst);
        Ok(())
    }

    /// Changes a DB instance as another person would have.
    pub async fn change(&self, instance: &str, set: Value) -> Result<()> {
        let drift = json!({"region": REGION, "instance": instance, "set": set});
        self.side("drift", Some(drift)).await.map(|_| ())
    }

    /// Has the next calls of an action refused.
    pub async fn refuse(&self, action: &str, code: &str, message: &str, times: u32) -> Result<()> {
        let fault =
            json!({"kind": "error", "action": action, "code": code, "message": message, "times": times});
        self.side("faults", Some(fault)).await.map(|_| ())
    }

    /// Has no more calls refused.
    pub async fn refuse_no_more(&self) -> Result<()> {
        self.http.delete(format!("{}/_goldenpath/faults", self.url)).send().await?.error_for_status()?;
        Ok(())
    }

    /// Empties the log of calls.
    pub async fn forget_calls(&self) -> Result<()> {
        self.http.delete(format!("{}/_goldenpath/calls", self.url)).send().await?.error_for_status()?;
        Ok(())
    }

    /// Calls AWS's RDS itself, as its command line would.
    pub async fn rds(&self, form: &str) -> Result<String> {
        self.call("rds", None, form.to_owned()).await
    }

    /// Calls AWS's Secrets Manager itself.
    pub async fn secrets(&self, operation: &str, input: &Value) -> Result<Value> {
        let answer = self.call("secretsmanager", Some(operation), input.to_string()).await?;
        Ok(serde_json::from_str(&answer)?)
    }

    async fn call(&self, service: &str, operation: Option<&str>, body: String) -> Result<String> {
        let scope = format!("{}/20260101/{REGION}/{service}/aws4_request", Self::key(ACCOUNT));
        let signed = format!("AWS4-HMAC-SHA256 Credential={scope}, Signature=x");
        let mut request = self.http.post(&self.url).header("Authorization", signed).body(body);
        if let Some(operation) = operation {
            request = request
                .header("X-Amz-Target", format!("secretsmanager.{operation}"))
                .header("Content-Type", "application/x-amz-json-1.1");
        }
        let response = request.send().await?;
        let (status, answer) = (response.status(), response.text().await?);
        ensure!(status.is_success(), "{answer}");
        Ok(answer)
    }

    /// A DB instance with what AWS never tells, if it is there.
    pub async fn instance(&self, name: &str) -> Result<Option<Value>> {
        let state = self.side("state", None).await?;
        let instances = state["instances"].as_array().context("instances")?;
        Ok(instances.iter().find(|one| one["DBInstanceIdentifier"] == name).cloned())
    }

    /// The parameters of each call of an action so far.
    pub async fn calls(&self, action: &str) -> Result<Vec<String>> {
        let calls = self.side("calls", None).await?;
        let calls = calls.as_array().context("calls")?;
        let of_action = calls.iter().filter(|call| call["action"] == action);
        Ok(of_action.map(|call| call["parameters"].to_string()).collect())
    }
}

// === impl Clock ===

impl Clock {
    /// What it shows.
    pub fn now(&self) -> SystemTime {
        SystemTime::now() + Duration::from_secs(self.ahead.load(Ordering::SeqCst))
    }
}
