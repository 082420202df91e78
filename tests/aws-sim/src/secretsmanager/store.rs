//! The secrets of one account and region, found by name, by ARN, and by an ARN without its random end.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::rules;
use super::secret::{DRAWN, Deletion, Secret};
use crate::Refusal;

/// The secrets of an account and region.
#[derive(Debug, Default)]
pub(super) struct Store {
    secrets: BTreeMap<String, Secret>,
    /// What will be gone when, unless it is restored.
    going: BTreeSet<(Timestamp, String)>,
}

// === impl Store ===

impl Store {
    /// Drops what is gone by now.
    pub(super) fn settle(&mut self, now: Timestamp) {
        while let Some((gone, name)) = self.going.first().filter(|(gone, _)| *gone <= now).cloned() {
            self.going.pop_first();
            let is_due = |secret: &Secret| secret.deletion.is_some_and(|deletion| deletion.gone == gone);
            if self.secrets.get(&name).is_some_and(is_due) {
                self.secrets.remove(&name);
            }
        }
    }

    /// By their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.secrets.values()
    }

    /// The secret of a name, also one in its recovery window.
    pub(super) fn named(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(name)
    }

    /// The same, to change it.
    pub(super) fn named_mut(&mut self, name: &str) -> Option<&mut Secret> {
        self.secrets.get_mut(name)
    }

    pub(super) fn add(&mut self, secret: Secret) {
        self.secrets.insert(secret.name.clone(), secret);
    }

    /// Has a secret go.
    pub(super) fn delete(&mut self, name: &str, deletion: Deletion) {
        if let Some(secret) = self.secrets.get_mut(name) {
            secret.deletion = Some(deletion);
            self.going.insert((deletion.gone, name.to_owned()));
        }
    }

    /// The secret that a `SecretId` means.
    pub(super) fn find(&self, id: &str) -> Result<&Secret, Refusal> {
        let found = self.name_of(id).and_then(|name| self.secrets.get(name));
        found.ok_or_else(|| rules::NOT_FOUND.refuse(&[]))
    }

    /// The same, to change it, unless it waits for its deletion.
    pub(super) fn live(&mut self, id: &str) -> Result<&mut Secret, Refusal> {
        let name = self.name_of(id).map(str::to_owned);
        let found = name.and_then(|name| self.secrets.get_mut(&name));
        let secret = found.ok_or_else(|| rules::NOT_FOUND.refuse(&[]))?;
        rules::MARKED_FOR_DELETION.refuse_if(secret.deletion.is_some(), &[])?;
        Ok(secret)
    }

    /// An ARN that ends in a hyphen and six characters is taken for a whole one, even if that is how the name ends.
    fn name_of<'a>(&self, id: &'a str) -> Option<&'a str> {
        let Some((_, rest)) = id.split_once(":secret:") else {
            return Some(id);
        };
        match rest.rsplit_once('-').filter(|(_, end)| end.len() == DRAWN) {
            Some((name, _)) => self.secrets.get(name).filter(|secret| secret.arn == id).map(|_| name),
            None => self.secrets.get(rest).filter(|secret| secret.arn.starts_with(id)).map(|_| rest),
        }
    }
}
