//! `StartDBInstance`, `StopDBInstance`, `RebootDBInstance`.

use super::life::Step;
use super::value::Value;
use super::{Rds, describe, required, rules};
use crate::{Call, Refusal, Structure};

/// Starts what is stopped, or what has its key back.
pub(crate) fn start(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let startable =
        |status: &str| matches!(status, "stopped" | "inaccessible-encryption-credentials-recoverable");
    power(rds, call, &rules::NOT_STOPPED, startable, "starting", Step::Started)
}

/// Stops what runs; AWS starts it again after seven days.
pub(crate) fn stop(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    power(rds, call, &rules::NOT_RUNNING, |status| status == "available", "stopping", Step::Stopped)
}

/// Reboots, which is what brings the values of a parameter group that need it.
pub(crate) fn reboot(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let fails_over = bool::read(call.form(), "ForceFailover")?.unwrap_or(false);
    let instance = rds.instance(required(call, "DBInstanceIdentifier")?)?;
    rules::NO_FAILOVER.refuse_if(fails_over && !instance.settings.multi_az, &[&instance.name])?;
    let rebootable = |status: &str| {
        matches!(status, "available" | "incompatible-parameters" | "storage-full" | "storage-optimization")
    };
    power(rds, call, &rules::NOT_AVAILABLE, rebootable, "rebooting", Step::Rebooted)
}

fn power(
    rds: &mut Rds,
    call: &Call<'_>,
    rule: &'static crate::Rule,
    may: fn(&str) -> bool,
    status: &'static str,
    step: Step,
) -> Result<Structure, Refusal> {
    let instance = rds.instance(required(call, "DBInstanceIdentifier")?)?;
    let name = instance.name.clone();
    rule.refuse_if(!may(&instance.status), &[&name])?;
    rds.begin_power(&name, status, step, call.now, call.knobs);
    describe::one(rds, &name, call)
}
