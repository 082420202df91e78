//! `rds.aws.m.goldenpath.io`.

mod instance;
mod parameter_group;
mod subnet_group;
pub(crate) mod tags;

/// The description of a group whose object has none: AWS requires one.
const DESCRIPTION: &str = "Made by Crossplane";
