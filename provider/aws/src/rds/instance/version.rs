//! Engine versions: a wanted one is a floor.

use std::cmp::Ordering;

/// Whether a running version is below the wanted one. A shorter wanted version covers every longer one: `16` is
/// reached by `16.3`, and `16.1` is not reached by a running `16.0`, nor confused with `16.10`.
pub(super) fn is_below(running: &str, wanted: &str) -> bool {
    let (running, wanted) = (components(running), components(wanted));
    for (running, wanted) in running.iter().zip(&wanted) {
        match order(running, wanted) {
            Ordering::Equal => {}
            other => return other == Ordering::Less,
        }
    }
    running.len() < wanted.len()
}

fn components(version: &str) -> Vec<&str> {
    version.trim().split('.').collect()
}

/// Numbers by value, everything else by its letters.
fn order(a: &str, b: &str) -> Ordering {
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}
