//! `secretsmanager.aws.m.goldenpath.io`.

pub mod secret;
