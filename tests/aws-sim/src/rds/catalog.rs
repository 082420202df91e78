//! What can be ordered: engines, versions and classes. A small, real excerpt; the rest is unknown to this AWS.

use super::rules;
use crate::Refusal;

/// A line of versions whose change is a major upgrade.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) engine: &'static str,
    pub(crate) major: &'static str,
    pub(crate) versions: &'static [&'static str],
}

/// The lines, each engine's oldest first.
pub(crate) const LINES: &[Line] = &[
    Line { engine: "postgres", major: "13", versions: &["13.18", "13.20", "13.21"] },
    Line { engine: "postgres", major: "14", versions: &["14.15", "14.17", "14.18"] },
    Line { engine: "postgres", major: "15", versions: &["15.10", "15.12", "15.13"] },
    Line { engine: "postgres", major: "16", versions: &["16.3", "16.4", "16.6", "16.8", "16.9"] },
    Line { engine: "postgres", major: "17", versions: &["17.2", "17.4", "17.5"] },
    Line { engine: "mysql", major: "8.0", versions: &["8.0.35", "8.0.40", "8.0.41", "8.0.42"] },
    Line { engine: "mysql", major: "8.4", versions: &["8.4.3", "8.4.4", "8.4.5"] },
    Line { engine: "mariadb", major: "10.11", versions: &["10.11.10", "10.11.11"] },
    Line { engine: "mariadb", major: "11.4", versions: &["11.4.4", "11.4.5"] },
];

/// Families of classes with their sizes.
const CLASSES: &[(&str, &[&str])] = &[
    ("db.t4g", &["micro", "small", "medium", "large", "xlarge", "2xlarge"]),
    ("db.t3", &["micro", "small", "medium", "large", "xlarge", "2xlarge"]),
    ("db.m6g", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge"]),
    ("db.m7g", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"]),
    ("db.r6g", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge"]),
    ("db.r7g", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"]),
];
/// Real names that no listed engine version can be ordered with any more.
const RETIRED: &[&str] = &["db.t2.micro", "db.t2.small", "db.m4.large"];

/// Every class that can be ordered.
pub(crate) fn classes() -> impl Iterator<Item = String> {
    CLASSES.iter().flat_map(|(family, sizes)| sizes.iter().map(move |size| format!("{family}.{size}")))
}

/// The lines of an engine.
pub(crate) fn lines(engine: &str) -> impl DoubleEndedIterator<Item = &'static Line> {
    LINES.iter().filter(move |line| line.engine == engine)
}

/// The line that a version is of.
pub(crate) fn line(engine: &str, version: &str) -> Option<&'static Line> {
    lines(engine).find(|line| line.versions.contains(&version))
}

/// A sort key: 16.10 is newer than 16.9.
pub(crate) fn order(version: &str) -> Vec<u32> {
    version.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// The full version for what was asked: `16` is the newest 16.x, nothing is the newest of the newest line but one.
pub(crate) fn resolve(engine: &str, version: Option<&str>) -> Result<&'static str, Refusal> {
    rules::ENGINE.refuse_if(lines(engine).next().is_none(), &[engine])?;
    let found = match version {
        None => lines(engine).rev().nth(1).and_then(|line| line.versions.last()),
        Some(asked) if lines(engine).any(|line| line.major == asked) => {
            lines(engine).find(|line| line.major == asked).and_then(|line| line.versions.last())
        }
        Some(asked) => lines(engine).flat_map(|line| line.versions).find(|version| **version == asked),
    };
    found.copied().ok_or_else(|| rules::ENGINE_VERSION.refuse(&[version.unwrap_or_default(), engine]))
}

/// Refuses a class that does not exist, or not for this engine.
pub(crate) fn check_class(class: &str, engine: &str, version: &str) -> Result<(), Refusal> {
    let retired = RETIRED.contains(&class);
    rules::CLASS_NOT_OFFERED.refuse_if(retired, &[class, engine, version, license(engine)])?;
    let known = CLASSES.iter().any(|(family, sizes)| {
        class.strip_prefix(family).and_then(|rest| rest.strip_prefix('.')).is_some_and(|s| sizes.contains(&s))
    });
    rules::CLASS_UNKNOWN.refuse_if(!known, &[class])
}

/// Only forward, and over a major only when that was asked for.
pub(crate) fn check_upgrade(engine: &str, from: &str, to: &str, allow_major: bool) -> Result<(), Refusal> {
    rules::DOWNGRADE.refuse_if(order(to) < order(from), &[engine, from, to])?;
    rules::MAJOR_FLAG.refuse_if(family(engine, from) != family(engine, to) && !allow_major, &[])
}

/// The family that parameter groups of a version have.
pub(crate) fn family(engine: &str, version: &str) -> String {
    format!("{engine}{}", line(engine, version).map_or(version, |line| line.major))
}

/// The option group that AWS has for a version, such as `default:mysql-8-0`.
pub(crate) fn default_options(engine: &str, version: &str) -> String {
    let major = line(engine, version).map_or(version, |line| line.major);
    format!("default:{engine}-{}", major.replace('.', "-"))
}

/// The licence of an engine.
pub(crate) fn license(engine: &str) -> &'static str {
    if engine == "postgres" { "postgresql-license" } else { "general-public-license" }
}

/// The port of an engine.
pub(crate) fn port(engine: &str) -> u32 {
    if engine == "postgres" { 5432 } else { 3306 }
}

/// The logs that an engine can export.
pub(crate) fn logs(engine: &str) -> &'static [&'static str] {
    match engine {
        "postgres" => &["postgresql", "upgrade", "iam-db-auth-error"],
        _ => &["audit", "error", "general", "slowquery", "iam-db-auth-error"],
    }
}
