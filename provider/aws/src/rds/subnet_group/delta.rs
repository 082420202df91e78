//! What differs between a spec and a subnet group.

use std::collections::BTreeSet;

use aws_sdk_rds::types::DbSubnetGroup;
use goldenpath_provider_api::rds::{SubnetGroup, SubnetGroupParameters};
use goldenpath_provider_core::{Change, Drift};

use crate::tags::{self, Tags};

/// Everything that differs.
pub(super) fn drift(managed: &SubnetGroup, cluster: &str, group: &DbSubnetGroup, observed: &Tags) -> Drift {
    // Complete on purpose: a new field is compared, or is named here as one that is not.
    let SubnetGroupParameters { region: _, description, subnet_ids, tags: _ } = &managed.spec.for_provider;
    let seen = group.db_subnet_group_description().unwrap_or_default();
    let description = description.as_deref().filter(|wanted| *wanted != seen);
    let description = description.map(|wanted| Change::immediate("description", seen, wanted));

    let seen: BTreeSet<_> = group.subnets().iter().filter_map(|subnet| subnet.subnet_identifier()).collect();
    let wanted_ids: BTreeSet<_> = subnet_ids.iter().map(String::as_str).collect();
    let print = |set: &BTreeSet<&str>| set.iter().copied().collect::<Vec<_>>().join(" ");
    let subnets =
        (wanted_ids != seen).then(|| Change::immediate("subnetIds", print(&seen), print(&wanted_ids)));

    let tags = tags::change(managed, cluster, observed);
    [description, subnets, tags].into_iter().flatten().fold(Drift::none(), Drift::with)
}
