//! Whether connections without TLS are refused: up to a DB parameter, and so to a DB parameter group.

use crate::paths::database::api::{DatabaseSpec, Engine};

/// The first major version whose default parameters at RDS refuse connections without TLS. Sources: "Using SSL with a
/// PostgreSQL DB instance", and "Requiring SSL/TLS for all connections to a MySQL DB instance".
const fn by_default_from(engine: Engine) -> u32 {
    match engine {
        Engine::Postgresql => 15,
        Engine::Mysql => 9,
    }
}

/// The parameter that refuses connections without TLS.
pub(super) fn parameter(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgresql => "rds.force_ssl",
        Engine::Mysql => "require_secure_transport",
    }
}

/// The value that the parameter has to have; none where the default of a major version does what the spec says.
pub(super) fn wanted(spec: &DatabaseSpec, major: &str) -> Option<&'static str> {
    let number: u32 = major.split('.').next().and_then(|number| number.parse().ok()).unwrap_or(0);
    let is_default = number >= by_default_from(spec.engine);
    let asked = spec.encryption.require_tls;
    (asked != is_default).then_some(if asked { "1" } else { "0" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("postgresql", "14", true, Some("1"))]
    #[case("postgresql", "15", true, None)]
    #[case("postgresql", "14", false, None)]
    #[case("postgresql", "17", false, Some("0"))]
    #[case("mysql", "8.0", true, Some("1"))]
    #[case("mysql", "8.4", true, Some("1"))]
    #[case("mysql", "9.1", true, None)]
    #[case("mysql", "9.1", false, Some("0"))]
    fn the_parameter_is_set_where_the_default_says_otherwise(
        #[case] engine: &str,
        #[case] major: &str,
        #[case] require: bool,
        #[case] value: Option<&str>,
    ) {
        let spec = json!({"engine": engine, "version": major, "encryption": {"requireTLS": require}});
        assert_eq!(wanted(&serde_json::from_value(spec).unwrap(), major), value);
    }
}
