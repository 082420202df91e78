//! Routes through the gateway in the real control plane, with Kong's own controller. What it gives Kong is judged: no
//! configuration has a route without what guards it.

mod consumers;
mod held;
mod hosts;
mod orders;
mod request;
mod restart;
pub(crate) mod shop;

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::kong::Kong;
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use serde_json::{Value, json};

pub(crate) use consumers::a_consumer_of_a_route_has_a_key_of_the_secret_store;
pub(crate) use held::what_is_made_again_while_the_gateway_is_held_is_never_open;
pub(crate) use hosts::two_apps_swap_their_hosts_in_one_commit;
pub(crate) use orders::in_no_order_of_events_is_a_route_open;
pub(crate) use request::{a_route_to_a_service_is_made_as_it_was_asked_for, certificate};
pub(crate) use restart::a_controller_that_begins_anew_is_counted_apart;
use shop::{Door, LIMIT, Shop, judged};

const NAME: &str = "shop";

fn key_auth() -> Value {
    json!({"type": "key-auth", "config": {"keyNames": ["x-api-key"], "hideCredentials": true}})
}

fn limit() -> Value {
    json!({"type": "rate-limiting", "config": {"minute": 60, "policy": "local"}})
}

/// Guarded, guarded by more, by something else, by nothing, elsewhere, not reached at all, and deleted.
pub(crate) async fn the_guards_of_an_app_come_change_and_go_and_it_is_never_open(
    plane: &ControlPlane,
) -> Result<()> {
    let (kong, since) = (plane.kong()?, plane.kong()?.posted().len());
    let namespace = plane.namespace("gateway").await?;
    let mut shop = Shop::open(plane, Door::App, (&namespace, NAME), json!([key_auth()])).await?;
    shop.settles().await?;
    let app = plane.until_true(kinds::app(), &namespace, NAME, "Ready", LIMIT).await?;
    let url = format!("http://shop.{namespace}.example.org");
    ensure!(app.data["status"]["url"] == url, "{}", app.data["status"]);
    let plugin = objects::get(plane.client(), &kinds::kong_plugin(), &namespace, "shop-key-auth").await?;
    let plugin = plugin.context("its plugin is there")?;
    ensure!(plugin.data["config"]["key_names"] == json!(["x-api-key"]), "{:?}", plugin.data);

    let jwt = json!({"type": "jwt", "config": {"claimsToVerify": ["exp"]}});
    for plugins in [
        json!([key_auth(), limit()]),
        json!([limit()]),
        json!([jwt, limit()]),
        json!([key_auth()]),
        json!([]),
        json!([key_auth()]),
    ] {
        shop.asks_for(plugins).await?;
        shop.settles().await?;
    }
    // Taken away, put back and taken away before any of it is there.
    for plugins in [json!([limit()]), json!([key_auth(), limit()]), json!([limit()]), json!([key_auth()])] {
        shop.asks_for(plugins).await?;
    }
    shop.settles().await?;
    shop.moves_to(&format!("store.{namespace}.example.org")).await?;
    shop.settles().await?;

    for (kind, is_open) in [("Worker", false), ("Web", true)] {
        shop.becomes(kind, is_open).await?;
        shop.settles().await?;
    }
    shop.closes().await?;
    shop.settles().await?;
    let app = plane.until_true(kinds::app(), &namespace, NAME, "Ready", LIMIT).await?;
    ensure!(app.data["status"]["url"].is_null(), "{}", app.data["status"]);
    ensure!(objects::condition(&app, "IngressReady") == Some("False"), "{}", app.data["status"]);

    shop.asks_for(json!([key_auth()])).await?;
    shop.settles().await?;
    goes_with_its_route_first(kong, &mut shop).await?;
    judged(kong, "guards that come, change and go", &[shop.subject], since).map(drop)
}

/// On deletion the Ingress goes before what guards it and before what serves it.
async fn goes_with_its_route_first(kong: &Kong, shop: &mut Shop<'_>) -> Result<()> {
    let plane = shop.plane;
    let (namespace, _) = shop.place();
    let namespace = namespace.to_owned();
    let (mut early, mut last) = (BTreeSet::new(), 0);
    let watched = async {
        wait::until("the app has gone with its route first", LIMIT, async || {
            let mut gone = Vec::new();
            for (kind, name) in [(kinds::kong_plugin(), "shop-key-auth"), (kinds::deployment(), NAME)] {
                if objects::get(plane.client(), &kind, &namespace, name).await?.is_none() {
                    gone.push(kind.kind);
                }
            }
            // What is there now was there when the others were gone.
            last = objects::list(plane.client(), &kinds::ingress(), &namespace).await?.len();
            if last > 0 {
                early.extend(gone);
                return Ok(None);
            }
            Ok((gone.len() == 2).then_some(()))
        })
        .await
    };
    let (left, watched) = tokio::join!(shop.leaves(), watched);
    left?;
    watched.with_context(|| format!("{last} Ingresses are left"))?;
    ensure!(early.is_empty(), "{early:?} had gone before the Ingress");
    shop.is_forgotten().await?;
    kong.until(&namespace, "Kong knows nothing of it", LIMIT, |configuration| {
        configuration.of_namespace(&namespace).is_empty()
    })
    .await
}
