//! The difference between desired and observed, as a value.

/// When a change takes effect, and at what price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
pub enum ChangeClass {
    /// Takes effect as soon as it is asked for.
    Immediate,
    /// Waits for the maintenance window unless it is asked for at once.
    Window,
    /// Takes effect at the next reboot.
    Reboot,
    /// Is never asked for: it would replace the external resource.
    Refused,
}

/// One field whose observed value is not the desired one. Values are printed forms and never secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Path below `spec.forProvider`, e.g. `backupRetentionPeriod`.
    pub field: String,
    /// The observed value.
    pub from: String,
    /// The desired value.
    pub to: String,
    /// When it takes effect.
    pub class: ChangeClass,
    /// Whether taking effect interrupts service.
    pub downtime: bool,
}

/// Everything that differs, in a stable order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// The differing fields, sorted by field.
    pub changes: Vec<Change>,
}

// === impl Change ===

impl Change {
    /// A change that takes effect at once and interrupts nothing.
    pub fn immediate(field: impl Into<String>, from: impl Into<String>, to: impl Into<String>) -> Self {
        let (field, from, to) = (field.into(), from.into(), to.into());
        Self { field, from, to, class: ChangeClass::Immediate, downtime: false }
    }
}

// === impl Drift ===

impl Drift {
    /// Nothing differs.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a change and keeps the order.
    #[must_use]
    pub fn with(mut self, change: Change) -> Self {
        let at = self.changes.partition_point(|c| c.field <= change.field);
        self.changes.insert(at, change);
        self
    }

    /// Whether desired and observed agree.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes that may be asked for.
    pub fn actionable(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|c| c.class != ChangeClass::Refused)
    }

    /// The changes that must not be asked for.
    pub fn refused(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|c| c.class == ChangeClass::Refused)
    }

    /// One line for events and logs: `a: 1 -> 2, b: x -> y`.
    pub fn summary(&self) -> String {
        let line = |c: &Change| format!("{}: {} -> {}", c.field, c.from, c.to);
        self.changes.iter().map(line).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(field: &str, class: ChangeClass) -> Change {
        Change { field: field.into(), from: "1".into(), to: "2".into(), class, downtime: false }
    }

    #[test]
    fn changes_stay_sorted_and_read_as_one_line() {
        let drift =
            Drift::none().with(change("b", ChangeClass::Immediate)).with(change("a", ChangeClass::Refused));
        assert_eq!(drift.summary(), "a: 1 -> 2, b: 1 -> 2");
        assert_eq!(drift.actionable().map(|c| c.field.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(drift.refused().map(|c| c.field.as_str()).collect::<Vec<_>>(), ["a"]);
    }
}
