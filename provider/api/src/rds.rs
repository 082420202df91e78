//! `rds.aws.m.goldenpath.io`.

mod engine;
mod instance;
mod parameter_group;
mod subnet_group;

pub use engine::{Engine, parameter_group_family};
pub use instance::{
    ADOPT_PASSWORD, Instance, InstanceObservation, InstanceParameters, InstanceSpec, InstanceState,
    InstanceStatus, MasterUserPasswordSource, PasswordVersion, PlannedChange, PointInTime,
};
pub use parameter_group::{
    Parameter, ParameterGroup, ParameterGroupObservation, ParameterGroupParameters, ParameterGroupSpec,
    ParameterGroupStatus,
};
pub use subnet_group::{
    SubnetGroup, SubnetGroupObservation, SubnetGroupParameters, SubnetGroupSpec, SubnetGroupStatus,
};
