//! RDS: DB instances with their lives, snapshots, groups, offers and events.

mod catalog;
mod check;
mod create;
mod delete;
mod describe;
mod event;
mod instance;
mod life;
mod maintenance;
mod modify;
mod offer;
mod page;
mod parameter;
mod parameter_group;
mod password;
mod power;
mod restore;
pub(crate) mod rules;
mod setting;
pub(crate) mod side;
mod snapshot;
mod status;
mod storage;
mod subnet_group;
mod tag;
mod value;
mod window;

use std::collections::BTreeMap;

use instance::Instance;
use parameter_group::ParameterGroup;
use snapshot::Snapshot;
use subnet_group::SubnetGroup;

use crate::agenda::Agenda;
use crate::{Call, Refusal, Structure};

/// What an account has of RDS in a region.
#[derive(Debug, Default)]
pub(crate) struct Rds {
    pub(crate) instances: BTreeMap<String, Instance>,
    pub(crate) snapshots: BTreeMap<String, Snapshot>,
    subnet_groups: BTreeMap<String, SubnetGroup>,
    parameter_groups: BTreeMap<String, ParameterGroup>,
    events: event::Events,
    agenda: Agenda<life::Due>,
    steps: u64,
}

// === impl Rds ===

impl Rds {
    /// Answers a call.
    pub(crate) fn answer(&mut self, call: &mut Call<'_>) -> Result<Structure, Refusal> {
        self.settle(call.now, call.knobs);
        match call.request.operation.as_str() {
            "CreateDBInstance" => create::answer(self, call),
            "DescribeDBInstances" => describe::answer(self, call),
            "ModifyDBInstance" => modify::answer(self, call),
            "DeleteDBInstance" => delete::answer(self, call),
            "RestoreDBInstanceFromDBSnapshot" => restore::from_snapshot(self, call),
            "RestoreDBInstanceToPointInTime" => restore::to_time(self, call),
            "StartDBInstance" => power::start(self, call),
            "StopDBInstance" => power::stop(self, call),
            "RebootDBInstance" => power::reboot(self, call),
            "CreateDBSnapshot" => snapshot::create(self, call),
            "DescribeDBSnapshots" => snapshot::describe(self, call),
            "DeleteDBSnapshot" => snapshot::delete(self, call),
            "CreateDBSubnetGroup" => subnet_group::create(self, call),
            "DescribeDBSubnetGroups" => subnet_group::describe(self, call),
            "ModifyDBSubnetGroup" => subnet_group::modify(self, call),
            "DeleteDBSubnetGroup" => subnet_group::delete(self, call),
            "CreateDBParameterGroup" => parameter_group::create(self, call),
            "DescribeDBParameterGroups" => parameter_group::describe(self, call),
            "ModifyDBParameterGroup" => parameter_group::modify(self, call),
            "ResetDBParameterGroup" => parameter_group::reset(self, call),
            "DeleteDBParameterGroup" => parameter_group::delete(self, call),
            "DescribeDBParameters" => parameter_group::parameters(self, call),
            "AddTagsToResource" => tag::add(self, call),
            "RemoveTagsFromResource" => tag::remove(self, call),
            "ListTagsForResource" => tag::told(self, call),
            "DescribePendingMaintenanceActions" => maintenance::describe(self, call),
            "DescribeDBEngineVersions" => offer::versions(call),
            "DescribeDBMajorEngineVersions" => offer::majors(call),
            "DescribeOrderableDBInstanceOptions" => offer::options(call),
            "DescribeCertificates" => offer::certificates(call),
            "DescribeEvents" => event::describe(self, call),
            _ => call.unknown(),
        }
    }

    /// An instance by its name, in any case, or by its ARN.
    fn instance(&mut self, name: &str) -> Result<&mut Instance, Refusal> {
        let key = name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase();
        self.instances.get_mut(&key).ok_or_else(|| rules::DB_INSTANCE_NOT_FOUND.refuse(&[name]))
    }
}

/// A parameter that has to be there.
fn required<'a>(call: &'a Call<'_>, name: &str) -> Result<&'a str, Refusal> {
    call.form().get(name).filter(|value| !value.is_empty()).ok_or_else(|| rules::NOT_GIVEN.refuse(&[name]))
}

#[cfg(test)]
mod tests;
