//! DB parameter groups. Each family has its default group, which is AWS's own.

use std::collections::BTreeMap;

use super::instance::Applied;
use super::parameter::{self, Parameter};
use super::{Rds, catalog, check, page, required, rules, tag};
use crate::protocol::Form;
use crate::{Call, Refusal, Structure};

/// How many parameters a request may change.
const AT_ONCE: usize = 20;

/// A group of one's own.
#[derive(Clone, Debug)]
pub(crate) struct ParameterGroup {
    name: String,
    arn: String,
    family: String,
    description: String,
    /// What differs from the family's defaults, and how it is applied.
    values: BTreeMap<String, (String, String)>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// Every family.
fn families() -> impl Iterator<Item = String> {
    catalog::LINES.iter().map(|line| format!("{}{}", line.engine, line.major))
}

/// `CreateDBParameterGroup`.
pub(crate) fn create(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let name = check::identifier("DBParameterGroupName", required(call, "DBParameterGroupName")?)?;
    let family = required(call, "DBParameterGroupFamily")?.to_owned();
    let description = required(call, "Description")?.to_owned();
    rules::FAMILY.refuse_if(!families().any(|known| known == family), &[&family])?;
    rules::PARAMETER_GROUP_EXISTS.refuse_if(rds.parameter_groups.contains_key(&name), &[&name])?;
    let tags = tag::read(call.form())?;
    let arn = call.arn(&format!("pg:{name}"));
    let made = ParameterGroup { name: name.clone(), arn, family, description, values: BTreeMap::new(), tags };
    let told = node(&made);
    rds.parameter_groups.insert(name, made);
    Ok(Structure::new().with("DBParameterGroup", told))
}

/// `DescribeDBParameterGroups`: one's own, and the defaults of every family.
pub(crate) fn describe(rds: &Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    let defaults = families().map(|family| default_group(&family, call));
    let mut all: BTreeMap<String, ParameterGroup> =
        defaults.map(|group| (group.name.clone(), group)).collect();
    all.extend(rds.parameter_groups.clone());
    if let Some(name) = form.get("DBParameterGroupName") {
        let found = all.get(&name.to_ascii_lowercase());
        let found = found.ok_or_else(|| rules::PARAMETER_GROUP_NOT_FOUND.refuse(&[name]))?;
        return Ok(page::answer("DBParameterGroups", "DBParameterGroup", [node(found)], None));
    }
    let (found, marker) = page::of(&all, form, |_| true)?;
    Ok(page::answer("DBParameterGroups", "DBParameterGroup", found.into_iter().map(node), marker))
}

/// `ModifyDBParameterGroup`: all of the request's parameters, or none.
pub(crate) fn modify(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let asked =
        call.form().structures("Parameters").ok_or_else(|| rules::NOT_GIVEN.refuse(&["Parameters"]))?;
    rules::PARAMETERS_AT_ONCE.refuse_if(asked.len() > AT_ONCE, &[])?;
    change(rds, call, |group| {
        let mut changed = Vec::new();
        for one in &asked {
            let parameter = known(&group.family, one)?;
            let method = method(&parameter, one)?;
            let value = one.get("ParameterValue").unwrap_or_default();
            let words = [value, parameter.allowed, parameter.name];
            rules::PARAMETER_VALUE.refuse_if(!parameter.takes(value), &words)?;
            changed.push((parameter, Some((value.to_owned(), method.to_owned()))));
        }
        Ok(changed)
    })
}

/// `ResetDBParameterGroup`: the named parameters, or all.
pub(crate) fn reset(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    let asked = form.structures("Parameters").unwrap_or_default();
    rules::PARAMETERS_AT_ONCE.refuse_if(asked.len() > AT_ONCE, &[])?;
    let all = form.get("ResetAllParameters").is_some_and(|all| all == "true");
    rules::NOT_GIVEN.refuse_if(!all && asked.is_empty(), &["Parameters"])?;
    change(rds, call, |group| {
        if all {
            let set = parameter::of(&group.family).filter(|p| group.values.contains_key(p.name));
            return Ok(set.map(|parameter| (parameter, None)).collect());
        }
        asked
            .iter()
            .map(|one| {
                let parameter = known(&group.family, one)?;
                method(&parameter, one)?;
                Ok((parameter, None))
            })
            .collect()
    })
}

/// `DeleteDBParameterGroup`.
pub(crate) fn delete(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let name = own(rds, call)?;
    let mut members = rds.instances.values();
    let in_use = members.any(|instance| instance.effective().parameter_group == name);
    rules::GROUP_IN_USE.refuse_if(in_use, &[&name])?;
    rds.parameter_groups.remove(&name);
    Ok(Structure::new())
}

/// `DescribeDBParameters`, in pages, for there are hundreds.
pub(crate) fn parameters(rds: &Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    let name = required(call, "DBParameterGroupName")?.to_ascii_lowercase();
    let own = rds.parameter_groups.get(&name).cloned();
    let group = own.or_else(|| families().map(|f| default_group(&f, call)).find(|group| group.name == name));
    let group = group.ok_or_else(|| rules::PARAMETER_GROUP_NOT_FOUND.refuse(&[&name]))?;
    let filters = page::Filters::read(form, &["parameter-name"])?;
    let source = form.get("Source");
    let all: BTreeMap<String, Parameter> =
        parameter::of(&group.family).map(|parameter| (parameter.name.to_owned(), parameter)).collect();
    let fits = |parameter: &Parameter| {
        filters.fit(|_| vec![parameter.name])
            && source.is_none_or(|source| source == source_of(&group, parameter))
    };
    let (found, marker) = page::of(&all, form, fits)?;
    let told = found.into_iter().map(|parameter| parameter_node(&group, parameter));
    Ok(page::answer("Parameters", "Parameter", told, marker))
}

/// Changes a group by what a request says of its parameters, all or none of them; instances that use it then wait for
/// their reboot, if a value needs one.
fn change(
    rds: &mut Rds,
    call: &Call<'_>,
    asked: impl FnOnce(&ParameterGroup) -> Result<Vec<(Parameter, Option<(String, String)>)>, Refusal>,
) -> Result<Structure, Refusal> {
    let name = own(rds, call)?;
    let group = rds
        .parameter_groups
        .get_mut(&name)
        .ok_or_else(|| rules::PARAMETER_GROUP_NOT_FOUND.refuse(&[&name]))?;
    let mut waits = false;
    for (parameter, value) in asked(group)? {
        let by_reboot = value.as_ref().is_some_and(|(_, method)| method == "pending-reboot");
        let before = match value {
            Some(value) => {
                group.values.insert(parameter.name.to_owned(), value.clone()).filter(|old| *old == value)
            }
            None => group.values.remove(parameter.name),
        };
        waits |= before.is_none() && (by_reboot || !parameter.dynamic);
    }
    for instance in rds.instances.values_mut().filter(|i| waits && i.settings.parameter_group == name) {
        instance.parameters = Applied::PendingReboot;
    }
    Ok(Structure::new().with("DBParameterGroupName", name))
}

/// The name of a group that is not AWS's.
fn own(rds: &Rds, call: &Call<'_>) -> Result<String, Refusal> {
    let name = required(call, "DBParameterGroupName")?.to_ascii_lowercase();
    rules::GROUP_DEFAULT.refuse_if(name.starts_with("default."), &[&name])?;
    rules::PARAMETER_GROUP_NOT_FOUND.refuse_if(!rds.parameter_groups.contains_key(&name), &[&name])?;
    Ok(name)
}

fn known(family: &str, asked: &Form) -> Result<Parameter, Refusal> {
    let name = asked.get("ParameterName").unwrap_or_default();
    let found = parameter::of(family).find(|parameter| parameter.name == name);
    let found = found.ok_or_else(|| rules::PARAMETER_UNKNOWN.refuse(&[name]))?;
    rules::PARAMETER_FIXED.refuse_if(!found.modifiable, &[name])?;
    Ok(found)
}

/// How a value is to be applied; a static one cannot be at once.
fn method<'a>(parameter: &Parameter, asked: &'a Form) -> Result<&'a str, Refusal> {
    let method = asked.get("ApplyMethod").unwrap_or("pending-reboot");
    rules::PARAMETER_METHOD.refuse_if(method == "immediate" && !parameter.dynamic, &[parameter.name])?;
    Ok(method)
}

fn default_group(family: &str, call: &Call<'_>) -> ParameterGroup {
    let name = format!("default.{family}");
    ParameterGroup {
        arn: call.arn(&format!("pg:{name}")),
        description: format!("Default parameter group for {family}"),
        family: family.to_owned(),
        values: BTreeMap::new(),
        tags: BTreeMap::new(),
        name,
    }
}

fn node(group: &ParameterGroup) -> Structure {
    Structure::new()
        .with("DBParameterGroupName", group.name.as_str())
        .with("DBParameterGroupFamily", group.family.as_str())
        .with("Description", group.description.as_str())
        .with("DBParameterGroupArn", group.arn.as_str())
}

/// Where a value comes from. A value of one's own that equals the default comes back as the family's.
fn source_of(group: &ParameterGroup, parameter: &Parameter) -> &'static str {
    match group.values.get(parameter.name) {
        Some((value, _)) if Some(value.as_str()) != parameter.default => "user",
        _ if parameter.default.is_some() => "system",
        _ => "engine-default",
    }
}

fn parameter_node(group: &ParameterGroup, parameter: &Parameter) -> Structure {
    let own = group.values.get(parameter.name);
    let value = own.map(|(value, _)| value.as_str()).or(parameter.default);
    let method = own.map_or("pending-reboot", |(_, method)| method.as_str());
    Structure::new()
        .with("ParameterName", parameter.name)
        .with_some("ParameterValue", value)
        .with("Description", parameter.name.replace(['_', '.'], " "))
        .with("Source", source_of(group, parameter))
        .with("ApplyType", parameter.apply_type())
        .with("DataType", parameter.kind.word())
        .with_some("AllowedValues", (!parameter.allowed.is_empty()).then_some(parameter.allowed))
        .with("IsModifiable", parameter.modifiable)
        .with("ApplyMethod", method)
}

// === impl Rds ===

impl Rds {
    /// Whether a group is there and of the family that a version needs.
    pub(crate) fn check_parameter_group(&self, name: &str, family: &str) -> Result<(), Refusal> {
        let found = match name.strip_prefix("default.") {
            Some(default) => families().find(|family| family == default),
            None => self.parameter_groups.get(name).map(|group| group.family.clone()),
        };
        let found = found.ok_or_else(|| rules::PARAMETER_GROUP_NOT_FOUND.refuse(&[name]))?;
        rules::GROUP_FAMILY.refuse_if(found != family, &[name, &found, family])
    }
}
