//! What identifies a DB instance.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_core::Fault;

use crate::ownership::{self, Found, Owned, WhenLost};
use crate::rds;

/// Passes a DB instance that is this object's, and says why another is not.
pub(super) fn check(managed: &Instance, db: &DbInstance) -> Result<(), Fault> {
    let tags = rds::tags::of(db.tag_list());
    ownership::check(managed, Found { id: db.dbi_resource_id(), tags: &tags })
}

impl Owned for Instance {
    const NOUN: &'static str = "DB instance";

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
