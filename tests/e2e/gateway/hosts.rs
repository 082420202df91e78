//! Two apps that take each other's place.

use anyhow::Result;
use goldenpath_tests::ControlPlane;
use serde_json::json;

use super::shop::{Door, Shop, judged};
use super::{key_auth, limit};

/// Each wants the host that the other one has, and both are applied in the same breath: neither is reached with the other
/// one's guards, and in the end each has what it asked for.
pub(crate) async fn two_apps_swap_their_hosts_in_one_commit(plane: &ControlPlane) -> Result<()> {
    let (kong, since) = (plane.kong()?, plane.kong()?.posted().len());
    let namespace = plane.namespace("swap").await?;
    let mut one = Shop::open(plane, Door::App, (&namespace, "one"), json!([key_auth()])).await?;
    let mut other = Shop::open(plane, Door::App, (&namespace, "other"), json!([limit()])).await?;
    one.settles().await?;
    other.settles().await?;
    // Who has a host is looked up once a minute; a story does not wait for it.
    let often = json!({"metadata": {"annotations": {"crossplane.io/poll-interval": "1s"}}});
    one.change(&often).await?;
    other.change(&often).await?;

    let (host_of_one, host_of_other) = (one.host().to_owned(), other.host().to_owned());
    one.moves_to(&host_of_other).await?;
    other.moves_to(&host_of_one).await?;
    one.settles().await?;
    other.settles().await?;

    for shop in [&mut one, &mut other] {
        shop.leaves().await?;
        shop.is_forgotten().await?;
    }
    judged(kong, "hosts that are swapped", &[one.subject, other.subject], since).map(drop)
}
