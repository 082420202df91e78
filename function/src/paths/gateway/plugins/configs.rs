//! The configurations of the plugins that every platform may allow, by field and type: Kong refuses its whole configuration
//! for one that is wrong in one of them. Of any other plugin Kong alone knows what is right.

use serde_json::{Map, Value};

use crate::paths::gateway::plugins::rejected;
use crate::problems::Problem;

/// What may stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Text,
    Number,
    Switch,
    Texts,
    Numbers,
    Record,
}

use Shape::{Number, Numbers, Record, Switch, Text, Texts};

/// Kong's word for its shortest window.
const SECOND: &str = concat!("sec", "ond");

/// The fields of a plugin, in Kong's words.
type Fields = &'static [(&'static str, Shape)];

const SCHEMAS: &[(&str, Fields)] = &[
    (
        "acl",
        &[
            ("allow", Texts),
            ("always_use_authenticated_groups", Switch),
            ("deny", Texts),
            ("hide_groups_header", Switch),
            ("include_consumer_groups", Switch),
        ],
    ),
    ("basic-auth", &[("hide_credentials", Switch), ("realm", Text)]),
    ("bot-detection", &[("allow", Texts), ("deny", Texts)]),
    ("correlation-id", &[("echo_downstream", Switch), ("generator", Text), ("header_name", Text)]),
    (
        "cors",
        &[
            ("allow_origin_absent", Switch),
            ("credentials", Switch),
            ("exposed_headers", Texts),
            ("headers", Texts),
            ("max_age", Number),
            ("methods", Texts),
            ("origins", Texts),
            ("preflight_continue", Switch),
            ("private_network", Switch),
        ],
    ),
    ("ip-restriction", &[("allow", Texts), ("deny", Texts), ("message", Text), ("status", Number)]),
    (
        "jwt",
        &[
            ("claims_to_verify", Texts),
            ("cookie_names", Texts),
            ("header_names", Texts),
            ("key_claim_name", Text),
            ("maximum_expiration", Number),
            ("realm", Text),
            ("run_on_preflight", Switch),
            ("secret_is_base64", Switch),
            ("uri_param_names", Texts),
        ],
    ),
    (
        "key-auth",
        &[
            ("hide_credentials", Switch),
            ("key_in_body", Switch),
            ("key_in_header", Switch),
            ("key_in_query", Switch),
            ("key_names", Texts),
            ("realm", Text),
            ("run_on_preflight", Switch),
        ],
    ),
    (
        "proxy-cache",
        &[
            ("cache_control", Switch),
            ("cache_ttl", Number),
            ("content_type", Texts),
            ("ignore_uri_case", Switch),
            ("memory", Record),
            ("request_method", Texts),
            ("response_code", Numbers),
            ("response_headers", Record),
            ("storage_ttl", Number),
            ("strategy", Text),
            ("vary_headers", Texts),
            ("vary_query_params", Texts),
        ],
    ),
    (
        // Without what has the gateway connect to a Redis of somebody's choice.
        "rate-limiting",
        &[
            ("day", Number),
            ("error_code", Number),
            ("error_message", Text),
            ("fault_tolerant", Switch),
            ("header_name", Text),
            ("hide_client_headers", Switch),
            ("hour", Number),
            ("limit_by", Text),
            ("minute", Number),
            ("month", Number),
            ("path", Text),
            ("policy", Text),
            (SECOND, Number),
            ("sync_rate", Number),
            ("year", Number),
        ],
    ),
    (
        "request-size-limiting",
        &[("allowed_payload_size", Number), ("require_content_length", Switch), ("size_unit", Text)],
    ),
    (
        "request-termination",
        &[
            ("body", Text),
            ("content_type", Text),
            ("echo", Switch),
            ("message", Text),
            ("status_code", Number),
            ("trigger", Text),
        ],
    ),
    (
        "request-transformer",
        &[
            ("add", Record),
            ("append", Record),
            ("http_method", Text),
            ("remove", Record),
            ("rename", Record),
            ("replace", Record),
        ],
    ),
    (
        "response-transformer",
        &[("add", Record), ("append", Record), ("remove", Record), ("rename", Record), ("replace", Record)],
    ),
];

/// A configuration with the names that Kong has for its fields, or what is wrong with it.
pub(super) fn in_kongs_words(
    plugin: &str,
    config: &Map<String, Value>,
    at: &str,
) -> Result<Map<String, Value>, Vec<Problem>> {
    let Some((_, fields)) = SCHEMAS.iter().find(|(name, _)| *name == plugin) else {
        return Ok(config.clone());
    };
    let (mut said, mut problems) = (Map::new(), Vec::new());
    for (given, value) in config {
        let (name, at) = (snake(given), format!("{at}.config.{given}"));
        let problem = match fields.iter().find(|(field, _)| *field == name) {
            None => Some(unknown(plugin, given, fields)),
            Some((_, shape)) if !shape.fits(value) => Some(format!("{given} has to be {}", shape.name())),
            Some(_) if said.contains_key(&name) => Some(format!("{name} is there in two spellings")),
            Some(_) => None,
        };
        match problem {
            Some(message) => problems.push(rejected(message, at).remedy(format!(
                "write the field as Kong documents it for the plugin {plugin}, or leave it out"
            ))),
            None => drop(said.insert(name, value.clone())),
        }
    }
    // However the fields are ordered.
    problems.sort();
    if problems.is_empty() { Ok(said) } else { Err(problems) }
}

fn unknown(plugin: &str, given: &str, fields: Fields) -> String {
    let known: Vec<_> = fields.iter().map(|(field, _)| *field).collect();
    format!("the plugin {plugin} has no field {given} that may be set; it has {}", known.join(", "))
}

/// `hideCredentials` as `hide_credentials`.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

// === impl Shape ===

impl Shape {
    fn fits(self, value: &Value) -> bool {
        let all = |fits: fn(&Value) -> bool| value.as_array().is_some_and(|items| items.iter().all(fits));
        match self {
            Text => value.is_string(),
            Number => value.is_number(),
            Switch => value.is_boolean(),
            Texts => all(Value::is_string),
            Numbers => all(Value::is_number),
            Record => value.is_object(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Text => "a text",
            Number => "a number",
            Switch => "true or false",
            Texts => "a list of texts",
            Numbers => "a list of numbers",
            Record => "an object",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn read(plugin: &str, config: &Value) -> Result<Value, Vec<String>> {
        let read = in_kongs_words(plugin, config.as_object().unwrap(), ".plugins[x]");
        let problems = |all: Vec<Problem>| all.into_iter().filter_map(|problem| problem.field).collect();
        read.map(Value::Object).map_err(problems)
    }

    #[test]
    fn fields_have_the_names_that_kong_has_for_them() {
        let given = json!({"keyNames": ["apikey", "x-api-key"], "hideCredentials": true});
        let expected = json!({"key_names": ["apikey", "x-api-key"], "hide_credentials": true});
        assert_eq!(read("key-auth", &given), Ok(expected));
    }

    #[test]
    fn what_kong_alone_knows_stays_as_it_is() {
        let given = json!({"clientId": ["x"], "unheard_of": {"a": 1}});
        assert_eq!(read("openid-connect", &given), Ok(given));
    }

    #[rstest]
    #[case::a_field_that_it_has_not("key-auth", json!({"keys": ["a"]}), ".plugins[x].config.keys")]
    #[case::a_field_in_two_spellings("key-auth", json!({"key_names": [], "keyNames": []}), ".plugins[x].config.key_names")]
    #[case::a_text_for_a_list("cors", json!({"origins": "*"}), ".plugins[x].config.origins")]
    #[case::a_list_of_other_things("cors", json!({"methods": [1]}), ".plugins[x].config.methods")]
    #[case::a_text_for_a_number("rate-limiting", json!({"minute": "100"}), ".plugins[x].config.minute")]
    #[case::a_redis_of_ones_own("rate-limiting", json!({"redis": {"host": "x"}}), ".plugins[x].config.redis")]
    fn what_kong_would_refuse_is_refused(#[case] plugin: &str, #[case] config: Value, #[case] at: &str) {
        let refused = read(plugin, &config).unwrap_err();
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert!(refused[0].replace("keyNames", "key_names") == at, "{refused:?}");
    }

    #[test]
    fn every_plugin_of_every_platform_has_its_fields() {
        let usual = crate::platform::Gateway::default().plugins;
        let described: Vec<_> = SCHEMAS.iter().map(|(name, _)| *name).collect();
        assert_eq!(usual.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), described);
    }
}
