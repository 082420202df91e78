//! The ready items by priority, and how many of them run: fair to every kind and configuration.

use std::collections::{BTreeMap, HashMap};

use super::{Flow, Item, KindName, Priority, Serial};

/// Ready items, and how many run.
pub(super) struct ReadyItems {
    limits: Limits,
    ready: BTreeMap<Priority, BTreeMap<Flow, BTreeMap<Serial, Item>>>,
    flows: HashMap<Flow, Running>,
    kinds: HashMap<KindName, Running>,
    all: Running,
}

/// How many items may run at the same time. A part stays free for who comes later: slow calls of one kind, or
/// slow polls of all, never take everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Of everything.
    pub(super) all: usize,
    /// Of all routine work.
    pub(super) routine: usize,
    /// Of one kind.
    pub(super) kind: usize,
    /// Of one kind's routine work.
    pub(super) kind_routine: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Running {
    all: usize,
    routine: usize,
}

// === impl Limits ===

impl Limits {
    /// Keeps a quarter free of routine work, and a quarter free of each kind.
    pub(super) fn of(all: usize) -> Self {
        let free = all / 4;
        Self { all, routine: all - free, kind: all - free, kind_routine: all - 2 * free }
    }
}

// === impl Running ===

impl Running {
    fn start(&mut self, priority: Priority) {
        self.all += 1;
        self.routine += usize::from(priority == Priority::Routine);
    }

    fn end(&mut self, priority: Priority) {
        self.all = self.all.saturating_sub(1);
        self.routine = self.routine.saturating_sub(usize::from(priority == Priority::Routine));
    }

    fn has_room(self, priority: Priority, all: usize, routine: usize) -> bool {
        self.all < all && (priority == Priority::Prompt || self.routine < routine)
    }
}

// === impl ReadyItems ===

impl ReadyItems {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            ready: BTreeMap::new(),
            flows: HashMap::new(),
            kinds: HashMap::new(),
            all: Running::default(),
        }
    }

    /// Makes an item ready.
    pub(super) fn add(&mut self, priority: Priority, flow: &Flow, serial: Serial, item: Item) {
        self.ready.entry(priority).or_default().entry(flow.clone()).or_default().insert(serial, item);
    }

    /// Takes out an item that was ready.
    pub(super) fn remove(&mut self, priority: Priority, flow: &Flow, serial: Serial) -> Option<Item> {
        let flows = self.ready.get_mut(&priority)?;
        let items = flows.get_mut(flow)?;
        let item = items.remove(&serial);
        if items.is_empty() {
            flows.remove(flow);
        }
        item
    }

    /// What may run next: the prompt priority first, in it the flow of which the fewest run, in it who came first.
    pub(super) fn next(&self) -> Option<(Priority, Flow, Serial)> {
        let Limits { all, routine, kind, kind_routine } = self.limits;
        let priorities =
            self.ready.iter().filter(|(priority, _)| self.all.has_room(**priority, all, routine));
        priorities.into_iter().find_map(|(priority, flows)| {
            let candidates = flows.iter().filter_map(|(flow, items)| {
                let of_kind = self.kinds.get(&flow.kind).copied().unwrap_or_default();
                let (serial, _) = items.first_key_value()?;
                of_kind.has_room(*priority, kind, kind_routine).then_some((flow, *serial))
            });
            let of_flow = |flow| self.flows.get(flow).map_or(0, |running: &Running| running.all);
            let (flow, serial) = candidates.min_by_key(|(flow, serial)| (of_flow(*flow), *serial))?;
            Some((*priority, flow.clone(), serial))
        })
    }

    /// Takes out an item that begins to run.
    pub(super) fn start(&mut self, priority: Priority, flow: &Flow, serial: Serial) -> Option<Item> {
        let item = self.remove(priority, flow, serial)?;
        self.all.start(priority);
        self.kinds.entry(flow.kind.clone()).or_default().start(priority);
        self.flows.entry(flow.clone()).or_default().start(priority);
        Some(item)
    }

    /// Takes note that an item has run.
    pub(super) fn end(&mut self, priority: Priority, flow: &Flow) {
        self.all.end(priority);
        if let Some(of_kind) = self.kinds.get_mut(&flow.kind) {
            of_kind.end(priority);
        }
        if let Some(of_flow) = self.flows.get_mut(flow) {
            of_flow.end(priority);
            if of_flow.all == 0 {
                self.flows.remove(flow);
            }
        }
    }

    /// How many items of a kind are ready in a priority.
    pub(super) fn depth(&self, kind: &KindName, priority: Priority) -> usize {
        let flows = self.ready.get(&priority).into_iter().flatten().filter(|(flow, _)| flow.kind == *kind);
        flows.map(|(_, items)| items.len()).sum()
    }
}
