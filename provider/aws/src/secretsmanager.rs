//! `secretsmanager.aws.m.goldenpath.io`.

pub(crate) mod secret;
