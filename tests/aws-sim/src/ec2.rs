//! The subnets of the default VPC that every account has: what a subnet group needs, and all there is of EC2.

use crate::{Call, Node, Refusal, Structure};

/// The default VPC.
pub(crate) const VPC: &str = "vpc-0d3fa017";

/// A subnet of each of the region's three zones.
pub(crate) fn subnets(region: &str) -> impl Iterator<Item = (String, String)> {
    let region = region.to_owned();
    (1..=3)
        .zip(["a", "b", "c"])
        .map(move |(number, zone)| (format!("subnet-0d3fa01{number}"), format!("{region}{zone}")))
}

/// Answers a call.
pub(crate) fn answer(call: &Call<'_>) -> Result<Structure, Refusal> {
    if call.request.operation != "DescribeSubnets" {
        return call.unknown();
    }
    let items = subnets(&call.request.region).map(|(id, zone)| {
        Structure::new()
            .with("subnetId", id)
            .with("vpcId", VPC)
            .with("availabilityZone", zone)
            .with("state", "available")
    });
    Ok(Structure::new().with("subnetSet", Node::list("item", items)))
}
