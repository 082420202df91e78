//! The points at which a process can be interrupted: before and after each of its effects on the world outside.
//!
//! Between two of them a process does nothing that anybody can see, so what happens at a point stands for what
//! happens anywhere up to the next one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// What a process does at the point where it is interrupted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// It goes on.
    GoOn,
    /// It is gone: neither this task nor any other of it goes on.
    Die,
    /// It waits for an answer that takes so long.
    Wait(Duration),
}

/// The crash points of one process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct CrashPoints(Arc<Inner>);

struct Inner {
    passed: Mutex<Vec<String>>,
    at: usize,
    interrupt: Box<dyn Fn(&str) -> Then + Send + Sync>,
    died: CancellationToken,
}

// === impl CrashPoints ===

impl CrashPoints {
    /// A process that is let alone.
    pub(crate) fn uninterrupted() -> Self {
        Self::interrupted(usize::MAX, |_| Then::GoOn)
    }

    /// A process to which something happens at one point, counted from 0; it is given the point's name.
    pub(crate) fn interrupted(at: usize, interrupt: impl Fn(&str) -> Then + Send + Sync + 'static) -> Self {
        let died = CancellationToken::new();
        Self(Arc::new(Inner { passed: Mutex::default(), at, interrupt: Box::new(interrupt), died }))
    }

    /// Passes a point; other tasks of the process run first.
    pub(crate) async fn pass(&self, name: &str) {
        let here = {
            let mut passed = self.0.passed.lock().unwrap();
            passed.push(name.to_owned());
            passed.len() - 1
        };
        let then = if here == self.0.at { (self.0.interrupt)(name) } else { Then::GoOn };
        match then {
            Then::GoOn => tokio::task::yield_now().await,
            Then::Wait(long) => tokio::time::sleep(long).await,
            Then::Die => self.0.died.cancel(),
        }
        if self.0.died.is_cancelled() {
            std::future::pending::<()>().await;
        }
    }

    /// Returns when the process has died.
    pub(crate) async fn died(&self) {
        self.0.died.cancelled().await;
    }

    /// The names of the points that were passed.
    pub(crate) fn passed(&self) -> Vec<String> {
        self.0.passed.lock().unwrap().clone()
    }
}
