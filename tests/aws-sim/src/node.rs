//! What is answered, before a protocol has written it: RDS's XML, Secrets Manager's JSON and the side path come from the
//! same values, so they cannot disagree.

use std::borrow::Cow;

use jiff::Timestamp;

/// A value of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// A moment: ISO 8601 in XML, seconds of the epoch in JSON.
    Time(Timestamp),
    /// Members.
    Structure(Structure),
    /// Items, and the name that XML gives to each.
    List(&'static str, Vec<Node>),
}

/// Members in the order of their entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Structure(pub(crate) Vec<(Cow<'static, str>, Node)>);

// === impl Structure ===

impl Structure {
    /// Without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a member more.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Node>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// With a member more, if there is a value: AWS leaves out what is not there.
    #[must_use]
    pub fn with_some(self, name: impl Into<Cow<'static, str>>, value: Option<impl Into<Node>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// A member by its name.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, node)| node)
    }
}

// === impl Node ===

impl Node {
    /// A list of values.
    pub fn list<T: Into<Self>>(item: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        Self::List(item, values.into_iter().map(Into::into).collect())
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Node {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<i64> for Node {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Node {
    fn from(yes: bool) -> Self {
        Self::Boolean(yes)
    }
}

impl From<Timestamp> for Node {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl From<Structure> for Node {
    fn from(structure: Structure) -> Self {
        Self::Structure(structure)
    }
}
