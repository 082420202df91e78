//! A secret value in memory.

use std::fmt;

use zeroize::Zeroizing;

/// A secret string: wiped when dropped, and printed as `[redacted]` wherever it is formatted.
///
/// It has no `Serialize`, no `Display` and no `Deref`: every place that reads the value says
/// [`expose`](Sensitive::expose), and can be found by that word.
#[derive(Clone, PartialEq, Eq)]
pub struct Sensitive(Zeroizing<String>);

impl Sensitive {
    /// Wraps a value; the argument's own buffer is the one that is wiped later.
    pub fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sensitive_value_is_not_printed() {
        assert_eq!(format!("{:?}", Some(Sensitive::new("hunter2".into()))), "Some([redacted])");
    }
}
