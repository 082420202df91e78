//! How much storage a database has, and how fast it is.

use goldenpath_provider_api::rds::InstanceObservation;

use crate::observed::Observed;
use crate::paths::database::INSTANCE;
use crate::paths::database::api::{DatabaseSpec, StorageType};
use crate::paths::database::policy::Limits;
use crate::platform::Gibibytes;
use crate::problems::Problem;

/// From this size on, the IOPS of gp3 can be chosen; below it they are what AWS gives. Source: "Amazon RDS DB instance
/// storage", gp3 storage with MySQL and PostgreSQL.
const CHOOSABLE_FROM: Gibibytes = Gibibytes(400);

/// The size, and what it may grow to.
pub(super) fn sizes(spec: &DatabaseSpec, limits: &Limits) -> Result<(Gibibytes, Gibibytes), Problem> {
    let parse = |given: &str, field: &str| {
        Gibibytes::parse(given).ok_or_else(|| {
            Problem::error("InvalidSpec", format!("{given} is not a size of storage"))
                .at(field)
                .remedy("write a whole number of Gi or Ti, e.g. 20Gi")
        })
    };
    let size = parse(&spec.storage.size, ".spec.storage.size")?;
    let max_size = parse(&spec.storage.max_size, ".spec.storage.maxSize")?;
    if max_size < size {
        return Err(Problem::error(
            "InvalidSpec",
            format!("the ceiling of storage {max_size} is below its size {size}"),
        )
        .at(".spec.storage.maxSize")
        .remedy(format!("set it to {size} or more")));
    }
    match limits.max_storage {
        Some(limit) if max_size > limit => Err(Problem::error(
            "StorageNotAllowed",
            format!("the platform allows no more storage than {limit}"),
        )
        .at(".spec.storage.maxSize")
        .remedy(format!("set it to {limit} or less"))),
        _ => Ok((size, max_size)),
    }
}

/// IOPS that are asked for at a size for which AWS does not let them be chosen. The size that the database has grown to
/// counts.
pub(super) fn problem(spec: &DatabaseSpec, observed: Observed<'_>) -> Option<Problem> {
    if spec.storage.r#type != StorageType::Gp3 || spec.storage.iops.is_none() {
        return None;
    }
    let seen: Option<InstanceObservation> = observed.part(INSTANCE, &["status", "atProvider"]);
    let allocated = Gibibytes(seen.and_then(|seen| seen.allocated_storage).unwrap_or_default());
    let size = Gibibytes::parse(&spec.storage.size)?.max(allocated);
    (size < CHOOSABLE_FROM).then(|| {
        Problem::warning(
            "WithoutEffect",
            format!("AWS chooses the IOPS of gp3 storage below {CHOOSABLE_FROM}"),
        )
        .at(".spec.storage.iops")
        .remedy(format!("leave it out, or set .spec.storage.size to {CHOOSABLE_FROM} or more"))
    })
}
