//! A cache of values that are dropped when they are used no more.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// Values by key. The lock is never held while a value is made, so two callers may make one at the same time; the first
/// is kept.
#[derive(Debug)]
pub(super) struct Cache<K, V>(Mutex<HashMap<K, Entry<V>>>);

#[derive(Debug)]
struct Entry<V> {
    value: Arc<V>,
    used: SystemTime,
}

/// A value that is unused for so long is dropped (R210).
const IDLE: Duration = Duration::from_hours(1);
/// More values than one process needs. Beyond it the least recently used is dropped.
const CAP: usize = 1024;

// === impl Cache ===

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash, V> Cache<K, V> {
    /// The value of a key.
    pub(super) fn get(&self, key: &K, now: SystemTime) -> Option<Arc<V>> {
        let mut entries = self.entries();
        let entry = entries.get_mut(key)?;
        entry.used = now;
        Some(Arc::clone(&entry.value))
    }

    /// Keeps a value, unless there is one; the one that is kept. Those that it `supersedes` are dropped, and those
    /// that were not used for an hour.
    pub(super) fn keep(&self, key: K, value: V, now: SystemTime, supersedes: impl Fn(&K) -> bool) -> Arc<V> {
        let mut entries = self.entries();
        let is_idle = |e: &Entry<V>| now.duration_since(e.used).is_ok_and(|idle| idle >= IDLE);
        entries.retain(|k, e| *k == key || !(supersedes(k) || is_idle(e)));
        if entries.len() >= CAP
            && !entries.contains_key(&key)
            && let Some(oldest) = entries.iter().min_by_key(|(_, e)| e.used).map(|(k, _)| k.clone())
        {
            entries.remove(&oldest);
        }
        let entry = entries.entry(key).or_insert_with(|| Entry { value: Arc::new(value), used: now });
        entry.used = now;
        Arc::clone(&entry.value)
    }

    /// The key that was used last among those that are wanted.
    pub(super) fn latest(&self, is_wanted: impl Fn(&K) -> bool) -> Option<K> {
        let entries = self.entries();
        let wanted = entries.iter().filter(|(k, _)| is_wanted(k));
        wanted.max_by_key(|(_, e)| e.used).map(|(k, _)| k.clone())
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<K, Entry<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl<K: Clone + Eq + Hash, V> Cache<K, V> {
    pub(super) fn keys(&self) -> Vec<K> {
        self.entries().keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_value_is_kept_while_it_is_used() {
        let kept = Cache::<u32, u32>::default();
        kept.keep(1, 10, at(0), |_| false);
        assert_eq!(*kept.keep(1, 11, at(1), |_| false), 10, "the first one stays");
        assert_eq!(kept.get(&1, at(3_000)).as_deref(), Some(&10));
        kept.keep(2, 20, at(6_599), |_| false);
        assert_eq!(kept.get(&1, at(6_599)).as_deref(), Some(&10), "it was used within the hour");
        kept.keep(2, 20, at(10_199), |_| false);
        assert_eq!(kept.keys(), [2]);
    }

    #[test]
    fn what_is_superseded_is_dropped_at_once() {
        let kept = Cache::<u32, u32>::default();
        kept.keep(1, 10, at(0), |_| false);
        kept.keep(2, 20, at(0), |key| *key < 2);
        assert_eq!(kept.keys(), [2]);
    }

    #[test]
    fn the_one_that_was_used_last_is_found() {
        let kept = Cache::<u32, u32>::default();
        for key in [1, 2, 3] {
            kept.keep(key, 0, at(u64::from(key)), |_| false);
        }
        kept.get(&1, at(9));
        assert_eq!(kept.latest(|_| true), Some(1));
        assert_eq!(kept.latest(|key| *key > 1), Some(3));
        assert_eq!(kept.latest(|key| *key > 3), None);
    }

    #[test]
    fn beyond_the_cap_the_one_that_was_used_longest_ago_is_dropped() {
        let kept = Cache::<usize, u32>::default();
        for key in 0..=CAP {
            kept.keep(key, 0, at(key as u64), |_| false);
        }
        assert_eq!(kept.keys().len(), CAP);
        assert_eq!(kept.get(&0, at(0)), None);
    }
}
