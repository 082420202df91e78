//! When AWS's standard support of an engine's version ends: as AWS says it of what runs, and as far as it is known here before
//! it does. Sources: AWS's "Release calendars for Amazon RDS for
//! PostgreSQL" and, in "MySQL on Amazon RDS versions", "Supported MySQL major versions on Amazon RDS".

use goldenpath_provider_api::rds::InstanceObservation;

use crate::paths::database::api::{DatabaseSpec, Engine};
use crate::problems::Problem;

/// One release line of an engine.
struct Line {
    engine: Engine,
    version: &'static str,
    ends: &'static str,
    /// Whether a user has to plan for the end now. The function has no clock, so this is updated with its releases.
    deprecated: bool,
}

const fn line(engine: Engine, version: &'static str, ends: &'static str) -> Line {
    Line { engine, version, ends, deprecated: false }
}

const fn ending(engine: Engine, version: &'static str, ends: &'static str) -> Line {
    Line { engine, version, ends, deprecated: true }
}

use Engine::{Mysql, Postgresql};

const LINES: &[Line] = &[
    ending(Postgresql, "11", "2024-02-29"),
    ending(Postgresql, "12", "2025-02-28"),
    ending(Postgresql, "13", "2026-02-28"),
    ending(Postgresql, "14", "2027-02-28"),
    line(Postgresql, "15", "2028-02-29"),
    line(Postgresql, "16", "2029-02-28"),
    line(Postgresql, "17", "2030-02-28"),
    ending(Mysql, "5.7", "2024-02-29"),
    ending(Mysql, "8.0", "2026-07-31"),
    line(Mysql, "8.4", "2029-07-31"),
];

/// The day on which standard support of a version ends (`2029-02-28`), where it is known.
pub(super) fn end(engine: Engine, version: &str, seen: &InstanceObservation) -> Option<String> {
    let known = || find(engine, version).map(|line| line.ends.to_owned());
    seen.standard_support_ends.clone().or_else(known)
}

/// A deprecation, where the version that runs, or that is asked for before one runs, nears its end.
pub(super) fn problem(spec: &DatabaseSpec, seen: &InstanceObservation) -> Option<Problem> {
    let version = seen.engine_version_actual.as_deref().unwrap_or(&spec.version);
    let known = find(spec.engine, version);
    let ends = end(spec.engine, version, seen)?;
    let is_ending = seen.standard_support_ending.or(known.map(|line| line.deprecated)).unwrap_or_default();
    if !is_ending {
        return None;
    }
    let line = spec.engine.of_rds().major_version(version);
    let message =
        format!("AWS's standard support of {} {line} ends; extended support is charged for", spec.engine);
    Some(
        Problem::deprecation("EngineVersionDeprecated", message, ends)
            .at(".spec.version")
            .remedy("set .spec.upgrade.allowMajor to true and name a newer major version"),
    )
}

fn find(engine: Engine, version: &str) -> Option<&'static Line> {
    let of = |line: &&Line| {
        let rest = version.strip_prefix(line.version);
        line.engine == engine && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    LINES.iter().find(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Postgresql, "16", Some("2029-02-28"))]
    #[case(Postgresql, "16.4", Some("2029-02-28"))]
    #[case(Postgresql, "1", None)]
    #[case(Mysql, "8.0.39", Some("2026-07-31"))]
    #[case(Mysql, "8", None)]
    #[case(Mysql, "16", None)]
    fn the_end_is_that_of_the_release_line(
        #[case] engine: Engine,
        #[case] version: &str,
        #[case] ends: Option<&str>,
    ) {
        let nothing = InstanceObservation::default();
        assert_eq!(end(engine, version, &nothing).as_deref(), ends);
    }
}
