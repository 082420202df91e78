//! The errors of RDS for a parameter group.

use goldenpath_provider_core::FaultKind::{User, Waiting};

use crate::fault::{ErrorClass, Faults, Row, row};

/// The rows and field names of a parameter group.
pub(super) const FAULTS: Faults = Faults { rows: ROWS, fields: FIELDS };

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row(&["DBParameterGroupNotFound"], "", User, "DBParameterGroupNotFound").class(ErrorClass::NotFound),
    row(&["DBParameterGroupAlreadyExists"], "", User, "NotOwned").class(ErrorClass::Exists),
    row(&["InvalidDBParameterGroupState"], "", Waiting, "InUse").remedy("delete the DB instances that use it, or name another group for them"),
];

const FIELDS: &[(&str, &str)] =
    &[("family", "family"), ("description", "description"), ("parameter", "parameter")];
