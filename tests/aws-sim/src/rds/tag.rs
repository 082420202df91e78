//! Tags of whatever has an ARN.

use std::collections::BTreeMap;

use super::{Rds, rules};
use crate::protocol::Form;
use crate::{Call, Node, Refusal, Structure};

const MOST: usize = 50;

/// The tags of a request that makes something.
pub(crate) fn read(form: &Form) -> Result<BTreeMap<String, String>, Refusal> {
    let mut tags = BTreeMap::new();
    for tag in form.structures("Tags").unwrap_or_default() {
        let key = tag.get("Key").unwrap_or_default().to_owned();
        rules::TAG_RESERVED.refuse_if(key.starts_with("aws:"), &[&key])?;
        tags.insert(key, tag.get("Value").unwrap_or_default().to_owned());
    }
    rules::TAG_QUOTA.refuse_if(tags.len() > MOST, &[])?;
    Ok(tags)
}

/// How tags are told.
pub(crate) fn list(tags: &BTreeMap<String, String>) -> Node {
    let one = |(key, value): (&String, &String)| {
        Structure::new().with("Key", key.as_str()).with("Value", value.as_str())
    };
    Node::list("Tag", tags.iter().map(one))
}

/// `AddTagsToResource`.
pub(crate) fn add(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let added = read(call.form())?;
    let tags = tags(rds, call.form())?;
    let together = tags.keys().chain(added.keys().filter(|key| !tags.contains_key(*key))).count();
    rules::TAG_QUOTA.refuse_if(together > MOST, &[])?;
    tags.extend(added);
    Ok(Structure::new())
}

/// `RemoveTagsFromResource`.
pub(crate) fn remove(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let tags = tags(rds, call.form())?;
    for key in call.form().list("TagKeys").unwrap_or_default() {
        tags.remove(key);
    }
    Ok(Structure::new())
}

/// `ListTagsForResource`.
pub(crate) fn told(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    Ok(Structure::new().with("TagList", list(tags(rds, call.form())?)))
}

/// The tags of the resource that a request names by its ARN.
fn tags<'a>(rds: &'a mut Rds, form: &Form) -> Result<&'a mut BTreeMap<String, String>, Refusal> {
    let arn = form.get("ResourceName").unwrap_or_default().to_owned();
    // arn:aws:rds:REGION:ACCOUNT:KIND:NAME, and the name of an automated snapshot has a colon.
    let mut parts = arn.splitn(7, ':').skip(5);
    let (kind, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match kind {
        "db" => Ok(&mut rds.instance(name)?.tags),
        "snapshot" => {
            let found = rds.snapshots.get_mut(name);
            found.map(|snapshot| &mut snapshot.tags).ok_or_else(|| rules::SNAPSHOT_NOT_FOUND.refuse(&[name]))
        }
        "subgrp" => {
            let found = rds.subnet_groups.get_mut(name);
            found.map(|group| &mut group.tags).ok_or_else(|| rules::SUBNET_GROUP_NOT_FOUND.refuse(&[name]))
        }
        "pg" => {
            let found = rds.parameter_groups.get_mut(name);
            found.map(|group| &mut group.tags).ok_or_else(|| rules::PARAMETER_GROUP_NOT_FOUND.refuse(&[name]))
        }
        _ => Err(rules::RESOURCE_NOT_FOUND.refuse(&[&arn])),
    }
}
