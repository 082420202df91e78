//! Which file of a crate depends on which.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Import, Source};

/// The files of a crate, and the files that each of them imports from.
///
/// A file may always use what the modules have that it is a part of; that is no dependency here. What is imported
/// through a re-export counts as imported from where it is defined.
#[derive(Debug)]
pub(crate) struct Graph(BTreeMap<String, BTreeSet<String>>);

/// What a crate has: its modules, and what they import.
struct Modules(BTreeMap<String, Vec<Import>>);

// === impl Graph ===

impl Graph {
    pub(crate) fn of(sources: &[Source]) -> Self {
        let modules = Modules(sources.iter().map(|s| (s.module.clone(), s.imports())).collect());
        let files = modules.0.iter().map(|(module, imports)| {
            let found = imports.iter().filter_map(|import| modules.resolve(module, &import.path, 0));
            let others = found.filter(|other| other != module && !is_part_of(module, other));
            (module.clone(), others.chain(modules.children(module)).collect())
        });
        Self(files.collect())
    }

    /// Each dependency, as the two files.
    pub(crate) fn dependencies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(from, to)| to.iter().map(|to| (from.as_str(), to.as_str())))
    }

    /// The groups of files that depend on each other in a circle.
    pub(crate) fn circles(&self) -> BTreeSet<Vec<&str>> {
        let reached: BTreeMap<_, _> = self.0.keys().map(|from| (from.as_str(), self.reached(from))).collect();
        let both_ways = |from: &'_ str, to: &str| reached[to].contains(from);
        let circles = reached.iter().filter(|(from, to)| to.contains(*from));
        circles.map(|(from, to)| to.iter().copied().filter(|to| both_ways(from, to)).collect()).collect()
    }

    /// The files that a file depends on, directly or not.
    fn reached<'a>(&'a self, from: &'a str) -> BTreeSet<&'a str> {
        let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(module) = next.pop() {
            next.extend(self.0[module].iter().map(String::as_str).filter(|to| reached.insert(*to)));
        }
        reached
    }
}

// === impl Modules ===

impl Modules {
    /// The file that defines what a path names in a module; none for what another crate defines.
    fn resolve(&self, module: &str, path: &[String], depth: usize) -> Option<String> {
        let (first, rest) = path.split_first()?;
        let (mut at, mut rest) = match first.as_str() {
            "crate" => (String::new(), rest),
            "super" => (parent(module).to_owned(), rest),
            "self" => (module.to_owned(), rest),
            child if self.0.contains_key(&below(module, child)) => (module.to_owned(), path),
            _ => return None,
        };
        while let Some((segment, further)) = rest.split_first() {
            if segment == "super" {
                let above = parent(&at).len();
                at.truncate(above);
            } else if self.0.contains_key(&below(&at, segment)) {
                at = below(&at, segment);
            } else {
                let is_named = |import: &&Import| import.is_public && import.path.last() == Some(segment);
                let exported = self.0[&at].iter().find(is_named).filter(|_| depth < 8);
                return exported.and_then(|e| self.resolve(&at, &e.path, depth + 1)).or(Some(at));
            }
            rest = further;
        }
        Some(at)
    }

    fn children(&self, module: &str) -> impl Iterator<Item = String> {
        self.0.keys().filter(move |other| !other.is_empty() && parent(other) == module).cloned()
    }
}

fn below(module: &str, child: &str) -> String {
    if module.is_empty() { child.to_owned() } else { format!("{module}::{child}") }
}

fn parent(module: &str) -> &str {
    module.rsplit_once("::").map_or("", |(parent, _)| parent)
}

fn is_part_of(module: &str, other: &str) -> bool {
    other.is_empty() || module.strip_prefix(other).is_some_and(|rest| rest.starts_with("::"))
}
