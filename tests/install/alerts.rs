//! Prometheus' and Alertmanager's own tools judge what is monitored: which alert fires when, and whom it reaches.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{Tools, manifest, repository};
use kube::core::DynamicObject;
use serde_json::{Value, json};

const RULES: &str = "package/monitoring/rules.yaml";
const ROUTES: &str = "package/monitoring/alertmanager.yaml";
/// What is played to the rules, and what has to come of it.
const PLAYED: [&str; 2] = ["tests/install/monitoring/rules.yaml", "tests/install/monitoring/objects.yaml"];
/// An app with every alert there is, as it is rendered; the render test keeps it current.
const APP: &str = "tests/render/expected/app/monitored.yaml";
const PLAYED_TO_APP: [&str; 1] = ["tests/install/monitoring/app.yaml"];
/// The golden cases with what they render.
const GOLDENS: &str = "function/tests/golden/app/snapshots";

pub(crate) fn each_fires_when_it_should_and_not_before() -> Result<()> {
    let rules = manifest::read(&repository::path(RULES))?.remove(0);
    play(&rules.data["spec"], &PLAYED)
}

pub(crate) fn each_of_an_app_fires_when_it_should_and_not_before() -> Result<()> {
    let objects = manifest::read(&repository::path(APP))?;
    let is_rule = |object: &&DynamicObject| object.types.as_ref().is_some_and(|t| t.kind == "PrometheusRule");
    let rules = objects.iter().find(is_rule).context("the app has no rules")?;
    play(&rules.data["spec"], &PLAYED_TO_APP)
}

pub(crate) fn promtool_takes_all_that_apps_have() -> Result<()> {
    let folder = folder()?;
    let mut checked = Vec::new();
    for entry in fs::read_dir(repository::path(GOLDENS))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let documents: Vec<Value> =
            serde_saphyr::from_multiple(&text).with_context(|| path.display().to_string())?;
        let Some(spec) = documents.iter().find_map(rules_in) else { continue };
        let file = format!("golden-{}.yaml", checked.len());
        write(&folder.join(&file), spec)?;
        checked.push(file);
    }
    ensure!(!checked.is_empty(), "no golden case has rules");
    let arguments = ["check", "rules"].into_iter().chain(checked.iter().map(String::as_str));
    run("promtool", &folder, &arguments.collect::<Vec<_>>()).map(drop)
}

/// The spec of the rules that a golden case renders.
fn rules_in(case: &Value) -> Option<&Value> {
    let rules = &case["desired"]["resources"]["prometheus-rule"]["resource"];
    (rules["kind"] == "PrometheusRule").then_some(&rules["spec"])
}

/// Plays files to rules: each alert is seen in them.
fn play(rules: &Value, files: &[&str]) -> Result<()> {
    let folder = folder()?;
    write(&folder.join("rules.yaml"), rules)?;
    let (mut played, mut names) = (String::new(), vec!["test".to_owned(), "rules".to_owned()]);
    for file in files {
        let text = fs::read_to_string(repository::path(file))?;
        let name = Path::new(file).file_name().context("a file")?.to_string_lossy();
        let name = format!("play-{name}");
        fs::write(folder.join(&name), &text)?;
        played.push_str(&text);
        names.push(name);
    }
    for rule in rules["groups"]
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
    run("promtool", &folder, &names.iter().map(String::as_str).collect::<Vec<_>>()).map(drop)
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

/// One of its own.
fn folder() -> Result<PathBuf> {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let name = format!("{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let folder = repository::cache().join("alerts").join(name);
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
