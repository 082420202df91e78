//! Over HTTP: what was ordered to go wrong goes wrong, before or after the effect, and the log tells of it.

use std::time::Duration;

use goldenpath_aws_sim::server::Server;
use goldenpath_aws_sim::{Cloud, Knobs};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const SIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/eu-central-1/rds/aws4_request, Signature=x";
const CREATE: &str =
    "Action=CreateDBParameterGroup&DBParameterGroupName=own&DBParameterGroupFamily=postgres16&Description=x";

/// An AWS on a port of its own.
struct Aws {
    url: String,
    http: reqwest::Client,
}

// === impl Aws ===

impl Aws {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(Server::new(Cloud::new(1, Knobs::default()), None).serve(listener));
        Self { url, http: reqwest::Client::new() }
    }

    /// The answer to a call: its status and body, or none when the connection was closed.
    async fn call(&self, form: &'static str) -> Option<(u16, String)> {
        let request = self.http.post(&self.url).header("Authorization", SIGNED).body(form);
        let response = request.timeout(Duration::from_secs(20)).send().await.ok()?;
        Some((response.status().as_u16(), response.text().await.ok()?))
    }

    async fn side(&self, method: reqwest::Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.http.request(method, format!("{}/_goldenpath/{path}", self.url)).json(&body);
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.expect("JSON"))
    }

    async fn order(&self, fault: Value) {
        let (status, told) = self.side(reqwest::Method::POST, "faults", fault).await;
        assert_eq!(status, 200, "{told}");
    }

    /// Whether the group of [`CREATE`] was made.
    async fn made(&self) -> bool {
        let found = self.call("Action=DescribeDBParameterGroups&DBParameterGroupName=own").await;
        found.is_some_and(|(status, _)| status == 200)
    }

    async fn calls(&self) -> Vec<Value> {
        let (_, calls) = self.side(reqwest::Method::GET, "calls", Value::Null).await;
        calls.as_array().cloned().unwrap_or_default()
    }
}

#[tokio::test]
async fn a_fault_is_met_before_the_effect_or_after_it() {
    for (kind, when, answered, made) in [
        ("error", "before", Some(503), false),
        ("error", "after", Some(503), true),
        ("drop", "before", None, false),
        ("drop", "after", None, true),
        ("latency", "before", Some(200), true),
        // The second of two is the one that is answered.
        ("duplicate", "before", Some(400), true),
        ("cut", "before", Some(200), true),
    ] {
        let aws = Aws::start().await;
        let action = "CreateDBParameterGroup";
        aws.order(json!({"kind": kind, "when": when, "action": action, "status": 503, "seconds": 0.01}))
            .await;
        let answer = aws.call(CREATE).await;
        assert_eq!(answer.as_ref().map(|(status, _)| *status), answered, "{kind} {when}");
        assert_eq!(aws.made().await, made, "{kind} {when}");
        let first = aws.calls().await[0].clone();
        assert_eq!((&first["action"], &first["fault"]), (&json!(action), &json!(format!("{kind} {when}"))));
        assert_eq!(first["status"], json!(answered), "{kind} {when}");
        let whole = answer.is_none_or(|(_, body)| body.ends_with("Response>"));
        assert_eq!(whole, kind != "cut", "{kind} {when}");
    }
}

#[tokio::test]
async fn a_call_hangs_until_the_faults_are_withdrawn_and_is_not_carried_out_late() {
    let aws = Aws::start().await;
    aws.order(json!({"kind": "hang", "action": "CreateDBParameterGroup"})).await;
    let hanging = aws.call(CREATE);
    let withdrawn = async {
        while aws.side(reqwest::Method::GET, "faults", Value::Null).await.1 != json!([]) {
            tokio::task::yield_now().await;
        }
        aws.side(reqwest::Method::DELETE, "faults", Value::Null).await
    };
    assert_eq!(tokio::join!(hanging, withdrawn).0, None);
    assert!(!aws.made().await);
}

#[tokio::test]
async fn the_side_path_tells_mistakes_and_lets_time_pass() {
    let aws = Aws::start().await;
    for (path, body) in [
        ("faults", json!({"kind": "rain"})),
        ("timing", json!({"creeating": 1})),
        ("drift", json!({"region": "eu-central-1", "instance": "none", "set": {}})),
        ("clock", json!({"advance": "soon"})),
        ("nothing", json!({})),
    ] {
        let (status, told) = aws.side(reqwest::Method::POST, path, body).await;
        assert!(status == 400 && told["error"].is_string(), "{path}: {status} {told}");
    }
    let before: jiff::Timestamp = jiff::Timestamp::now();
    let (_, told) = aws.side(reqwest::Method::POST, "clock", json!({"advance": 3600})).await;
    let now: jiff::Timestamp = told["now"].as_str().unwrap().parse().unwrap();
    assert!(now.duration_since(before) >= jiff::SignedDuration::from_hours(1));
}
