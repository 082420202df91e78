use super::*;
use function_sdk_rust::resource::json_to_struct;
use rstest::rstest;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The choices of a golden path of shops.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shop {
    limits: Limits,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Limits {
    most: Option<i32>,
    open: Option<bool>,
}

impl Policy for Shop {
    const PART: Option<Part> = Some(Part { key: "shop", former: &["limits", "network.shops"] });
}

fn of(value: &Value) -> Struct {
    json_to_struct(value.as_object().unwrap())
}

/// An input with everything that is required, and more.
fn input(body: &Value) -> Value {
    let mut input =
        of(&json!({"apiVersion": API_VERSION, "kind": KIND, "region": "eu-central-1", "environment": "dev"}));
    wire::merge(&mut input, of(body));
    function_sdk_rust::resource::struct_to_json(&input)
}

fn platform(
    input: &Value,
    environment: Option<&Value>,
    tier: Option<&str>,
) -> Result<Platform<Shop>, Vec<Problem>> {
    let environment = environment.map(of);
    let input = (!input.is_null()).then(|| of(input));
    PlatformInput {
        read: read(input.as_ref(), environment.as_ref(), &[Shop::PART.unwrap()], &["Kiosk".to_owned()]),
    }
    .platform(tier)
}

fn fields(problems: &[Problem]) -> Vec<&str> {
    problems.iter().filter_map(|problem| problem.field.as_deref()).collect()
}

#[test]
fn region_and_environment_are_all_that_is_required_and_each_is_reported_with_its_line() {
    assert!(platform(&input(&json!({})), None, None).is_ok());
    for (key, line) in common::REQUIRED {
        let mut without = input(&json!({}));
        without.as_object_mut().unwrap().remove(key);
        let problems = platform(&without, None, None).unwrap_err();
        assert_eq!(fields(&problems), [format!("Platform.{key}")]);
        assert!(problems[0].remedy.as_deref().unwrap().contains(&format!("`{line}`")));
    }
    let nothing = platform(&Value::Null, None, None).unwrap_err();
    assert_eq!(fields(&nothing), ["Platform.region", "Platform.environment"]);
}

#[test]
fn the_environment_wins_over_the_input_and_the_input_over_the_defaults() {
    let environment =
        json!({"goldenpath": {"environment": "production", "shop": {"limits": {"open": false}}}});
    let given = input(&json!({"region": "us-east-1", "shop": {"limits": {"most": 3, "open": true}}}));
    let platform = platform(&given, Some(&environment), None).unwrap();
    assert_eq!((platform.region.as_ref(), platform.environment.as_ref()), ("us-east-1", "production"));
    assert_eq!(platform.policy.limits, Limits { most: Some(3), open: Some(false) });
}

/// Other teams' keys, of whatever shape: nothing of them is read where the environment has the key of this function.
#[rstest]
#[case(json!({"goldenpath": {}, "network": "flat", "limits": 3, "region": ["x"], "somebodyElses": 1}))]
#[case(json!({"apiVersion": "internal.crossplane.io/v1alpha1", "kind": "Environment", "somebodyElses": null}))]
fn what_the_environment_has_for_others_is_ignored(#[case] environment: Value) {
    let with = platform(&input(&json!({})), Some(&environment), None);
    assert_eq!(with, platform(&input(&json!({})), None, None));
}

#[rstest]
#[case(json!({"environment": "production", "apiVersion": "x", "somebodyElses": 1}))]
#[case(json!({"goldenpath": {"environment": "production"}, "environment": "of-somebody-else"}))]
fn an_environment_without_the_key_is_read_as_it_was(#[case] environment: Value) {
    let platform = platform(&input(&json!({})), Some(&environment), None).unwrap();
    assert_eq!(platform.environment.as_ref(), "production");
}

#[rstest]
#[case(None)]
#[case(Some(json!({"somebodyElses": 1})))]
fn an_environment_that_is_required_and_not_there_refuses_everything(#[case] environment: Option<Value>) {
    let required = input(&json!({"requireEnvironment": true}));
    let problems = platform(&required, environment.as_ref(), None).unwrap_err();
    assert_eq!(problems[0].code, "EnvironmentMissing");
    assert!(platform(&required, Some(&json!({"goldenpath": {"environment": "production"}})), None).is_ok());
}

/// The strictest tier is not laxer than everybody's for what it does not say.
#[rstest]
#[case(None, Some(3), Some(false))]
#[case(Some("production"), Some(8), Some(false))]
#[case(Some("development"), None, Some(true))]
#[case(Some("staging"), Some(3), Some(false))]
#[case(Some("nobodys"), Some(3), Some(false))]
fn what_a_tier_says_lies_over_what_is_said_for_everyone(
    #[case] tier: Option<&str>,
    #[case] most: Option<i32>,
    #[case] open: Option<bool>,
) {
    let given = input(&json!({
        "shop": {"limits": {"most": 3, "open": false}},
        "tiers": {
            "production": {"shop": {"limits": {"most": 8}}},
            "development": {"shop": {"limits": {"most": null, "open": true}}},
            "staging": {},
        },
    }));
    let platform = platform(&given, None, tier).unwrap();
    assert_eq!(platform.policy.limits, Limits { most, open });
    assert_eq!(platform.tier_problem.is_some(), tier == Some("nobodys"));
}

/// Of every XR, whatever its tier, and every mistake of the same kind.
#[rstest]
#[case::unknown_key(json!({"regoin": "eu-central-1", "shops": {}}), &["regoin", "shops"])]
#[case::unknown_key_below(json!({"network": {"subnets": []}}), &["network.subnets"])]
#[case::unknown_key_of_a_part(json!({"shop": {"limits": {"least": 1}}}), &["shop.limits.least"])]
#[case::wrong_type(json!({"region": 3}), &["region"])]
#[case::wrong_type_below(json!({"network": {"databaseCidrs": "10.0.0.0/8"}}), &["network.databaseCidrs"])]
#[case::wrong_type_of_a_part(json!({"shop": 3}), &["shop"])]
#[case::not_a_range(json!({"network": {"databaseCidrs": ["10.0.0.0/8", "10.0/8"]}}), &["network.databaseCidrs[1]"])]
#[case::not_a_group(json!({"network": {"clientSecurityGroupIds": ["clients"]}}), &["network.clientSecurityGroupIds[0]"])]
#[case::unknown_key_of_a_tier(json!({"tiers": {"production": {"limit": {}}}}), &["tiers.production.limit"])]
#[case::unknown_key_of_a_part_of_a_tier(
    json!({"tiers": {"production": {"shop": {"limits": {"least": 1}}}}}), &["tiers.production.shop.limits.least"]
)]
#[case::wrong_type_of_a_part_of_a_tier(json!({"tiers": {"a": {"shop": 3}}}), &["tiers.a.shop"])]
#[case::moved(json!({"limits": {"most": 3}, "network": {"shops": []}}), &["limits", "network.shops"])]
#[case::moved_of_a_tier(json!({"tiers": {"a": {"limits": {}}, "b": {"limits": {}}}}), &["tiers.a.limits", "tiers.b.limits"])]
#[case::not_a_region(json!({"region": "Frankfurt"}), &["region"])]
#[case::not_a_label(json!({"environment": "Dev_1"}), &["environment"])]
#[case::not_a_duration(json!({"refreshInterval": "hourly"}), &["refreshInterval"])]
#[case::never_again(json!({"refreshInterval": "0s"}), &["refreshInterval"])]
#[case::not_a_kind(json!({"secretStore": {"kind": "Store", "name": "a"}}), &["secretStore.kind"])]
#[case::not_a_name(json!({"providerConfig": {"kind": "ProviderConfig", "name": "A_b"}}), &["providerConfig.name"])]
#[case::not_a_tag(json!({"tags": {"aws:x": "y"}}), &["tags"])]
#[case::null(json!({"environment": null}), &["environment"])]
#[case::wrong_kind(json!({"kind": "Plattform"}), &["kind"])]
fn a_mistake_is_a_problem_that_names_the_key(#[case] body: Value, #[case] expected: &[&str]) {
    let problems = platform(&input(&body), None, None).unwrap_err();
    let expected: Vec<_> = expected.iter().map(|field| format!("Platform.{field}")).collect();
    assert_eq!(fields(&problems), expected);
    for problem in problems {
        assert_eq!(problem.code, "InvalidPlatformInput");
        assert!(problem.remedy.is_some());
    }
}

#[test]
fn what_has_moved_is_reported_with_its_place_of_now() {
    let problems = platform(&input(&json!({"tiers": {"a": {"limits": {}}}})), None, None).unwrap_err();
    assert!(problems[0].message.ends_with("tiers.a.limits is tiers.a.shop.limits now"), "{problems:?}");
}

/// As before there was the key, so that nothing becomes laxer in silence.
#[test]
fn what_has_moved_is_reported_of_an_environment_without_the_key() {
    let problems = platform(&input(&json!({})), Some(&json!({"limits": {"most": 3}})), None).unwrap_err();
    assert_eq!(fields(&problems), ["Platform.limits"]);
}
