//! The errors of RDS for a subnet group.

use goldenpath_provider_core::FaultKind::{Terminal, User, Waiting};

use crate::fault::{ErrorClass, Faults, Row, row};

/// The rows and field names of a subnet group.
pub(super) const FAULTS: Faults = Faults { rows: ROWS, fields: FIELDS };

const SUBNETS: &str = ".spec.forProvider.subnetIds";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row(&["DBSubnetGroupNotFound"], "", User, "DBSubnetGroupNotFound").class(ErrorClass::NotFound),
    row(&["DBSubnetGroupAlreadyExists"], "", User, "NotOwned").class(ErrorClass::Exists),
    row(&["SubnetAlreadyInUse"], "", Waiting, "InUse").at(SUBNETS).remedy("keep the subnet, or move the DB instance that is in it"),
    row(&["InvalidDBSubnetGroupState"], "", Waiting, "InUse").remedy("delete the DB instances that are in it, or move them to another group"),
    row(&["DBSubnetGroupDoesNotCoverEnoughAZs"], "", Terminal, "SubnetsCoverTooFewAZs").at(SUBNETS).remedy("list subnets of at least two availability zones"),
    row(&["InvalidSubnet", "InvalidSubnetID.NotFound"], "", User, "NetworkInvalid").at(SUBNETS).remedy("list subnets that exist, all of one VPC"),
];

const FIELDS: &[(&str, &str)] = &[("description", "description"), ("subnet", "subnetIds")];
