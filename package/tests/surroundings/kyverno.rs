//! package/kyverno: the policies of package/policies as Kyverno takes them, word for word where it can.
//!
//! Kyverno evaluates the same language with other names in it. It has no `authorizer`: a `SubjectAccessReview` is made, and
//! its answer read. It has no `params`: the `ConfigMap` is read. What is not known here to mean the same is an error.

mod known;

use std::collections::BTreeMap;
use std::fs;

use regex_lite::{Captures, Regex};
use rstest::rstest;
use serde_json::Value;

use crate::tree;

type Result<T> = std::result::Result<T, String>;

const POLICIES: &str = "package/policies";
const FOLDER: &str = "package/kyverno";

/// A `ValidatingAdmissionPolicy` with its binding, as one `ValidatingPolicy`.
fn kyverno(source: &str) -> Result<String> {
    let (policy, binding) = source.split_once("\n---\n").ok_or("there is no binding")?;
    let binding = known::binding(policy, binding)?;
    let mut text = once(&format!("{policy}\n"), "admissionregistration.k8s.io/v1", "policies.kyverno.io/v1")?;
    text = once(&text, "kind: ValidatingAdmissionPolicy\n", "kind: ValidatingPolicy\n")?;
    text = once(&text, "  failurePolicy: Fail\n", FAILURE)?;
    text = text.replace("    reason: Forbidden\n", "");
    if let Some(parameters) = binding["spec"].get("paramRef") {
        text = with_parameters(&text, parameters)?;
    }
    let asked = Regex::new(ASKED).unwrap();
    while let Some(found) = asked.captures(&text) {
        text = text.replacen(&found[0], &review(&found)?, 1);
    }
    match Regex::new(UNKNOWN).unwrap().find(&text) {
        Some(unknown) => Err(format!("Kyverno does not know `{}`", unknown.as_str())),
        None => Ok(text),
    }
}

/// With what the binding says, and no looking over what is there already.
const FAILURE: &str = "  failurePolicy: Fail
  validationActions: [Deny]
  # Who asks is known at admission alone.
  evaluation:
    background:
      enabled: false
";
/// One question to the API server's authorizer, on a line of its own or in the lines of an expression.
const ASKED: &str =
    r"(?m)^(?<before>(?<indent> *)[^#\n]*?)\bauthorizer(?<calls>(?:\s*\.\w+\([^()]*\))+?)\.allowed\(\)";
/// An absent object is an empty one and not null.
const UNKNOWN: &str = r"\bauthorizer\b|[^.\w]params[^\n]|\b(object|oldObject) [!=]= null";

/// Replaces what is there once.
fn once(text: &str, from: &str, to: &str) -> Result<String> {
    match text.matches(from).count() {
        1 => Ok(text.replace(from, to)),
        times => Err(format!("`{}` is there {times} times", from.trim())),
    }
}

/// The `ConfigMap` as a variable. Without it the first validation refuses, as the binding does.
fn with_parameters(text: &str, parameters: &Value) -> Result<String> {
    let word = |key: &str| parameters[key].as_str().ok_or(format!("paramRef has no {key}"));
    let (name, namespace) = (word("name")?, word("namespace")?);
    let text = once(text, "  paramKind:\n    apiVersion: v1\n    kind: ConfigMap\n", "")?;
    let text = Regex::new(r"\bparams\.").unwrap().replace_all(&text, "variables.params.").into_owned();
    let variable = format!("resource.Get('v1', 'configmaps', '{namespace}', '{name}')");
    let variable = format!("  variables:\n  - name: params\n    expression: dyn({variable})\n");
    let text = once(&text, "  variables:\n", &variable)?;
    let message = format!("the ConfigMap {name} of namespace {namespace} is missing");
    let validation =
        format!("  validations:\n  - expression: variables.params != null\n    message: {message}\n");
    once(&text, "  validations:\n", &validation)
}

/// The same question as a `SubjectAccessReview`: of whoever asks, or of a service account.
fn review(asked: &Captures) -> Result<String> {
    let mut who =
        ["request.userInfo.username", "has(request.userInfo.groups) ? request.userInfo.groups : []"]
            .map(str::to_owned);
    let mut attributes = Vec::new();
    for call in Regex::new(r"\.(\w+)\(([^()]*)\)").unwrap().captures_iter(&asked["calls"]) {
        let argument = &call[2];
        match &call[1] {
            "serviceAccount" => {
                let (namespace, name) = argument.split_once(", ").ok_or("a service account has two words")?;
                who = [
                    format!("'system:serviceaccount:' + {namespace} + ':' + {name}"),
                    format!("['system:serviceaccounts', 'system:serviceaccounts:' + {namespace}]"),
                ];
            }
            "check" => attributes.push(format!("'verb': {argument}")),
            method @ ("group" | "resource" | "subresource" | "namespace" | "name") => {
                attributes.push(format!("'{method}': {argument}"));
            }
            other => return Err(format!("what `{other}` is in a review is not known")),
        }
    }
    let [user, groups] = who;
    let attributes = attributes.join(", ");
    let lines = [
        "resource.Post('authorization.k8s.io/v1', 'subjectaccessreviews', {".to_owned(),
        "  'apiVersion': dyn('authorization.k8s.io/v1'),".to_owned(),
        "  'kind': dyn('SubjectAccessReview'),".to_owned(),
        "  'spec': dyn({".to_owned(),
        format!("    'user': dyn({user}),"),
        format!("    'groups': dyn({groups}),"),
        format!("    'resourceAttributes': dyn({{{attributes}}})"),
        "  })".to_owned(),
        "}).?status.?allowed.orValue(false) == true".to_owned(),
    ];
    let (before, indent) = (&asked["before"], format!("\n{}  ", &asked["indent"]));
    // What was on one line is on several now.
    let fold = if before.ends_with("expression: ") { format!(">-{indent}") } else { String::new() };
    Ok(format!("{before}{fold}{}", lines.join(&indent)))
}

#[test]
fn kyverno_has_every_policy() {
    let mut made = BTreeMap::new();
    for file in tree::files(POLICIES, ".yaml") {
        let source = tree::text(&file);
        if !source.contains("kind: ValidatingAdmissionPolicy\n") {
            continue;
        }
        let text = kyverno(&source).unwrap_or_else(|e| panic!("{file}: {e}"));
        let name = file.rsplit('/').next().unwrap();
        made.insert(format!("{FOLDER}/{name}"), format!("{}{text}", HEAD.replace("NAME", name)));
    }
    if std::env::var_os("UPDATE").is_some() {
        for (file, text) in &made {
            fs::write(tree::path(file), text).unwrap();
        }
    }
    assert!(tree::files(FOLDER, "").iter().eq(made.keys()), "{FOLDER} has {:?}", made.keys());
    for (file, text) in made {
        assert_eq!(tree::text(&file), text, "{file} is out of date; run `make update`");
    }
}

const HEAD: &str = "\
# Written from ../policies/NAME, which is what to change, by
# `UPDATE=1 cargo test -p goldenpath-package --test surroundings`.
#
";

#[rstest]
#[case::another_question("authorizer.group(", "authorizer.path('/x').group(")]
#[case::another_answer(".check('administer').allowed()", ".check('administer').errored()")]
#[case::another_code("reason: Forbidden", "reason: Invalid")]
#[case::a_narrower_binding("  policyName:", "  matchResources: {}\n  policyName:")]
#[case::a_missing_configmap_that_lets_pass("parameterNotFoundAction: Deny", "parameterNotFoundAction: Allow")]
#[case::a_warning("validationActions: [Deny]", "validationActions: [Warn]")]
#[case::an_absent_object("request.operation == 'CREATE' ||", "oldObject == null ||")]
#[case::an_audit("  variables:\n", "  auditAnnotations: []\n  variables:\n")]
#[case::whole_parameters("has(params.data.paths)", "params != null")]
#[case::another_failure("failurePolicy: Fail", "failurePolicy: Ignore")]
fn what_kyverno_may_not_mean_is_an_error(#[case] from: &str, #[case] to: &str) {
    let source = tree::text(&format!("{POLICIES}/external-secrets.yaml"));
    assert!(kyverno(&source).is_ok() && source.contains(from));
    assert!(kyverno(&source.replace(from, to)).is_err(), "{to}");
}
