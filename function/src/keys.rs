//! The keys of composed resources, and what a golden path knows of its own.
//!
//! A key is API: to rename one deletes the object and makes another. So a golden path declares every key that it has
//! ([`Known`]), and says in every pass of each whether it is composed, goes or stays.

use std::borrow::Cow;

/// The key of one composed resource, unique within its composition.
pub type Key = Cow<'static, str>;

/// A list of composed resources, by the prefix of their keys: `kong-plugin-cors`, `kong-plugin-acl`.
///
/// No other key of the golden path may have the prefix: what is observed and no longer listed is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Family(&'static str);

/// A key, or a list of them, that a golden path knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Of a resource that every XR has, and that is never removed.
    Always(&'static str),
    /// Of a resource that the spec or the platform may ask for.
    Optional(&'static str),
    /// Of a list, whose members come and go with the spec.
    Each(Family),
}

/// Which composed resources are meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// This one.
    One(Key),
    /// All of a list that are not composed this time.
    Each(Family),
}

// === impl Family ===

impl Family {
    /// The list whose keys begin with a word.
    pub const fn new(word: &'static str) -> Self {
        Self(word)
    }

    /// The key of a member.
    pub fn key(self, member: &str) -> Key {
        Cow::Owned(format!("{}-{member}", self.0))
    }

    /// The member that a key is of, if it is of this list.
    pub fn member(self, key: &str) -> Option<&str> {
        key.strip_prefix(self.0)?.strip_prefix('-').filter(|member| !member.is_empty())
    }
}

// === impl Known ===

impl Known {
    /// Whether a key is meant.
    pub fn covers(&self, key: &str) -> bool {
        match self {
            Self::Always(known) | Self::Optional(known) => *known == key,
            Self::Each(family) => family.member(key).is_some(),
        }
    }

    /// What the golden path has to say something of in every pass.
    pub fn subject(&self) -> Subject {
        match *self {
            Self::Always(key) | Self::Optional(key) => Subject::One(Cow::Borrowed(key)),
            Self::Each(family) => Subject::Each(family),
        }
    }
}

// === impl Subject ===

impl Subject {
    /// Whether a key is meant.
    pub fn covers(&self, key: &str) -> bool {
        match self {
            Self::One(known) => known == key,
            Self::Each(family) => family.member(key).is_some(),
        }
    }
}

impl From<&'static str> for Subject {
    fn from(key: &'static str) -> Self {
        Self::One(Cow::Borrowed(key))
    }
}

impl From<Key> for Subject {
    fn from(key: Key) -> Self {
        Self::One(key)
    }
}

impl From<Family> for Subject {
    fn from(family: Family) -> Self {
        Self::Each(family)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("kong-plugin-cors", Some("cors"))]
    #[case("kong-plugin-rate-limiting", Some("rate-limiting"))]
    #[case("kong-plugin-", None)]
    #[case("kong-plugins", None)]
    #[case("kong-plugin", None)]
    fn a_member_is_what_follows_the_word(#[case] key: &str, #[case] member: Option<&str>) {
        let plugins = Family::new("kong-plugin");
        assert_eq!(plugins.member(key), member);
        if let Some(member) = member {
            assert_eq!(plugins.key(member), key);
        }
    }
}
