//! How often the Kubernetes API is called (R150).

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};
use tower::{Layer, Service};

use crate::bucket::Bucket;

/// Lets requests pass at a rate; those that are too many wait for their turn. Clones share one rate.
#[derive(Clone, Debug)]
pub struct LimitRate(Arc<Mutex<Bucket>>);

/// A service that is ready when it is its turn.
#[derive(Debug)]
pub struct Limited<S> {
    inner: S,
    bucket: Arc<Mutex<Bucket>>,
    /// The next request's turn, once it was asked for.
    turn: Option<Pin<Box<Sleep>>>,
}

// === impl LimitRate ===

impl LimitRate {
    /// Crossplane's rate for a provider: five requests a second for each reconcile a second, ten at once.
    pub fn of_reconciles(max_reconcile_rate: u16) -> Self {
        let rate = u32::from(max_reconcile_rate);
        Self(Arc::new(Mutex::new(Bucket::new(rate * 5, rate * 10))))
    }
}

impl<S> Layer<S> for LimitRate {
    type Service = Limited<S>;

    fn layer(&self, inner: S) -> Limited<S> {
        Limited { inner, bucket: self.0.clone(), turn: None }
    }
}

// === impl Limited ===

impl<S: Service<R>, R> Service<R> for Limited<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        let turn = self.turn.get_or_insert_with(|| {
            let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
            Box::pin(sleep_until(bucket.reserve(Instant::now())))
        });
        ready!(turn.as_mut().poll(cx));
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.turn = None;
        self.inner.call(request)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::ready;

    use tower::ServiceExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_pass_at_five_times_the_rate_after_a_burst_of_ten_times() {
        let began = Instant::now();
        let answer = tower::service_fn(|()| ready::<Result<_, Infallible>>(Ok(began.elapsed().as_millis())));
        let mut service = LimitRate::of_reconciles(2).layer(answer);
        let mut at = Vec::new();
        for _ in 0..23 {
            at.push(service.ready().await.unwrap().call(()).await.unwrap());
        }
        assert!(at.iter().take(20).all(|at| *at == 0), "{at:?}");
        assert_eq!(at.get(20..), Some([100, 200, 300].as_slice()));
    }
}
