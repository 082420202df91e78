//! `rds.aws.m.goldenpath.io`.

mod instance;
pub(crate) mod tags;
