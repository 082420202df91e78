//! Roles: what an ARN says of one.

use super::rules;
use crate::Refusal;

/// A role by its ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    partition: String,
    pub(super) account: String,
    /// The name without the path before it.
    name: String,
    /// What AWS calls it by; the same each time.
    pub(super) id: String,
}

// === impl Role ===

impl Role {
    /// The role of an ARN such as `arn:aws:iam::123456789012:role/path/name`.
    pub(super) fn of(arn: &str) -> Result<Self, Refusal> {
        let parts: Vec<_> = arn.splitn(6, ':').collect();
        let (["arn", partition, "iam", "", account], Some(resource)) =
            (parts.get(..5).unwrap_or_default(), parts.get(5))
        else {
            return Err(rules::INVALID_ARN.refuse(&[arn]));
        };
        let is_account = account.len() == 12 && account.bytes().all(|digit| digit.is_ascii_digit());
        let name = resource.strip_prefix("role/").and_then(|path| path.rsplit('/').next());
        match name {
            Some(name) if is_account && !partition.is_empty() && !name.is_empty() => Ok(Self {
                partition: (*partition).to_owned(),
                account: (*account).to_owned(),
                name: name.to_owned(),
                id: id(arn),
            }),
            _ => Err(rules::INVALID_ARN.refuse(&[arn])),
        }
    }

    /// The ARN of a session of it.
    pub(super) fn assumed(&self, session: &str) -> String {
        let Self { partition, account, name, id: _ } = self;
        format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}")
    }
}

/// `AROA` and seventeen characters of the ARN's FNV-1a hash.
fn id(arn: &str) -> String {
    let digits = (0..17_u8).map(|place| {
        let bytes = arn.bytes().chain([place]);
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        char::from(b'A' + u8::try_from(hash % 26).unwrap_or_default())
    });
    format!("AROA{}", digits.collect::<String>())
}
