//! Rules and dashboards ask for what is served, and every alert leads somewhere.

use std::collections::{BTreeMap, BTreeSet};

use rusty_promql_parser::{Expr, VectorSelector, expr};
use serde_json::Value;

use crate::tree;

const RULES: &str = "package/monitoring/rules.yaml";
const STATE: &str = "package/monitoring/kube-state-metrics.yaml";
const RUNBOOKS: &str = "docs/runbooks.md";

/// What Prometheus adds of where it has read something.
const OF_TARGETS: [&str; 4] = ["job", "namespace", "pod", "instance"];

/// Every metric that may be asked for, with its labels.
type Served = BTreeMap<String, BTreeSet<String>>;

fn rules() -> Vec<Value> {
    let documents = tree::documents(RULES);
    let groups = documents[0]["spec"]["groups"].as_array().unwrap();
    groups.iter().flat_map(|group| group["rules"].as_array().unwrap().clone()).collect()
}

fn word<'a>(of: &'a Value, field: &str) -> &'a str {
    of[field].as_str().unwrap_or_else(|| panic!("{field} of {of}"))
}

/// The lines of a list as `provider/runtime/metrics.txt` has them: `NAME TYPE{LABEL, ...}`.
fn listed(list: &str, served: &mut Served) {
    for line in list.lines().filter(|line| !line.starts_with([' ', '#'])) {
        let (head, _) = line.split_once('}').unwrap_or_else(|| panic!("{line}"));
        let (head, labels) = head.split_once('{').unwrap();
        let (name, r#type) = head.split_once(' ').unwrap();
        let labels: BTreeSet<_> =
            labels.split(", ").filter(|label| !label.is_empty()).map(str::to_owned).collect();
        if r#type == "histogram" {
            served.insert(format!("{name}_bucket"), &labels | &["le".to_owned()].into());
            served.insert(format!("{name}_sum"), labels.clone());
            served.insert(format!("{name}_count"), labels);
        } else {
            served.insert(name.to_owned(), labels);
        }
    }
}

/// Those of the calls of AWS, which docs/operations.md names and their own test serves.
fn of_aws(served: &mut Served) {
    let text = tree::text("docs/operations.md");
    for name in text.split('`').filter(|word| word.starts_with("goldenpath_aws_")) {
        listed(&name.replace('{', " counter{"), served);
    }
}

/// Those that kube-state-metrics makes of golden paths' objects.
fn of_objects(served: &mut Served) {
    for resource in state_resources() {
        for metric in resource["metrics"].as_array().unwrap() {
            let name = format!("{}_{}", word(&resource, "metricNamePrefix"), word(metric, "name"));
            let each = &metric["each"];
            let own = ["info", "gauge"].map(|kind| each[kind]["labelsFromPath"].as_object());
            let own = own.into_iter().flatten().flat_map(|labels| labels.keys().cloned());
            let owner = resource["labelsFromPath"].as_object().unwrap().keys().cloned();
            let state = each["stateSet"]["labelName"].as_str().map(str::to_owned);
            served.insert(name, owner.chain(own).chain(state).collect());
        }
    }
}

fn state_resources() -> Vec<Value> {
    let configuration = word(&tree::documents(STATE)[0]["data"], "config.yaml").to_owned();
    let configuration = tree::parsed(&configuration).unwrap();
    configuration[0]["spec"]["resources"].as_array().unwrap().clone()
}

/// What is served, without what the rules record.
fn served() -> Served {
    let mut served = Served::new();
    listed(&tree::text("provider/runtime/metrics.txt"), &mut served);
    listed(&tree::text("package/monitoring/metrics.txt"), &mut served);
    of_aws(&mut served);
    of_objects(&mut served);
    assert!(served.len() > 60, "{served:?}");
    served
}

/// The selectors of a query.
fn selectors(query: &str) -> Vec<VectorSelector> {
    let (rest, expr) = expr(query).unwrap_or_else(|e| panic!("{query}: {e}"));
    assert_eq!(rest.trim(), "", "{query} cannot be read from here on");
    let mut selectors = Vec::new();
    collect(&expr, &mut selectors);
    selectors
}

fn collect(expr: &Expr, selectors: &mut Vec<VectorSelector>) {
    match expr {
        Expr::VectorSelector(selector) => selectors.push(selector.clone()),
        Expr::MatrixSelector(matrix) => selectors.push(matrix.selector.clone()),
        Expr::Call(call) => call.args.iter().for_each(|argument| collect(argument, selectors)),
        Expr::Aggregation(aggregation) => {
            aggregation.param.iter().chain([&aggregation.expr]).for_each(|part| collect(part, selectors));
        }
        Expr::Binary(binary) => {
            collect(&binary.lhs, selectors);
            collect(&binary.rhs, selectors);
        }
        Expr::Unary(unary) => collect(&unary.expr, selectors),
        Expr::Paren(inner) => collect(inner, selectors),
        Expr::Subquery(subquery) => collect(&subquery.expr, selectors),
        Expr::Number(_) | Expr::String(_) => {}
    }
}

/// Everything that a query names is there, and has the labels by which it is chosen.
fn asks_for_what_is_served(query: &str, served: &Served, recorded: &BTreeSet<String>) {
    for selector in selectors(query) {
        let name = selector.name.unwrap_or_else(|| panic!("{query} names no metric"));
        if recorded.contains(&name) {
            continue;
        }
        let labels = served.get(&name).unwrap_or_else(|| panic!("nothing serves {name}: {query}"));
        for matcher in selector.matchers {
            let known = labels.contains(&matcher.name) || OF_TARGETS.contains(&matcher.name.as_str());
            assert!(known, "{name} has no label {}: {query}", matcher.name);
        }
    }
}

fn recorded() -> BTreeSet<String> {
    rules().iter().filter_map(|rule| Some(rule["record"].as_str()?.to_owned())).collect()
}

#[test]
fn rules_ask_for_what_is_served() {
    let (served, recorded) = (served(), recorded());
    for rule in rules() {
        asks_for_what_is_served(word(&rule, "expr"), &served, &recorded);
    }
}

#[test]
fn a_metric_that_nobody_serves_is_found() {
    let served = served();
    for query in ["rate(function_run_seconds[5m]) > 1", "up{job=\"x\",shard=\"1\"}"] {
        let asked = std::panic::catch_unwind(|| asks_for_what_is_served(query, &served, &BTreeSet::new()));
        assert!(asked.is_err(), "{query}");
    }
}

/// With the same windows everywhere, and each variable with a value.
fn as_grafana_asks(query: &str) -> String {
    ["$team", "$namespace"].iter().fold(query.replace("$__rate_interval", "5m"), |q, v| q.replace(v, "x"))
}

#[test]
fn dashboards_ask_for_what_is_served() {
    let (served, recorded) = (served(), recorded());
    for file in tree::files("package/monitoring/dashboards", ".json") {
        let board: Value = serde_json::from_str(&tree::text(&file)).unwrap();
        let panels = board["panels"].as_array().unwrap();
        assert!(panels.len() > 5, "{file}");
        for target in panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap()) {
            asks_for_what_is_served(&as_grafana_asks(word(target, "expr")), &served, &recorded);
        }
        let variables = board["templating"]["list"].as_array().unwrap();
        for variable in variables.iter().filter(|variable| variable["type"] == "query") {
            let query = word(variable, "query").strip_prefix("label_values(").unwrap();
            let (query, _label) = query.rsplit_once(", ").unwrap();
            asks_for_what_is_served(&as_grafana_asks(query), &served, &recorded);
        }
        let (ids, titles): (BTreeSet<_>, BTreeSet<_>) =
            panels.iter().map(|panel| (panel["id"].to_string(), word(panel, "title"))).unzip();
        assert_eq!((ids.len(), titles.len()), (panels.len(), panels.len()), "{file}: a panel is there twice");
    }
}

/// What is recorded and never looked at is left out.
#[test]
fn everything_that_is_recorded_is_looked_at() {
    let boards = tree::files("package/monitoring/dashboards", ".json");
    let asked: String = boards.iter().map(|file| tree::text(file)).collect();
    let asked = asked + &rules().iter().map(|rule| word(rule, "expr").to_owned()).collect::<String>();
    for name in recorded() {
        assert!(asked.contains(&name), "{name}");
    }
}

/// Prometheus finds pods by labels and ports that they have, and the rules find what it has read by the name of the job.
#[test]
fn what_the_rules_name_is_read() {
    let runtimes = tree::documents("package/base/runtimes.yaml");
    let templates: BTreeSet<&str> = runtimes
        .iter()
        .filter_map(|d| {
            d["spec"]["deploymentTemplate"]["spec"]["template"]["metadata"]["labels"]
                .get("app.kubernetes.io/name")
        })
        .map(|name| name.as_str().unwrap())
        .collect();
    let monitors = tree::documents("package/monitoring/monitors.yaml");
    let mut jobs = BTreeSet::new();
    for monitor in &monitors {
        let label = word(&monitor["spec"], "jobLabel");
        let name = word(&monitor["spec"]["selector"]["matchLabels"], label);
        let chart = label == "app" && name == "crossplane";
        assert!(chart || templates.contains(name), "no pod has {label}: {name}");
        jobs.insert(name);
    }
    let expressions: String = rules().iter().map(|rule| word(rule, "expr").to_owned()).collect();
    let asked: BTreeSet<_> =
        expressions.split("job=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(!asked.is_empty() && asked.is_subset(&jobs), "{asked:?} of {jobs:?}");
}

/// What kube-state-metrics is told to read is in the objects, and every phase is one of theirs.
#[test]
fn what_is_told_of_objects_is_in_them() {
    for resource in state_resources() {
        let kind = word(&resource["groupVersionKind"], "kind");
        let file = format!("xrds/{}s.goldenpath.io.yaml", kind.to_lowercase());
        let definition = tree::documents(&file).remove(0);
        let version = &definition["spec"]["versions"][0];
        assert_eq!(version["name"], resource["groupVersionKind"]["version"]);
        let schema = &version["schema"]["openAPIV3Schema"];
        for metric in resource["metrics"].as_array().unwrap() {
            let each = &metric["each"];
            for kind in ["info", "gauge", "stateSet"] {
                let of = &each[kind];
                let base = schema_at(schema, &of["path"]);
                for path in of["labelsFromPath"].as_object().into_iter().flat_map(|labels| labels.values()) {
                    schema_at(base, path);
                }
                schema_at(base, &of["valueFrom"]);
                if let Some(list) = of["list"].as_array() {
                    assert_eq!(Some(list), base["enum"].as_array(), "{kind} {}", metric["name"]);
                }
            }
        }
    }
}

/// The schema of a field; of a list, that of its items. Conditions are Crossplane's, and in no schema of ours.
fn schema_at<'a>(schema: &'a Value, path: &Value) -> &'a Value {
    let mut at = schema;
    for key in path.as_array().into_iter().flatten() {
        let key = key.as_str().unwrap();
        if key == "conditions" || at.is_null() {
            return &Value::Null;
        }
        let next = &at["properties"][key];
        assert!(!next.is_null(), "{path}: there is no {key}");
        at = if next["items"].is_null() { next } else { &next["items"] };
    }
    at
}

/// The conditions and reasons by which alerts choose are those that golden paths set.
#[test]
fn alerts_name_conditions_that_are_set() {
    let mut told = String::from("type: Synced\n");
    for folder in ["app", "database"] {
        for file in tree::files(&format!("function/tests/golden/{folder}/snapshots"), ".snap") {
            told.push_str(&tree::text(&file));
        }
    }
    for rule in rules() {
        for selector in selectors(word(&rule, "expr")) {
            let is_condition = selector.name.is_some_and(|name| name.ends_with("_condition"));
            for matcher in selector.matchers.iter().filter(|_| is_condition) {
                assert!(told.contains(&format!("{}: {}\n", matcher.name, matcher.value)), "{matcher:?}");
            }
        }
    }
}

/// The names of all alerts: of the platform, and those that come with an app.
fn alerts() -> BTreeSet<String> {
    let own = rules().into_iter().filter_map(|rule| Some(rule["alert"].as_str()?.to_owned()));
    let mut alerts: BTreeSet<String> = own.collect();
    for file in tree::files("function/tests/golden/app/snapshots", ".snap") {
        let text = tree::text(&file);
        alerts
            .extend(text.lines().filter_map(|line| line.trim().strip_prefix("- alert: ").map(str::to_owned)));
    }
    alerts
}

#[test]
fn every_alert_has_its_runbook_and_every_runbook_its_alert() {
    let text = tree::text(RUNBOOKS);
    let headed: BTreeSet<String> =
        text.lines().filter_map(|line| line.strip_prefix("### ").map(str::to_owned)).collect();
    assert_eq!(headed, alerts());
    let sections = text.split("\n### ").skip(1);
    for section in sections {
        assert!(section.lines().nth(2).is_some_and(|line| line.len() > 20), "nothing is said of {section}");
    }
}

#[test]
fn every_alert_says_how_bad_it_is_and_where_to_read_on() {
    for alert in rules().iter().filter(|rule| !rule["alert"].is_null()) {
        let name = word(alert, "alert");
        assert!(["critical", "warning"].contains(&word(&alert["labels"], "severity")), "{name}");
        assert!(
            !word(&alert["annotations"], "summary").is_empty() && !word(alert, "for").is_empty(),
            "{name}"
        );
        let anchor = format!("/runbooks.html#{}", name.to_lowercase());
        assert!(word(&alert["annotations"], "runbook_url").ends_with(&anchor), "{name}");
    }
}

/// The channel that an app names is a label of its alerts, and Alertmanager is told to go by it.
#[test]
fn alerts_of_apps_go_to_their_channel() {
    let configuration = &tree::documents("package/monitoring/alertmanager.yaml")[0];
    let receivers: BTreeSet<&str> = configuration["receivers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|receiver| word(receiver, "name"))
        .collect();
    for route in configuration["routes"].as_array().unwrap() {
        assert!(receivers.contains(word(route, "receiver")), "{route}");
    }
    let route = &configuration["routes"][0];
    let label = "slack_channel";
    assert_eq!(route["matchers"][0], format!("{label}!=\"\""));
    let grouped = route["group_by"].as_array().unwrap().iter().any(|by| by == label);
    assert!(grouped, "a message has one channel only if its alerts are grouped by it");
    let golden = "function/tests/golden/app/snapshots/alerts_are_routed_to_the_team_and_its_channel.snap";
    assert!(tree::text(golden).contains(&format!("{label}: payments-alerts")));
}
