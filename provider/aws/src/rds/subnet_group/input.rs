//! From a spec to the requests of RDS.

use aws_sdk_rds::operation::create_db_subnet_group::builders::CreateDbSubnetGroupInputBuilder;
use aws_sdk_rds::operation::modify_db_subnet_group::builders::ModifyDbSubnetGroupInputBuilder;
use goldenpath_provider_api::rds::SubnetGroup;
use goldenpath_provider_core::Managed;

use crate::rds::{DESCRIPTION, tags};

/// The request that makes a subnet group.
pub(super) fn create(managed: &SubnetGroup, cluster: &str) -> CreateDbSubnetGroupInputBuilder {
    let params = &managed.spec.for_provider;
    CreateDbSubnetGroupInputBuilder::default()
        .db_subnet_group_name(managed.external_name())
        .db_subnet_group_description(params.description.as_deref().unwrap_or(DESCRIPTION))
        .set_subnet_ids(Some(params.subnet_ids.clone()))
        .set_tags(Some(tags::sdk(crate::tags::desired(managed, cluster))))
}

/// The request that corrects everything else: AWS requires all subnets each time.
pub(super) fn modify(managed: &SubnetGroup) -> ModifyDbSubnetGroupInputBuilder {
    let params = &managed.spec.for_provider;
    ModifyDbSubnetGroupInputBuilder::default()
        .db_subnet_group_name(managed.external_name())
        .set_db_subnet_group_description(params.description.clone())
        .set_subnet_ids(Some(params.subnet_ids.clone()))
}
