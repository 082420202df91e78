//! Where an external resource is: that nothing is found in another region or account means nothing.

use goldenpath_provider_core::condition::{READY, is_deletion_requested};
use goldenpath_provider_core::{Fault, Objects};

use super::{Owned, name, pinned};
use crate::connector::Session;

/// The region and the account that an ARN names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Location<'a> {
    region: &'a str,
    account: &'a str,
}

// === impl Location ===

impl<'a> Location<'a> {
    fn of(arn: &'a str) -> Option<Self> {
        let mut parts = arn.split(':').skip(3);
        let (region, account) = (parts.next()?, parts.next()?);
        (!region.is_empty() && !account.is_empty()).then_some(Self { region, account })
    }
}

// === impl Session ===

impl<O: Objects> Session<O> {
    /// Fails where the external resource of an object was recorded in another region or account than the one that is asked
    /// now: "not found" proves nothing there. Not for one whose deletion was requested, which is expected to be gone.
    pub(super) async fn check_location<M: Owned>(&self, managed: &M) -> Result<(), Fault> {
        let Some(arn) = pinned(managed).arn else { return Ok(()) };
        let Some(Location { region, account }) = Location::of(&arn) else { return Ok(()) };
        if managed.condition(READY).is_some_and(is_deletion_requested) {
            return Ok(());
        }
        if region != managed.region() {
            let asked = managed.region();
            let message =
                format!("{} is in region {region}, and the object names region {asked}", name(managed));
            return Err(Fault::user("WrongPlace", message)
                .at(".spec.forProvider.region")
                .remedy(format!("set .spec.forProvider.region back to {region}")));
        }
        let session = self.services.account().await?;
        if account != session {
            let message = format!(
                "{} is in account {account}, and the credentials are of account {session}",
                name(managed)
            );
            return Err(Fault::user("WrongPlace", message).at(".spec.providerConfigRef").remedy(format!(
                "give the provider configuration credentials of account {account} again, or name one that has them"
            )));
        }
        Ok(())
    }
}
