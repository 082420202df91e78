//! `rds.aws.m.goldenpath.io`.

pub mod instance;
