//! An engine in RDS's words.

use goldenpath_provider_api::rds;

use crate::paths::database::api::Engine;

// === impl Engine ===

impl Engine {
    /// The name that RDS has for it.
    pub(super) fn rds_name(self) -> &'static str {
        match self {
            Self::Postgresql => "postgres",
            Self::Mysql => "mysql",
        }
    }

    /// Its rules in RDS.
    pub(super) fn of_rds(self) -> rds::Engine {
        rds::Engine::of(self.rds_name())
    }
}
