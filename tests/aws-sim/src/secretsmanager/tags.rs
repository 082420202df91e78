//! The tags of a secret, in the order in which they were put on.

use serde::Deserialize;

use super::{check, rules};
use crate::{Node, Refusal, Structure};

/// So many tags a secret has at most.
const MOST: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

/// A tag as it comes.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Tag {
    pub(super) key: String,
    #[serde(default)]
    pub(super) value: String,
}

/// Tags. None at all is another thing than none any more, which AWS shows as an empty list.
#[derive(Clone, Debug, Default)]
pub(super) struct Tags(Option<Vec<Tag>>);

// === impl Tags ===

impl Tags {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter().flatten()
    }

    /// As AWS shows them.
    pub(super) fn shown(&self) -> Option<Node> {
        let shown =
            |tag: &Tag| Structure::new().with("Key", tag.key.as_str()).with("Value", tag.value.as_str());
        self.0.as_ref().map(|tags| Node::list("member", tags.iter().map(shown)))
    }

    /// Adds tags, or gives those that are there another value; all of them or none.
    pub(super) fn set(&mut self, added: &[Tag]) -> Result<(), Refusal> {
        let mut tags = self.0.clone().unwrap_or_default();
        for tag in added {
            let Tag { key, value } = tag;
            check::length("tags.1.member.key", key, 1, LONGEST_KEY)?;
            check::length("tags.1.member.value", value, 0, LONGEST_VALUE)?;
            rules::RESERVED_TAG.refuse_if(key.to_ascii_lowercase().starts_with("aws:"), &[])?;
            match tags.iter_mut().find(|there| there.key == *key) {
                Some(there) => there.value.clone_from(value),
                None => tags.push(tag.clone()),
            }
        }
        rules::TOO_MANY_TAGS.refuse_if(tags.len() > MOST, &[])?;
        if !tags.is_empty() {
            self.0 = Some(tags);
        }
        Ok(())
    }

    /// Removes tags; one that is not there is gone none the less.
    pub(super) fn unset(&mut self, keys: &[String]) {
        if let Some(tags) = &mut self.0 {
            tags.retain(|tag| !keys.contains(&tag.key));
        }
    }
}
