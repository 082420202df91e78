//! What identifies a secret: its ARN, which ends in characters that AWS draws for each.

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::secretsmanager::Secret;

use super::status::tags_of;
use crate::ownership::{Identity, Owned, WhenLost};
use crate::tags::Tags;

impl Owned for Secret {
    const NOUN: &'static str = "secret";

    type Found = DescribeSecretOutput;

    fn identity(secret: &Self::Found) -> Identity {
        Identity { id: secret.arn.clone(), arn: secret.arn.clone() }
    }

    fn tags_of(secret: &Self::Found) -> Tags {
        tags_of(secret)
    }

    fn recorded(&self) -> Identity {
        let arn = self.at_provider().and_then(|seen| seen.arn.clone());
        Identity { id: arn.clone(), arn }
    }

    fn when_lost(&self) -> WhenLost {
        WhenLost::Reported(
            "create it in AWS with the password that is in use and annotate goldenpath.io/adopt: \"true\", \
             or delete this object: one with a new password is made, and set in the database",
        )
    }
}
