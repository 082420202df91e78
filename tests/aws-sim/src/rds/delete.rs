//! `DeleteDBInstance`.

use jiff::SignedDuration;

use super::instance::Instance;
use super::value::Value;
use super::{Rds, check, describe, required, rules, snapshot, status};
use crate::{Call, Refusal, Structure};

/// Begins the end of an instance: refused without a decision about the last snapshot.
pub(crate) fn answer(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    let asked = required(call, "DBInstanceIdentifier")?;
    let skips = bool::read(form, "SkipFinalSnapshot")?.unwrap_or(false);
    let last = form.get("FinalDBSnapshotIdentifier").filter(|name| !name.is_empty());
    let deletes_backups = bool::read(form, "DeleteAutomatedBackups")?.unwrap_or(true);
    let instance = rds.instance(asked)?.clone();
    let going = matches!(instance.status.as_str(), "deleting" | "delete-precheck");
    rules::BEING_DELETED.refuse_if(going, &[&instance.name])?;
    rules::PROTECTED.refuse_if(is_protected(&instance, call), &[])?;
    rules::SNAPSHOT_BOTH.refuse_if(skips && last.is_some(), &[])?;
    rules::SNAPSHOT_UNDECIDED.refuse_if(!skips && last.is_none(), &[])?;
    let last = last.map(|name| check::snapshot_identifier("FinalDBSnapshotIdentifier", name)).transpose()?;
    if let Some(last) = &last {
        rules::SNAPSHOT_EXISTS.refuse_if(rds.snapshots.contains_key(last), &[last])?;
        status::admits_final_snapshot(&instance)?;
        let taken = snapshot::manual(call, last, &instance);
        rds.snapshots.insert(last.clone(), taken);
    }
    let name = instance.name;
    let instance = rds.instance(&name)?;
    instance.final_snapshot = last;
    instance.deletes_backups = deletes_backups;
    rds.begin_deletion(&name, call.now, call.knobs);
    describe::one(rds, &name, call)
}

/// A protection that was taken off a moment ago may still be seen.
fn is_protected(instance: &Instance, call: &Call<'_>) -> bool {
    let lag = SignedDuration::try_from_secs_f64(call.knobs.protected).unwrap_or(SignedDuration::ZERO);
    instance.settings.deletion_protection || instance.unprotected.is_some_and(|off| call.now < off + lag)
}
