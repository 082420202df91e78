//! `GoldenPathDatabase`: a database of RDS, with its credentials in the namespace.

mod adoption;
pub mod api;
mod backup_condition;
pub mod claim;
mod conditions;
pub mod consumers;
mod effective;
mod end_of_support;
mod engine;
pub(in crate::paths) mod external_secret;
mod fields;
mod identity;
mod instance;
pub(in crate::paths) mod lent;
mod managed;
pub(in crate::paths) mod network;
mod parameter_groups;
mod parameters;
pub mod policy;
mod protection;
pub(crate) mod relaxations;
mod restore;
mod running;
mod secret;
mod status;
mod storage;
mod tls;
mod upgrade_condition;
mod validated;

use std::borrow::Cow;

use crate::composition::Composition;
use crate::condition::{Condition, ConditionKind};
use crate::error::Error;
use crate::keys::{Family, Known};
use crate::observed::Observed;
use crate::path::GoldenPath;
use crate::platform::Platform;
use crate::rendering::Rendering;
use adoption::Adoption;
use api::{DatabaseStatus, GoldenPathDatabase};
use consumers::Consumers;
use identity::Identity;
use network::Clients;
use parameter_groups::ParameterGroups;
use policy::DatabasePolicy;
use running::Running;
use validated::ValidatedDatabase;

/// Key of the managed `Secret`.
pub const SECRET: &str = "secret";
/// Key of the managed `Instance`.
pub const INSTANCE: &str = "instance";
/// Keys of the managed `ParameterGroup`s, one for each major version.
pub const PARAMETER_GROUP: Family = Family::new("parameter-group");
/// Key of the `ExternalSecret`.
pub const EXTERNAL_SECRET: &str = "external-secret";
/// Key of the `NetworkPolicy`.
pub const NETWORK_POLICY: &str = "network-policy";
/// Key of the `SecurityGroupPolicy`.
pub const SECURITY_GROUP_POLICY: &str = "security-group-policy";
/// Key of the `Usage`.
pub const USAGE: &str = "usage";

/// The golden path of databases.
#[derive(Debug)]
pub struct Database;

fn running_version(observed: Observed<'_>) -> Option<&str> {
    observed.text(INSTANCE, &["status", "atProvider"], "engineVersionActual")
}

// === impl Database ===

impl GoldenPath for Database {
    type Composite = GoldenPathDatabase;
    type Status = DatabaseStatus;
    type Policy = DatabasePolicy;
    const KEYS: &'static [Known] = &[
        Known::Always(SECRET),
        Known::Each(PARAMETER_GROUP),
        Known::Always(INSTANCE),
        Known::Always(EXTERNAL_SECRET),
        Known::Optional(NETWORK_POLICY),
        Known::Optional(SECURITY_GROUP_POLICY),
        Known::Optional(USAGE),
    ];
    const CONDITIONS: &'static [ConditionKind] = conditions::ALL;
    // A Service of the name with a suffix has 63 characters, a DB instance identifier too.
    const MAX_NAME_LENGTH: u32 = 44;

    fn compose(
        xr: &GoldenPathDatabase,
        platform: &Platform<DatabasePolicy>,
        observed: Observed<'_>,
    ) -> Result<Composition, Error> {
        let identity = Identity::of(xr, platform, observed);
        let running = Running::of(observed);
        let adoption = Adoption::of(&xr.spec, observed);
        let database = ValidatedDatabase::of(xr, platform, &identity, &running, &adoption)?;
        let groups = ParameterGroups::of(&identity, &database, observed);
        let consumers = Consumers::of(xr, observed);
        let secret = secret::secret(xr, &identity, &database, &adoption);
        let composition = Composition::new().with_gated(SECRET, adoption.secret_gate(), &secret);
        let composition = groups.compose(composition, &adoption.gate());
        let clients = Clients::of(&identity);
        Ok(network::into_security_groups(composition, SECURITY_GROUP_POLICY, &clients, &platform.network)
            .with(INSTANCE, &instance::instance(&identity, &database, &groups, &adoption))
            .with_gated(
                EXTERNAL_SECRET,
                external_secret::gate(observed),
                &external_secret::external_secret(&identity, &database, observed),
            )
            .with_optional(
                NETWORK_POLICY,
                network::policy(xr.spec.engine, &clients, &platform.network).as_ref(),
            )
            .with_optional_gated(
                USAGE,
                &adoption.gate(),
                protection::usage(xr, &identity, &consumers).as_ref(),
            )
            .requiring(consumers::lookup(xr, observed))
            .with_problems(database.kept.clone())
            .with_problems(identity.problems(platform))
            .with_problems(adoption.problems(&xr.spec))
            .with_problems(consumers.problems(xr, observed))
            .with_problems(parameters::problem(&xr.spec, &platform.policy))
            .with_problems(storage::problem(&xr.spec, &running))
            .with_problems(end_of_support::problem(&xr.spec, running.seen())))
    }

    fn report(
        xr: &GoldenPathDatabase,
        observed: Observed<'_>,
        rendering: &Rendering,
    ) -> (DatabaseStatus, Vec<Condition>) {
        status::report(xr, observed, rendering)
    }

    fn field(xr: &GoldenPathDatabase, key: &str, field: &str) -> Option<Cow<'static, str>> {
        fields::of_composite(&xr.spec, key, field)
    }
}
