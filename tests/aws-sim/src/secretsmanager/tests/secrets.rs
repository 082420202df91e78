//! What AWS does with a secret.

use jiff::SignedDuration;
use serde_json::json;

use super::{ACCOUNT, Aws, FIRST, SECOND, THIRD};

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[test]
fn creation_is_repeatable_with_its_token() {
    let mut aws = Aws::new();
    let create = json!({"Name": "s", "SecretString": "one", "ClientRequestToken": FIRST});
    let first = aws.ok("CreateSecret", create.clone());
    assert_eq!(first["VersionId"], FIRST);
    assert_eq!(aws.ok("CreateSecret", create), first);
    let other = json!({"Name": "s", "SecretString": "two", "ClientRequestToken": FIRST});
    assert_eq!(aws.refused("CreateSecret", other).0, "ResourceExistsException");
    assert_eq!(aws.stages(), json!({FIRST: ["AWSCURRENT"]}));
}

#[test]
fn a_used_token_with_the_same_value_moves_no_label() {
    let mut aws = Aws::with_secret();
    let second = json!({"SecretId": "s", "SecretString": "two", "ClientRequestToken": SECOND});
    aws.ok("PutSecretValue", second.clone());
    let back = json!({"SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": FIRST, "RemoveFromVersionId": SECOND});
    aws.ok("UpdateSecretVersionStage", back);
    let moved = json!({FIRST: ["AWSCURRENT"], SECOND: ["AWSPREVIOUS"]});
    assert_eq!(aws.stages(), moved);
    let again = aws.ok("PutSecretValue", second);
    assert_eq!((&again["VersionId"], &again["VersionStages"]), (&json!(SECOND), &json!(["AWSPREVIOUS"])));
    assert_eq!(aws.stages(), moved);
}

#[test]
fn a_label_moves_only_from_where_the_caller_believes_it() {
    let mut aws = Aws::with_secret();
    let pending = |token: &str| json!({"SecretId": "s", "SecretString": token, "ClientRequestToken": token, "VersionStages": ["AWSPENDING"]});
    let finish = |from: &str, to: &str| json!({"SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": to, "RemoveFromVersionId": from});
    aws.ok("PutSecretValue", pending(SECOND));
    assert_eq!(aws.stages(), json!({FIRST: ["AWSCURRENT"], SECOND: ["AWSPENDING"]}));
    aws.ok("UpdateSecretVersionStage", finish(FIRST, SECOND));
    assert_eq!(aws.stages(), json!({FIRST: ["AWSPREVIOUS"], SECOND: ["AWSCURRENT", "AWSPENDING"]}));
    aws.ok("PutSecretValue", pending(THIRD));
    assert_eq!(aws.refused("UpdateSecretVersionStage", finish(FIRST, THIRD)).0, "InvalidParameterException");
    let stages = json!({FIRST: ["AWSPREVIOUS"], SECOND: ["AWSCURRENT"], THIRD: ["AWSPENDING"]});
    assert_eq!(aws.stages(), stages);
}

#[test]
fn an_update_with_a_used_token_is_an_error_even_with_the_same_value() {
    let mut aws = Aws::with_secret();
    let update = json!({"SecretId": "s", "SecretString": "one", "ClientRequestToken": FIRST});
    assert_eq!(aws.refused("UpdateSecret", update).0, "ResourceExistsException");
    aws.ok("UpdateSecret", json!({"SecretId": "s", "Description": "mine", "ClientRequestToken": FIRST}));
}

#[test]
fn metadata_is_shown_where_there_is_any() {
    let mut aws = Aws::new();
    aws.ok("CreateSecret", json!({"Name": "s"}));
    let bare = aws.ok("DescribeSecret", json!({"SecretId": "s"}));
    let mut members: Vec<_> = bare.as_object().expect("an object").keys().cloned().collect();
    members.sort();
    assert_eq!(members, ["ARN", "CreatedDate", "LastChangedDate", "Name"]);
    assert_eq!(aws.refused("GetSecretValue", json!({"SecretId": "s"})).0, "ResourceNotFoundException");
    aws.ok("UpdateSecret", json!({"SecretId": "s", "KmsKeyId": "alias/mine", "Description": "text"}));
    aws.ok("TagResource", json!({"SecretId": "s", "Tags": [{"Key": "team", "Value": "payments"}]}));
    let full = aws.ok("DescribeSecret", json!({"SecretId": "s"}));
    assert_eq!((&full["KmsKeyId"], &full["Description"]), (&json!("alias/mine"), &json!("text")));
    assert_eq!(full["Tags"], json!([{"Key": "team", "Value": "payments"}]));
    aws.ok("UntagResource", json!({"SecretId": "s", "TagKeys": ["team", "absent"]}));
    aws.ok("UpdateSecret", json!({"SecretId": "s", "KmsKeyId": ""}));
    let after = aws.ok("DescribeSecret", json!({"SecretId": "s"}));
    assert_eq!((&after["Tags"], &after["KmsKeyId"]), (&json!([]), &json!(null)));
}

#[test]
fn a_deleted_secret_is_shown_until_its_date_and_can_come_back() {
    let mut aws = Aws::with_secret();
    aws.ok("DeleteSecret", json!({"SecretId": "s", "RecoveryWindowInDays": 7}));
    aws.pass(DAY * 6);
    assert_eq!(aws.ok("DescribeSecret", json!({"SecretId": "s"}))["DeletedDate"], 7.0 * 86_400.0);
    assert_eq!(aws.ok("ListSecrets", json!({}))["SecretList"], json!([]));
    assert_eq!(aws.ok("ListSecrets", json!({"IncludePlannedDeletion": true}))["SecretList"][0]["Name"], "s");
    for operation in ["GetSecretValue", "RestoreSecret", "GetSecretValue", "DeleteSecret"] {
        let _ = aws.call_of(ACCOUNT, operation, json!({"SecretId": "s"}));
    }
    aws.ok("RestoreSecret", json!({"SecretId": "s"}));
    aws.pass(DAY * 30);
    assert_eq!(aws.ok("GetSecretValue", json!({"SecretId": "s"}))["SecretString"], "one");
}

#[test]
fn a_deleted_secret_is_gone_after_its_date_and_its_name_is_free_with_another_arn() {
    let mut aws = Aws::with_secret();
    let arn = aws.ok("DescribeSecret", json!({"SecretId": "s"}))["ARN"].clone();
    aws.ok("DeleteSecret", json!({"SecretId": "s"}));
    aws.pass(DAY * 30);
    assert_eq!(aws.refused("DescribeSecret", json!({"SecretId": "s"})).0, "ResourceNotFoundException");
    assert_ne!(aws.ok("CreateSecret", json!({"Name": "s"}))["ARN"], arn);
    assert_eq!(aws.refused("DescribeSecret", json!({"SecretId": arn})).0, "ResourceNotFoundException");
}

#[test]
fn a_forced_deletion_holds_its_name_for_a_while() {
    let mut aws = Aws::with_secret();
    aws.turn(|knobs| knobs.forgetting = 60.0);
    aws.ok("DeleteSecret", json!({"SecretId": "s", "ForceDeleteWithoutRecovery": true}));
    assert_eq!(aws.refused("CreateSecret", json!({"Name": "s"})).0, "InvalidRequestException");
    assert_eq!(aws.refused("RestoreSecret", json!({"SecretId": "s"})).0, "ResourceNotFoundException");
    aws.pass(SignedDuration::from_mins(1));
    aws.ok("CreateSecret", json!({"Name": "s"}));
    aws.ok("DeleteSecret", json!({"SecretId": "nobody", "ForceDeleteWithoutRecovery": true}));
}

#[test]
fn a_secret_is_found_by_name_arn_and_an_arn_without_its_end() {
    let mut aws = Aws::with_secret();
    let arn = aws.ok("DescribeSecret", json!({"SecretId": "s"}))["ARN"].as_str().expect("an ARN").to_owned();
    let partial = &arn[..arn.len() - 7];
    for id in [arn.as_str(), partial, "s"] {
        assert_eq!(aws.ok("DescribeSecret", json!({"SecretId": id}))["Name"], "s");
    }
    aws.ok("CreateSecret", json!({"Name": "s-a1b2c3"}));
    let misleading = format!("{partial}-a1b2c3");
    assert_eq!(aws.refused("DescribeSecret", json!({"SecretId": misleading})).0, "ResourceNotFoundException");
}

#[test]
fn accounts_do_not_see_each_other() {
    let mut aws = Aws::with_secret();
    let (code, _) = aws.call_of("210987654321", "DescribeSecret", json!({"SecretId": "s"}));
    assert_eq!(code.as_deref(), Some("ResourceNotFoundException"));
    let arn = aws.ok("DescribeSecret", json!({"SecretId": "s"}))["ARN"].clone();
    let (code, _) = aws.call_of("210987654321", "GetSecretValue", json!({"SecretId": arn}));
    assert_eq!(code.as_deref(), Some("AccessDeniedException"));
}

#[test]
fn lists_have_pages_and_filters() {
    let mut aws = Aws::new();
    for (name, team) in [("a/1", "payments"), ("a/2", "orders"), ("b/1", "payments")] {
        aws.ok("CreateSecret", json!({"Name": name, "Tags": [{"Key": "team", "Value": team}]}));
        aws.pass(SignedDuration::from_secs(1));
    }
    let mut names = |input| {
        let answer = aws.ok("ListSecrets", input);
        let names =
            answer["SecretList"].as_array().expect("a list").iter().map(|s| s["Name"].clone()).collect();
        (serde_json::Value::Array(names), answer["NextToken"].clone())
    };
    assert_eq!(names(json!({"Filters": [{"Key": "name", "Values": ["a/"]}]})).0, json!(["a/1", "a/2"]));
    assert_eq!(
        names(json!({"Filters": [{"Key": "tag-value", "Values": ["!orders"]}]})).0,
        json!(["a/1", "b/1"])
    );
    assert_eq!(names(json!({"SortOrder": "desc", "SortBy": "name"})).0, json!(["b/1", "a/2", "a/1"]));
    let (first, next) = names(json!({"MaxResults": 2}));
    assert_eq!(first, json!(["a/1", "a/2"]));
    assert_eq!(names(json!({"MaxResults": 2, "NextToken": next})), (json!(["b/1"]), json!(null)));
}

#[test]
fn versions_are_listed_and_a_batch_tells_what_it_cannot_read() {
    let mut aws = Aws::with_secret();
    for (token, value) in [(SECOND, "two"), (THIRD, "three")] {
        aws.ok(
            "PutSecretValue",
            json!({"SecretId": "s", "SecretString": value, "ClientRequestToken": token}),
        );
    }
    let ids = |answer: &serde_json::Value| -> Vec<String> {
        let versions = answer["Versions"].as_array().expect("a list");
        versions.iter().filter_map(|v| v["VersionId"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(ids(&aws.ok("ListSecretVersionIds", json!({"SecretId": "s"}))), [SECOND, THIRD]);
    let all = aws.ok("ListSecretVersionIds", json!({"SecretId": "s", "IncludeDeprecated": true}));
    assert_eq!(ids(&all), [FIRST, SECOND, THIRD]);
    let batch = aws.ok("BatchGetSecretValue", json!({"SecretIdList": ["s", "nobody"]}));
    assert_eq!(batch["SecretValues"][0]["SecretString"], "three");
    assert_eq!(batch["Errors"][0]["ErrorCode"], "ResourceNotFoundException");
}

#[test]
fn a_policy_is_kept_as_it_was_written() {
    let mut aws = Aws::with_secret();
    let text = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}}).to_string();
    aws.ok("PutResourcePolicy", json!({"SecretId": "s", "ResourcePolicy": text, "BlockPublicPolicy": true}));
    assert_eq!(aws.ok("GetResourcePolicy", json!({"SecretId": "s"}))["ResourcePolicy"], text);
    assert_eq!(
        aws.ok("ValidateResourcePolicy", json!({"ResourcePolicy": text}))["PolicyValidationPassed"],
        true
    );
    aws.ok("DeleteResourcePolicy", json!({"SecretId": "s"}));
    assert_eq!(aws.ok("GetResourcePolicy", json!({"SecretId": "s"}))["ResourcePolicy"], json!(null));
}
