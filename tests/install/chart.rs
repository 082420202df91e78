//! The chart, rendered by Helm: with its values as they stand it has what base.yaml has, and each value changes what it says.

use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{Tools, repository};
use serde_json::{Value, json};

use crate::objects::{self, Objects, same};

/// Of the cluster, which is not asked.
const KUBERNETES: &str = "1.36.0";
const SYSTEM: &str = "crossplane-system";

/// What `make packages` has packed, and Helm.
struct Chart {
    helm: PathBuf,
    archive: PathBuf,
}

/// As it stands, and with monitoring.
pub(crate) fn has_what_base_yaml_has() -> Result<()> {
    let chart = Chart::packed()?;
    let base = objects::packed()?;
    same(&chart.rendered(&[])?, &base)?;

    let mut with_monitoring = base;
    for file in ["monitors", "rules", "kube-state-metrics"] {
        let file = repository::path(format!("package/monitoring/{file}.yaml"));
        with_monitoring.extend(objects::parsed(&std::fs::read_to_string(file)?)?);
    }
    same(&chart.rendered(&["monitoring.enabled=true"])?, &with_monitoring)
}

/// With the choices of the example for Kustomize, as kubectl renders that.
pub(crate) fn has_what_the_example_for_kustomize_has() -> Result<()> {
    let tools = Tools::prepare_some(|name| name == "kubectl")?;
    let example = repository::path("examples/kustomize");
    let output = Command::new(tools.program("kubectl")).arg("kustomize").arg(example).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let example = objects::parsed(&String::from_utf8(output.stdout)?)?;
    let chart = Chart::packed()?.rendered(&["registry=ghcr.io/acme", "tenancy.environment=production"])?;
    same(&without_blank_lines(example), &without_blank_lines(chart))
}

/// Kustomize writes texts of several lines with blank ones between, which the language of policies does not read.
fn without_blank_lines(objects: Objects) -> Objects {
    fn tidy(value: &mut Value) {
        match value {
            Value::String(text) if text.contains('\n') => {
                *text = text.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
            }
            Value::Array(items) => items.iter_mut().for_each(tidy),
            Value::Object(fields) => fields.values_mut().for_each(tidy),
            _ => {}
        }
    }
    let tidied = |mut object| {
        tidy(&mut object);
        object
    };
    objects.into_iter().map(|(key, object)| (key, tidied(object))).collect()
}

/// Each value, one after the other: where it shows, and that nothing else is changed by it.
pub(crate) fn does_as_its_values_say() -> Result<()> {
    let chart = Chart::packed()?;
    let unchanged = chart.rendered(&["monitoring.enabled=true"])?;
    let runtime = "/spec/deploymentTemplate/spec";
    let container = format!("{runtime}/template/spec/containers/0/resources/limits/memory");
    let annotations = "/spec/serviceAccountTemplate/metadata/annotations".to_owned();
    let alert = "/spec/groups/1/rules/0/annotations/runbook_url".to_owned();
    let (config, function) = ("DeploymentRuntimeConfig", "function-goldenpath");
    let provider = "provider-goldenpath-aws";
    let cases = [
        (
            "registry=example.org:5000/a",
            "ImageConfig",
            function,
            "/spec/matchImages/0/prefix".to_owned(),
            json!("example.org:5000/a/function-goldenpath"),
        ),
        ("function.replicas=1", config, function, format!("{runtime}/replicas"), json!(1)),
        ("provider.replicas=3", config, provider, format!("{runtime}/replicas"), json!(3)),
        ("function.resources.limits.memory=1Gi", config, function, container.clone(), json!("1Gi")),
        ("provider.resources.limits.memory=1Gi", config, provider, container, json!("1Gi")),
        (
            "provider.serviceAccountAnnotations.role=reader",
            config,
            provider,
            annotations,
            json!({"role": "reader"}),
        ),
        (
            "policies.platform[0].kind=Group,policies.platform[0].name=sre",
            "ClusterRoleBinding",
            "goldenpath-platform",
            "/subjects/3".to_owned(),
            json!({"kind": "Group", "name": "sre"}),
        ),
        (
            "tenancy.environment=production",
            "ConfigMap",
            "goldenpath-tenancy",
            "/data/environment".to_owned(),
            json!("production"),
        ),
        (
            "tenancy.stores={a,b}",
            "ConfigMap",
            "goldenpath-tenancy",
            "/data/stores".to_owned(),
            json!("a\nb\n"),
        ),
        (
            "tenancy.paths={shop shared/}",
            "ConfigMap",
            "goldenpath-tenancy",
            "/data/paths".to_owned(),
            json!("shop shared/\n"),
        ),
        (
            "tenants.aggregate=false",
            "ClusterRole",
            "goldenpath-edit",
            "/metadata/labels".to_owned(),
            Value::Null,
        ),
        (
            "monitoring.labels.release=prometheus",
            "PodMonitor",
            "crossplane",
            "/metadata/labels".to_owned(),
            json!({"release": "prometheus"}),
        ),
        (
            "monitoring.docs=https://docs.acme.example",
            "PrometheusRule",
            "goldenpath",
            alert,
            json!("https://docs.acme.example/runbooks.html#goldenpathfunctionunavailable"),
        ),
    ];
    for (value, kind, name, pointer, expected) in cases {
        let changed = chart.rendered(&["monitoring.enabled=true", value])?;
        let shows = changed.iter().find(|((k, _, n), _)| k == kind && n == name);
        let shows = shows.with_context(|| format!("{value}: no {kind} {name}"))?.1;
        ensure!(shows.pointer(&pointer).unwrap_or(&Value::Null) == &expected, "{value}: {shows:#}");
        ensure!(changed.keys().eq(unchanged.keys()), "{value} adds or removes an object");
        let others = changed.iter().filter(|(key, object)| {
            object["apiVersion"] != shows["apiVersion"] && unchanged[*key] != **object
        });
        ensure!(others.count() == 0, "{value} changes something else");
    }
    goes(&chart, &unchanged, "function.podDisruptionBudget=false", |kind, name| {
        (kind, name) == ("PodDisruptionBudget", function)
    })?;
    goes(&chart, &unchanged, "provider.podDisruptionBudget=false", |kind, name| {
        (kind, name) == ("PodDisruptionBudget", provider)
    })?;
    goes(&chart, &unchanged, "policies.enabled=false", |kind, name| {
        kind.starts_with("ValidatingAdmissionPolicy")
            || ["goldenpath-platform", "goldenpath-tenancy"].contains(&name)
    })
}

/// What the schema does not know, or cannot be, is refused, and named.
pub(crate) fn refuses_values_that_it_does_not_have() -> Result<()> {
    let chart = Chart::packed()?;
    for (value, named) in [
        ("function.replica=1", "replica"),
        ("function.replicas=0", "/function/replicas"),
        ("registry=localhost:5000/acme", "/registry"),
        ("policies.enabled=maybe", "/policies/enabled"),
        ("tenancy.paths={shared/}", "/tenancy/paths/0"),
        ("monitoring.docs=docs.acme.example", "/monitoring/docs"),
    ] {
        let output = chart.template(&[value])?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(!output.status.success() && said.contains(named), "{value}: {said}");
    }
    Ok(())
}

// === impl Chart ===

impl Chart {
    fn packed() -> Result<Self> {
        let tools = Tools::prepare_some(|name| name == "helm")?;
        let archive = format!("goldenpath-{}.tgz", env!("CARGO_PKG_VERSION"));
        Ok(Self {
            helm: tools.program("helm").to_owned(),
            archive: repository::target().join("packages").join(archive),
        })
    }

    fn template(&self, values: &[&str]) -> Result<Output> {
        let mut helm = Command::new(&self.helm);
        helm.args(["template", "goldenpath", "--namespace", SYSTEM, "--kube-version", KUBERNETES])
            .arg(&self.archive);
        for value in values {
            helm.args(["--set", value]);
        }
        helm.output().context("cannot run helm")
    }

    fn rendered(&self, values: &[&str]) -> Result<Objects> {
        let output = self.template(values)?;
        ensure!(output.status.success(), "{values:?}: {}", String::from_utf8_lossy(&output.stderr));
        objects::parsed(&String::from_utf8(output.stdout)?)
    }
}

/// With a value, these objects are missing, and every other one is as it was.
fn goes(chart: &Chart, before: &Objects, value: &str, gone: impl Fn(&str, &str) -> bool) -> Result<()> {
    let mut expected = before.clone();
    expected.retain(|(kind, _, name), _| !gone(kind, name));
    ensure!(expected.len() < before.len(), "{value} takes nothing away");
    same(&chart.rendered(&["monitoring.enabled=true", value])?, &expected).with_context(|| value.to_owned())
}
