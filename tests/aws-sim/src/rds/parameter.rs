//! The parameters of a family: their names, types, and whether a value needs a reboot. A real excerpt.

mod mysql;
mod postgres;

/// One parameter of a family.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Whether a new value takes effect without a reboot.
    pub(crate) dynamic: bool,
    /// Whether it can be changed at all.
    pub(crate) modifiable: bool,
    pub(crate) default: Option<&'static str>,
    /// What is allowed: `0-100`, `on,off`; empty for anything.
    pub(crate) allowed: &'static str,
}

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Boolean,
    Text,
    Float,
    List,
}

/// One line of a table: name, type, how it is applied, default, and what is allowed.
pub(crate) type Line = (&'static str, Kind, Effect, &'static str, &'static str);

/// How a value is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Dynamic,
    Static,
    Fixed,
}

/// The parameters of a family, by name.
pub(crate) fn of(family: &str) -> impl Iterator<Item = Parameter> + Clone {
    let table = if family.starts_with("postgres") { postgres::TABLE } else { mysql::TABLE };
    table.iter().map(|(name, kind, effect, default, allowed)| Parameter {
        name,
        kind: *kind,
        dynamic: *effect == Effect::Dynamic,
        modifiable: *effect != Effect::Fixed,
        default: (!default.is_empty()).then_some(*default),
        allowed,
    })
}

// === impl Kind ===

impl Kind {
    /// AWS's word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Text => "string",
            Self::Float => "float",
            Self::List => "list",
        }
    }
}

// === impl Parameter ===

impl Parameter {
    /// AWS's word for how a value is applied.
    pub(crate) fn apply_type(&self) -> &'static str {
        if self.dynamic { "dynamic" } else { "static" }
    }

    /// Whether a value is allowed; formulas such as `{DBInstanceClassMemory/32768}` are.
    pub(crate) fn takes(&self, value: &str) -> bool {
        if self.allowed.is_empty() || value.contains('{') {
            return true;
        }
        match (self.kind, range(self.allowed)) {
            (Kind::Integer | Kind::Float, Some((least, most))) => {
                value.parse::<f64>().is_ok_and(|number| (least..=most).contains(&number))
            }
            (Kind::List, _) => value.split(',').all(|one| self.allowed.split(',').any(|a| a == one.trim())),
            _ => self.allowed.split(',').any(|allowed| allowed == value),
        }
    }
}

/// `-1-100` is from -1 to 100.
fn range(allowed: &str) -> Option<(f64, f64)> {
    let dash = allowed.get(1..)?.find('-')? + 1;
    Some((allowed[..dash].parse().ok()?, allowed[dash + 1..].parse().ok()?))
}
