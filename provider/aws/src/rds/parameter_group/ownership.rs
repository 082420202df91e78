//! What identifies a parameter group: its ARN, and so its name. Nothing is lost with one, so it is made again.

use aws_sdk_rds::types::DbParameterGroup;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::ParameterGroup;

use crate::ownership::{Identity, Owned, WhenLost};
use crate::tags::Tags;

impl Owned for ParameterGroup {
    const NOUN: &'static str = "DB parameter group";

    type Found = (DbParameterGroup, Tags);

    fn identity((group, _): &Self::Found) -> Identity {
        Identity { id: group.db_parameter_group_arn.clone(), arn: group.db_parameter_group_arn.clone() }
    }

    fn tags_of((_, tags): &Self::Found) -> Tags {
        tags.clone()
    }

    fn recorded(&self) -> Identity {
        let arn = self.at_provider().and_then(|seen| seen.arn.clone());
        Identity { id: arn.clone(), arn }
    }

    fn when_lost(&self) -> WhenLost {
        WhenLost::MadeAgain
    }
}
