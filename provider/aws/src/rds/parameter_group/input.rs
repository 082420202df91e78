//! From a spec to the requests of RDS.

use aws_sdk_rds::operation::create_db_parameter_group::builders::CreateDbParameterGroupInputBuilder;
use aws_sdk_rds::operation::modify_db_parameter_group::builders::ModifyDbParameterGroupInputBuilder;
use aws_sdk_rds::operation::reset_db_parameter_group::builders::ResetDbParameterGroupInputBuilder;
use aws_sdk_rds::types::{ApplyMethod, Parameter};
use goldenpath_provider_api::rds::ParameterGroup;
use goldenpath_provider_core::{Fault, Managed};

use super::delta;
use super::known::{Applies, KnownParameter, KnownParameters};
use crate::rds::{DESCRIPTION, tags};

/// How many parameters AWS takes in one request.
const AT_ONCE: usize = 20;

/// Parameters that AWS accepts only together with the others of their line. Source: RDS's documentation.
const DEPENDENT: &[&[&str]] = &[
    &["collation_server", "character_set_server"],
    &["gtid-mode", "enforce_gtid_consistency"],
    &["password_encryption", "rds.accepted_password_auth_method"],
    &["ssl_max_protocol_version", "ssl_min_protocol_version"],
    &["rds.change_data_capture_streaming", "binlog_format"],
    &["aurora_enhanced_binlog", "binlog_backup", "binlog_replication_globaldb"],
];

/// The requests that give every parameter its wanted value.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) modifications: Vec<ModifyDbParameterGroupInputBuilder>,
    pub(super) resets: Vec<ResetDbParameterGroupInputBuilder>,
    /// What is not requested: AWS would refuse it together with the rest of the request.
    pub(super) refused: Option<Fault>,
}

/// The request that makes a parameter group.
pub(super) fn create(managed: &ParameterGroup, cluster: &str) -> CreateDbParameterGroupInputBuilder {
    let params = &managed.spec.for_provider;
    CreateDbParameterGroupInputBuilder::default()
        .db_parameter_group_name(managed.external_name())
        .db_parameter_group_family(&params.family)
        .description(params.description.as_deref().unwrap_or(DESCRIPTION))
        .set_tags(Some(tags::sdk(crate::tags::desired(managed, cluster))))
}

/// The requests that correct the parameters.
pub(super) fn asked(managed: &ParameterGroup, known: &KnownParameters) -> Asked {
    let name = managed.external_name();
    let (mut set, mut reset, mut refused) = (Vec::new(), Vec::new(), None);
    for (parameter, value) in delta::differing(managed, known) {
        match (known.get(&parameter), value) {
            (Some(seen), Some(value)) if seen.is_modifiable => {
                set.push(request_of(&parameter, seen).parameter_value(value).build());
            }
            (Some(seen), None) => reset.push(request_of(&parameter, seen).build()),
            (seen, Some(_)) => refused = refused.or_else(|| Some(not_taken(managed, &parameter, seen))),
            (None, None) => {}
        }
    }
    let modify = |chunk| {
        ModifyDbParameterGroupInputBuilder::default()
            .db_parameter_group_name(&name)
            .set_parameters(Some(chunk))
    };
    let reset_to_default = |chunk: Vec<Parameter>| {
        ResetDbParameterGroupInputBuilder::default()
            .db_parameter_group_name(&name)
            .reset_all_parameters(false)
            .set_parameters(Some(chunk))
    };
    Asked {
        modifications: chunks(set).into_iter().map(modify).collect(),
        resets: chunks(reset).into_iter().map(reset_to_default).collect(),
        refused,
    }
}

fn request_of(name: &str, seen: &KnownParameter) -> aws_sdk_rds::types::builders::ParameterBuilder {
    let method = match seen.applies {
        Applies::AtOnce => ApplyMethod::Immediate,
        Applies::AtReboot => ApplyMethod::PendingReboot,
    };
    Parameter::builder().parameter_name(name).apply_method(method)
}

fn not_taken(managed: &ParameterGroup, parameter: &str, seen: Option<&KnownParameter>) -> Fault {
    let family = &managed.spec.for_provider.family;
    let message = match seen {
        None => format!("family {family} has no parameter \"{parameter}\""),
        Some(_) => format!("parameter \"{parameter}\" of family {family} cannot be changed"),
    };
    let field = format!(".spec.forProvider.{}", delta::field(parameter));
    Fault::terminal("InvalidSpec", message).at(field).remedy("correct its name, or leave it out")
}

/// Lays parameters out over requests, as many as AWS takes in each, and those that depend on each other in one.
fn chunks(parameters: Vec<Parameter>) -> Vec<Vec<Parameter>> {
    let mut chunks: Vec<Vec<Parameter>> = Vec::new();
    for unit in units(parameters) {
        match chunks.last_mut() {
            Some(last) if last.len() + unit.len() <= AT_ONCE => last.extend(unit),
            _ => chunks.push(unit),
        }
    }
    chunks
}

/// Parameters that depend on each other, together; every other by itself.
fn units(parameters: Vec<Parameter>) -> Vec<Vec<Parameter>> {
    let line = |parameter: &Parameter| {
        let name = parameter.parameter_name().unwrap_or_default();
        DEPENDENT.iter().position(|line| line.contains(&name))
    };
    let mut units: Vec<(Option<usize>, Vec<Parameter>)> = Vec::new();
    for parameter in parameters {
        let of = line(&parameter);
        match units.iter_mut().find(|(other, _)| of.is_some() && *other == of) {
            Some((_, unit)) => unit.push(parameter),
            None => units.push((of, vec![parameter])),
        }
    }
    units.into_iter().map(|(_, unit)| unit).collect()
}
