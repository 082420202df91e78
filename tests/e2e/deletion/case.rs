//! The cases.

use crate::managed::Kind;

/// One way for a managed resource and its configuration to go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) door: Door,
    pub(super) first: First,
    pub(super) kind: Kind,
    pub(super) records: Records,
}

/// What is deleted, and what becomes of what it owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// The managed resource; the garbage collector follows.
    Background,
    /// The managed resource, once the garbage collector has removed what blocks it.
    Foreground,
    /// The managed resource; what it owns is disowned.
    Orphan,
    /// The namespace, and with it the configuration's credentials.
    Namespace,
    /// The XR that has composed both, at once.
    Xr,
    /// The XR that has composed both, after them.
    XrInForeground,
}

/// Who is asked first. Behind a namespace or an XR it is asked before that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// The `ProviderConfig`.
    Config,
    /// The managed resource.
    Managed,
}

/// Who has recorded the usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Records {
    /// This provider.
    Ours,
    /// A provider whose usages block the deletion of their owner.
    Blocking,
}

/// The 24 cases.
pub(super) fn matrix() -> Vec<Case> {
    let doors =
        [Door::Background, Door::Foreground, Door::Orphan, Door::Namespace, Door::Xr, Door::XrInForeground];
    let cases = doors.map(|door| {
        let firsts = [First::Config, First::Managed]
            .map(|first| Kind::ALL.map(|kind| Case { door, first, kind, records: Records::Ours }));
        firsts.concat()
    });
    cases.concat()
}
