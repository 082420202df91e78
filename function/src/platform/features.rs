//! Which golden paths the platform offers.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserializer, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

use crate::problems::Problem;

/// Golden paths by their kind; one that is not named is on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Features(BTreeMap<String, Switch>);

/// Whether there may be new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Switch {
    On,
    Off,
}

// === impl Features ===

impl Features {
    /// The kinds that are named.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// Why there may be no new one of a kind.
    pub(super) fn refusal(&self, kind: &str) -> Option<Problem> {
        let is_off = self.0.get(kind) == Some(&Switch::Off);
        is_off.then(|| {
            Problem::error("SwitchedOff", format!("the platform makes no new {kind} here"))
                .at(format!("Platform.features.{kind}"))
                .remedy("ask the platform team whether and when it is switched on; those that are there already go on")
        })
    }
}

// === impl Switch ===

/// `On` and `Off` without quotes are truth values to whoever reads YAML 1.1, as `kubectl` does.
impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl Visitor<'_> for Written {
            type Value = Switch;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("On or Off")
            }

            fn visit_bool<E: de::Error>(self, is_on: bool) -> Result<Switch, E> {
                Ok(if is_on { Switch::On } else { Switch::Off })
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Switch, E> {
                match word {
                    "On" => Ok(Switch::On),
                    "Off" => Ok(Switch::Off),
                    _ => Err(E::invalid_value(Unexpected::Str(word), &self)),
                }
            }
        }

        deserializer.deserialize_any(Written)
    }
}
