//! Whether connections without TLS are refused: up to a DB parameter, and so to a DB parameter group.

use crate::paths::database::api::{DatabaseSpec, Engine};
use crate::paths::database::policy::DatabasePolicy;

/// RDS's own default parameter groups refuse connections without TLS from this major version of PostgreSQL on.
const TLS_BY_DEFAULT: u32 = 15;

/// The parameter that refuses connections without TLS.
pub(super) fn parameter(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgresql => "rds.force_ssl",
        Engine::Mysql => "require_secure_transport",
    }
}

/// The value that the parameter has to have; none where the engine's default does what the spec says, and where the
/// platform names a parameter group, whose word it then is.
pub(super) fn wanted(spec: &DatabaseSpec, policy: &DatabasePolicy) -> Option<&'static str> {
    let major = spec.version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    let by_default = match spec.engine {
        Engine::Postgresql => major >= TLS_BY_DEFAULT,
        Engine::Mysql => false,
    };
    let differs = spec.encryption.require_tls != by_default;
    let free = policy.parameter_groups.of(spec.engine).is_none();
    (differs && free).then_some(if spec.encryption.require_tls { "1" } else { "0" })
}
