//! Whether anybody was let in past what guards a route, in any configuration that Kong has accepted.
//!
//! What is asked of a route changes, and the route follows within seconds. So a route is open where it has less than *each*
//! of what is or was asked and is not known to be over. What cannot be closed from here is counted apart.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use super::admin::{Answer, Posted};
use super::configuration::Route;

/// An XR whose routes are judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its namespace.
    pub namespace: String,
    /// Its name; no other of the namespace begins with it and a dash.
    pub name: String,
    /// What was asked of it, the first first.
    pub wishes: Vec<Wish>,
    /// When somebody has edited its plugins by hand.
    pub edits: Vec<Span>,
    /// The uids of its Ingresses that went with the XR before.
    pub left: BTreeSet<String>,
}

/// The plugins that are to guard a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Their types.
    pub guards: BTreeSet<String>,
    /// From when it was asked for, until nothing was there any more that was made for it.
    pub span: Span,
}

/// From a moment until another, or for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The beginning.
    pub from: Instant,
    /// The end, if there is one.
    pub until: Option<Instant>,
}

/// Why nobody can keep a route closed for a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lapse {
    /// Somebody with all rights has edited a plugin, and it is put back.
    EditedByHand,
    /// The XR went, its Ingress before its plugins, and the controller may have heard it in another order.
    Deleted,
    /// The controller has begun anew, and knows only some of what there is.
    Restarted,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Configurations that were accepted.
    pub configurations: usize,
    /// Configurations that were refused.
    pub refused: usize,
    /// Guarded routes in them.
    pub routes: usize,
    /// Those with less than what guards them, by a sentence each.
    pub open: Vec<String>,
    /// Those for a reason that nobody here can help.
    pub lapsed: BTreeMap<Lapse, usize>,
}

/// Judges everything that was posted.
pub fn judge(posted: &[Arc<Posted>], subjects: &[Subject]) -> Verdict {
    let mut verdict = Verdict::default();
    let mut start = posted.first().map_or(0, |first| first.start);
    for (number, posted) in posted.iter().enumerate() {
        if posted.answer != Answer::Accepted {
            verdict.refused += 1;
            continue;
        }
        verdict.configurations += 1;
        let is_restarted = std::mem::replace(&mut start, posted.start) != posted.start;
        for route in posted.configuration.routes.iter().filter(|route| !route.is_probe()) {
            let Some(subject) = subjects.iter().find(|subject| subject.has(route)) else { continue };
            let wishes: Vec<_> = subject.wishes.iter().filter(|wish| wish.span.contains(posted.at)).collect();
            if wishes.iter().any(|wish| wish.guards.is_empty()) {
                continue;
            }
            verdict.routes += 1;
            let passes = route.passes();
            let is_guarded =
                wishes.iter().any(|wish| wish.guards.iter().all(|guard| passes.contains(guard.as_str())));
            if is_guarded {
                continue;
            }
            let restarted = is_restarted.then_some(Lapse::Restarted);
            match subject.lapse(route, posted.at).or(restarted) {
                Some(lapse) => *verdict.lapsed.entry(lapse).or_default() += 1,
                None => verdict.open.push(format!(
                    "configuration {number} has {}/{} with {passes:?}, and asked is one of {wishes:?}",
                    route.ingress.namespace, route.ingress.name
                )),
            }
        }
    }
    verdict
}

// === impl Subject ===

impl Subject {
    /// One that nothing was asked of yet.
    pub fn new(namespace: &str, name: &str) -> Self {
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        Self { namespace, name, wishes: Vec::new(), edits: Vec::new(), left: BTreeSet::new() }
    }

    /// From now on it is asked for other guards.
    pub fn wish(&mut self, guards: impl IntoIterator<Item = String>) {
        let guards = guards.into_iter().collect();
        self.wishes.push(Wish { guards, span: Span::from_now() });
    }

    /// From now on somebody edits its plugins.
    pub fn is_edited(&mut self) {
        self.edits.push(Span::from_now());
    }

    /// What was asked before the latest is over, and edits are put back.
    pub fn settle(&mut self) {
        let before = self.wishes.len().saturating_sub(1);
        let wishes = self.wishes[..before].iter_mut().map(|wish| &mut wish.span);
        for span in wishes.chain(&mut self.edits) {
            span.end();
        }
    }

    /// Whether a route is one of its own.
    pub fn has(&self, route: &Route) -> bool {
        let rest = route.ingress.name.strip_prefix(&self.name);
        route.ingress.namespace == self.namespace
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    fn lapse(&self, route: &Route, at: Instant) -> Option<Lapse> {
        let deleted = self.left.contains(&route.ingress.uid).then_some(Lapse::Deleted);
        let is_edited = self.edits.iter().any(|span| span.contains(at));
        deleted.or(is_edited.then_some(Lapse::EditedByHand))
    }
}

// === impl Span ===

impl Span {
    fn from_now() -> Self {
        Self { from: Instant::now(), until: None }
    }

    fn end(&mut self) {
        self.until.get_or_insert_with(Instant::now);
    }

    fn contains(&self, at: Instant) -> bool {
        self.from <= at && self.until.is_none_or(|until| at <= until)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::configuration::Configuration;
    use super::*;

    fn posted(start: usize, plugins: &Value) -> Arc<Posted> {
        let route = json!({
            "name": "r", "hosts": ["shop.example.org"], "plugins": plugins,
            "tags": ["k8s-name:shop-1", "k8s-namespace:payments", "k8s-uid:the-first"],
        });
        let configuration = Configuration::read(&json!({"services": [{"routes": [route]}]}));
        Arc::new(Posted { at: Instant::now(), start, answer: Answer::Accepted, configuration })
    }

    fn guarded_by(types: &[&str]) -> Subject {
        let mut shop = Subject::new("payments", "shop");
        shop.wish(types.iter().map(|name| (*name).to_owned()));
        shop
    }

    fn plugins(types: &[&str]) -> Value {
        types.iter().map(|name| json!({"name": name})).collect()
    }

    #[test]
    fn a_route_has_all_of_one_of_what_is_asked() {
        let shop = guarded_by(&["key-auth", "acl"]);
        let whole = posted(1, &plugins(&["key-auth", "acl", "cors"]));
        let half = posted(1, &plugins(&["key-auth"]));
        let verdict = judge(&[whole, half], &[shop]);
        assert_eq!((verdict.configurations, verdict.routes, verdict.open.len()), (2, 2, 1));
    }

    #[test]
    fn what_was_asked_before_is_good_until_it_is_over() {
        let mut shop = guarded_by(&["key-auth"]);
        shop.wish(["jwt".to_owned()]);
        let before = posted(1, &plugins(&["key-auth"]));
        shop.settle();
        let after = posted(1, &plugins(&["key-auth"]));
        assert_eq!(judge(&[before], std::slice::from_ref(&shop)).open.len(), 0);
        assert_eq!(judge(&[after], &[shop]).open.len(), 1);
    }

    #[test]
    fn what_does_nothing_or_not_for_everybody_guards_nothing() {
        let shop = guarded_by(&["key-auth"]);
        for plugin in
            [json!({"name": "key-auth", "enabled": false}), json!({"name": "key-auth", "consumer": "c"})]
        {
            assert_eq!(judge(&[posted(1, &json!([plugin]))], std::slice::from_ref(&shop)).open.len(), 1);
        }
    }

    #[test]
    fn what_nobody_can_help_is_counted_apart() {
        let mut shop = guarded_by(&["key-auth"]);
        let open = || posted(1, &plugins(&[]));
        let restarted = judge(
            &[posted(1, &plugins(&["key-auth"])), posted(2, &plugins(&[]))],
            std::slice::from_ref(&shop),
        );
        assert_eq!((restarted.open.len(), restarted.lapsed[&Lapse::Restarted]), (0, 1));
        shop.is_edited();
        let edited = judge(&[open()], std::slice::from_ref(&shop));
        assert_eq!((edited.open.len(), edited.lapsed[&Lapse::EditedByHand]), (0, 1));
        shop.settle();
        assert_eq!(judge(&[open()], std::slice::from_ref(&shop)).open.len(), 1);
        shop.left.insert("the-first".into());
        let deleted = judge(&[open()], &[shop]);
        assert_eq!((deleted.open.len(), deleted.lapsed[&Lapse::Deleted]), (0, 1));
    }
}
