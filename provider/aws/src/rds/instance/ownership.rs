//! What identifies a DB instance.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::Instance;

use crate::ownership::{Owned, WhenLost};
use crate::rds::tags;
use crate::tags::Tags;

impl Owned for Instance {
    const NOUN: &'static str = "DB instance";

    type Found = Box<DbInstance>;

    fn id(db: &Self::Found) -> Option<&str> {
        db.dbi_resource_id()
    }

    fn tags_of(db: &Self::Found) -> Tags {
        tags::of(db.tag_list())
    }

    fn pinned(&self) -> Option<&str> {
        self.at_provider()?.resource_id.as_deref()
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
