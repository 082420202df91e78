//! The platform's choices: what an XR does not say, because it is the same for everyone.
//!
//! Three layers, key by key, the later ones win: the defaults here, the pipeline step's input, and the environment
//! that an earlier step has put into the context. The environment is shared with other functions, so of its keys
//! only those of a `Platform` are taken.

mod text;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use function_sdk_rust::context::KEY_ENVIRONMENT;
use function_sdk_rust::proto::v1::RunFunctionRequest;
use pbjson_types::Struct;
use pbjson_types::value::Kind;
use serde::{Deserialize, Serialize};

use crate::paths::database::api::{Engine, Size};
use crate::problems::Problem;
use crate::wire;
pub use text::{EnvironmentName, Gibibytes, GoDuration, Region, SafeDefault};

/// Group and version of the input.
pub const API_VERSION: &str = "function.goldenpath.io/v1alpha1";
/// Kind of the input.
pub const KIND: &str = "Platform";

/// The platform's choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Platform {
    /// AWS region of everything.
    pub region: Region,
    /// Unique per cluster and account: part of the names of databases and secrets.
    pub environment: EnvironmentName,
    /// DB instance class of each size, by engine.
    pub sizes: PerEngine<Classes>,
    /// The tiers that the label `goldenpath.io/tier` may name.
    pub tiers: BTreeMap<String, Tier>,
    /// Where credentials are read from.
    pub secret_store: NamedKind,
    /// How often credentials are read again.
    pub refresh_interval: GoDuration,
    /// Whose AWS credentials are used.
    pub provider_config: NamedKind,
    /// The network of databases that do not name their own.
    pub network: Network,
    /// DB parameter group by engine; the engine's default group unless set.
    pub parameter_groups: PerEngine<Option<String>>,
    /// What may be asked for.
    pub limits: Limits,
    /// Instances and snapshots of other origin that the databases of a namespace may be restored from.
    pub restore_sources: BTreeMap<String, Vec<String>>,
}

/// One choice for each engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerEngine<T> {
    /// For PostgreSQL.
    pub postgresql: T,
    /// For MySQL.
    pub mysql: T,
}

/// DB instance class of each size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "named by the sizes of the XR")]
pub struct Classes {
    pub small: String,
    pub medium: String,
    pub large: String,
    pub xlarge: String,
}

/// What a tier changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Tier {
    /// Replaces the platform's limits for this tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
}

/// Names an object of one of two kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedKind {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// A network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Network {
    /// DB subnet group, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_group: Option<String>,
    /// VPC security groups, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_group_ids: Vec<String>,
    /// Where databases are: pods that use one get a `NetworkPolicy` that lets them out to its port there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub database_cidrs: Vec<String>,
    /// The security groups that databases let in: pods that use one are put into them, on Amazon EKS.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub client_security_group_ids: Vec<String>,
}

/// What may be asked for; what is not set is not limited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limits {
    /// The DB instance classes that may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_classes: Option<Vec<String>>,
    /// The largest ceiling of storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_storage: Option<Gibibytes>,
    /// Whether databases may have public addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_access: Option<bool>,
    /// The DB parameters that may be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<String>>,
    /// The safe defaults that may not be relaxed, by the field below `.spec`, e.g. `deletion.protection`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub safe_defaults: Vec<SafeDefault>,
    /// Whether databases must have a standby.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_high_availability: Option<bool>,
    /// The fewest days that backups are kept, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_retention_days: Option<i32>,
}

/// The platform of a request, or what is wrong with it.
pub fn of(request: &RunFunctionRequest) -> Result<Platform, Vec<Problem>> {
    let environment = request.context.as_ref().and_then(|context| wire::below(context, KEY_ENVIRONMENT));
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
        wire::lay_over(&mut whole, body(input)?);
    }
    if let Some(environment) = environment {
        let known = environment.fields.iter().filter(|(key, _)| defaults.fields.contains_key(*key));
        let known = known.map(|(key, value)| (key.clone(), value.clone())).collect();
        wire::lay_over(&mut whole, Struct { fields: known });
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

// === impl Platform ===

impl Platform {
    /// The limits of a tier.
    pub fn limits_of(&self, tier: Option<&str>) -> &Limits {
        tier.and_then(|tier| self.tiers.get(tier)?.limits.as_ref()).unwrap_or(&self.limits)
    }
}

impl Default for Platform {
    fn default() -> Self {
        let named = |kind: &str, name: &str| NamedKind { kind: kind.into(), name: name.into() };
        Self {
            region: Region::default(),
            environment: EnvironmentName::default(),
            // With MySQL, AWS offers no Performance Insights on smaller classes.
            sizes: PerEngine {
                postgresql: Classes::beginning_with("db.t4g.small"),
                mysql: Classes::beginning_with("db.t4g.medium"),
            },
            tiers: ["development", "staging", "production"]
                .map(|tier| (tier.to_owned(), Tier::default()))
                .into(),
            secret_store: named("ClusterSecretStore", "goldenpath"),
            refresh_interval: GoDuration::default(),
            provider_config: named("ClusterProviderConfig", "default"),
            network: Network::default(),
            parameter_groups: PerEngine::default(),
            limits: Limits::default(),
            restore_sources: BTreeMap::new(),
        }
    }
}

// === impl PerEngine ===

impl<T> PerEngine<T> {
    /// The choice for an engine.
    pub fn of(&self, engine: Engine) -> &T {
        match engine {
            Engine::Postgresql => &self.postgresql,
            Engine::Mysql => &self.mysql,
        }
    }
}

// === impl Classes ===

impl Classes {
    /// The class of a size.
    pub fn of(&self, size: Size) -> &str {
        match size {
            Size::Small => &self.small,
            Size::Medium => &self.medium,
            Size::Large => &self.large,
            Size::Xlarge => &self.xlarge,
        }
    }

    fn beginning_with(small: &str) -> Self {
        Self {
            small: small.into(),
            medium: "db.m7g.large".into(),
            large: "db.m7g.xlarge".into(),
            xlarge: "db.m7g.2xlarge".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use function_sdk_rust::resource::json_to_struct;
    use rstest::rstest;
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    fn of(value: &Value) -> Struct {
        json_to_struct(value.as_object().unwrap())
    }

    fn input(body: &Value) -> Struct {
        let mut input = of(&json!({"apiVersion": API_VERSION, "kind": KIND}));
        wire::lay_over(&mut input, of(body));
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
