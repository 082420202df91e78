//! The rules of all services together.

use crate::{Rule, rds, rules, secretsmanager, sts};

/// Every rule there is.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [rules::general::ALL, rds::rules::ALL, secretsmanager::rules::ALL, sts::rules::ALL]
        .into_iter()
        .flatten()
        .copied()
}
