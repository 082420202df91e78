//! `rds.aws.m.goldenpath.io`.

mod instance;

pub use instance::{
    Instance, InstanceObservation, InstanceParameters, InstanceSpec, InstanceStatus, LocalReference,
    MasterUserPasswordSource, Parameter, PlannedChange, PointInTime,
};
