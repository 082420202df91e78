//! What rules and dashboards ask of Crossplane is what Crossplane serves.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use goldenpath_tests::progress::say;
use goldenpath_tests::{ControlPlane, repository, wait};
use serde_json::json;

use crate::request::{Database, SHORT_LIMIT};

const LIST: &str = "package/monitoring/metrics.txt";

/// A metric's type, and its labels.
type Metrics = BTreeMap<String, (String, BTreeSet<String>)>;

/// Compared by name, type and labels. A counter of what has not happened yet is not served, and is said to be so.
pub(crate) async fn crossplane_serves_what_the_rules_ask_for(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("metrics").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    let text = std::fs::read_to_string(repository::path(LIST))?;
    let asked = listed(&text)?;
    let pages = &plane.state().metrics;
    let url = &pages.iter().find(|(of, _)| of == "crossplane").context("Crossplane has no page")?.1;
    wait::until("Crossplane serves what the rules ask for", SHORT_LIMIT, async || {
        let served = served(&reqwest::get(url).await?.text().await?);
        for (name, metric) in &asked {
            match served.get(name) {
                Some(found) => ensure!(found == metric, "{name}: {found:?} is not {metric:?}"),
                None => ensure!(name.starts_with("circuit_breaker_"), "{name} is not served"),
            }
        }
        Ok(Some(()))
    })
    .await?;
    let served = served(&reqwest::get(url).await?.text().await?);
    for name in asked.keys().filter(|name| !served.contains_key(*name)) {
        say(&format!("{name} has not been served: it counts what has not happened"));
    }
    database.remove().await
}

/// Those of Crossplane: the first part of the list.
fn listed(text: &str) -> Result<Metrics> {
    let (_, rest) = text.split_once("Crossplane").context("the list begins with Crossplane's")?;
    let lines = rest.lines().skip(1).take_while(|line| !line.starts_with('#'));
    let metrics: Option<Metrics> = lines
        .map(|line| {
            let (head, labels) = line.strip_suffix('}')?.split_once('{')?;
            let (name, kind) = head.split_once(' ')?;
            Some((name.to_owned(), (kind.to_owned(), labels.split(", ").map(str::to_owned).collect())))
        })
        .collect();
    metrics.filter(|metrics| metrics.len() >= 4).with_context(|| format!("{LIST} cannot be read"))
}

/// Those of a page as Prometheus reads it.
fn served(page: &str) -> Metrics {
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    types
        .filter_map(|(name, kind)| {
            let of = |line: &&str| {
                let rest = line.strip_prefix(name)?;
                let rest = ["_bucket", "_sum", "_count"]
                    .iter()
                    .find_map(|end| rest.strip_prefix(end))
                    .unwrap_or(rest);
                rest.strip_prefix('{')?.split_once('}').map(|(labels, _)| labels.to_owned())
            };
            let labels = page.lines().find_map(|line| of(&line))?;
            let names = labels.split("\",").filter_map(|label| Some(label.split_once('=')?.0.to_owned()));
            Some((name.to_owned(), (kind.to_owned(), names.filter(|label| label != "le").collect())))
        })
        .collect()
}
