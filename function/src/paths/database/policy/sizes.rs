//! The DB instance class of each size.

use serde::{Deserialize, Serialize};

use crate::paths::database::api::{Engine, Size};

/// One choice for each engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerEngine<T> {
    /// For PostgreSQL.
    pub postgresql: T,
    /// For MySQL.
    pub mysql: T,
}

/// DB instance class of each size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "named by the sizes of the XR")]
pub struct Classes {
    pub small: InstanceClass,
    pub medium: InstanceClass,
    pub large: InstanceClass,
    pub xlarge: InstanceClass,
}

/// A DB instance class, e.g. `db.m7g.large`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstanceClass(String);

// === impl PerEngine ===

impl<T> PerEngine<T> {
    /// The choice for an engine.
    pub fn of(&self, engine: Engine) -> &T {
        match engine {
            Engine::Postgresql => &self.postgresql,
            Engine::Mysql => &self.mysql,
        }
    }
}

impl PerEngine<Classes> {
    /// The default classes.
    pub(super) fn usual() -> Self {
        // With MySQL, AWS offers no Performance Insights on smaller classes.
        Self {
            postgresql: Classes::beginning_with("db.t4g.small"),
            mysql: Classes::beginning_with("db.t4g.medium"),
        }
    }
}

// === impl Classes ===

impl Classes {
    /// The class of a size.
    pub fn of(&self, size: Size) -> &InstanceClass {
        match size {
            Size::Small => &self.small,
            Size::Medium => &self.medium,
            Size::Large => &self.large,
            Size::Xlarge => &self.xlarge,
        }
    }

    fn beginning_with(small: &str) -> Self {
        let class = |name: &str| InstanceClass(name.to_owned());
        Self {
            small: class(small),
            medium: class("db.m7g.large"),
            large: class("db.m7g.xlarge"),
            xlarge: class("db.m7g.2xlarge"),
        }
    }
}

// === impl InstanceClass ===

impl TryFrom<String> for InstanceClass {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        let is_word = |word: &&str| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        let words: Vec<_> = given.split('.').collect();
        match words[..] {
            ["db", family, size] if is_word(&family) && is_word(&size) => Ok(Self(given)),
            _ => Err("a DB instance class such as db.m7g.large is expected"),
        }
    }
}

impl From<InstanceClass> for String {
    fn from(class: InstanceClass) -> Self {
        class.0
    }
}

impl AsRef<str> for InstanceClass {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
