//! Argo CD says of golden paths' objects what they say of themselves, and applies nothing else.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use mlua::{Lua, LuaOptions, LuaSerdeExt, StdLib, Table};
use serde_json::{Value, json};

use crate::tree;

const HEALTH: &str = "package/argocd/health.lua";
const SETTINGS: &str = "package/argocd/argocd-cm.yaml";

/// What Argo CD shows of an object.
#[derive(Debug, PartialEq)]
struct Health {
    status: String,
    message: String,
}

/// Runs the script as Argo CD does: in Lua 5.1, with the object as `obj`, and without the libraries for strings, files and
/// processes.
fn health(object: &Value) -> Health {
    let lua = Lua::new_with(StdLib::TABLE, LuaOptions::default()).unwrap();
    lua.globals().set("obj", lua.to_value(object).unwrap()).unwrap();
    let answer: Table = lua.load(tree::text(HEALTH)).eval().unwrap_or_else(|e| panic!("{e}: {object}"));
    let field = |name: &str| answer.get::<String>(name).unwrap_or_else(|e| panic!("{name}: {e}: {object}"));
    Health { status: field("status"), message: field("message") }
}

fn condition(r#type: &str, status: &str, reason: &str, message: &str) -> Value {
    json!({"type": r#type, "status": status, "reason": reason, "message": message})
}

fn object(generation: u32, status: &Value) -> Value {
    json!({"metadata": {"name": "orders-db", "generation": generation}, "status": status})
}

fn is(object: &Value, status: &str, message: &str) {
    assert_eq!(health(object), Health { status: status.into(), message: message.into() }, "{object}");
}

#[test]
fn what_is_new_is_in_progress() {
    is(&json!({"metadata": {"generation": 1}}), "Progressing", "nothing is known of it yet");
    let unready = condition("Ready", "False", "Creating", "");
    is(&object(1, &json!({"conditions": [unready]})), "Progressing", "Creating");
    let told = json!({"conditions": [unready], "progress": "2/4 waiting for Instance/orders-db"});
    is(&object(1, &told), "Progressing", "2/4 waiting for Instance/orders-db");
}

/// A status of the generation before says nothing of this one, unless it stays behind because something is wrong.
#[test]
fn what_is_wrong_counts_whichever_generation_it_was_seen_in() {
    let ready = condition("Ready", "True", "Available", "");
    let behind = json!({"observedGeneration": 1, "phase": "Available", "conditions": [ready]});
    is(&object(2, &behind), "Progressing", "generation 2 has not been looked at yet");
    is(&object(1, &behind), "Healthy", "ready");

    let mut wrong = behind.clone();
    wrong["problems"] = json!([
        {"type": "Warning", "code": "WithoutEffect", "message": "nothing happens"},
        {"type": "Error", "code": "InvalidSpec", "message": "no such version", "remedy": "correct .spec.version"},
    ]);
    is(&object(2, &wrong), "Degraded", "InvalidSpec: no such version; correct .spec.version");

    let mut refused = behind;
    refused["conditions"] = json!([condition("Synced", "False", "ReconcileError", "forbidden"), ready]);
    is(&object(2, &refused), "Degraded", "forbidden");
}

#[test]
fn what_crossplane_says_comes_before_what_was_ready() {
    let ready = condition("Ready", "True", "Available", "");
    for (told, status, message) in [
        (condition("Synced", "False", "ReconcilePaused", "paused"), "Suspended", "reconciling is paused"),
        (condition("Synced", "False", "ReconcileError", ""), "Degraded", "ReconcileError"),
        (
            condition("Responsive", "False", "WatchCircuitOpen", "too many events"),
            "Degraded",
            "too many events",
        ),
        (condition("Responsive", "True", "WatchCircuitClosed", ""), "Healthy", "ready"),
    ] {
        is(&object(1, &json!({"conditions": [ready, told]})), status, message);
    }
}

/// One golden case of the function: what an XR says of itself, with what Crossplane adds to it.
struct Seen {
    name: String,
    object: Value,
    is_ready: bool,
}

/// Every one that has a status. The claim's is mirrored from the database's.
fn goldens() -> Vec<Seen> {
    tree::GOLDENS.iter().filter_map(|(file, response)| seen(file, response)).collect()
}

fn seen(file: &str, response: &Value) -> Option<Seen> {
    let composite = &response["desired"]["composite"];
    let mut status = composite["resource"]["status"].as_object()?.clone();
    let resources = response["desired"]["resources"].as_object();
    let is_ready = composite["ready"] != "READY_FALSE"
        && resources.into_iter().flatten().all(|(_, resource)| resource["ready"] == "READY_TRUE");
    let mut conditions: Vec<Value> = response["conditions"].as_array().cloned().unwrap_or_default();
    for told in &mut conditions {
        let short = told["status"].as_str().unwrap().trim_start_matches("STATUS_CONDITION_");
        let (first, rest) = short.split_at(1);
        told["status"] = format!("{first}{}", rest.to_lowercase()).into();
    }
    conditions.push(condition("Synced", "True", "ReconcileSuccess", ""));
    let ready = if is_ready { ("True", "Available") } else { ("False", "Creating") };
    conditions.push(condition("Ready", ready.0, ready.1, ""));
    let generation = status.get("observedGeneration").cloned().unwrap_or_else(|| 1.into());
    status.insert("conditions".into(), conditions.into());
    let object = json!({"metadata": {"name": "x", "generation": generation}, "status": status});
    let name = file.trim_start_matches("function/tests/golden/").replace("/snapshots", "");
    Some(Seen { name, object, is_ready })
}

/// Argo CD calls nothing healthy of which an XR says that it is broken, and nothing broken that only waits.
#[test]
fn every_golden_case_is_shown_as_it_is() {
    let goldens = goldens();
    assert!(goldens.len() > 250, "{}", goldens.len());
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for Seen { name, object, is_ready } in goldens {
        let status = &object["status"];
        let problems = status["problems"].as_array();
        let error = problems.into_iter().flatten().find(|problem| problem["type"] == "Error");
        let phase = status["phase"].as_str().unwrap_or_default();
        let expected = match phase {
            _ if error.is_some() => "Degraded",
            "Suspended" | "Stopped" | "Observing" => "Suspended",
            "Degraded" | "Failed" | "StorageFull" => "Degraded",
            _ if is_ready => "Healthy",
            _ => "Progressing",
        };
        let health = health(&object);
        assert_eq!(health.status, expected, "{name}: {health:?}");
        if let Some(error) = error {
            assert!(health.message.contains(error["message"].as_str().unwrap()), "{name}: {health:?}");
        }
        shown.insert(health.status);
    }
    assert_eq!(shown, ["Degraded", "Healthy", "Progressing", "Suspended"].map(str::to_owned).into());
}

/// What people see of some cases, word for word.
#[test]
fn the_message_leads_to_the_remedy() {
    let goldens = goldens();
    for (case, status, message) in CASES {
        let seen = goldens.iter().find(|seen| seen.name == format!("{case}.snap")).unwrap();
        is(&seen.object, status, message);
    }
}

const CASES: &[(&str, &str, &str)] = &[
    (
        "database/everything_is_ready",
        "Healthy",
        "the database accepts connections at payments-orders-db-ia4ow.abc.eu-central-1.rds.amazonaws.com:5432",
    ),
    (
        "database/a_change_that_aws_refuses_is_an_error_of_its_field",
        "Degraded",
        "InvalidSpec: it is still so; correct .spec.storage.iops",
    ),
    ("app/a_suspended_app_is_ready_without_pods", "Suspended", "no pods are wanted"),
    (
        "database/what_taking_a_database_over_would_change_is_pending",
        "Suspended",
        "AdoptionPending: legacy-orders is only looked at; taking it over changes the 2 fields in .status.pendingChanges; \
         set .spec.adopt.takeOver to true, and .spec.adopt.password to Set for a new password, or to Keep",
    ),
    ("database/a_full_storage_is_a_phase", "Degraded", "the storage is full"),
    (
        "database/a_database_that_is_being_created_is_progress",
        "Progressing",
        "0/4 waiting for Instance/orders-db (Creating)",
    ),
];

/// A kind of ours, as Argo CD names it in its settings: group and kind.
type Kind = (String, String);

/// The kinds that XRDs and CRDs define.
#[derive(Default)]
struct Kinds {
    all: BTreeSet<Kind>,
    /// Those that a team writes: an XR, or the claim of one.
    of_teams: BTreeSet<Kind>,
    /// Those in whose spec Crossplane keeps its own part under one key.
    namespaced: BTreeSet<Kind>,
}

fn kinds() -> Kinds {
    let mut kinds = Kinds::default();
    for folder in ["xrds", "package/provider/crds"] {
        for file in tree::files(folder, ".yaml") {
            let spec = tree::documents(&file).remove(0)["spec"].take();
            let group = spec["group"].as_str().unwrap();
            let kind = |names: &Value| Some((group.to_owned(), names["kind"].as_str()?.to_owned()));
            let (own, claim) = (kind(&spec["names"]).unwrap(), kind(&spec["claimNames"]));
            if folder == "xrds" {
                kinds.namespaced.extend(claim.is_none().then(|| own.clone()));
                kinds.of_teams.insert(claim.clone().unwrap_or_else(|| own.clone()));
            }
            kinds
                .all
                .extend(claim.into_iter().chain([own]).filter(|(_, kind)| !kind.contains("ProviderConfig")));
        }
    }
    kinds
}

/// Managed Argo CDs take no wildcards, so every kind has its own key. `UPDATE=1` writes the file.
#[test]
fn the_settings_have_every_kind() {
    let mut settings = String::from(SETTINGS_HEAD);
    let Kinds { all, namespaced, .. } = kinds();
    for (group, kind) in &namespaced {
        write!(settings, "  resource.customizations.ignoreDifferences.{group}_{kind}: |\n    jsonPointers: [/spec/crossplane]\n")
            .unwrap();
    }
    let script: String =
        tree::text(HEALTH).lines().map(|line| format!("    {line}\n").replace("    \n", "\n")).collect();
    for (group, kind) in &all {
        write!(settings, "  resource.customizations.health.{group}_{kind}: |\n{script}").unwrap();
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(tree::path(SETTINGS), &settings).unwrap();
    }
    assert_eq!(tree::text(SETTINGS), settings, "out of date; run `make update`");
    let data = &tree::documents(SETTINGS)[0]["data"];
    assert_eq!(data["resource.customizations.health.goldenpath.io_GoldenPathDatabase"], tree::text(HEALTH));
}

const SETTINGS_HEAD: &str = "\
# Settings of Argo CD for golden paths: merge them into yours. The health of each kind is health.lua. Written by
# `UPDATE=1 cargo test -p goldenpath-package --test surroundings`.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
  labels: {app.kubernetes.io/name: argocd-cm, app.kubernetes.io/part-of: argocd}
data:
  # Objects that are composed have the label app.kubernetes.io/instance, which is not the name of an Application.
  application.resourceTrackingMethod: annotation
  # What is applied for a team is applied with its service account: see appproject.yaml.
  application.sync.impersonation.enabled: \"true\"
  # One of these comes and goes with every managed resource.
  resource.exclusions: |
    - apiGroups: [aws.m.goldenpath.io]
      kinds: [ProviderConfigUsage]
      clusters: ['*']
";

/// A project that lets another kind in lets Argo CD's rights be used for it.
#[test]
fn the_project_lets_in_what_teams_write_and_nothing_else() {
    let project = &tree::documents("package/argocd/appproject.yaml")[0]["spec"];
    let let_in = project["namespaceResourceWhitelist"].as_array().unwrap();
    let text = |of: &Value| of.as_str().unwrap().to_owned();
    let let_in: BTreeSet<Kind> =
        let_in.iter().map(|kind| (text(&kind["group"]), text(&kind["kind"]))).collect();
    assert_eq!(let_in, kinds().of_teams);
    assert_eq!(project["clusterResourceWhitelist"], json!([]));
}

/// What Argo CD applies for a team, it applies with an account that exists and has a team's rights.
#[test]
fn a_team_is_applied_for_with_its_own_rights() {
    let project = &tree::documents("package/argocd/appproject.yaml")[0]["spec"];
    let account = &project["destinationServiceAccounts"][0]["defaultServiceAccount"];
    let made = tree::documents("package/argocd/team-namespace.yaml");
    let of_kind = |kind: &str| made.iter().find(|document| document["kind"] == kind).unwrap();
    assert_eq!(&of_kind("ServiceAccount")["metadata"]["name"], account);
    let binding = of_kind("RoleBinding");
    assert_eq!(&binding["subjects"][0]["name"], account);
    let roles = tree::documents("package/base/tenants.yaml");
    assert!(roles.iter().any(|role| role["metadata"]["name"] == binding["roleRef"]["name"]));
    let set = &tree::documents("package/argocd/applicationset.yaml")[0]["spec"];
    assert_eq!(set["template"]["spec"]["project"], "goldenpath");
    assert_eq!(set["generators"][0]["git"]["repoURL"], project["sourceRepos"][0]);
}

/// What a quota counts is there to be counted.
#[test]
fn quotas_count_what_there_is() {
    let made = tree::documents("package/argocd/team-namespace.yaml");
    let quota = made.iter().find(|document| document["kind"] == "ResourceQuota").unwrap();
    let definitions: BTreeSet<String> = tree::files("xrds", ".yaml")
        .iter()
        .map(|file| tree::documents(file)[0]["metadata"]["name"].as_str().unwrap().to_owned())
        .collect();
    for counted in quota["spec"]["hard"].as_object().unwrap().keys() {
        let name = counted.strip_prefix("count/").unwrap();
        assert!(definitions.contains(name), "{counted}");
    }
}
