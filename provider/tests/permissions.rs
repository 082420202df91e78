//! The policy in docs/provider-config.md allows what the provider's code calls, and nothing else.

#![allow(clippy::unwrap_used, reason = "a test's own means")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What AWS asks for besides the operation that is called; docs/provider-config.md says when.
const IMPLIED: [&str; 5] = [
    "iam:CreateServiceLinkedRole",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKey",
];
/// The same, of an action that is no operation of the code's either.
const OF_A_FINAL_SNAPSHOT: &str = "rds:CreateDBSnapshot";
/// AWS asks for no permission: every identity may ask who it is.
const WITHOUT_PERMISSION: &str = "sts:GetCallerIdentity";

fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", path].iter().collect()
}

/// The operations that the code calls, as IAM names them.
fn called() -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    of_folder(&repository("provider/aws/src"), "rds", &mut called);
    assert!(called.remove(WITHOUT_PERMISSION), "{called:?}");
    called
}

fn of_folder(folder: &Path, service: &str, called: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let service = match path.file_stem().unwrap().to_str().unwrap() {
            "tests" | "testing" => continue,
            "client" => "sts",
            "secretsmanager" => "secretsmanager",
            _ => service,
        };
        if path.is_dir() {
            of_folder(&path, service, called);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code: String = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap()
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let word =
            |rest: &str| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned();
        let made = code.split("operation::").skip(1).map(|rest| (word(rest), rest));
        let made = made.filter(|(word, rest)| rest[word.len()..].starts_with("::builders"));
        let sent = ["client.", "sts."].into_iter().flat_map(|owner| code.split(owner).skip(1));
        let sent = sent.map(|rest| (word(rest), rest));
        let sent = sent.filter(|(word, rest)| is_operation(word) && rest[word.len()..].starts_with("()"));
        called.extend(made.chain(sent).map(|(word, _)| format!("{service}:{}", pascal(&word))));
    }
}

fn is_operation(method: &str) -> bool {
    method.contains('_') && !method.starts_with("set_")
}

/// `describe_db_instances` as AWS writes it.
fn pascal(operation: &str) -> String {
    let capital = |part: &str| match part {
        "db" => "DB".to_owned(),
        part => part[..1].to_uppercase() + &part[1..],
    };
    operation.split('_').map(capital).collect()
}

/// The statements of the documented policy: each with what it is called, and what it allows.
fn documented() -> Vec<(String, BTreeSet<String>)> {
    let text = fs::read_to_string(repository("docs/provider-config.md")).unwrap();
    let policy = text.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
    let list = |value: &serde_json::Value| {
        value.as_array().unwrap().iter().map(|action| action.as_str().unwrap().to_owned()).collect()
    };
    let statements = policy["Statement"].as_array().unwrap().iter();
    statements.map(|one| (one["Sid"].as_str().unwrap().to_owned(), list(&one["Action"]))).collect()
}

#[test]
fn the_policy_allows_what_is_called_and_what_aws_asks_for_with_it() {
    let implied = IMPLIED.into_iter().chain([OF_A_FINAL_SNAPSHOT]).map(str::to_owned);
    let needed: BTreeSet<_> = called().into_iter().chain(implied).collect();
    let statements = documented();
    let allowed: BTreeSet<_> = statements.iter().flat_map(|(_, actions)| actions.clone()).collect();
    assert_eq!(needed.difference(&allowed).collect::<Vec<_>>(), [""; 0], "called, and not allowed");
    assert_eq!(allowed.difference(&needed).collect::<Vec<_>>(), [""; 0], "allowed, and not called");
    let count: usize = statements.iter().map(|(_, actions)| actions.len()).sum();
    assert_eq!(count, allowed.len(), "an action is in one statement");
}

#[test]
fn what_may_be_left_out_is_explained() {
    let text = fs::read_to_string(repository("docs/provider-config.md")).unwrap();
    for (sid, actions) in documented() {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{sid}` |")));
        assert!(row.is_some(), "no row says what {sid} is for");
        if sid == "Optional" {
            for action in actions {
                assert!(text.lines().any(|line| line.starts_with(&format!("| `{action}` |"))), "{action}");
            }
        }
    }
}
