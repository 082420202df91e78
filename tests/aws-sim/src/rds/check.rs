//! Checks of single values, which every operation that takes one makes.

use super::setting::Settings;
use super::{Rds, catalog, password, rules, window};
use crate::Refusal;

/// Instances and groups are named so.
pub(crate) fn identifier(parameter: &str, name: &str) -> Result<String, Refusal> {
    let letter = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let taken = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let refused = !letter || !taken || name.contains("--") || name.ends_with('-') || name.len() > 63;
    rules::IDENTIFIER.refuse_if(refused, &[parameter])?;
    Ok(name.to_ascii_lowercase())
}

/// Snapshots may be named longer.
pub(crate) fn snapshot_identifier(parameter: &str, name: &str) -> Result<String, Refusal> {
    rules::IDENTIFIER.refuse_if(name.len() > 255, &[parameter])?;
    let (begin, end) = name.split_at_checked(63).unwrap_or((name, ""));
    let begin = if end.is_empty() { begin } else { begin.trim_end_matches('-') };
    identifier(parameter, begin)?;
    rules::IDENTIFIER.refuse_if(name.contains("--") || name.ends_with('-'), &[parameter])?;
    Ok(name.to_ascii_lowercase())
}

/// The settings that an instance would have.
pub(crate) fn settings(rds: &Rds, engine: &str, wanted: &Settings) -> Result<(), Refusal> {
    catalog::check_class(&wanted.class, engine, &wanted.version)?;
    let days = wanted.backup_retention_period;
    rules::RETENTION.refuse_if(days > 35, &[&days.to_string()])?;
    rules::PORT.refuse_if(!(1150..=65535).contains(&wanted.port), &[&wanted.port.to_string()])?;
    window::check(&wanted.backup_window, &wanted.maintenance_window)?;
    monitoring(wanted)?;
    let logs = wanted.logs.iter().find(|log| !catalog::logs(engine).contains(&log.as_str()));
    if let Some(log) = logs {
        return Err(rules::LOGS.refuse(&[log, engine, &wanted.version]));
    }
    if let Some(group) = &wanted.subnet_group {
        let missing = !rds.subnet_groups.contains_key(&group.to_ascii_lowercase());
        rules::SUBNET_GROUP_NOT_FOUND.refuse_if(missing, &[group])?;
    }
    let (ca, options) = (&wanted.ca_certificate, &wanted.option_group);
    rules::CERTIFICATE_NOT_FOUND.refuse_if(!super::offer::CERTIFICATES.contains(&ca.as_str()), &[ca])?;
    rules::OPTION_GROUP_NOT_FOUND.refuse_if(!options.starts_with("default:"), &[options])?;
    rds.check_parameter_group(&wanted.parameter_group, &catalog::family(engine, &wanted.version))
}

fn monitoring(wanted: &Settings) -> Result<(), Refusal> {
    let interval = wanted.monitoring_interval;
    let refused = ![0, 1, 5, 10, 15, 30, 60].contains(&interval);
    rules::MONITORING_INTERVAL.refuse_if(refused, &[&interval.to_string()])?;
    rules::MONITORING_ROLE.refuse_if(interval > 0 && wanted.monitoring_role.is_none(), &[])?;
    if let Some(days) = wanted.insights_retention {
        let months = days % 31 == 0 && (1..=23).contains(&(days / 31));
        rules::INSIGHTS_RETENTION.refuse_if(!(days == 7 || days == 731 || months), &[&days.to_string()])?;
    }
    Ok(())
}

/// A password that comes with a request, or is RDS's own.
pub(crate) fn credentials(engine: &str, given: Option<&str>, managed: bool) -> Result<(), Refusal> {
    match given {
        Some(_) if managed => Err(rules::PASSWORD_MANAGED.refuse(&[])),
        Some(given) => password::check(engine, given),
        None => rules::BLANK.refuse_if(!managed, &["MasterUserPassword"]),
    }
}
