//! STS: who asks, and the roles that are taken on.
//!
//! Accounts are told apart as AWS tells them: a role's is in its ARN, and a key's is in the key. There is no IAM here:
//! every role exists, and lets itself be taken on by whoever asks.

mod assume;
mod key;
mod role;
pub(crate) mod rules;
#[cfg(test)]
mod tests;
mod token;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{Call, Refusal, Structure};
use role::Role;

/// The account of an access key that no role has issued.
pub(crate) const ACCOUNT: &str = "123456789012";

/// The keys that were issued.
#[derive(Debug, Default)]
pub(crate) struct Sts {
    sessions: BTreeMap<String, Session>,
}

/// Who a temporary key is.
#[derive(Clone, Debug)]
struct Session {
    role: Role,
    name: String,
    expires: Timestamp,
}

// === impl Sts ===

impl Sts {
    /// Answers a call.
    pub(crate) fn answer(&mut self, call: &mut Call<'_>) -> Result<Structure, Refusal> {
        match call.request.operation.as_str() {
            "GetCallerIdentity" => Ok(self.caller(call)),
            "GetAccessKeyInfo" => key_info(call),
            "AssumeRole" => assume::role(self, call),
            "AssumeRoleWithWebIdentity" => assume::with_web_identity(self, call),
            _ => call.unknown(),
        }
    }

    /// Whose account an access key is of.
    pub(crate) fn account_of(&self, access_key: &str) -> Option<String> {
        let session = self.sessions.get(access_key).map(|session| session.role.account.clone());
        session.or_else(|| key::account(access_key))
    }

    /// Whether an access key was issued for a time that is over.
    pub(crate) fn is_expired(&self, access_key: &str, now: Timestamp) -> bool {
        self.sessions.get(access_key).is_some_and(|session| session.expires <= now)
    }

    fn caller(&self, call: &Call<'_>) -> Structure {
        let key = &call.request.access_key;
        let (arn, id) = match self.sessions.get(key) {
            Some(Session { role, name, expires: _ }) => (role.assumed(name), format!("{}:{name}", role.id)),
            None => (format!("arn:aws:iam::{}:user/{key}", call.account), key.clone()),
        };
        Structure::new().with("UserId", id).with("Account", call.account).with("Arn", arn)
    }
}

fn key_info(call: &Call<'_>) -> Result<Structure, Refusal> {
    let Some(key) = call.form().get("AccessKeyId") else {
        return Err(rules::MISSING.refuse(&["accessKeyId"]));
    };
    Ok(Structure::new().with("Account", key::account(key).unwrap_or_else(|| ACCOUNT.to_owned())))
}
