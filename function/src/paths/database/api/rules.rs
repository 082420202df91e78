//! The rules of the XRD that take more than one pattern, in CEL.
//!
//! A pattern that fails keeps no rule from being asked: each looks first whether what it reads is well-formed and in
//! bounds, so that one mistake has one message, at the field that it is made in. Of an object whose default is `{}` each looks
//! whether anything is in it: the API server judges that default by the rules before it fills in those of its fields.

use serde_json::{Value, json};

use super::reserved;

/// Sizes of storage.
pub(super) const SIZE: &str = "^[0-9]+(Gi|Ti)$";
/// The daily window of backups.
pub(super) const DAILY: &str = "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$";
/// The weekly window of maintenance.
pub(super) const WEEKLY: &str = "^([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un):([01][0-9]|2[0-3]):[0-5][0-9]-([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un):([01][0-9]|2[0-3]):[0-5][0-9]$";
/// Versions.
pub(super) const VERSION: &str = r"^[0-9]+(\.[0-9]+){0,2}$";

const DAY: u32 = 24 * 60;
const WEEK: u32 = 7 * DAY;

/// Of the whole spec.
pub(super) fn of_spec() -> Value {
    json!([
        {"rule": "self.engine == oldSelf.engine",
         "message": "spec.engine is immutable; create a new database and migrate"},
        {"rule": not_above("v[1]", "v[0]", "self.engine != oldSelf.engine"),
         "message": "the engine major version cannot go down",
         "fieldPath": ".version"},
        {"rule": not_above("v[0]", "v[1]", "self.engine != oldSelf.engine || self.upgrade.allowMajor"),
         "message": "set spec.upgrade.allowMajor to change the major version",
         "fieldPath": ".version"},
        {"rule": format!("self.engine != 'postgresql' || !(self.databaseName in {})", list(&reserved::postgresql())),
         "message": "PostgreSQL on RDS reserves this word; choose another name",
         "fieldPath": ".databaseName"},
        {"rule": format!("self.engine != 'mysql' || !(self.databaseName in {})", list(&reserved::mysql())),
         "message": "MySQL on RDS reserves this word; choose another name",
         "fieldPath": ".databaseName"},
        {"rule": apart(),
         "message": "the maintenance window must not overlap the backup window",
         "fieldPath": ".maintenance.window"},
        {"rule": "!has(self.restoreFrom) == !has(oldSelf.restoreFrom) && (!has(self.restoreFrom) || self.restoreFrom == oldSelf.restoreFrom)",
         "message": "spec.restoreFrom is immutable"},
        {"rule": "!has(self.adopt) == !has(oldSelf.adopt) && (!has(self.adopt) || self.adopt.identifier == oldSelf.adopt.identifier)",
         "message": "spec.adopt is neither added nor removed, and its identifier stays; make another object, for as long as it only looks at one nothing is lost"},
        {"rule": "!has(self.adopt) || !has(self.restoreFrom)",
         "message": "a database that is there already is not restored: leave out adopt or restoreFrom",
         "fieldPath": ".adopt"},
    ])
}

/// Of the size of storage.
pub(super) fn of_size() -> Value {
    let in_bounds = in_bounds("self");
    json!([
        {"rule": format!("!self.matches('{SIZE}') || {in_bounds}"),
         "message": "storage is between 20Gi and 64Ti"},
        {"rule": format!("!self.matches('{SIZE}') || !{in_bounds} || quantity(self).compareTo(quantity(oldSelf)) >= 0"),
         "message": "storage can only grow"},
    ])
}

/// Of the ceiling of storage.
pub(super) fn of_max_size() -> Value {
    json!([{"rule": format!("!self.matches('{SIZE}') || quantity(self).compareTo(quantity('64Ti')) <= 0"),
            "message": "storage is at most 64Ti"}])
}

/// Of storage. AWS, "Managing capacity automatically with Amazon RDS storage autoscaling": the threshold is at least a tenth
/// above what there is; and, "Amazon RDS DB instance storage": io2 begins with 100 GiB.
pub(super) fn of_storage() -> Value {
    let size = format!("!self.size.matches('{SIZE}') || !{}", in_bounds("self.size"));
    let room = "quantity(self.maxSize).compareTo(quantity(self.size)) == 0 || quantity(self.maxSize).asApproximateFloat() * 10.0 >= quantity(self.size).asApproximateFloat() * 11.0";
    json!([
        {"rule": format!("!has(self.maxSize) || {size} || !self.maxSize.matches('{SIZE}') || {room}"),
         "message": "maxSize is a tenth above size at least, or equal to it, which turns growing off",
         "fieldPath": ".maxSize"},
        {"rule": format!("!has(self.type) || self.type != 'io2' || {size} || quantity(self.size).compareTo(quantity('100Gi')) >= 0"),
         "message": "io2 storage is 100Gi at least",
         "fieldPath": ".size"},
    ])
}

/// Of backups.
pub(super) fn of_backup() -> Value {
    json!([{"rule": "!has(self.enabled) || !self.enabled || self.retentionDays != 0",
            "message": "retentionDays must be at least 1 while backups are enabled",
            "fieldPath": ".retentionDays"}])
}

/// Of a DB instance that is in AWS already.
pub(super) fn of_adopt() -> Value {
    json!([
        {"rule": "!self.takeOver || has(self.password)",
         "message": "say what becomes of the password: Set has a new one set, Keep says that the secret has the one in use",
         "fieldPath": ".password"},
        {"rule": "!oldSelf.takeOver || self.takeOver",
         "message": "what was taken over is not given back; delete this object with deletion.policy Orphan to let it go",
         "fieldPath": ".takeOver"},
    ])
}

/// Of the daily window.
pub(super) fn of_daily() -> Value {
    let length = length(&of_day("self", 0), &of_day("self", 6), DAY);
    json!([{"rule": format!("!self.matches('{DAILY}') || {length} >= 30"), "message": HALF_AN_HOUR}])
}

/// Of the weekly window.
pub(super) fn of_weekly() -> Value {
    let length = length(&of_week("self", 0), &of_week("self", 10), WEEK);
    json!([{"rule": format!("!self.matches('{WEEKLY}') || {length} >= 30"), "message": HALF_AN_HOUR}])
}

const HALF_AN_HOUR: &str = "a window is half an hour at least";

/// Whether well-formed storage is in bounds.
fn in_bounds(size: &str) -> String {
    format!(
        "(quantity({size}).compareTo(quantity('20Gi')) >= 0 && quantity({size}).compareTo(quantity('64Ti')) <= 0)"
    )
}

/// That the major version of one of two, of which `v[0]` is asked for and `v[1]` was before, is not above that of the other.
/// MySQL's has two numbers, and where one of the versions has one only, the first one counts.
fn not_above(one: &str, other: &str, unless: &str) -> String {
    let version = VERSION.replace('\\', r"\\");
    let number = |version: &str, at: u8| format!("int({version}[{at}])");
    let is_above = |at: u8| format!("{} > {}", number(one, at), number(other, at));
    let is_equal = format!("{} == {}", number(one, 0), number(other, 0));
    format!(
        "{unless} || !self.version.matches('{version}') || [[self.version.split('.'), oldSelf.version.split('.')]].all(v, !({} || (self.engine == 'mysql' && {is_equal} && size({one}) > 1 && size({other}) > 1 && {})))",
        is_above(0),
        is_above(1),
    )
}

/// That the two windows, each well-formed and of the day in turn, are apart: neither begins within the other.
fn apart() -> String {
    let (daily, weekly) = ("self.backup.window", "self.maintenance.window");
    let days = [of_day(daily, 0), length(&of_day(daily, 0), &of_day(daily, 6), DAY)];
    let weeks = [of_week(weekly, 0), length(&of_week(weekly, 0), &of_week(weekly, 10), WEEK)];
    let begins_after = |one: u8, other: u8, length: u8| {
        format!("(w[{one}] - w[{other}] % {DAY} + {DAY}) % {DAY} >= w[{length}]")
    };
    format!(
        "!has({daily}) || !has({weekly}) || !{daily}.matches('{DAILY}') || !{weekly}.matches('{WEEKLY}') || [[{}, {}]].all(w, {} && {})",
        days.join(", "),
        weeks.join(", "),
        begins_after(2, 0, 1),
        begins_after(0, 2, 3),
    )
}

/// Minutes from one to the other, beyond midnight or Sunday where need be.
fn length(from: &str, to: &str, round: u32) -> String {
    format!("({to} - {from} + {round}) % {round}")
}

/// Minutes since midnight, of `hh:mm` at a place of a text.
fn of_day(text: &str, at: usize) -> String {
    let number = |at: usize| format!("int({text}.substring({at}, {}))", at + 2);
    format!("({} * 60 + {})", number(at), number(at + 3))
}

/// Minutes since Monday, of `ddd:hh:mm` at a place of a text.
fn of_week(text: &str, at: usize) -> String {
    let day = format!("{text}.substring({at}, {}).lowerAscii()", at + 3);
    format!("('montuewedthufrisatsun'.indexOf({day}) / 3 * {DAY} + {})", of_day(text, at + 4))
}

fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
    format!("[{}]", quoted.join(", "))
}
