//! How much storage a database has, and how fast it is.

use crate::paths::database::api::{DatabaseSpec, StorageType};
use crate::paths::database::policy::Limits;
use crate::paths::database::running::{KEPT, Running};
use crate::platform::Gibibytes;
use crate::problems::Problem;

/// From this size on, the IOPS of gp3 can be chosen; below it they are what AWS gives. Source: "Amazon RDS DB instance
/// storage", gp3 storage with MySQL and PostgreSQL.
const CHOOSABLE_FROM: Gibibytes = Gibibytes(400);

/// What storage grows to unless the spec says, at least.
const USUAL_CEILING: Gibibytes = Gibibytes(100);
/// The most that AWS gives. Source: "Amazon RDS DB instance storage".
const LARGEST: Gibibytes = Gibibytes(64 * 1024);

/// The size, and what it may grow to; with what is reported of them.
#[derive(Debug)]
pub(super) struct Sizes {
    pub(super) size: Gibibytes,
    pub(super) ceiling: Gibibytes,
    pub(super) reported: Option<Problem>,
}

/// What the platform says, and what is allowed because it is there already.
#[derive(Clone, Copy, Debug)]
struct Limit {
    says: Gibibytes,
    kept: Gibibytes,
}

/// The sizes of a spec. What storage may grow to already stays allowed, so that a database that is full can grow.
pub(super) fn sizes(spec: &DatabaseSpec, limits: &Limits, running: &Running) -> Result<Sizes, Problem> {
    let says = limits.max_storage.unwrap_or(LARGEST);
    let kept = running.ceiling().map_or(says, |ceiling| ceiling.max(says));
    let size = parse(&spec.storage.size, SIZE)?;
    within(size, Limit { says, kept }, SIZE)?;
    let ceiling = match &spec.storage.max_size {
        Some(given) => given_ceiling(given, size, Limit { says, kept })?,
        None if has_room(running.grown(size), says) => ceiling(size, says),
        None => ceiling(size, kept),
    };
    let reported = (ceiling > says).then(|| {
        Problem::warning(
            "StorageNotAllowed",
            format!("the platform allows no more storage than {says}; {KEPT}"),
        )
        .at(MAX_SIZE)
        .remedy(format!("nothing has to be done: it grows to {ceiling} and no further"))
    });
    Ok(Sizes { size, ceiling, reported })
}

fn given_ceiling(given: &str, size: Gibibytes, limits: Limit) -> Result<Gibibytes, Problem> {
    let ceiling = parse(given, MAX_SIZE)?;
    if ceiling < size {
        let message = format!("the ceiling of storage {ceiling} is below its size {size}");
        let problem = Problem::error("InvalidSpec", message).at(MAX_SIZE);
        return Err(problem.remedy(format!("set it to {size} or more")));
    }
    within(ceiling, limits, MAX_SIZE)?;
    Ok(ceiling)
}

const SIZE: &str = ".spec.storage.size";
const MAX_SIZE: &str = ".spec.storage.maxSize";

fn parse(given: &str, field: &str) -> Result<Gibibytes, Problem> {
    Gibibytes::parse(given).ok_or_else(|| {
        Problem::error("InvalidSpec", format!("{given} is not a size of storage"))
            .at(field)
            .remedy("write a whole number of Gi or Ti, e.g. 20Gi")
    })
}

/// Whether so much is allowed; what the platform says and what is there already may be two limits.
fn within(size: Gibibytes, limits: Limit, field: &str) -> Result<(), Problem> {
    let Limit { says, kept } = limits;
    if size <= kept {
        return Ok(());
    }
    let problem = if says == LARGEST {
        Problem::error("InvalidSpec", format!("AWS gives no more storage than {says}"))
    } else {
        Problem::error("StorageNotAllowed", format!("the platform allows no more storage than {says}"))
    };
    Err(problem.at(field).remedy(format!("set it to {kept} or less")))
}

/// The ceiling of a spec that names none; where the limit leaves too little, the size is all.
fn ceiling(size: Gibibytes, limit: Gibibytes) -> Gibibytes {
    let usual = Gibibytes(size.0.saturating_mul(2)).max(USUAL_CEILING).min(limit);
    if has_room(size, usual) { usual } else { size }
}

/// Whether a ceiling is as far above a size as AWS asks for: by a tenth.
fn has_room(size: Gibibytes, ceiling: Gibibytes) -> bool {
    i64::from(ceiling.0) * 10 >= i64::from(size.0) * 11
}

/// IOPS that are asked for at a size for which AWS does not let them be chosen. The size that the database has grown to
/// counts.
pub(super) fn problem(spec: &DatabaseSpec, running: &Running) -> Option<Problem> {
    if spec.storage.r#type != StorageType::Gp3 || spec.storage.iops.is_none() {
        return None;
    }
    let size = running.grown(Gibibytes::parse(&spec.storage.size)?);
    (size < CHOOSABLE_FROM).then(|| {
        Problem::warning(
            "WithoutEffect",
            format!("AWS chooses the IOPS of gp3 storage below {CHOOSABLE_FROM}"),
        )
        .at(".spec.storage.iops")
        .remedy(format!("leave it out, or set .spec.storage.size to {CHOOSABLE_FROM} or more"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn of(storage: &Value, limit: Option<i32>, running: &Running) -> Result<(i32, i32), String> {
        let spec = serde_json::from_value(json!({"version": "16", "storage": storage})).unwrap();
        let limits = Limits { max_storage: limit.map(Gibibytes), ..Limits::default() };
        let sizes = sizes(&spec, &limits, running);
        sizes.map(|s| (s.size.0, s.ceiling.0)).map_err(|problem| problem.field.unwrap_or_default())
    }

    #[rstest]
    #[case::a_small_one_grows_to_the_usual(json!({}), None, Ok((20, 100)))]
    #[case::a_large_one_doubles(json!({"size": "200Gi"}), None, Ok((200, 400)))]
    #[case::no_more_than_aws_gives(json!({"size": "40Ti"}), None, Ok((40_960, 65_536)))]
    #[case::without_room_for_a_tenth_it_stays(json!({"size": "60Ti"}), None, Ok((61_440, 61_440)))]
    #[case::no_more_than_the_platform_allows(json!({"size": "80Gi"}), Some(150), Ok((80, 150)))]
    #[case::a_limit_close_to_the_size_turns_growing_off(json!({"size": "145Gi"}), Some(150), Ok((145, 145)))]
    #[case::a_size_above_the_limit(json!({"size": "200Gi"}), Some(150), Err(SIZE))]
    #[case::a_ceiling_above_the_limit(json!({"maxSize": "200Gi"}), Some(150), Err(MAX_SIZE))]
    #[case::a_size_beyond_aws(json!({"size": "70Ti"}), None, Err(SIZE))]
    #[case::a_ceiling_below_the_size(json!({"size": "30Gi", "maxSize": "20Gi"}), None, Err(MAX_SIZE))]
    #[case::no_size(json!({"size": "lots"}), None, Err(SIZE))]
    fn sizes_are_told_by_the_field_that_is_wrong(
        #[case] storage: Value,
        #[case] limit: Option<i32>,
        #[case] expected: Result<(i32, i32), &str>,
    ) {
        assert_eq!(of(&storage, limit, &Running::default()), expected.map_err(str::to_owned));
    }
}
