//! The scan for secrets finds what it is there to find: a leak that was put there on purpose.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::{Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use goldenpath_tests::ControlPlane;

/// In a Secret as it should be, and where it never should be: a status-like field, an event's text, base64, a log.
pub(crate) async fn a_planted_leak_is_found(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("leak").await?;
    let leak = format!("planted-{namespace}-Zk3vQ9");
    ensure!(plane.scan(&leak).await?.is_empty(), "nothing is found before anything is planted");

    let encoded = STANDARD.encode(format!("{{\"password\":\"{leak}\"}}"));
    let yaml = format!(
        r"
apiVersion: v1
kind: Secret
metadata: {{name: target}}
stringData: {{password: {leak}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: raw}}
data: {{message: 'cannot use password {leak} here'}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: encoded}}
data: {{document: {encoded}}}
---
apiVersion: v1
kind: Event
metadata: {{name: told}}
involvedObject: {{kind: ConfigMap, name: raw, namespace: {namespace}}}
reason: Leaked
message: the password is {leak}
type: Warning
"
    );
    plane.apply(&yaml, &namespace).await?;
    // Written and corrected: the leak is in the past alone, and still a leak.
    let once = |text: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: once}}\ndata: {{x: {text}}}")
    };
    plane.apply(&once(&leak), &namespace).await?;
    plane.apply(&once("corrected"), &namespace).await?;
    let log = plane.logs().join("planted.log");
    writeln!(std::fs::File::create(&log)?, "connecting with {leak}")?;

    let hits: BTreeSet<String> = plane.scan(&leak).await?.iter().map(ToString::to_string).collect();
    std::fs::remove_file(&log)?;
    let expected: BTreeSet<String> = [
        format!("etcd /registry/secrets/{namespace}/target"),
        format!("etcd /registry/configmaps/{namespace}/raw"),
        format!("etcd /registry/configmaps/{namespace}/encoded"),
        format!("etcd /registry/configmaps/{namespace}/once"),
        format!("etcd /registry/events/{namespace}/told"),
        "log planted.log".to_owned(),
    ]
    .into();
    ensure!(hits == expected, "found {hits:?}, planted {expected:?}");
    Ok(())
}
