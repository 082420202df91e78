//! All of etcd through its JSON gateway: what is there now, and every earlier version of it since the last compaction.
//!
//! The past counts: a password that was written and removed a second later has been in every backup and watch.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::needles::Needles;

/// Keys of one page; a page with everything would not fit into an answer.
const PAGE: usize = 500;
/// From the first to the last key: a range end of one zero byte means "to the end".
const EVERYTHING: &str = "AA==";

/// The keys whose value, present or past, has the secret.
pub(super) async fn keys_with(url: &str, needles: &Needles) -> Result<BTreeSet<String>> {
    let http = Client::new();
    let mut keys = BTreeSet::new();
    let revision = present(&http, url, needles, &mut keys).await?;
    past(&http, url, revision, needles, &mut keys).await?;
    Ok(keys)
}

#[derive(Deserialize)]
struct Range {
    header: Header,
    #[serde(default)]
    kvs: Vec<Pair>,
    #[serde(default)]
    more: bool,
}

#[derive(Deserialize)]
struct Header {
    /// A 64-bit number is a string in the gateway's JSON.
    revision: String,
}

#[derive(Deserialize)]
struct Pair {
    key: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    mod_revision: String,
}

impl Pair {
    fn search(&self, needles: &Needles, keys: &mut BTreeSet<String>) -> Result<()> {
        let key = STANDARD.decode(&self.key)?;
        if needles.are_in(&STANDARD.decode(&self.value)?) || needles.are_in(&key) {
            keys.insert(String::from_utf8_lossy(&key).into_owned());
        }
        Ok(())
    }
}

/// Everything that is there, page by page; answers with the revision that was current at the end.
async fn present(http: &Client, url: &str, needles: &Needles, keys: &mut BTreeSet<String>) -> Result<i64> {
    let mut from = vec![0];
    loop {
        let request = json!({"key": STANDARD.encode(&from), "range_end": EVERYTHING, "limit": PAGE});
        let page: Range = post(http, url, "kv/range", &request).await?.json().await?;
        for pair in &page.kvs {
            pair.search(needles, keys)?;
        }
        let Some(last) = page.kvs.last().filter(|_| page.more) else {
            return Ok(page.header.revision.parse()?);
        };
        from = STANDARD.decode(&last.key)?;
        from.push(0);
    }
}

#[derive(Deserialize)]
struct Watch {
    result: Option<Changes>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Changes {
    #[serde(default)]
    events: Vec<Change>,
    #[serde(default)]
    compact_revision: Option<String>,
}

#[derive(Deserialize)]
struct Change {
    kv: Pair,
}

/// Every change up to a revision: a watch that begins in the past.
async fn past(
    http: &Client,
    url: &str,
    until: i64,
    needles: &Needles,
    keys: &mut BTreeSet<String>,
) -> Result<()> {
    let mut from = 1;
    // A write of our own makes sure that the watch has something at or after `until`, and so an end.
    let mark = json!({"key": STANDARD.encode("/goldenpath/scan"), "value": ""});
    post(http, url, "kv/put", &mark).await?;
    'watch: loop {
        let request = json!({"create_request": {"key": EVERYTHING, "range_end": EVERYTHING, "start_revision": from.to_string()}});
        let mut lines = Lines { response: post(http, url, "watch", &request).await?, read: Vec::new() };
        while let Some(watch) = lines.next::<Watch>().await? {
            let Some(changes) = watch.result else { bail!("etcd's watch failed: {:?}", watch.error) };
            if let Some(compacted) =
                changes.compact_revision.and_then(|revision| revision.parse::<i64>().ok())
                && compacted > from
            {
                from = compacted;
                continue 'watch;
            }
            for change in &changes.events {
                change.kv.search(needles, keys)?;
            }
            let last = changes.events.last().and_then(|change| change.kv.mod_revision.parse::<i64>().ok());
            if last.is_some_and(|revision| revision > until) {
                return Ok(());
            }
        }
        bail!("etcd ended the watch");
    }
}

async fn post(http: &Client, url: &str, path: &str, body: &Value) -> Result<Response> {
    let response =
        http.post(format!("{url}/v3/{path}")).json(body).send().await.context("etcd does not answer")?;
    Ok(response.error_for_status()?)
}

/// One JSON value a line, as they come.
struct Lines {
    response: Response,
    read: Vec<u8>,
}

impl Lines {
    async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>> {
        let mut searched = 0;
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.read[searched..]) {
                let line: Vec<u8> = self.read.drain(..=searched + end).collect();
                return Ok(Some(serde_json::from_slice(&line)?));
            }
            searched = self.read.len();
            let Some(chunk) = self.response.chunk().await? else { return Ok(None) };
            self.read.extend_from_slice(&chunk);
        }
    }
}
