//! What is said of every request, whatever its service.

use goldenpath_aws_sim::protocol::{Incoming, read};
use goldenpath_aws_sim::{Cloud, Knobs, all_rules};
use jiff::Timestamp;

fn signed(key: &str, service: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential={key}/20260101/eu-central-1/{service}/aws4_request, Signature=x")
}

fn answered(cloud: &mut Cloud, key: &str, service: &str, target: Option<&str>, body: &str) -> (u16, String) {
    let authorization = signed(key, service);
    let incoming = Incoming { authorization: &authorization, target, body: body.as_bytes() };
    let request = read(incoming).expect("a request");
    let account = cloud.account_of(&request.access_key);
    let response = cloud.answer(Timestamp::UNIX_EPOCH, &account, &request);
    (response.status, response.error.unwrap_or_default())
}

#[test]
fn what_is_refused_of_any_request() {
    for (why, key, service, target, expected) in [
        ("no such operation", "AKIA", "rds", None, (400, "InvalidAction")),
        ("a key that AWS does not know", "AKIAREJECT", "rds", None, (403, "InvalidClientTokenId")),
        (
            "the same, in the other protocol",
            "AKIAREJECT",
            "secretsmanager",
            Some("secretsmanager.ListSecrets"),
            (400, "UnrecognizedClientException"),
        ),
    ] {
        let mut cloud = Cloud::new(1, Knobs::default());
        let body = if target.is_some() { "{}" } else { "Action=Nothing" };
        let (status, code) = answered(&mut cloud, key, service, target, body);
        assert_eq!((status, code.as_str()), expected, "{why}");
    }
}

#[test]
fn whoever_asks_too_often_is_throttled_until_time_has_passed() {
    let mut cloud = Cloud::new(1, Knobs { rate: 1.0, burst: 2.0, ..Knobs::default() });
    let codes = [(); 3].map(|()| answered(&mut cloud, "AKIA", "rds", None, "Action=DescribeDBInstances").1);
    assert_eq!(codes, ["", "", "Throttling"]);
    let changing = answered(&mut cloud, "AKIA", "rds", None, "Action=Nothing").1;
    assert_eq!(changing, "InvalidAction", "changes have a bucket of their own");
}

#[test]
fn every_rule_says_where_aws_says_so() {
    for rule in all_rules() {
        assert!(rule.page.starts_with("https://"), "{}", rule.id);
        assert!((400..=503).contains(&rule.status), "{}", rule.id);
    }
}
