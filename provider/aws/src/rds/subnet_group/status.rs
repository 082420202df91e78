//! From what AWS says about a subnet group to `status.atProvider` and readiness.

use aws_sdk_rds::types::DbSubnetGroup;
use goldenpath_provider_api::rds::SubnetGroupObservation;
use goldenpath_provider_core::Readiness;

/// What AWS says, as `status.atProvider` has it.
pub(super) fn observation(group: &DbSubnetGroup) -> SubnetGroupObservation {
    SubnetGroupObservation { arn: group.db_subnet_group_arn.clone(), vpc_id: group.vpc_id.clone() }
}

/// Whether DB instances can be made in it.
pub(super) fn readiness(group: &DbSubnetGroup) -> Readiness {
    match group.subnet_group_status() {
        Some("Complete") => Readiness::Available,
        other => Readiness::Unavailable(format!("the DB subnet group is {}", other.unwrap_or("unknown"))),
    }
}
