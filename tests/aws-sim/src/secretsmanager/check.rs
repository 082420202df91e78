//! What AWS checks of a request before it looks at any secret, and what of a secret before it is changed.

use std::collections::BTreeSet;

use super::rules;
use crate::Refusal;

/// So large a value may be, in bytes.
const LARGEST: usize = 65_536;
const LONGEST_NAME: usize = 512;
const LONGEST_DESCRIPTION: usize = 2048;
const LONGEST_STAGE: usize = 256;
/// So many labels a version has at most.
const MOST_STAGES: usize = 20;

/// The name of a new secret.
pub(super) fn name(name: &str) -> Result<(), Refusal> {
    length("name", name, 1, LONGEST_NAME)?;
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "-/_+=.@!".contains(character);
    rules::INVALID_NAME.refuse_if(!name.chars().all(is_allowed), &[])
}

/// The description of a secret.
pub(super) fn description(text: Option<&str>) -> Result<(), Refusal> {
    length("description", text.unwrap_or_default(), 0, LONGEST_DESCRIPTION)
}

/// The size of a value.
pub(super) fn size(member: &str, bytes: usize) -> Result<(), Refusal> {
    within(member, bytes, 1, LARGEST)
}

/// Labels for one version.
pub(super) fn stages(stages: &BTreeSet<String>) -> Result<(), Refusal> {
    within("versionStages", stages.len(), 1, MOST_STAGES)?;
    stages.iter().try_for_each(|stage| length("versionStages.1.member", stage, 1, LONGEST_STAGE))
}

/// One label more on a version.
pub(super) fn room_for_stage(there: &BTreeSet<String>, stage: &str) -> Result<(), Refusal> {
    length("versionStage", stage, 1, LONGEST_STAGE)?;
    rules::TOO_MANY_STAGES.refuse_if(!there.contains(stage) && there.len() >= MOST_STAGES, &[])
}

/// The characters of a text.
pub(super) fn length(member: &str, text: &str, least: usize, most: usize) -> Result<(), Refusal> {
    within(member, text.chars().count(), least, most)
}

/// The length of anything.
pub(super) fn within(member: &str, length: usize, least: usize, most: usize) -> Result<(), Refusal> {
    let limit = if length < least {
        format!("length greater than or equal to {least}")
    } else {
        format!("length less than or equal to {most}")
    };
    rules::CONSTRAINT.refuse_if(!(least..=most).contains(&length), &[member, &limit])
}
