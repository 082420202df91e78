//! That a route is closed before what guards it is there and until it is gone, whatever happens in which order.
//!
//! The function is played against a model of Crossplane, the API server and Kong's ingress controller, over seeded orders of
//! events: specs change, objects are deleted by hand, the XR is made anew, and each of the three is fast or slow. The model of
//! the controller is what it was seen to do: it keeps a copy of each kind, fed by events that are in order for one kind only;
//! it serves a route without a plugin that its copy lacks; and it acknowledges a name and a generation, not an object.
//! Whatever it gives to Kong is judged. `ORDERS` says how many orders are tried.
//!
//! What cannot be closed from here is left out, or counted apart: an XR that is deleted, whose Ingress and plugin go at the
//! API server's word and reach the controller in any order; and a plugin that is made again under its name before the
//! controller knows that the one before has gone.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read the environment; the library may not")]

#[path = "gateway/chance.rs"]
mod chance;
#[path = "gateway/cluster.rs"]
mod cluster;
#[path = "gateway/controller.rs"]
mod controller;
#[path = "gateway/story.rs"]
mod story;

use chance::Chance;
use story::{Composer, Story};

/// Orders that are tried unless `ORDERS` says otherwise.
const ORDERS: u64 = 300;

#[test]
fn no_configuration_has_a_route_without_what_guards_it() {
    let many = std::env::var("ORDERS").ok().and_then(|n| n.parse().ok()).unwrap_or(ORDERS);
    let (mut judged, mut routes, mut mistaken) = (0, 0, 0);
    for seed in 0..many {
        let mut story = Story::new(Chance::of(seed), Composer::Ours);
        story.play();
        assert_eq!(story.controller.open, Vec::<String>::new(), "order {seed}:\n{}", story.told());
        story.ends_as_asked().unwrap_or_else(|why| panic!("order {seed}: {why}\n{}", story.told()));
        judged += story.controller.judged;
        routes += story.controller.routes;
        mistaken += story.controller.mistaken;
    }
    eprintln!(
        "{many} orders, {judged} configurations with {routes} guarded routes, none open but for {mistaken} whose plugin was \
         made again under its name before the controller knew that it had gone"
    );
    assert!(judged as u64 > many * 10 && routes > judged / 4, "{judged} configurations, {routes} routes");
}

/// The model shows what it is there for: everything at once, as most would do it, is open now and then.
#[test]
fn the_model_finds_what_is_open_where_everything_comes_at_once() {
    let open = (0..50).filter(|seed| {
        let mut story = Story::new(Chance::of(*seed), Composer::AllAtOnce);
        story.play();
        !story.controller.open.is_empty()
    });
    let open = open.count();
    assert!(open > 10, "only {open} of 50 orders are open");
}
