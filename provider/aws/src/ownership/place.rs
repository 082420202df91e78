//! Where an external resource is: it cannot be missed anywhere else.

use goldenpath_provider_core::condition::{READY, is_deletion_requested};
use goldenpath_provider_core::{Fault, Objects};

use super::{Owned, name, pinned};
use crate::connector::Session;

/// The region and the account that an ARN names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place<'a> {
    region: &'a str,
    account: &'a str,
}

// === impl Place ===

impl<'a> Place<'a> {
    fn of(arn: &'a str) -> Option<Self> {
        let mut parts = arn.split(':').skip(3);
        let (region, account) = (parts.next()?, parts.next()?);
        (!region.is_empty() && !account.is_empty()).then_some(Self { region, account })
    }
}

// === impl Session ===

impl<O: Objects> Session<O> {
    /// Refuses to conclude anything from what is not found where the external resource of an object never was. Of one that
    /// was asked to go, its absence is no surprise.
    pub(super) async fn check_place<M: Owned>(&self, managed: &M) -> Result<(), Fault> {
        let Some(arn) = pinned(managed).arn else { return Ok(()) };
        let Some(Place { region, account }) = Place::of(&arn) else { return Ok(()) };
        if managed.condition(READY).is_some_and(is_deletion_requested) {
            return Ok(());
        }
        if region != managed.region() {
            let asked = managed.region();
            let message = format!("{} is in region {region}, and is looked for in {asked}", name(managed));
            return Err(Fault::user("WrongPlace", message)
                .at(".spec.forProvider.region")
                .remedy(format!("set .spec.forProvider.region back to {region}")));
        }
        let session = self.services.account().await?;
        if account != session {
            let message =
                format!("{} is in account {account}, and is looked for in account {session}", name(managed));
            return Err(Fault::user("WrongPlace", message).at(".spec.providerConfigRef").remedy(format!(
                "give the provider configuration credentials of account {account} again, or name one that has them"
            )));
        }
        Ok(())
    }
}
