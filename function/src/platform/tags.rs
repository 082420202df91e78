//! Tags of everything in AWS, for instance those that attribute costs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The most tags. AWS takes 50 on a resource, and those that name its owner need some.
const MOST: usize = 30;

/// Tags by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Tags(BTreeMap<String, String>);

// === impl Tags ===

impl Tags {
    /// Merges them with others, which win: those name the owner of a resource.
    pub(crate) fn under(&self, others: BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut tags = self.0.clone();
        tags.extend(others);
        tags
    }
}

impl TryFrom<BTreeMap<String, String>> for Tags {
    type Error = String;

    fn try_from(given: BTreeMap<String, String>) -> Result<Self, Self::Error> {
        if given.len() > MOST {
            return Err(format!("there are {} tags; at most {MOST} are expected", given.len()));
        }
        match given.iter().find(|(key, value)| !is_tag(key, value)) {
            Some((key, _)) => Err(format!(
                "AWS has no tag such as {key:?}: keys have 1 to 128 characters and do not begin with aws:, values at most 256, letters, digits, spaces and any of _.:/=+-@"
            )),
            None => Ok(Self(given)),
        }
    }
}

impl From<Tags> for BTreeMap<String, String> {
    fn from(tags: Tags) -> Self {
        tags.0
    }
}

fn is_tag(key: &str, value: &str) -> bool {
    let legal = |text: &str| text.chars().all(|c| c.is_alphanumeric() || " _.:/=+-@".contains(c));
    let is_key = (1..=128).contains(&key.chars().count()) && !key.to_lowercase().starts_with("aws:");
    is_key && legal(key) && legal(value) && value.chars().count() <= 256
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("cost-center", "4711", true)]
    #[case("Kostenstelle Süd", "", true)]
    #[case("", "x", false)]
    #[case("aws:createdBy", "x", false)]
    #[case("AWS:x", "x", false)]
    #[case("a;b", "x", false)]
    #[case("a", "<b>", false)]
    fn tags_are_those_that_aws_takes(#[case] key: &str, #[case] value: &str, #[case] valid: bool) {
        let tags = BTreeMap::from([(key.to_owned(), value.to_owned())]);
        assert_eq!(Tags::try_from(tags).is_ok(), valid);
    }

    #[test]
    fn tags_that_say_whose_a_resource_is_count_more() {
        let of = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let tags = Tags::try_from(of(&[("cost-center", "4711"), ("goldenpath.io/team", "forged")])).unwrap();
        let whole = tags.under(of(&[("goldenpath.io/team", "payments")]));
        assert_eq!(whole, of(&[("cost-center", "4711"), ("goldenpath.io/team", "payments")]));
    }
}
