//! Tags of RDS, which have calls of their own for every kind.

use aws_sdk_rds::Client;
use aws_sdk_rds::types::Tag;
use goldenpath_provider_api::AwsManaged;

use crate::client::Service;
use crate::fault::{Failure, Faults};
use crate::tags::{self, Delta, Tags};

/// Tags as RDS takes them.
pub(crate) fn sdk(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Tags as RDS shows them.
pub(crate) fn of(tags: &[Tag]) -> Tags {
    let pair = |tag: &Tag| Some((tag.key.clone()?, tag.value.clone().unwrap_or_default()));
    tags.iter().filter_map(pair).collect()
}

/// Corrects what differs from the tags that an object and its user want.
pub(crate) async fn apply<M: AwsManaged>(
    rds: &Service<Client>,
    faults: &Faults,
    managed: &M,
    cluster: &str,
    arn: Option<&str>,
    observed: &Tags,
) -> Result<(), Failure> {
    let arn = arn.unwrap_or_default();
    let Delta { set, unset } = tags::drift(managed, cluster, observed);
    if !set.is_empty() {
        let request = rds.client.add_tags_to_resource().resource_name(arn).set_tags(Some(sdk(set)));
        rds.call(faults, request.send()).await?;
    }
    if !unset.is_empty() {
        let request = rds.client.remove_tags_from_resource().resource_name(arn).set_tag_keys(Some(unset));
        rds.call(faults, request.send()).await?;
    }
    Ok(())
}

/// The tags of a kind whose own answer does not show them.
pub(crate) async fn list(rds: &Service<Client>, faults: &Faults, arn: Option<&str>) -> Result<Tags, Failure> {
    let request = rds.client.list_tags_for_resource().set_resource_name(arn.map(str::to_owned));
    Ok(of(rds.call(faults, request.send()).await?.tag_list()))
}
