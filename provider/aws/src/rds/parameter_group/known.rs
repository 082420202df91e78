//! The parameters of a group, as AWS knows them.

use std::collections::BTreeMap;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{Filter, Parameter};
use goldenpath_provider_api::rds::ParameterGroup;
use goldenpath_provider_core::Managed;

use super::faults::FAULTS;
use crate::client::Service;
use crate::fault::Failure;

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KnownParameter {
    pub(super) value: Option<String>,
    pub(super) applies: Applies,
    /// Whether it has a value of its own, and not the family's default.
    pub(super) is_set: bool,
    pub(super) is_modifiable: bool,
}

/// When a new value takes effect on a DB instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applies {
    AtOnce,
    AtReboot,
}

/// Parameters by name.
pub(super) type KnownParameters = BTreeMap<String, KnownParameter>;

/// How many names AWS takes in one filter.
const NAMES: usize = 100;

/// Reads the parameters with a value of their own, and those that the spec names: AWS does not list a value that equals the
/// default as set by a user. Nothing where the spec manages none.
pub(super) async fn read(
    rds: &Service<Client>,
    managed: &ParameterGroup,
) -> Result<KnownParameters, Failure> {
    let Some(wanted) = &managed.spec.for_provider.parameter else {
        return Ok(KnownParameters::new());
    };
    let mut known = KnownParameters::new();
    collect(rds, managed, Selection::Set, &mut known).await?;
    let missing: Vec<_> = wanted.iter().map(|p| p.name.clone()).filter(|n| !known.contains_key(n)).collect();
    for names in missing.chunks(NAMES) {
        collect(rds, managed, Selection::Named(names), &mut known).await?;
    }
    Ok(known)
}

/// Which parameters are read.
#[derive(Clone, Copy, Debug)]
enum Selection<'a> {
    Set,
    Named(&'a [String]),
}

async fn collect(
    rds: &Service<Client>,
    managed: &ParameterGroup,
    selection: Selection<'_>,
    known: &mut KnownParameters,
) -> Result<(), Failure> {
    let mut marker = None;
    loop {
        let request = rds.client.describe_db_parameters().db_parameter_group_name(managed.external_name());
        let request = request.set_marker(marker).max_records(100);
        let request = match selection {
            Selection::Set => request.source("user"),
            Selection::Named(names) => request
                .filters(Filter::builder().name("parameter-name").set_values(Some(names.to_vec())).build()),
        };
        let answer = rds.call(&FAULTS, request.send()).await?;
        known.extend(answer.parameters.unwrap_or_default().into_iter().filter_map(of));
        marker = answer.marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            return Ok(());
        }
    }
}

fn of(parameter: Parameter) -> Option<(String, KnownParameter)> {
    let applies = if parameter.apply_type() == Some("dynamic") { Applies::AtOnce } else { Applies::AtReboot };
    let known = KnownParameter {
        applies,
        is_set: parameter.source() == Some("user"),
        is_modifiable: parameter.is_modifiable.unwrap_or(true),
        value: parameter.parameter_value,
    };
    Some((parameter.parameter_name?, known))
}
