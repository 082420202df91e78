//! Access keys, which carry their account: AWS finds out from the key alone whose it is (`GetAccessKeyInfo`).
//!
//! The sixteen characters after `AKIA` or `ASIA` are eighty bits in base 32: a one, the account in forty bits, and what
//! is drawn. Keys of old, which begin with a zero, do not tell, and count as the default account's here.

use crate::Chance;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PREFIX: usize = 4;
const CHARACTERS: usize = 16;
/// Bits after the account.
const DRAWN: u32 = 39;
const ACCOUNT_BITS: u64 = (1 << 40) - 1;

/// The account in a key.
pub(super) fn account(key: &str) -> Option<String> {
    let drawn = key.get(PREFIX..).filter(|rest| rest.len() == CHARACTERS)?;
    let bits = drawn.bytes().try_fold(0_u128, |bits, character| {
        let digit = ALPHABET.iter().position(|known| *known == character)?;
        Some(bits << 5 | digit as u128)
    })?;
    let is_told = bits >> 79 == 1;
    is_told.then(|| format!("{:012}", (bits >> DRAWN) & u128::from(ACCOUNT_BITS)))
}

/// A new temporary key of an account.
pub(super) fn temporary(account: &str, chance: &mut Chance) -> String {
    let account = u128::from(account.parse::<u64>().unwrap_or_default() & ACCOUNT_BITS);
    let drawn = u128::from(chance.number()) & ((1 << DRAWN) - 1);
    let bits = 1_u128 << 79 | account << DRAWN | drawn;
    let characters = (0..CHARACTERS).rev().map(|place| {
        let digit = usize::try_from(bits >> (5 * place) & 31).unwrap_or_default();
        char::from(ALPHABET[digit])
    });
    format!("ASIA{}", characters.collect::<String>())
}
