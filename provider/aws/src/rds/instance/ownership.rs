//! What identifies a DB instance.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::Instance;

use crate::ownership::{Identity, Owned, WhenLost};
use crate::rds::tags;
use crate::tags::Tags;

impl Owned for Instance {
    const NOUN: &'static str = "DB instance";

    type Found = Box<DbInstance>;

    fn identity(db: &Self::Found) -> Identity {
        Identity { id: db.dbi_resource_id.clone(), arn: db.db_instance_arn.clone() }
    }

    fn tags_of(db: &Self::Found) -> Tags {
        tags::of(db.tag_list())
    }

    fn recorded(&self) -> Identity {
        let seen = self.at_provider();
        Identity {
            id: seen.and_then(|seen| seen.resource_id.clone()),
            arn: seen.and_then(|seen| seen.arn.clone()),
        }
    }

    fn when_lost(&self) -> WhenLost {
        if self.spec.for_provider.recreate_when_missing == Some(true) {
            return WhenLost::MadeAgain;
        }
        WhenLost::Reported(
            "restore it in AWS and annotate goldenpath.io/adopt: \"true\", \
             or set .spec.forProvider.recreateWhenMissing to true for a new one",
        )
    }
}
