//! Names of KMS keys.

/// The part of a key's name that its id and its ARN share.
pub(crate) fn key_id(key: &str) -> &str {
    key.rsplit_once(":key/").map_or(key, |(_, id)| id)
}
