//! Orders of events by a seed, many XRs side by side: specs change, somebody edits and deletes, XRs are made again; and in no
//! configuration that Kong is given is a route open. `ORDERS` says how many, `SEED` which.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::kong::Subject;
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, IteratorRandom};
use serde_json::{Value, json};

use super::shop::{Door, LIMIT, Shop, judged};
use super::{key_auth, limit};
use crate::repeated::Orders;
use crate::request::refusal;

/// Orders that are played unless `ORDERS` says otherwise.
const ORDERS: usize = 12;
/// Of those, unless `SEED` says otherwise.
const SEED: u64 = 12;
/// How many are played at a time.
const AT_ONCE: usize = 12;
/// They are spread over this many namespaces.
const NAMESPACES: usize = 4;
/// What happens to each, besides that it comes and goes.
const EVENTS: usize = 6;
/// The longest that nothing happens between two events, where the gateway has nothing new.
const QUIET: Duration = Duration::from_secs(3);

/// What happens.
#[derive(Clone, Copy, Debug)]
enum Event {
    Plugins,
    Host,
    Closes,
    Kind,
    Edit,
    DeletesIngress,
    DeletesPlugin,
    MadeAgain,
}

const EVENTS_BY_CHANCE: [Event; 12] = [
    Event::Plugins,
    Event::Plugins,
    Event::Plugins,
    Event::Plugins,
    Event::Plugins,
    Event::Host,
    Event::Closes,
    Event::Kind,
    Event::Edit,
    Event::DeletesIngress,
    Event::DeletesPlugin,
    Event::MadeAgain,
];

/// Every order ends as its last spec asks, and none was open on the way.
pub(crate) async fn in_no_order_of_events_is_a_route_open(plane: &ControlPlane) -> Result<()> {
    let (kong, since) = (plane.kong()?, plane.kong()?.posted().len());
    let orders = Orders::asked(ORDERS, SEED)?;
    let mut namespaces = Vec::new();
    for _ in 0..NAMESPACES {
        namespaces.push(plane.namespace("orders").await?);
    }
    let played = orders
        .play(AT_ONCE, async |number, chance| {
            Order::play(plane, &namespaces[number % NAMESPACES], number, chance).await
        })
        .await;
    let verdict = judged(kong, &format!("{} of {orders}", played.ended.len()), &played.ended, since)?;
    played.all()?;
    ensure!(verdict.routes > orders.many, "only {} routes were judged", verdict.routes);
    Ok(())
}

/// One order.
struct Order<'a> {
    chance: StdRng,
    shop: Shop<'a>,
}

// === impl Order ===

impl<'a> Order<'a> {
    async fn play(
        plane: &'a ControlPlane,
        namespace: &str,
        number: usize,
        mut chance: StdRng,
    ) -> Result<Subject> {
        let door = if chance.random_ratio(3, 5) { Door::App } else { Door::Request };
        let plugins = some_plugins(&mut chance);
        let shop = Shop::open(plane, door, (namespace, &format!("shop{number}")), plugins).await?;
        let mut order = Self { chance, shop };
        for _ in 0..EVENTS {
            order.time_goes_by().await?;
            let event = EVENTS_BY_CHANCE.choose(&mut order.chance).copied().unwrap_or(Event::Plugins);
            order.happens(event).await.with_context(|| format!("{event:?}"))?;
        }
        order.shop.settles().await?;
        order.shop.leaves().await?;
        Ok(order.shop.subject)
    }

    async fn happens(&mut self, event: Event) -> Result<()> {
        match (event, self.shop.door) {
            (Event::Host, _) => {
                let (namespace, name) = self.shop.place();
                let host = format!("{name}-{}.{namespace}.example.org", self.chance.random_range(0..3));
                self.shop.moves_to(&host).await
            }
            (Event::Closes, Door::App) => self.shop.closes().await,
            (Event::Kind, Door::App) => {
                self.shop.becomes("Worker", false).await?;
                self.time_goes_by().await?;
                self.shop.becomes("Web", true).await
            }
            (Event::Edit, _) => self.somebody_edits().await,
            (Event::DeletesIngress, _) => self.somebody_deletes(&kinds::ingress()).await.map(drop),
            (Event::DeletesPlugin, _) => {
                self.shop.subject.is_edited();
                self.somebody_deletes(&kinds::kong_plugin()).await?;
                self.shop.settles().await
            }
            (Event::MadeAgain, _) => {
                self.shop.leaves().await?;
                self.shop.make().await
            }
            (Event::Plugins | Event::Closes | Event::Kind, _) => {
                let plugins = some_plugins(&mut self.chance);
                self.shop.asks_for(plugins).await
            }
        }
    }

    /// A plugin is switched off, and put back.
    async fn somebody_edits(&mut self) -> Result<()> {
        let plugins = self.shop.own(&kinds::kong_plugin()).await?;
        let Some(plugin) = plugins.iter().choose(&mut self.chance) else { return Ok(()) };
        self.shop.subject.is_edited();
        let (namespace, _) = self.shop.place();
        let name = plugin.metadata.name.as_deref().unwrap_or_default();
        let api = objects::scoped(self.shop.plane.client(), &kinds::kong_plugin(), namespace);
        let off = kube::api::Patch::Merge(json!({"disabled": true}));
        match api.patch(name, &kube::api::PatchParams::default(), &off).await {
            // It went meanwhile.
            Err(kube::Error::Api(status)) if status.code == 404 => return Ok(()),
            edited => edited?,
        };
        wait::until(&format!("{name} is put back"), LIMIT, async || {
            let plugin = api.get_opt(name).await?;
            Ok(plugin.is_none_or(|plugin| plugin.data["disabled"] == false).then_some(()))
        })
        .await?;
        self.shop.settles().await
    }

    /// One of a kind is deleted, unless that is refused, for a plugin that is in use is not.
    async fn somebody_deletes(&mut self, kind: &kube::core::ApiResource) -> Result<()> {
        let there = self.shop.own(kind).await?;
        let Some(object) = there.iter().choose(&mut self.chance) else { return Ok(()) };
        let (namespace, _) = self.shop.place();
        let name = object.metadata.name.as_deref().unwrap_or_default();
        refusal(self.shop.plane, kind, namespace, name).await.map(drop)
    }

    /// None, as long as the gateway takes for a few configurations, or until everything is as asked.
    async fn time_goes_by(&mut self) -> Result<()> {
        match self.chance.random_range(0..6) {
            0 | 1 => {}
            2 => self.shop.settles().await?,
            many => {
                let kong = self.shop.plane.kong()?;
                let before = kong.posted().len();
                // A gateway that has nothing new is not given anything.
                let _ = wait::until("Kong is given something new", QUIET, async || {
                    Ok((kong.posted().len() >= before + many - 2).then_some(()))
                })
                .await;
            }
        }
        Ok(())
    }
}

/// Any of these, each half the time; none now and then.
fn some_plugins(chance: &mut StdRng) -> Value {
    let all = [
        key_auth(),
        limit(),
        json!({"type": "ip-restriction", "config": {"allow": ["10.0.0.0/8"]}}),
        json!({"type": "jwt"}),
    ];
    all.into_iter().filter(|_| chance.random_bool(0.5)).collect()
}
