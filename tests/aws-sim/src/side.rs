//! The side path `/_goldenpath/`: what a test sees and does behind AWS's API, by AWS's own names.
//!
//! ```text
//! GET state                   every instance, snapshot and secret; with passwords, which exist here only
//! GET calls[?since=SECONDS]   the calls so far;  DELETE calls  empties the log
//! POST faults                 a fault or a list of them;  GET faults  what is open;  DELETE faults  withdraws all
//! POST drift                  {region, instance | secret, set: {member: value}}
//! POST maintenance            {region, instance} runs the maintenance window
//! POST switchover             {region, instance}: a Blue/Green copy takes the name, the old one is `-old1`
//! POST timing                 knobs to change;  GET timing  all of them
//! POST clock                  {advance: SECONDS} lets time pass
//! GET rules                   every rule with its code, its status and its page
//! GET health                  answers as soon as requests are served
//! ```

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cloud::Region;
use crate::protocol::told;
use crate::rds::side as rds;
use crate::{Cloud, Fault, Knobs, Rule, all_rules};

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
        ("POST", "drift") => drift(cloud, now, body),
        ("POST", "maintenance") => {
            let of: Named = parsed(body)?;
            let knobs = cloud.knobs.clone();
            region(cloud, now, &of.region, |r| r.rds.instances.contains_key(&of.instance))?
                .rds
                .run_window(&of.instance, now, &knobs)
                .map(|()| Value::Null)
        }
        ("POST", "switchover") => {
            let of: Named = parsed(body)?;
            let id = format!("db-{}", cloud.draw().upper(26));
            region(cloud, now, &of.region, |r| r.rds.instances.contains_key(&of.instance))?
                .rds
                .switch_over(&of.instance, id)
                .map(|()| Value::Null)
        }
        ("GET", "rules") => Ok(all_rules().map(rule).collect()),
        ("GET", "timing") => Ok(json!(cloud.knobs)),
        ("POST", "timing") => turn(cloud, body),
        _ => Err(format!("no {method} {path} here")),
    }
}

/// An instance in a region.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    region: String,
    instance: String,
}

/// What is changed as another person with another tool would have, behind everyone's back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drift {
    region: String,
    instance: Option<String>,
    secret: Option<String>,
    set: serde_json::Map<String, Value>,
}

fn state(cloud: &mut Cloud, now: Timestamp) -> Value {
    let (mut instances, mut snapshots, mut secrets) = (Vec::new(), Vec::new(), Vec::new());
    for ((_, name), region) in cloud.regions(now) {
        instances.extend(region.rds.instances.values().map(|one| rds::instance(one, name)));
        snapshots.extend(region.rds.snapshots.values().map(|one| rds::snapshot(one, name)));
        secrets.extend(region.secrets.told().map(|secret| told(&secret.with("region", name.as_str()))));
    }
    json!({"instances": instances, "snapshots": snapshots, "secrets": secrets})
}

/// The region in which something is.
fn region<'a>(
    cloud: &'a mut Cloud,
    now: Timestamp,
    named: &str,
    has: impl Fn(&Region) -> bool,
) -> Result<&'a mut Region, String> {
    let found = cloud.regions(now).find(|((_, name), region)| name == named && has(region));
    found.map(|(_, region)| region).ok_or_else(|| format!("there is no such thing in {named}"))
}

/// Changes something; the accounts of a test have nothing of one name, so whose it is need not be said.
fn drift(cloud: &mut Cloud, now: Timestamp, body: &[u8]) -> Result<Value, String> {
    let Drift { region: named, instance, secret, set } = parsed(body)?;
    match (instance, secret) {
        (Some(name), None) => {
            let found = region(cloud, now, &named, |region| region.rds.instances.contains_key(&name))?;
            found.rds.change(&name, set)?;
        }
        (None, Some(name)) => {
            let found = region(cloud, now, &named, |region| region.secrets.has(&name))?;
            found.secrets.drift(&name, &set)?;
        }
        _ => return Err("say either instance or secret".into()),
    }
    Ok(Value::Null)
}

fn rule(of: &Rule) -> Value {
    let Rule { id, code, status, message: _, page } = of;
    json!({"id": id, "code": code, "status": status, "page": page})
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

fn parsed<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|mistake| mistake.to_string())
}
