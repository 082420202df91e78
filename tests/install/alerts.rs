//! Prometheus' and Alertmanager's own tools judge what is monitored: which alert fires when, and whom it reaches.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{Tools, manifest, repository};
use serde_json::{Value, json};

const RULES: &str = "package/monitoring/rules.yaml";
const ROUTES: &str = "package/monitoring/alertmanager.yaml";
/// What is played to the rules, and what has to come of it.
const PLAYED: [&str; 2] = ["tests/install/monitoring/rules.yaml", "tests/install/monitoring/objects.yaml"];

pub(crate) fn each_fires_when_it_should_and_not_before() -> Result<()> {
    let folder = folder()?;
    let rules = manifest::read(&repository::path(RULES))?.remove(0);
    write(&folder.join("rules.yaml"), &rules.data["spec"])?;
    let mut played = String::new();
    for file in PLAYED {
        let text = fs::read_to_string(repository::path(file))?;
        let name = Path::new(file).file_name().context("a file")?.to_string_lossy();
        fs::write(folder.join(format!("play-{name}")), &text)?;
        played.push_str(&text);
    }
    for rule in rules.data["spec"]["groups"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|group| group["rules"].as_array().into_iter().flatten())
    {
        // Several may be named at once: `GoldenPathFunction(Slow|Failing)`, and each fires under its own name.
        let Some(alert) = rule["alert"].as_str() else { continue };
        ensure!(played.contains(&format!("alertname=\"{alert}\"")), "{alert} is never seen to fire");
    }
    run("promtool", &folder, &["check", "rules", "rules.yaml"])?;
    run("promtool", &folder, &["test", "rules", "play-rules.yaml", "play-objects.yaml"]).map(drop)
}

/// An app's alerts reach the channel that its spec names, golden paths' own the platform, and others nobody of ours.
pub(crate) fn each_reaches_whom_it_should() -> Result<()> {
    let folder = folder()?;
    let part: Vec<Value> = serde_saphyr::from_multiple(&fs::read_to_string(repository::path(ROUTES))?)?;
    let part = part.first().context("there are no routes")?;
    let mut receivers = part["receivers"].as_array().context("there are no receivers")?.clone();
    receivers.push(json!({"name": "others"}));
    let whole = json!({
        "global": {"slack_api_url": "https://slack.example.org/hook"},
        "route": {"receiver": "others", "routes": part["routes"]},
        "receivers": receivers,
    });
    write(&folder.join("alertmanager.yml"), &whole)?;
    run("amtool", &folder, &["check-config", "alertmanager.yml"])?;
    for (labels, receiver) in [
        (
            &["alertname=PaymentsApiErrors", "slack_channel=payments-alerts", "namespace=payments"][..],
            "goldenpath-teams",
        ),
        (&["alertname=GoldenPathFunctionUnavailable", "severity=critical"], "goldenpath-platform"),
        (&["alertname=GoldenPathNotSynced", "namespace=payments"], "goldenpath-platform"),
        (&["alertname=NodeDown"], "others"),
    ] {
        let mut arguments = vec!["config", "routes", "test", "--config.file=alertmanager.yml"];
        let verify = format!("--verify.receivers={receiver}");
        arguments.push(&verify);
        arguments.extend(labels);
        run("amtool", &folder, &arguments)?;
    }
    Ok(())
}

fn folder() -> Result<PathBuf> {
    let folder = repository::cache().join("alerts").join(std::process::id().to_string());
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// JSON is YAML.
fn write(file: &Path, value: &Value) -> Result<()> {
    fs::write(file, serde_json::to_vec_pretty(value)?)
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Runs a tool in a folder; an error has all that it has said.
fn run(tool: &'static str, folder: &Path, arguments: &[&str]) -> Result<String> {
    let tools = Tools::prepare_some(|name| name == tool)?;
    let output = Command::new(tools.program(tool)).args(arguments).current_dir(folder).output()?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{tool} {arguments:?}\n{said}");
    Ok(said)
}
