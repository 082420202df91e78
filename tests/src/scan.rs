//! Looks for a secret everywhere it must not be: in all of etcd and its past, in every log, on every page of metrics.
//!
//! Events and statuses are objects in etcd and need no search of their own.

mod etcd;
mod needles;

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::state::State;
use needles::Needles;

/// Where a secret was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hit {
    /// A key of etcd, such as `/registry/secrets/payments/orders-db`.
    Key(String),
    /// A file of the run's logs.
    Log(String),
    /// A component's metrics.
    Metrics(String),
}

impl fmt::Display for Hit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(formatter, "etcd {key}"),
            Self::Log(file) => write!(formatter, "log {file}"),
            Self::Metrics(component) => write!(formatter, "metrics of {component}"),
        }
    }
}

/// Searches a running control plane for a secret; all places it is in, sorted.
pub async fn scan(state: &State, secret: &str) -> Result<Vec<Hit>> {
    let needles = Needles::new(secret);
    let mut hits: Vec<Hit> =
        etcd::keys_with(&state.etcd, &needles).await?.into_iter().map(Hit::Key).collect();
    for entry in fs::read_dir(state.logs()).context("cannot read the logs")? {
        let path = entry?.path();
        if needles.are_in(&fs::read(&path)?) {
            hits.push(Hit::Log(name(&path)));
        }
    }
    for (component, url) in &state.metrics {
        // A killed component has no page, and a page that is not there has no leak.
        let Ok(response) = reqwest::get(url).await else { continue };
        if needles.are_in(&response.bytes().await?) {
            hits.push(Hit::Metrics(component.clone()));
        }
    }
    hits.sort();
    Ok(hits)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
