//! Kyverno's own CLI judges `package/kyverno`: what each policy lets a team do and what not, and with which words.
//!
//! It plays a cluster in which nobody may do what a policy asks for. Two things it cannot play: the status of an object as a
//! resource of its own, so that policy is shown whole objects here; and an answer of yes to a review, so neither
//! the platform nor a database that is lent is here. `docs/policies.md` says what follows.

mod request;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{Tools, repository};
use serde_json::{Value, json};

use request::Request;

/// The kinds that the policies look at: group, version, kind, and plural.
const KINDS: [(&str, &str, &str, &str); 7] = [
    ("external-secrets.io", "v1", "ExternalSecret", "externalsecrets"),
    ("external-secrets.io", "v1", "SecretStore", "secretstores"),
    ("external-secrets.io", "v1alpha1", "PushSecret", "pushsecrets"),
    ("generators.external-secrets.io", "v1alpha1", "STSSessionToken", "stssessiontokens"),
    ("goldenpath.io", "v1alpha1", "GoldenPathDatabase", "goldenpathdatabases"),
    ("protection.crossplane.io", "v1beta1", "Usage", "usages"),
    ("rds.aws.m.goldenpath.io", "v1beta1", "Instance", "instances"),
];
/// Those that let a team do nothing.
const CLOSED: [&str; 2] = ["managed", "status"];
/// The team's namespace.
const TEAM: &str = "payments";

pub(crate) fn refuses_what_it_should_with_the_same_words() -> Result<()> {
    let tools = Tools::prepare_some(|name| name == "kyverno")?;
    let folder = repository::cache().join("kyverno").join(std::process::id().to_string());
    let requests = request::all();
    fs::create_dir_all(&folder)?;
    for kind in KINDS {
        write(&folder, kind.3, &definition(kind))?;
    }
    for (number, request) in requests.iter().enumerate() {
        let folder = folder.join(number.to_string());
        request.write(&folder)?;
        request.judge(tools.program("kyverno"), &folder)?;
    }
    let policies: BTreeSet<_> = fs::read_dir(repository::path("package/kyverno"))?
        .map(|entry| Ok(entry?.path().file_stem().context("a name")?.to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    let seen = |refused: bool| {
        let seen = requests.iter().filter(move |request| request.refusal.is_some() == refused);
        seen.map(|request| request.policy.to_owned())
    };
    ensure!(policies == seen(true).collect(), "not every policy is seen to refuse");
    let closed = CLOSED.map(str::to_owned);
    ensure!(policies == seen(false).chain(closed).collect(), "not every policy is seen to accept");
    Ok(())
}

/// Takes whatever is in an object.
fn definition((group, version, kind, plural): (&str, &str, &str, &str)) -> Value {
    let schema = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}")},
        "spec": {
            "group": group, "scope": "Namespaced",
            "names": {"plural": plural, "singular": kind.to_lowercase(), "kind": kind, "listKind": format!("{kind}List")},
            "versions": [{"name": version, "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}],
        },
    })
}

/// JSON is YAML.
fn write(folder: &Path, name: &str, value: &Value) -> Result<()> {
    Ok(fs::write(folder.join(format!("{name}.yaml")), serde_json::to_vec_pretty(value)?)?)
}

// === impl Request ===

impl Request {
    /// As the CLI reads it: the cluster, who asks, what is asked, and what comes of it.
    fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        let policy = fs::read_to_string(repository::path(format!("package/kyverno/{}.yaml", self.policy)))?;
        let team = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {
            "name": TEAM, "labels": {"goldenpath.io/tier": "production"},
        }});
        let tenancy = json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "goldenpath-tenancy", "namespace": "goldenpath-system"},
            "data": {"environment": "dev", "stores": "goldenpath\n", "paths": "payments shared/\n"},
        });
        let there: Vec<_> = [&team].into_iter().chain(self.tenancy.then_some(&tenancy)).collect();
        let object = self.object["metadata"]["namespace"].as_str().map_or("tried", |_| "payments/tried");
        let cluster = json!({"crds": KINDS.map(|kind| format!("../{}.yaml", kind.3)), "resources": there});
        let result = json!({
            "policy": format!("goldenpath-{}", self.policy), "isValidatingPolicy": true,
            "kind": self.object["kind"], "resources": [object],
            "result": if self.refusal.is_some() { "fail" } else { "pass" },
        });
        for mut file in [
            json!({"kind": "ClusterResource", "spec": cluster}),
            json!({"kind": "Values", "namespaces": [team], "globalValues": {"request.operation": self.operation}}),
            json!({"kind": "UserInfo", "userInfo": {"username": "system:serviceaccount:payments:team"}}),
            json!({
                "kind": "Test", "policies": ["policy.yaml"], "resources": ["object.yaml"],
                "clusterResources": ["ClusterResource.yaml"], "variables": "Values.yaml", "userinfo": "UserInfo.yaml",
                "results": [result],
            }),
        ] {
            file["apiVersion"] = "cli.kyverno.io/v1alpha1".into();
            file["metadata"] = json!({"name": "request"});
            write(folder, file["kind"].as_str().context("a kind")?, &file)?;
        }
        write(folder, "object", &self.object)?;
        // Shown whole objects, as it is said above.
        Ok(fs::write(folder.join("policy.yaml"), policy.replace("\"*/status\"", "\"*\""))?)
    }

    /// What no policy looks at passes as well, so the reason has to be right besides.
    fn judge(&self, kyverno: &Path, folder: &Path) -> Result<()> {
        let options =
            ["--file-name", "Test.yaml", "--detailed-results", "--output-format", "json", "--remove-color"];
        let output = Command::new(kyverno).arg("test").arg(folder).args(options).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let results = said.find("\n[").context("there are no results")?;
        let results = serde_json::Deserializer::from_str(&said[results..]).into_iter::<Value>().next();
        let result = &results.context("there are no results")??[0];
        let (judged, message) = (&result["REASON"], result["Message"].as_str().unwrap_or_default());
        let as_expected = output.status.success()
            && judged == "Ok"
            && message.starts_with(self.refusal.unwrap_or("success"));
        ensure!(as_expected, "{}: {} of {:#}\n{said}", self.policy, self.operation, self.object);
        Ok(())
    }
}
