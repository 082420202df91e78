//! A token bucket: so many at once, so many a second after that.

use std::time::Duration;

use tokio::time::Instant;

/// A token bucket. It holds no clock: the caller says what time it is.
///
/// Kept as the one instant at which it is full again, so taking a token is an addition and a comparison.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    /// What one token takes to come back.
    refill: Duration,
    /// What a full bucket takes to fill.
    depth: Duration,
    full_at: Option<Instant>,
}

// === impl Bucket ===

impl Bucket {
    /// A full bucket of `burst` tokens, refilled with `rate` tokens a second.
    pub(crate) fn new(rate: u32, burst: u32) -> Self {
        let refill = Duration::from_secs(1) / rate.max(1);
        Self { refill, depth: refill * burst.max(1), full_at: None }
    }

    /// Takes a token, or says when there is one.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Instant> {
        let available = self.next(now);
        if available > now {
            return Err(available);
        }
        self.full_at = Some(self.fills_at(now) + self.refill);
        Ok(())
    }

    /// Takes the next token that there is, and says from when on it counts.
    pub(crate) fn reserve(&mut self, now: Instant) -> Instant {
        let available = self.next(now).max(now);
        self.full_at = Some(self.fills_at(now) + self.refill);
        available
    }

    /// When there is a token; `now` or earlier if there is one.
    pub(crate) fn next(&self, now: Instant) -> Instant {
        (self.fills_at(now) + self.refill).checked_sub(self.depth).unwrap_or(now)
    }

    fn fills_at(&self, now: Instant) -> Instant {
        self.full_at.map_or(now, |at| at.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_at_once_and_the_rest_at_the_rate() {
        let now = Instant::now();
        let mut bucket = Bucket::new(2, 3);
        assert_eq!([bucket.take(now), bucket.take(now), bucket.take(now)], [Ok(()); 3]);
        let later = now + Duration::from_millis(500);
        assert_eq!(bucket.take(now), Err(later));
        assert_eq!(bucket.take(later), Ok(()));
        assert_eq!(bucket.take(later), Err(later + Duration::from_millis(500)));
    }

    #[test]
    fn a_bucket_at_rest_is_no_fuller_than_its_burst() {
        let now = Instant::now();
        let mut bucket = Bucket::new(1, 2);
        assert_eq!(bucket.take(now), Ok(()));
        let tomorrow = now + Duration::from_hours(24);
        let taken = (0..5).filter(|_| bucket.take(tomorrow).is_ok()).count();
        assert_eq!(taken, 2);
    }

    #[test]
    fn reserved_tokens_follow_each_other() {
        let now = Instant::now();
        let mut bucket = Bucket::new(1, 1);
        let waits: Vec<_> = (0..4).map(|_| (bucket.reserve(now) - now).as_secs()).collect();
        assert_eq!(waits, [0, 1, 2, 3]);
    }
}
