//! How a request makes a [`Platform`].
//!
//! Three layers, key by key, the later ones win: the defaults, the pipeline step's input, and the environment that an
//! earlier step has put into the context. The environment is shared with other functions, so of its keys only those of
//! a `Platform` are taken.

use std::sync::LazyLock;

use function_sdk_rust::context::KEY_ENVIRONMENT;
use function_sdk_rust::proto::v1::RunFunctionRequest;
use pbjson_types::Struct;
use pbjson_types::value::Kind;

use super::{API_VERSION, KIND, Platform};
use crate::problems::Problem;
use crate::wire;

/// The platform of a request, or what is wrong with it.
pub fn of(request: &RunFunctionRequest) -> Result<Platform, Vec<Problem>> {
    let environment = request.context.as_ref().and_then(|context| wire::child(context, KEY_ENVIRONMENT));
    layered(request.input.as_ref(), environment).map_err(|problem| vec![problem])
}

fn layered(input: Option<&Struct>, environment: Option<&Struct>) -> Result<Platform, Problem> {
    static DEFAULTS: LazyLock<(Platform, Struct)> = LazyLock::new(|| {
        let platform = Platform::default();
        let object = wire::encode(&platform).unwrap_or_default();
        (platform, object)
    });
    let (platform, defaults) = &*DEFAULTS;
    if input.is_none() && environment.is_none() {
        return Ok(platform.clone());
    }
    let mut whole = defaults.clone();
    if let Some(input) = input {
        wire::merge(&mut whole, body(input)?);
    }
    if let Some(environment) = environment {
        let known = environment.fields.iter().filter(|(key, _)| defaults.fields.contains_key(*key));
        let known = known.map(|(key, value)| (key.clone(), value.clone())).collect();
        wire::merge(&mut whole, Struct { fields: known });
    }
    wire::decode(&whole).map_err(|error| {
        let told = error.inner().to_string();
        let path = error.path().to_string();
        let unknown = told.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
        match unknown.filter(|key| path.rsplit('.').next() != Some(key)) {
            Some(key) if path == "." => invalid(key, &told),
            Some(key) => invalid(&format!("{path}.{key}"), &told),
            None => invalid(&path, &told),
        }
    })
}

/// The choices of an input, without what says that it is one.
fn body(input: &Struct) -> Result<Struct, Problem> {
    let mut input = input.clone();
    for (key, expected) in [("apiVersion", API_VERSION), ("kind", KIND)] {
        let given = input.fields.remove(key).and_then(|value| value.kind);
        if !matches!(given, Some(Kind::StringValue(given)) if given == expected) {
            return Err(invalid(key, &format!("the input is not of {key} {expected}")));
        }
    }
    input.fields.remove("metadata");
    Ok(input)
}

fn invalid(path: &str, what: &str) -> Problem {
    Problem::error("InvalidPlatformInput", format!("the Platform input is not valid: {what}"))
        .at(format!("Platform.{path}").trim_end_matches('.'))
        .remedy("correct the input of the Composition's step function-goldenpath, or the environment it is merged with")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::database::api::{Engine, Size};
    use function_sdk_rust::resource::json_to_struct;
    use rstest::rstest;
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    fn of(value: &Value) -> Struct {
        json_to_struct(value.as_object().unwrap())
    }

    fn input(body: &Value) -> Struct {
        let mut input = of(&json!({"apiVersion": API_VERSION, "kind": KIND}));
        wire::merge(&mut input, of(body));
        input
    }

    /// An environment may set what the defaults have, so they have to have everything.
    #[test]
    fn every_key_has_a_default() {
        let all = serde_json::to_value(Platform::default()).unwrap();
        let encoded: BTreeSet<_> = wire::encode(&Platform::default()).unwrap().fields.into_keys().collect();
        assert_eq!(encoded, all.as_object().unwrap().keys().cloned().collect());
    }

    #[test]
    fn everything_is_optional() {
        assert_eq!(layered(None, None), Ok(Platform::default()));
        assert_eq!(layered(Some(&input(&json!({}))), None), Ok(Platform::default()));
    }

    #[test]
    fn the_environment_wins_over_the_input_and_the_input_over_the_defaults() {
        let platform = layered(
            Some(&input(&json!({"region": "us-east-1", "environment": "staging",
                "sizes": {"postgresql": {"small": "db.t4g.micro"}}}))),
            Some(&of(&json!({"environment": "production", "apiVersion": "x", "somebodyElses": 1}))),
        )
        .unwrap();
        assert_eq!(platform.region.as_ref(), "us-east-1");
        assert_eq!(platform.environment.as_ref(), "production");
        assert_eq!(platform.sizes.of(Engine::Postgresql).of(Size::Small), "db.t4g.micro");
        assert_eq!(platform.sizes.of(Engine::Postgresql).of(Size::Medium), "db.m7g.large");
    }

    #[rstest]
    #[case::unknown_key(json!({"regoin": "eu-central-1"}), "Platform.regoin")]
    #[case::unknown_key_below(json!({"network": {"subnets": []}}), "Platform.network.subnets")]
    #[case::unknown_size(json!({"sizes": {"postgresql": {"tiny": "db.t4g.micro"}}}), "Platform.sizes.postgresql.tiny")]
    #[case::wrong_type(json!({"region": 3}), "Platform.region")]
    #[case::wrong_type_below(json!({"network": {"securityGroupIds": "sg-1"}}), "Platform.network.securityGroupIds")]
    #[case::not_a_default(json!({"limits": {"safeDefaults": ["deletion.protecting"]}}), "Platform.limits.safeDefaults[0]")]
    #[case::unknown_key_of_a_tier(json!({"tiers": {"production": {"limit": {}}}}), "Platform.tiers.production.limit")]
    #[case::not_a_region(json!({"region": "Frankfurt"}), "Platform.region")]
    #[case::not_a_label(json!({"environment": "Dev_1"}), "Platform.environment")]
    #[case::not_a_duration(json!({"refreshInterval": "hourly"}), "Platform.refreshInterval")]
    #[case::null(json!({"environment": null}), "Platform.environment")]
    #[case::wrong_kind(json!({"kind": "Plattform"}), "Platform.kind")]
    fn a_mistake_is_a_problem_that_names_the_key(#[case] body: Value, #[case] field: &str) {
        let problem = layered(Some(&input(&body)), None).unwrap_err();
        assert_eq!((problem.code.as_str(), problem.field.as_deref()), ("InvalidPlatformInput", Some(field)));
        assert!(problem.remedy.is_some());
    }
}
