use std::collections::BTreeMap;

use function_sdk_rust::resource::{json_to_struct, struct_to_json};
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn of(value: &Value) -> Struct {
    json_to_struct(value.as_object().unwrap())
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Everything {
    flag: bool,
    whole: i32,
    large: u64,
    fraction: f64,
    text: String,
    port: IntOrString,
    absent: Option<String>,
    list: Vec<Option<i64>>,
    pair: (u8, String),
    labels: BTreeMap<String, String>,
    choice: Choice,
    choices: Vec<Choice>,
    wrapped: Wrapped,
    unit: (),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Choice {
    Plain,
    One(String),
    Two(u8, u8),
    Named { a: bool },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped(char);

fn everything() -> Everything {
    Everything {
        flag: false,
        whole: -3,
        large: 1 << 40,
        fraction: 0.5,
        text: String::new(),
        port: IntOrString::Int(80),
        absent: None,
        list: vec![Some(1), None],
        pair: (7, "b".into()),
        labels: BTreeMap::from([("a".into(), "1".into())]),
        choice: Choice::Plain,
        choices: vec![Choice::One("x".into()), Choice::Two(1, 2), Choice::Named { a: true }],
        wrapped: Wrapped('c'),
        unit: (),
    }
}

#[test]
fn what_is_written_is_what_json_would_be_without_nulls() {
    let mut expected = serde_json::to_value(everything()).unwrap();
    let fields = expected.as_object_mut().unwrap();
    fields.retain(|_, value| !value.is_null());
    assert_eq!(struct_to_json(&encode(&everything()).unwrap()), expected);
}

#[test]
fn what_is_written_is_read_again() {
    let mut object = encode(&everything()).unwrap();
    // `unit` has no other form than the null that is left out.
    object.fields.insert("unit".into(), pbjson_types::Value { kind: None });
    assert_eq!(decode::<Everything>(&object).unwrap(), everything());
}

#[test]
fn nulls_are_dropped_and_empty_values_are_not() {
    let given = json!({"a": null, "b": {"c": null, "d": []}, "e": [{"f": null}], "g": false});
    let expected = json!({"b": {"d": []}, "e": [{}], "g": false});
    assert_eq!(struct_to_json(&encode(&given).unwrap()), expected);
}

#[rstest]
#[case::text(json!("a"))]
#[case::a_list(json!([]))]
#[case::null(json!(null))]
fn only_objects_are_encoded(#[case] value: Value) {
    assert_eq!(encode(&value).unwrap_err().to_string(), "an object is expected");
}

#[rstest]
#[case::a_wrong_type(json!({"flag": 3}), "flag", "invalid type: integer `3`, expected a boolean")]
#[case::too_large(json!({"whole": 4_294_967_296_i64}), "whole", "invalid value: integer `4294967296`, expected i32")]
#[case::a_fraction(json!({"whole": 0.5}), "whole", "invalid type: floating point `0.5`, expected i32")]
#[case::the_first_of_two(json!({"whole": "a", "flag": "b"}), "flag", "invalid type: string \"b\", expected a boolean")]
#[case::below(json!({"labels": {"b": 1, "a": true}}), "labels.a", "invalid type: boolean `true`, expected a string")]
#[case::in_a_list(json!({"list": [1, "x"]}), "list[1]", "invalid type: string \"x\", expected i64")]
#[case::an_unknown_choice(json!({"choice": "Plane"}), "choice", "unknown variant `Plane`, expected one of `Plain`, `One`, `Two`, `Named`")]
#[case::no_choice(json!({"choice": 1}), "choice", "invalid type: floating point `1.0`, expected string or map")]
fn a_mistake_is_reported_with_its_path(#[case] value: Value, #[case] path: &str, #[case] message: &str) {
    let error = decode::<Everything>(&of(&value)).unwrap_err();
    assert_eq!((error.path().to_string().as_str(), error.inner().to_string().as_str()), (path, message));
}

#[test]
fn what_json_has_no_number_for_is_null() {
    let mut object = of(&json!({"a": 1}));
    object.fields.insert("a".into(), pbjson_types::Value { kind: Some(Kind::NumberValue(f64::NAN)) });
    assert_eq!(decode::<Value>(&object).unwrap(), json!({"a": null}));
}

#[test]
fn what_lies_over_wins_key_by_key() {
    let mut under = of(&json!({"sizes": {"small": "a", "large": "b"}, "list": [1, 2]}));
    merge(&mut under, of(&json!({"sizes": {"small": "c"}, "list": [3], "more": null})));
    let expected = json!({"sizes": {"small": "c", "large": "b"}, "list": [3], "more": null});
    assert_eq!(struct_to_json(&under), expected);
}

#[test]
fn who_owns_which_field_is_not_read_and_fields_of_that_name_are() {
    let object = of(&json!({
        "metadata": {"name": "a", "managedFields": "unreadable", "labels": {"managedFields": "b"}},
        "data": {"managedFields": "c"},
    }));
    let expected = ConfigMap {
        metadata: ObjectMeta {
            name: Some("a".into()),
            labels: Some(BTreeMap::from([("managedFields".into(), "b".into())])),
            ..ObjectMeta::default()
        },
        data: Some(BTreeMap::from([("managedFields".into(), "c".into())])),
        ..ConfigMap::default()
    };
    assert_eq!(decode::<ConfigMap>(&object).unwrap(), expected);
}
