//! What identifies a secret: its ARN, which ends in characters that AWS draws for each.

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::Fault;

use super::status::tags_of;
use crate::ownership::{self, Found, Owned, WhenLost};

/// Passes a secret that is this object's, and says why another is not.
pub(super) fn check(managed: &Secret, secret: &DescribeSecretOutput) -> Result<(), Fault> {
    ownership::check(managed, Found { id: secret.arn(), tags: &tags_of(secret) })
}

impl Owned for Secret {
    const NOUN: &'static str = "secret";

    fn pinned(&self) -> Option<&str> {
        self.at_provider()?.arn.as_deref()
    }

    fn when_lost(&self) -> WhenLost {
        WhenLost::Reported(
            "create it in AWS with the password that is in use and annotate goldenpath.io/adopt: \"true\", \
             or delete this object to have a new one made",
        )
    }
}
