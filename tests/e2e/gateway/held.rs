//! A gateway that takes nothing new, because of a route that somebody has made by hand.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::kong::Answer;
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use serde_json::json;

use super::shop::{Door, LIMIT, Shop, judged};
use super::{key_auth, limit};

/// The Ingress that holds the gateway.
const BAD: &str = "bad";
/// How often each is made again meanwhile.
const ROUNDS: usize = 3;

/// Kong refuses its whole configuration for one path that is no regular expression. Whatever is made again meanwhile, under the
/// names that the controller has acknowledged before, comes up guarded once the gateway is let go: the one acknowledgement is not
/// taken for the other.
pub(crate) async fn what_is_made_again_while_the_gateway_is_held_is_never_open(
    plane: &ControlPlane,
) -> Result<()> {
    let (kong, since) = (plane.kong()?, plane.kong()?.posted().len());
    let namespace = plane.namespace("held").await?;
    let mut shops = Vec::new();
    for (name, door) in [("app", Door::App), ("other", Door::App), ("request", Door::Request)] {
        let mut shop = Shop::open(plane, door, (&namespace, name), json!([key_auth()])).await?;
        shop.settles().await?;
        shops.push(shop);
    }
    hold(plane, &namespace).await?;
    for round in 0..ROUNDS {
        for shop in &mut shops {
            shop.leaves().await?;
            // One comes back as it was, and the next with more.
            let plugins = if round % 2 == 0 { json!([key_auth()]) } else { json!([key_auth(), limit()]) };
            shop.asks_for(plugins).await?;
            asks_again(shop).await?;
        }
    }
    let held = kong.posted();
    let last = held.last().context("nothing was posted")?;
    ensure!(matches!(last.answer, Answer::Refused(_)), "the gateway is not held any more");
    plane.delete(&kinds::ingress(), &namespace, BAD).await?;
    for shop in &mut shops {
        shop.settles().await?;
    }
    let subjects: Vec<_> = shops.iter().map(|shop| shop.subject.clone()).collect();
    for shop in &mut shops {
        shop.leaves().await?;
    }
    let verdict = judged(kong, "routes made again in a gateway that is held", &subjects, since)?;
    ensure!(verdict.refused > 0 && verdict.routes > shops.len(), "{verdict:?}");
    Ok(())
}

/// Makes what a golden path would refuse, and waits until Kong refuses everything for it.
async fn hold(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let backend = json!({"service": {"name": "nobody", "port": {"number": 80}}});
    let path = json!({"path": "/a(b", "pathType": "Prefix", "backend": backend});
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "nobody"},
        "spec": {"ports": [{"port": 80}]},
    });
    let ingress = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": BAD},
        "spec": {"ingressClassName": "kong", "rules": [{
            "host": format!("bad.{namespace}.example.org"), "http": {"paths": [path]},
        }]},
    });
    plane.apply(&service.to_string(), namespace).await?;
    plane.apply(&ingress.to_string(), namespace).await?;
    let kong = plane.kong()?;
    wait::until("Kong refuses everything", LIMIT, async || {
        Ok(kong.posted().last().filter(|posted| matches!(posted.answer, Answer::Refused(_))).map(drop))
    })
    .await
}

/// Waits until a route that was made again is as far as it comes: its plugins are there, and it asks the gateway about them.
async fn asks_again(shop: &Shop<'_>) -> Result<()> {
    let (namespace, name) = shop.place();
    let mut last = Vec::new();
    let found = wait::until("the gateway is asked about its plugins", LIMIT, async || {
        let ingresses = shop.own(&kinds::ingress()).await?;
        last = ingresses.iter().filter_map(|ingress| ingress.metadata.name.clone()).collect();
        let asks = last.iter().any(|ingress| ingress.starts_with(&format!("{name}-probe-")));
        let plugins = shop.own(&kinds::kong_plugin()).await?.len();
        Ok((asks && plugins == shop.types().len()).then_some(()))
    })
    .await;
    found.with_context(|| format!("{namespace}/{name} has {last:?}"))?;
    let route = last.iter().find(|ingress| !ingress.contains("-probe-"));
    let xr = objects::get(shop.plane.client(), &shop.kind(), namespace, name).await?.context("it is gone")?;
    ensure!(route.is_none(), "it is let in by {route:?} before it is acknowledged: {}", xr.data["status"]);
    Ok(())
}
