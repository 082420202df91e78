//! Tables over the pure parts.

use std::collections::BTreeSet;

use goldenpath_provider_api::secretsmanager::{GenerateSecretString, ROTATE_REQUESTED_AT, RotationRules};
use rstest::rstest;

use super::*;

fn rules() -> GenerateSecretString {
    testing::secret().spec.for_provider.generate_secret_string
}

fn password(spec: &GenerateSecretString) -> String {
    let value = password::value(spec, &mut SysRng).unwrap();
    let value: Value = serde_json::from_str(value.expose()).unwrap();
    value["password"].as_str().unwrap().to_owned()
}

#[test]
fn a_thousand_passwords_keep_every_rule() {
    let mut seen = BTreeSet::new();
    for _ in 0..1000 {
        let password = password(&rules());
        assert_eq!(password.len(), 32);
        assert!(password.bytes().any(|b| b.is_ascii_lowercase()), "{password}");
        assert!(password.bytes().any(|b| b.is_ascii_uppercase()), "{password}");
        assert!(password.bytes().any(|b| b.is_ascii_digit()), "{password}");
        assert!(
            !password.contains([' ', '/', '"', '@', '\'', '\\', '%', '$', '&', ':', '#', '?']),
            "{password}"
        );
        seen.insert(password);
    }
    assert_eq!(seen.len(), 1000, "no two are the same");
}

#[test]
fn a_spec_has_its_way_within_the_rules_of_rds() {
    let spec = GenerateSecretString {
        password_length: Some(128),
        exclude_characters: Some("abc".into()),
        ..rules()
    };
    let long = password(&spec);
    assert_eq!(long.len(), 128);
    assert!(!long.contains(['a', 'b', 'c', '/', '"', '@', ' ']), "what RDS refuses is never in it");
    let plain = password(&GenerateSecretString { exclude_punctuation: Some(true), ..rules() });
    assert!(plain.bytes().all(|b| b.is_ascii_alphanumeric()));
}

#[rstest]
#[case::not_json("{", None, None, "secretStringTemplate")]
#[case::not_an_object("[1]", None, None, "secretStringTemplate")]
#[case::too_long_for_mysql(r#"{"engine":"mysql"}"#, Some(42), None, "passwordLength")]
#[case::nothing_left(
    "{}",
    None,
    Some("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'()*+,-.:;<=>"),
    "excludeCharacters"
)]
fn rules_that_cannot_be_kept_are_reported(
    #[case] template: &str,
    #[case] length: Option<i64>,
    #[case] exclude: Option<&str>,
    #[case] field: &str,
) {
    let spec = GenerateSecretString {
        secret_string_template: template.into(),
        password_length: length,
        exclude_characters: exclude.map(Into::into),
        ..rules()
    };
    let fault = password::value(&spec, &mut SysRng).unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::Terminal, "InvalidSpec"));
    assert_eq!(fault.field, Some(format!(".spec.forProvider.generateSecretString.{field}")));
}

#[rstest]
#[case::standard("postgres", AttachmentKeys::Standard, json!({
    "username": "app", "password": "p", "engine": "postgres", "host": "h", "port": 5432, "dbname": "orders",
    "dbInstanceIdentifier": "i",
}))]
#[case::environment("postgres", AttachmentKeys::Environment, json!({
    "username": "app", "password": "p", "POSTGRES_HOST": "h", "POSTGRES_PORT": "5432", "POSTGRES_DB": "orders",
    "POSTGRES_USER": "app", "POSTGRES_PASSWORD": "p",
}))]
#[case::both("mysql", AttachmentKeys::Both, json!({
    "username": "app", "password": "p", "engine": "mysql", "host": "h", "port": 5432, "dbname": "orders",
    "dbInstanceIdentifier": "i", "MYSQL_HOST": "h", "MYSQL_PORT": "5432", "MYSQL_DB": "orders",
    "MYSQL_USER": "app", "MYSQL_PASSWORD": "p",
}))]
fn connection_details_are_spelled_as_asked(
    #[case] engine: &str,
    #[case] keys: AttachmentKeys,
    #[case] expected: Value,
) {
    let rule = rule("{}", "password", &[]);
    let connection = connection(engine, keys);
    let mut document = Document::parse(r#"{"username":"app","password":"p"}"#).unwrap();
    assert!(document.attach(&connection, None, &rule));
    assert_eq!(serde_json::from_str::<Value>(document.print().expose()).unwrap(), expected);
    assert!(!document.attach(&connection, None, &rule), "a second time changes nothing");
}

fn connection(engine: &str, keys: AttachmentKeys) -> Connection {
    Connection {
        attached: AttachedInstance {
            identifier: "i".into(),
            host: "h".into(),
            port: 5432,
            keys,
            username: None,
        },
        engine: engine.into(),
        dbname: Some("orders".into()),
    }
}

/// A spec may ask for another name, which is refused; a backup brings its own.
#[rstest]
#[case::as_made(Some("made"), "made")]
#[case::not_reported(None, "orders")]
fn the_name_of_the_database_is_that_which_was_made(#[case] seen: Option<&str>, #[case] expected: &str) {
    let mut instance = testing::instance();
    let status = json!({"atProvider": {"address": "h", "port": 5432, "dbName": seen}});
    instance.status = Some(serde_json::from_value(status).unwrap());
    let connection = Connection::of(&instance, "i".into(), AttachmentKeys::Both).unwrap();
    assert_eq!(connection.dbname.as_deref(), Some(expected));
}

fn rule(template: &str, key: &str, others: &[&str]) -> GenerateSecretString {
    GenerateSecretString {
        secret_string_template: template.into(),
        generate_string_key: key.into(),
        additional_generate_string_keys: others.iter().map(|key| (*key).to_owned()).collect(),
        ..GenerateSecretString::default()
    }
}

/// As the function asks for it: with the keys, what the rule names changes, too.
fn as_asked(keys: AttachmentKeys) -> GenerateSecretString {
    match keys {
        AttachmentKeys::Standard => rule(r#"{"username":"app"}"#, "password", &[]),
        AttachmentKeys::Environment => rule(r#"{"POSTGRES_USER":"app"}"#, "POSTGRES_PASSWORD", &[]),
        AttachmentKeys::Both => {
            rule(r#"{"username":"app","POSTGRES_USER":"app"}"#, "password", &["POSTGRES_PASSWORD"])
        }
    }
}

#[rstest]
fn another_spelling_replaces_the_one_before_and_keeps_the_password(
    #[values(AttachmentKeys::Standard, AttachmentKeys::Environment, AttachmentKeys::Both)]
    before: AttachmentKeys,
    #[values(AttachmentKeys::Standard, AttachmentKeys::Environment, AttachmentKeys::Both)]
    after: AttachmentKeys,
) {
    let made = |keys| {
        let mut document = Document::parse(r#"{"by-hand":"stays"}"#).unwrap();
        let rule = as_asked(keys);
        document.set(&rule.generate_string_key, "p");
        document.attach(&connection("postgres", keys), None, &rule);
        document
    };
    let mut document = made(before);
    let changed = document.attach(&connection("postgres", after), Some(before), &as_asked(after));
    assert_eq!(changed, before != after);
    let read = |document: &Document| serde_json::from_str::<Value>(document.print().expose()).unwrap();
    assert_eq!(read(&document), read(&made(after)));
}

#[test]
fn a_key_that_the_rule_names_goes_with_no_spelling() {
    let rule = rule(r#"{"username":"app"}"#, "password", &[]);
    let mut document = Document::parse(r#"{"username":"app","password":"p","host":"h"}"#).unwrap();
    let keys = AttachmentKeys::Environment;
    assert!(document.attach(&connection("postgres", keys), Some(AttachmentKeys::Both), &rule));
    let has = ["username", "password", "host"].map(|key| document.text(key).is_some());
    assert_eq!(has, [true, true, false]);
}

#[rstest]
#[case::unset(None, Some("arn:aws:kms:eu:1:key/k1"), false)]
#[case::the_same(Some("k1"), Some("arn:aws:kms:eu:1:key/k1"), false)]
#[case::another(Some("k2"), Some("arn:aws:kms:eu:1:key/k1"), true)]
#[case::from_the_default(Some("k2"), None, true)]
#[case::the_default_by_name(Some("alias/aws/secretsmanager"), None, false)]
#[case::back_to_the_default(Some("alias/aws/secretsmanager"), Some("arn:aws:kms:eu:1:key/k1"), true)]
#[case::an_alias_cannot_be_compared(Some("alias/mine"), Some("arn:aws:kms:eu:1:key/k1"), false)]
fn keys(#[case] wanted: Option<&str>, #[case] seen: Option<&str>, #[case] differs: bool) {
    let mut secret = testing::secret();
    secret.spec.for_provider.kms_key_id = wanted.map(Into::into);
    let described = described().set_kms_key_id(seen.map(Into::into)).build();
    let drift = delta::drift(&secret, testing::CLUSTER, &described, None, None);
    assert_eq!(!drift.is_empty(), differs, "{}", drift.summary());
}

#[test]
fn tokens_are_of_the_object_and_the_step() {
    let secret = testing::secret();
    let mut other = testing::secret();
    other.metadata.uid = Some("another".into());
    let tokens = [input::create_token(&secret), input::create_token(&other)];
    let others = [
        input::attach_tokens(&secret, &attached(), "v1"),
        input::attach_tokens(&secret, &attached(), "v2"),
        input::attach_tokens(&secret, &AttachedInstance { port: 1, ..attached() }, "v1"),
        input::attach_tokens(&secret, &AttachedInstance { username: Some("x".into()), ..attached() }, "v1"),
    ];
    let tokens: Vec<_> = tokens.into_iter().chain(others.into_iter().flatten()).collect();
    assert_eq!(tokens.iter().collect::<BTreeSet<_>>().len(), tokens.len());
    assert_eq!(tokens[0], input::create_token(&secret));
}

#[test]
fn what_is_asked_of_rotation_and_has_no_effect_is_reported() {
    let described = DescribeSecretOutput::builder().build();
    let mut secret = testing::secret();
    assert_eq!(status::observation(&secret, &described, None).notices, []);

    secret.spec.for_provider.rotation_rules = Some(RotationRules { automatically_after_days: 30 });
    secret.annotations_mut().insert(ROTATE_REQUESTED_AT.into(), "2026-01-01T00:00:00Z".into());
    let told = status::observation(&secret, &described, None).notices;
    let fields: Vec<_> = told.iter().filter_map(|notice| notice.field.as_deref()).collect();
    assert_eq!(
        fields,
        [
            ".spec.forProvider.rotationRules",
            ".metadata.annotations[goldenpath.io/rotate-credentials-requested-at]"
        ]
    );
    assert!(told.iter().all(|n| n.code == "NotYetSupported" && n.remedy.is_some() && !n.waiting), "{told:?}");
}
