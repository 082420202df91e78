//! What identifies a parameter group: its ARN, and so its name. Nothing is lost with one, so it is made again.

use aws_sdk_rds::types::DbParameterGroup;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::ParameterGroup;

use crate::ownership::{Owned, WhenLost};
use crate::tags::Tags;

impl Owned for ParameterGroup {
    const NOUN: &'static str = "DB parameter group";

    type Found = (DbParameterGroup, Tags);

    fn id((group, _): &Self::Found) -> Option<&str> {
        group.db_parameter_group_arn()
    }

    fn tags_of((_, tags): &Self::Found) -> Tags {
        tags.clone()
    }

    fn pinned(&self) -> Option<&str> {
        self.at_provider()?.arn.as_deref()
    }

    fn when_lost(&self) -> WhenLost {
        WhenLost::MadeAgain
    }
}
