//! Each rule is broken once.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::super::rules;
use super::{Aws, FIRST, SECOND, THIRD};
use crate::Rule;

/// What breaks a rule: calls that go well, and the one that does not.
struct Case {
    rule: &'static Rule,
    before: Vec<(&'static str, Value)>,
    operation: &'static str,
    input: Value,
}

fn case(rule: &'static Rule, operation: &'static str, input: Value) -> Case {
    Case { rule, before: Vec::new(), operation, input }
}

impl Case {
    fn after(mut self, operation: &'static str, input: Value) -> Self {
        self.before.push((operation, input));
        self
    }
}

/// A call about `s`, with these members.
fn s(mut members: Value) -> Value {
    members["SecretId"] = "s".into();
    members
}

/// A second value for `s`, unless the members say otherwise.
fn put(token: &str, mut members: Value) -> Value {
    members["ClientRequestToken"] = token.into();
    if members["SecretString"].is_null() {
        members["SecretString"] = "two".into();
    }
    s(members)
}

fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number}")).collect()
}

/// Against a secret `s` whose version `FIRST` is current.
#[rustfmt::skip]
fn cases() -> Vec<Case> {
    let scheduled = || s(json!({}));
    let tags: Vec<_> = names("k", 51).into_iter().map(|key| json!({"Key": key, "Value": ""})).collect();
    let stages = names("STAGE", 20);
    let public = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]});
    vec![
        case(&rules::UNKNOWN_OPERATION, "MakeTea", json!({})),
        case(&rules::UNREADABLE, "DescribeSecret", json!({"SecretId": 1})),
        case(&rules::NOT_SIMULATED, "PutSecretValue", s(json!({"RotationToken": "x"}))),
        case(&rules::CONSTRAINT, "PutSecretValue", put(SECOND, json!({"SecretString": "x".repeat(65_537)}))),
        case(&rules::INVALID_NAME, "CreateSecret", json!({"Name": "no spaces"})),
        case(&rules::NAME_TAKEN, "CreateSecret", json!({"Name": "s", "SecretString": "one", "ClientRequestToken": SECOND})),
        case(&rules::NAME_SCHEDULED, "CreateSecret", json!({"Name": "s"})).after("DeleteSecret", scheduled()),
        case(&rules::NO_TOKEN, "PutSecretValue", s(json!({"SecretString": "two"}))),
        case(&rules::TOKEN_LENGTH, "PutSecretValue", put("short", json!({}))),
        case(&rules::TOKEN_TAKEN, "PutSecretValue", put(FIRST, json!({}))),
        case(&rules::NO_VALUE, "PutSecretValue", s(json!({"ClientRequestToken": SECOND}))),
        case(&rules::TWO_VALUES, "PutSecretValue", put(SECOND, json!({"SecretBinary": "eA=="}))),
        case(&rules::TOO_MANY_STAGES, "UpdateSecretVersionStage", s(json!({"VersionStage": "ONE-MORE", "MoveToVersionId": SECOND})))
            .after("PutSecretValue", put(SECOND, json!({"VersionStages": stages}))),
        case(&rules::TOO_MANY_TAGS, "TagResource", s(json!({"Tags": tags}))),
        case(&rules::RESERVED_TAG, "TagResource", s(json!({"Tags": [{"Key": "aws:rds:id", "Value": "x"}]}))),
        case(&rules::NOT_FOUND, "DescribeSecret", json!({"SecretId": "nobody"})),
        case(&rules::MARKED_FOR_DELETION, "GetSecretValue", s(json!({}))).after("DeleteSecret", scheduled()),
        case(&rules::OTHER_ACCOUNT, "GetSecretValue", json!({"SecretId": "arn:aws:secretsmanager:eu-central-1:210987654321:secret:s-abcdef"})),
        case(&rules::NO_SUCH_STAGE, "GetSecretValue", s(json!({"VersionStage": "AWSPREVIOUS"}))),
        case(&rules::NO_SUCH_VERSION, "GetSecretValue", s(json!({"VersionId": THIRD}))),
        case(&rules::STAGE_OF_ANOTHER, "GetSecretValue", s(json!({"VersionId": FIRST, "VersionStage": "AWSPENDING"}))),
        case(&rules::IDS_OR_FILTERS, "BatchGetSecretValue", json!({})),
        case(&rules::PAGE_WITHOUT_FILTERS, "BatchGetSecretValue", json!({"SecretIdList": ["s"], "MaxResults": 1})),
        case(&rules::NOWHERE, "UpdateSecretVersionStage", s(json!({"VersionStage": "MINE"}))),
        case(&rules::REMOVE_FROM_MISSING, "UpdateSecretVersionStage", s(json!({"VersionStage": "AWSCURRENT", "MoveToVersionId": FIRST})))
            .after("PutSecretValue", put(SECOND, json!({}))),
        case(&rules::REMOVE_FROM_ANOTHER, "UpdateSecretVersionStage", s(json!({"VersionStage": "AWSCURRENT", "MoveToVersionId": FIRST, "RemoveFromVersionId": FIRST})))
            .after("PutSecretValue", put(SECOND, json!({}))),
        case(&rules::CURRENT_STAYS, "UpdateSecretVersionStage", s(json!({"VersionStage": "AWSCURRENT", "RemoveFromVersionId": FIRST}))),
        case(&rules::NOT_A_VERSION, "UpdateSecretVersionStage", s(json!({"VersionStage": "MINE", "MoveToVersionId": THIRD}))),
        case(&rules::WINDOW_RANGE, "DeleteSecret", s(json!({"RecoveryWindowInDays": 6}))),
        case(&rules::WINDOW_AND_FORCE, "DeleteSecret", s(json!({"RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": true}))),
        case(&rules::ALREADY_SCHEDULED, "DeleteSecret", s(json!({}))).after("DeleteSecret", scheduled()),
        case(&rules::NOT_SCHEDULED, "RestoreSecret", s(json!({}))),
        case(&rules::INVALID_FILTER, "ListSecrets", json!({"Filters": [{"Key": "colour", "Values": ["red"]}]})),
        case(&rules::INVALID_NEXT_TOKEN, "ListSecrets", json!({"NextToken": "x"})),
        case(&rules::POLICY_SYNTAX, "PutResourcePolicy", s(json!({"ResourcePolicy": "{}"}))),
        case(&rules::PUBLIC_POLICY, "PutResourcePolicy", s(json!({"ResourcePolicy": public.to_string(), "BlockPublicPolicy": true}))),
        case(&rules::POLICY_NAME, "PutResourcePolicy", s(json!({"ResourcePolicy": public.to_string(), "PolicyName": "other"}))),
        case(&rules::NO_SUCH_POLICY, "GetResourcePolicy", s(json!({"PolicyName": "other"}))),
    ]
}

/// Broken by tests of their own below.
const ELSEWHERE: [&str; 2] = ["TOO_MANY_VERSIONS", "MANAGED"];

#[test]
fn each_rule_refuses_what_breaks_it() {
    for Case { rule, before, operation, input } in cases() {
        let mut aws = Aws::with_secret();
        for (operation, input) in before {
            aws.ok(operation, input);
        }
        let (code, words) = aws.refused(operation, input);
        assert_eq!(code, rule.code, "{}", rule.id);
        let fixed = rule.message.split("{}").next().unwrap_or_default();
        assert!(words.starts_with(fixed), "{}: {words}", rule.id);
    }
}

#[test]
fn no_rule_is_without_a_case() {
    let tried: BTreeSet<_> = cases().iter().map(|case| case.rule.id).chain(ELSEWHERE).collect();
    let all: BTreeSet<_> = rules::ALL.iter().map(|rule| rule.id).collect();
    assert_eq!(tried, all);
}

#[test]
fn more_than_a_hundred_versions_in_a_day_are_refused_and_one_a_quarter_of_an_hour_is_not() {
    let mut aws = Aws::with_secret();
    let token = |number: u32| format!("00000000-0000-4000-8000-{number:012}");
    for number in 1..100 {
        aws.ok("PutSecretValue", put(&token(number), json!({})));
    }
    let (code, _) = aws.refused("PutSecretValue", put(&token(100), json!({})));
    assert_eq!(code, rules::TOO_MANY_VERSIONS.code);
    for number in 100..300 {
        aws.pass(SignedDuration::from_mins(15));
        if number > 200 {
            aws.ok("PutSecretValue", put(&token(number), json!({})));
        }
    }
}

#[test]
fn a_secret_of_another_service_is_not_changed_here() {
    let mut aws = Aws::with_secret();
    aws.own("s", "rds");
    for (operation, input) in [
        ("PutSecretValue", put(SECOND, json!({}))),
        ("UpdateSecret", s(json!({"Description": "mine"}))),
        ("DeleteSecret", s(json!({}))),
    ] {
        assert_eq!(aws.refused(operation, input).1, rules::MANAGED.refuse(&["rds"]).message);
    }
    aws.ok("GetSecretValue", s(json!({})));
}
