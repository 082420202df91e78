//! The form of a request of the query protocol: flat names, with numbers where a list is.

use std::collections::BTreeMap;
use std::collections::btree_map::Range;

/// Names and values: `Tags.Tag.1.Key` is `team`.
#[derive(Clone, Debug, Default)]
pub struct Form(BTreeMap<String, String>);

static EMPTY: Form = Form(BTreeMap::new());

// === impl Form ===

impl Form {
    /// A form from its bytes.
    pub fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// One without values.
    pub fn empty() -> &'static Self {
        &EMPTY
    }

    /// A value; an empty one counts as given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The items of a list in their order, whatever the list calls each: `Name.Anything.N`. None when not given.
    pub fn list(&self, name: &str) -> Option<Vec<&str>> {
        if self.get(name).is_some_and(str::is_empty) {
            return Some(Vec::new());
        }
        let mut items: Vec<(usize, &str)> = self
            .below(name)
            .filter_map(|(key, value)| Some((key.rsplit('.').next()?.parse().ok()?, value.as_str())))
            .collect();
        items.sort_unstable();
        (!items.is_empty()).then(|| items.into_iter().map(|(_, value)| value).collect())
    }

    /// The structures of a list in their order: `Name.Anything.N.Member`. None when not given.
    pub fn structures(&self, name: &str) -> Option<Vec<Form>> {
        let mut found: BTreeMap<usize, Form> = BTreeMap::new();
        for (key, value) in self.below(name) {
            let mut parts = key[name.len() + 1..].splitn(3, '.');
            let (Some(_), Some(number), Some(member)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            if let Ok(number) = number.parse() {
                found.entry(number).or_default().0.insert(member.to_owned(), value.clone());
            }
        }
        (!found.is_empty()).then(|| found.into_values().collect())
    }

    /// Whether anything is said below a name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some() || self.below(name).next().is_some()
    }

    fn below(&self, name: &str) -> Range<'_, String, String> {
        // '/' is the character after '.'.
        self.0.range(format!("{name}.")..format!("{name}/"))
    }
}

impl FromIterator<(String, String)> for Form {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(values: T) -> Self {
        Self(values.into_iter().collect())
    }
}
