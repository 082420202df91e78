//! The partitions of AWS: which one a region belongs to (R205).

use goldenpath_provider_core::Fault;

/// A part of AWS with its own accounts, regions and addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Partition {
    pub(super) id: &'static str,
    /// The last part of the addresses of its services.
    pub(super) suffix: &'static str,
    /// How the names of its regions begin.
    prefixes: &'static [&'static str],
}

/// The order matters: the names of most others begin as those of the first partition do.
static PARTITIONS: [Partition; 8] = [
    partition("aws-cn", "amazonaws.com.cn", &["cn-"]),
    partition("aws-us-gov", "amazonaws.com", &["us-gov-"]),
    partition("aws-iso", "c2s.ic.gov", &["us-iso-"]),
    partition("aws-iso-b", "sc2s.sgov.gov", &["us-isob-"]),
    partition("aws-iso-e", "cloud.adc-e.uk", &["eu-isoe-"]),
    partition("aws-iso-f", "csp.hci.ic.gov", &["us-isof-", "eu-isof-"]),
    partition("aws-eusc", "amazonaws.eu", &["eusc-"]),
    partition("aws", "amazonaws.com", &["us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"]),
];

const fn partition(id: &'static str, suffix: &'static str, prefixes: &'static [&'static str]) -> Partition {
    Partition { id, suffix, prefixes }
}

/// The partition of a region, if the region's name has the form of one.
pub(super) fn of_region(region: &str) -> Option<&'static Partition> {
    let (place, number) = region.rsplit_once('-')?;
    let is_region = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && place.contains('-');
    let begins = |p: &&Partition| p.prefixes.iter().any(|prefix| region.starts_with(prefix));
    PARTITIONS.iter().filter(|_| is_region).find(begins)
}

/// The partition of a region and of an endpoint that may name one; they have to agree.
pub(super) fn agreed(region: &str, named: Option<&str>) -> Result<&'static Partition, Fault> {
    match (of_region(region), named) {
        (Some(found), None) => Ok(found),
        (Some(found), Some(named)) if found.id == named => Ok(found),
        (Some(found), Some(named)) => {
            let message = format!(
                "conflicting partition config: region \"{region}\" is in partition \"{}\", endpoint.partitionId is \"{named}\"",
                found.id
            );
            Err(Fault::user("EndpointInvalid", message)
                .remedy("use a region of that partition, or correct partitionId"))
        }
        (None, Some(named)) => PARTITIONS.iter().find(|p| p.id == named).ok_or_else(|| {
            Fault::user(
                "EndpointInvalid",
                format!("endpoint.partitionId \"{named}\" is not an AWS partition"),
            )
            .remedy("write it as in an ARN, e.g. aws or aws-cn")
        }),
        (None, None) => Err(Fault::terminal("InvalidSpec", format!("\"{region}\" is not an AWS region"))
            .at(".spec.forProvider.region")
            .remedy("correct it, or set endpoint.partitionId in the provider configuration")),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::commercial("eu-central-1", Some("aws"))]
    #[case::two_digits("ap-southeast-12", Some("aws"))]
    #[case::china("cn-northwest-1", Some("aws-cn"))]
    #[case::government("us-gov-west-1", Some("aws-us-gov"))]
    #[case::secret("us-iso-east-1", Some("aws-iso"))]
    #[case::secret_b("us-isob-east-1", Some("aws-iso-b"))]
    #[case::secret_e("eu-isoe-west-1", Some("aws-iso-e"))]
    #[case::secret_f("us-isof-south-1", Some("aws-iso-f"))]
    #[case::sovereign("eusc-de-east-1", Some("aws-eusc"))]
    #[case::nowhere("moon-base-1", None)]
    #[case::without_a_number("eu-central", None)]
    #[case::an_availability_zone("eu-central-1a", None)]
    #[case::too_short("eu-1", None)]
    #[case::nothing("", None)]
    fn a_region_is_in_one_partition(#[case] region: &str, #[case] id: Option<&str>) {
        assert_eq!(of_region(region).map(|p| p.id), id);
    }

    #[rstest]
    #[case::of_the_region("eu-central-1", None, Ok("aws"))]
    #[case::they_agree("cn-north-1", Some("aws-cn"), Ok("aws-cn"))]
    #[case::named_for_an_unknown_region("moon-base-1", Some("aws-iso"), Ok("aws-iso"))]
    #[case::they_differ(
        "cn-north-1",
        Some("aws"),
        Err(
            "conflicting partition config: region \"cn-north-1\" is in partition \"aws-cn\", endpoint.partitionId is \"aws\""
        )
    )]
    #[case::unknown("moon-base-1", None, Err("\"moon-base-1\" is not an AWS region"))]
    #[case::no_partition(
        "moon-base-1",
        Some("moon"),
        Err("endpoint.partitionId \"moon\" is not an AWS partition")
    )]
    fn region_and_endpoint_agree_on_a_partition(
        #[case] region: &str,
        #[case] named: Option<&str>,
        #[case] expected: Result<&str, &str>,
    ) {
        let agreed = agreed(region, named);
        assert!(agreed.as_ref().err().is_none_or(|fault| fault.remedy.is_some()));
        assert_eq!(agreed.as_ref().map(|p| p.id).map_err(|f| f.message.as_str()), expected);
    }
}
