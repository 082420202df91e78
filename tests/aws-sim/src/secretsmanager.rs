//! Secrets Manager: secrets with their versions, stages and recovery windows.

mod check;
mod create;
mod delete;
mod describe;
mod list;
mod policy;
pub(crate) mod rules;
mod secret;
mod side;
mod stage;
mod store;
mod tags;
#[cfg(test)]
mod tests;
mod update;
mod value;
mod versions;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::{Call, Refusal, Structure};
use store::Store;

/// The secrets of an account in a region.
#[derive(Debug, Default)]
pub(crate) struct SecretsManager {
    store: Store,
}

// === impl SecretsManager ===

impl SecretsManager {
    /// Answers a call.
    pub(crate) fn answer(&mut self, call: &mut Call<'_>) -> Result<Structure, Refusal> {
        self.settle(call.now);
        is_here(call)?;
        let store = &mut self.store;
        match call.request.operation.as_str() {
            "CreateSecret" => create::create(store, call, read(call)?),
            "DescribeSecret" => describe::describe(store, &read(call)?),
            "GetSecretValue" => value::get(store, call, &read(call)?),
            "BatchGetSecretValue" => value::batch(store, call, read(call)?),
            "PutSecretValue" => value::put(store, call, read(call)?),
            "UpdateSecret" => update::update(store, call, read(call)?),
            "UpdateSecretVersionStage" => stage::update(store, call, &read(call)?),
            "ListSecretVersionIds" => describe::versions(store, read(call)?),
            "ListSecrets" => list::list(store, read(call)?),
            "DeleteSecret" => delete::delete(store, call, &read(call)?),
            "RestoreSecret" => delete::restore(store, &read(call)?),
            "TagResource" => update::tag(store, call, &read(call)?),
            "UntagResource" => update::untag(store, call, &read(call)?),
            "PutResourcePolicy" => policy::put(store, call, read(call)?),
            "GetResourcePolicy" => policy::get(store, &read(call)?),
            "DeleteResourcePolicy" => policy::delete(store, call, &read(call)?),
            "ValidateResourcePolicy" => policy::validate(store, &read(call)?),
            other => Err(rules::UNKNOWN_OPERATION.refuse(&[other])),
        }
    }

    /// Carries out what is due.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        self.store.settle(now);
    }
}

/// The parameters of a call. AWS passes over a member that it does not know; here it is refused, so that a member of
/// AWS's which this AWS lacks is never taken for one that has had its effect.
fn read<T: DeserializeOwned>(call: &Call<'_>) -> Result<T, Refusal> {
    T::deserialize(call.json()).map_err(|error| {
        let text = error.to_string();
        match text.strip_prefix("unknown field ").and_then(|rest| rest.split(',').next()) {
            Some(member) => rules::NOT_SIMULATED.refuse(&[member]),
            None => rules::UNREADABLE.refuse(&[&text]),
        }
    })
}

/// A secret of another account or region is not found by its ARN here; one of another account is not even looked for.
fn is_here(call: &Call<'_>) -> Result<(), Refusal> {
    let Some(arn) = call.json()["SecretId"].as_str().filter(|id| id.starts_with("arn:")) else {
        return Ok(());
    };
    let mut parts = arn.split(':').skip(3);
    let (region, account) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let operation = &call.request.operation;
    let who = format!("arn:aws:iam::{}:user/{}", call.account, call.request.access_key);
    rules::OTHER_ACCOUNT.refuse_if(account != call.account, &[&who, operation, arn, operation])?;
    rules::NOT_FOUND.refuse_if(region != call.request.region, &[])
}
