//! What identifies a subnet group: its ARN, and so its name. Nothing is lost with one, so it is made again.

use aws_sdk_rds::types::DbSubnetGroup;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::SubnetGroup;

use crate::ownership::{Owned, WhenLost};
use crate::tags::Tags;

impl Owned for SubnetGroup {
    const NOUN: &'static str = "DB subnet group";

    type Found = (DbSubnetGroup, Tags);

    fn id((group, _): &Self::Found) -> Option<&str> {
        group.db_subnet_group_arn()
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
