//! DB subnet groups.

use std::collections::{BTreeMap, BTreeSet};

use super::instance::Instance;
use super::{Rds, check, page, required, rules, tag};
use crate::{Call, Node, Refusal, Structure, ec2};

/// A group of subnets.
#[derive(Clone, Debug)]
pub(crate) struct SubnetGroup {
    name: String,
    arn: String,
    description: String,
    /// Subnets and their zones.
    subnets: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// `CreateDBSubnetGroup`.
pub(crate) fn create(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let name = check::identifier("DBSubnetGroupName", required(call, "DBSubnetGroupName")?)?;
    rules::SUBNET_GROUP_EXISTS.refuse_if(rds.subnet_groups.contains_key(&name), &[&name])?;
    let description = required(call, "DBSubnetGroupDescription")?.to_owned();
    let made = SubnetGroup {
        arn: call.arn(&format!("subgrp:{name}")),
        name: name.clone(),
        description,
        subnets: asked_subnets(call)?,
        tags: tag::read(call.form())?,
    };
    let told = node(&made);
    rds.subnet_groups.insert(name, made);
    Ok(Structure::new().with("DBSubnetGroup", told))
}

/// `DescribeDBSubnetGroups`.
pub(crate) fn describe(rds: &Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    if let Some(name) = form.get("DBSubnetGroupName") {
        let found = rds.subnet_groups.get(&name.to_ascii_lowercase());
        let found = found.ok_or_else(|| rules::SUBNET_GROUP_NOT_FOUND.refuse(&[name]))?;
        return Ok(page::answer("DBSubnetGroups", "DBSubnetGroup", [node(found)], None));
    }
    let (found, marker) = page::of(&rds.subnet_groups, form, |_| true)?;
    Ok(page::answer("DBSubnetGroups", "DBSubnetGroup", found.into_iter().map(node), marker))
}

/// `ModifyDBSubnetGroup`: the whole set of subnets is replaced.
pub(crate) fn modify(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let name = known(rds, call)?;
    let subnets = asked_subnets(call)?;
    let description = call.form().get("DBSubnetGroupDescription").map(str::to_owned);
    let used: BTreeSet<String> = rds
        .instances
        .values()
        .filter(|instance| instance.settings.subnet_group.as_deref() == Some(&name))
        .map(|instance| instance.zone.clone())
        .collect();
    let group =
        rds.subnet_groups.get_mut(&name).ok_or_else(|| rules::SUBNET_GROUP_NOT_FOUND.refuse(&[&name]))?;
    let lost = group.subnets.iter().find(|(id, zone)| {
        let still = subnets.values().any(|other| other == *zone);
        !subnets.contains_key(*id) && used.contains(*zone) && !still
    });
    if let Some((id, _)) = lost {
        return Err(rules::SUBNET_IN_USE.refuse(&[id]));
    }
    group.subnets = subnets;
    if let Some(description) = description {
        group.description = description;
    }
    Ok(Structure::new().with("DBSubnetGroup", node(group)))
}

/// `DeleteDBSubnetGroup`: not while an instance is in it, be it one that is being deleted.
pub(crate) fn delete(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let name = known(rds, call)?;
    let mut members = rds.instances.values();
    let member = members.find(|instance| instance.effective().subnet_group.as_deref() == Some(&name));
    if let Some(member) = member {
        return Err(rules::SUBNET_GROUP_IN_USE.refuse(&[&name, &member.name]));
    }
    rds.subnet_groups.remove(&name);
    Ok(Structure::new())
}

fn known(rds: &Rds, call: &Call<'_>) -> Result<String, Refusal> {
    let name = required(call, "DBSubnetGroupName")?.to_ascii_lowercase();
    rules::SUBNET_GROUP_NOT_FOUND.refuse_if(!rds.subnet_groups.contains_key(&name), &[&name])?;
    Ok(name)
}

/// The subnets of a request with their zones, of which there have to be two. The account has those of its default VPC;
/// any other that is named well is taken to be in a zone of its own.
fn asked_subnets(call: &Call<'_>) -> Result<BTreeMap<String, String>, Refusal> {
    let region = &call.request.region;
    let ids = call.form().list("SubnetIds").ok_or_else(|| rules::NOT_GIVEN.refuse(&["SubnetIds"]))?;
    let own: BTreeMap<String, String> = ec2::subnets(region).collect();
    let mut subnets = BTreeMap::new();
    for (number, id) in ids.into_iter().enumerate() {
        rules::SUBNET_UNKNOWN.refuse_if(!id.starts_with("subnet-"), &[id])?;
        let zone = own.get(id).cloned().unwrap_or_else(|| format!("{region}{}", ["a", "b", "c"][number % 3]));
        subnets.insert(id.to_owned(), zone);
    }
    let zones: BTreeSet<_> = subnets.values().cloned().collect();
    let covered = zones.iter().cloned().collect::<Vec<_>>().join(", ");
    rules::SUBNETS_COVER.refuse_if(zones.len() < 2, &[&covered])?;
    Ok(subnets)
}

fn node(group: &SubnetGroup) -> Structure {
    Structure::new()
        .with("DBSubnetGroupName", group.name.as_str())
        .with("DBSubnetGroupDescription", group.description.as_str())
        .with("VpcId", ec2::VPC)
        .with("SubnetGroupStatus", "Complete")
        .with("Subnets", Node::list("Subnet", group.subnets.iter().map(|(id, zone)| subnet(id, zone))))
        .with("DBSubnetGroupArn", group.arn.as_str())
        .with("SupportedNetworkTypes", Node::list("member", ["IPV4"]))
}

fn subnet(id: &str, zone: &str) -> Structure {
    Structure::new()
        .with("SubnetIdentifier", id)
        .with("SubnetAvailabilityZone", Structure::new().with("Name", zone))
        .with("SubnetStatus", "Active")
}

// === impl Rds ===

impl Rds {
    /// The group that an instance is in; the default VPC's, if none was asked for.
    pub(crate) fn subnet_group_of(&self, instance: &Instance) -> Structure {
        let named = instance.settings.subnet_group.as_ref();
        if let Some(group) = named.and_then(|name| self.subnet_groups.get(&name.to_ascii_lowercase())) {
            return node(group);
        }
        let region = instance.zone.trim_end_matches(char::is_alphabetic);
        let subnets = ec2::subnets(region).map(|(id, zone)| subnet(&id, &zone));
        Structure::new()
            .with("DBSubnetGroupName", named.map_or("default", String::as_str))
            .with("DBSubnetGroupDescription", "default")
            .with("VpcId", ec2::VPC)
            .with("SubnetGroupStatus", "Complete")
            .with("Subnets", Node::list("Subnet", subnets))
    }
}
