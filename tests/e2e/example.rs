//! The runtime without this repository's provider: the example in `provider/runtime/examples` keeps files.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, example, kinds, objects, wait};
use serde_json::json;

const LIMIT: Duration = Duration::from_secs(30);

/// Made, put back, changed and removed: what a file is asked to be, in the real control plane.
pub(crate) async fn a_file_is_kept_as_its_object_asks(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("example").await?;
    let folder = plane.logs().with_file_name(&namespace);
    // Before its kind is there: it waits for it.
    let provider = plane.start_example(&folder)?;
    plane.apply(&example::crd().await?, "").await?;
    let file = r"
apiVersion: files.example.org/v1alpha1
kind: File
metadata: {name: greeting, annotations: {crossplane.io/poll-interval: 1s}}
spec: {forProvider: {content: hello}}
";
    wait::until("the kind is served", LIMIT, async || Ok(plane.apply(file, &namespace).await.ok())).await?;
    for condition in ["Synced", "Ready"] {
        plane.until_true(kinds::file(), &namespace, "greeting", condition, LIMIT).await?;
    }
    let path = folder.join(&namespace).join("greeting");
    ensure!(fs::read_to_string(&path)? == "hello", "the file is not as it was asked to be");

    fs::write(&path, "changed by somebody else")?;
    wait::until("the file is put back", LIMIT, async || {
        Ok((fs::read_to_string(&path)? == "hello").then_some(()))
    })
    .await?;
    wait::until("an event tells of it", LIMIT, async || {
        let events = objects::events(plane.client(), &namespace, "File", "greeting").await?;
        Ok(events
            .iter()
            .any(|e| e.contains("UpdatedExternalResource") && e.contains("content"))
            .then_some(()))
    })
    .await?;

    // A hand-over while nothing changes: SIGTERM, and another process goes on.
    let status = provider.terminate(LIMIT)?;
    ensure!(status.success(), "the provider ended with {status}");
    provider.start()?;
    let wanted = json!({"spec": {"forProvider": {"content": "good evening"}}});
    objects::merge(plane.client(), &kinds::file(), &namespace, "greeting", &wanted).await?;
    wait::until("the file follows the object", LIMIT, async || {
        Ok((fs::read_to_string(&path)? == "good evening").then_some(()))
    })
    .await?;

    plane.delete(&kinds::file(), &namespace, "greeting").await?;
    plane.until_gone(kinds::file(), &namespace, "greeting", LIMIT).await?;
    ensure!(!path.exists(), "the file is still there");
    fs::remove_dir_all(&folder).context("the folder was there")
}
