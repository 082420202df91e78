//! DB snapshots, manual and automated.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::instance::Instance;
use super::page::{self, Filters};
use super::{Rds, check, required, rules, tag};
use crate::{Call, Refusal, Structure};

const FILTERS: [&str; 5] = ["db-instance-id", "db-snapshot-id", "dbi-resource-id", "engine", "snapshot-type"];

/// A snapshot.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) name: String,
    arn: String,
    pub(crate) resource_id: String,
    kind: Kind,
    /// The instance as it was.
    pub(crate) of: Instance,
    taken: Timestamp,
    /// None while it is being made.
    finished: Option<Timestamp>,
    pub(crate) tags: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Manual,
    Automated,
}

/// One that somebody asks for; it is being made.
pub(crate) fn manual(call: &Call<'_>, name: &str, of: &Instance) -> Snapshot {
    make(name.to_owned(), of, Kind::Manual, call.now)
}

/// One that AWS takes; it is there. The name has fractions of seconds, so that an instance made twice has two.
pub(crate) fn automated(of: &Instance, at: Timestamp) -> Snapshot {
    let name = format!("rds:{}-{}", of.name, at.strftime("%Y-%m-%d-%H-%M-%S-%3f"));
    let mut made = make(name, of, Kind::Automated, at);
    made.finish(at);
    made
}

fn make(name: String, of: &Instance, kind: Kind, taken: Timestamp) -> Snapshot {
    let prefix = of.arn.strip_suffix(&format!("db:{}", of.name)).unwrap_or_default();
    let tags = if of.settings.copy_tags_to_snapshot { of.tags.clone() } else { BTreeMap::new() };
    Snapshot {
        arn: format!("{prefix}snapshot:{name}"),
        name,
        resource_id: of.resource_id.clone(),
        kind,
        of: of.clone(),
        taken,
        finished: None,
        tags,
    }
}

/// `CreateDBSnapshot`.
pub(crate) fn create(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let asked = required(call, "DBSnapshotIdentifier")?;
    let name = check::snapshot_identifier("DBSnapshotIdentifier", asked)?;
    let instance = rds.instance(required(call, "DBInstanceIdentifier")?)?.clone();
    rules::SNAPSHOT_EXISTS.refuse_if(rds.snapshots.contains_key(&name), &[&name])?;
    rules::SNAPSHOT_STATE.refuse_if(instance.status != "available", &[&instance.name])?;
    let mut made = manual(call, &name, &instance);
    made.tags.extend(tag::read(call.form())?);
    let told = node(&made);
    rds.snapshots.insert(name.clone(), made);
    rds.begin_snapshot(&name, call.now, call.knobs.backing_up);
    if call.knobs.backing_up > 0.0 {
        rds.begin_backup(&instance.name, call.now, call.knobs);
    }
    Ok(Structure::new().with("DBSnapshot", told))
}

/// `DescribeDBSnapshots`.
pub(crate) fn describe(rds: &Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    if let Some(name) = form.get("DBSnapshotIdentifier") {
        let found = rds.snapshots.get(&name.to_ascii_lowercase());
        let found = found.ok_or_else(|| rules::SNAPSHOT_NOT_FOUND.refuse(&[name]))?;
        return Ok(page::answer("DBSnapshots", "DBSnapshot", [node(found)], None));
    }
    let filters = Filters::read(form, &FILTERS)?;
    let (of, kind) = (form.get("DBInstanceIdentifier"), form.get("SnapshotType"));
    let fits = |snapshot: &Snapshot| {
        of.is_none_or(|name| snapshot.of.name == name)
            && kind.is_none_or(|kind| kind == snapshot.kind.word())
            && filters.fit(|name| match name {
                "db-instance-id" => vec![snapshot.of.name.as_str()],
                "db-snapshot-id" => vec![snapshot.name.as_str()],
                "dbi-resource-id" => vec![snapshot.resource_id.as_str()],
                "engine" => vec![snapshot.of.engine.as_str()],
                _ => vec![snapshot.kind.word()],
            })
    };
    let (found, marker) = page::of(&rds.snapshots, form, fits)?;
    Ok(page::answer("DBSnapshots", "DBSnapshot", found.into_iter().map(node), marker))
}

/// `DeleteDBSnapshot`.
pub(crate) fn delete(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let name = required(call, "DBSnapshotIdentifier")?.to_ascii_lowercase();
    let found = rds.snapshots.get(&name).ok_or_else(|| rules::SNAPSHOT_NOT_FOUND.refuse(&[&name]))?;
    rules::SNAPSHOT_NOT_MANUAL.refuse_if(!found.is_manual(), &[&name])?;
    rules::SNAPSHOT_NOT_READY.refuse_if(!found.is_available(), &[&name, found.status()])?;
    let told = node(found);
    rds.snapshots.remove(&name);
    Ok(Structure::new().with("DBSnapshot", told))
}

fn node(snapshot: &Snapshot) -> Structure {
    let Snapshot { name, arn, resource_id, kind, of, taken, finished, tags } = snapshot;
    Structure::new()
        .with("DBSnapshotIdentifier", name.as_str())
        .with("DBInstanceIdentifier", of.name.as_str())
        .with_some("SnapshotCreateTime", *finished)
        .with("Engine", of.engine.as_str())
        .with("AllocatedStorage", of.settings.allocated_storage)
        .with("Status", snapshot.status())
        .with("Port", of.settings.port)
        .with("AvailabilityZone", of.zone.as_str())
        .with_some("InstanceCreateTime", of.created)
        .with("MasterUsername", of.master_username.as_str())
        .with("EngineVersion", of.settings.version.as_str())
        .with("LicenseModel", of.settings.license.as_str())
        .with("SnapshotType", kind.word())
        .with_some("Iops", of.settings.iops)
        .with("OptionGroupName", of.settings.option_group.as_str())
        .with("PercentProgress", if finished.is_some() { 100_u32 } else { 0 })
        .with("StorageType", of.settings.storage_type.as_str())
        .with("Encrypted", of.storage_encrypted)
        .with_some("KmsKeyId", of.kms_key.as_deref())
        .with("DBSnapshotArn", arn.as_str())
        .with("IAMDatabaseAuthenticationEnabled", of.settings.iam_authentication)
        .with("DbiResourceId", resource_id.as_str())
        .with("TagList", tag::list(tags))
        .with("OriginalSnapshotCreateTime", *taken)
        .with("SnapshotTarget", "region")
        .with_some("StorageThroughput", of.settings.throughput)
}

// === impl Kind ===

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Automated => "automated",
        }
    }
}

// === impl Snapshot ===

impl Snapshot {
    /// It is there now.
    pub(crate) fn finish(&mut self, at: Timestamp) {
        self.finished.get_or_insert(at);
    }

    pub(crate) fn is_manual(&self) -> bool {
        self.kind == Kind::Manual
    }

    pub(crate) fn is_available(&self) -> bool {
        self.finished.is_some()
    }

    pub(crate) fn status(&self) -> &'static str {
        if self.is_available() { "available" } else { "creating" }
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.kind.word()
    }
}
