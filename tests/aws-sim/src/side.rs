//! The side path `/_goldenpath/`: what a test sees and does behind AWS's API, by AWS's own names.
//!
//! ```text
//! GET state                   every instance, snapshot and secret; with passwords, which exist here only
//! GET calls[?since=SECONDS]   the calls so far;  DELETE calls  empties the log
//! POST faults                 a fault or a list of them;  GET faults  what is open;  DELETE faults  withdraws all
//! POST drift                  {region, instance, set: {member: value}}, {region, secret, set | SecretString}
//! POST maintenance            {region, instance} runs the maintenance window
//! POST timing                 knobs to change;  GET timing  all of them
//! POST clock                  {advance: SECONDS} lets time pass
//! GET health                  answers as soon as requests are served
//! ```

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::protocol::told;
use crate::{Cloud, Fault, Knobs};

/// One request of the side path; an error is a mistake of whoever asks, in words.
pub(crate) fn answer(
    cloud: &mut Cloud,
    now: Timestamp,
    method: &str,
    path: &str,
    query: &str,
    body: &[u8],
) -> Result<Value, String> {
    match (method, path) {
        ("GET", "health") => Ok(json!({"ok": true})),
        ("GET", "state") => Ok(state(cloud, now)),
        ("GET", "calls") => Ok(json!(cloud.log.since(since(query)).collect::<Vec<_>>())),
        ("DELETE", "calls") => {
            cloud.log.clear();
            Ok(Value::Null)
        }
        ("GET", "faults") => Ok(open_faults(cloud)),
        ("POST", "faults") => order(cloud, body),
        ("DELETE", "faults") => {
            cloud.faults.clear();
            Ok(Value::Null)
        }
        ("GET", "timing") => Ok(json!(cloud.knobs)),
        ("POST", "timing") => turn(cloud, body),
        ("POST", "drift") => drift(cloud, now, body),
        _ => Err(format!("no {method} {path} here")),
    }
}

fn state(cloud: &mut Cloud, now: Timestamp) -> Value {
    let mut secrets = Vec::new();
    for ((_, name), region) in cloud.regions(now) {
        secrets.extend(region.secrets.told().map(|secret| told(&secret.with("region", name.as_str()))));
    }
    json!({"instances": [], "snapshots": [], "secrets": secrets})
}

fn since(query: &str) -> f64 {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.filter(|(name, _)| name == "since").find_map(|(_, value)| value.parse().ok()).unwrap_or(0.0)
}

fn open_faults(cloud: &Cloud) -> Value {
    json!(cloud.faults.open().collect::<Vec<_>>())
}

fn order(cloud: &mut Cloud, body: &[u8]) -> Result<Value, String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Order {
        Several(Vec<Fault>),
        One(Box<Fault>),
    }
    match parsed(body)? {
        Order::Several(faults) => faults.into_iter().for_each(|fault| cloud.faults.order(fault)),
        Order::One(fault) => cloud.faults.order(*fault),
    }
    Ok(open_faults(cloud))
}

/// Lays what is said over the knobs as they are.
fn turn(cloud: &mut Cloud, body: &[u8]) -> Result<Value, String> {
    let mut all = json!(cloud.knobs);
    let said: serde_json::Map<String, Value> = parsed(body)?;
    for (name, value) in said {
        all[name] = value;
    }
    cloud.knobs = serde_json::from_value::<Knobs>(all).map_err(|mistake| mistake.to_string())?;
    Ok(json!(cloud.knobs))
}

/// Changes something as another person with another tool would have.
fn drift(cloud: &mut Cloud, now: Timestamp, body: &[u8]) -> Result<Value, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Drift {
        region: String,
        secret: String,
        #[serde(default)]
        set: serde_json::Map<String, Value>,
    }
    let Drift { region, secret, set } = parsed(body)?;
    let mut places = cloud.regions(now).filter(|((_, name), _)| *name == region);
    // The accounts of a test have no secret of one name; whose it is need not be said.
    let found = places.find_map(|(_, place)| place.secrets.has(&secret).then_some(place));
    found.ok_or_else(|| format!("no secret {secret} in {region}"))?.secrets.drift(&secret, &set)?;
    Ok(Value::Null)
}

fn parsed<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|mistake| mistake.to_string())
}
