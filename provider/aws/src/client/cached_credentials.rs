//! Credentials that are renewed before they expire, once for all callers.

use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use aws_smithy_async::time::SharedTimeSource;

use crate::fault;

/// Asks a source for credentials, and keeps them (R210).
///
/// One caller at a time asks the source. After four fifths of their life the credentials are renewed by the first caller
/// that needs them, while all others use the present ones; a source that fails has no effect before they expire. A
/// failed request is not repeated within five seconds (R211).
#[derive(Debug)]
pub(super) struct CachedCredentials<P> {
    source: P,
    time: SharedTimeSource,
    state: Mutex<State>,
    /// Held by the caller that asks the source.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    failed: Option<Failed>,
}

#[derive(Clone, Debug)]
struct Held {
    credentials: Credentials,
    renew_at: Option<SystemTime>,
}

#[derive(Clone, Debug)]
struct Failed {
    /// Whether the source has given no answer, rather than a refusal.
    timed_out: bool,
    message: String,
    until: SystemTime,
}

/// The state at a moment.
enum Now {
    /// Good for a while.
    Fresh(Credentials),
    /// Still good; to be renewed.
    Stale(Credentials),
    /// The source has just failed.
    Failed(CredentialsError),
    /// The source has to be asked.
    Nothing,
}

/// How long a failure is returned without asking again (R211).
const FAILED_FOR: Duration = Duration::from_secs(5);
/// Requests that are signed now arrive within this time.
const MARGIN: Duration = Duration::from_secs(10);

// === impl CachedCredentials ===

impl<P: ProvideCredentials> CachedCredentials<P> {
    /// Credentials of a source, by a clock.
    pub(super) fn new(source: P, time: SharedTimeSource) -> Self {
        Self { source, time, state: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    async fn provide(&self) -> provider::Result {
        match self.now() {
            Now::Fresh(credentials) => Ok(credentials),
            Now::Failed(error) => Err(error),
            Now::Stale(credentials) => match self.turn.try_lock() {
                Ok(_turn) => Ok(self.renew().await.unwrap_or(credentials)),
                Err(_) => Ok(credentials),
            },
            Now::Nothing => {
                let _turn = self.turn.lock().await;
                // Another caller may have renewed them meanwhile.
                match self.now() {
                    Now::Fresh(credentials) | Now::Stale(credentials) => Ok(credentials),
                    Now::Failed(error) => Err(error),
                    Now::Nothing => self.renew().await,
                }
            }
        }
    }

    /// Asks the source, and remembers what it says.
    async fn renew(&self) -> provider::Result {
        let answer = self.source.provide_credentials().await;
        let now = self.time.now();
        let mut state = self.state();
        match &answer {
            Ok(credentials) => {
                let life = credentials.expiry().and_then(|e| e.duration_since(now).ok());
                let renew_at = life.map(|life| now + life.mul_f64(0.8));
                *state =
                    State { held: Some(Held { credentials: credentials.clone(), renew_at }), failed: None };
            }
            Err(error) => {
                state.failed = Some(Failed {
                    timed_out: matches!(error, CredentialsError::ProviderTimedOut(_)),
                    message: fault::words(error),
                    until: now + FAILED_FOR,
                });
            }
        }
        answer
    }

    fn now(&self) -> Now {
        let now = self.time.now();
        let state = self.state();
        let is_failing = state.failed.as_ref().filter(|f| now < f.until);
        let valid = |held: &&Held| held.credentials.expiry().is_none_or(|e| now + MARGIN < e);
        match (state.held.as_ref().filter(valid), is_failing) {
            (Some(held), _) if held.renew_at.is_none_or(|at| now < at) => {
                Now::Fresh(held.credentials.clone())
            }
            (Some(held), None) => Now::Stale(held.credentials.clone()),
            (Some(held), Some(_)) => Now::Fresh(held.credentials.clone()),
            (None, Some(failed)) => Now::Failed(failed.error()),
            (None, None) => Now::Nothing,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P: ProvideCredentials> ProvideCredentials for CachedCredentials<P> {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}

// === impl Failed ===

impl Failed {
    fn error(&self) -> CredentialsError {
        if self.timed_out {
            CredentialsError::provider_timed_out(super::CONNECT_TIMEOUT)
        } else {
            CredentialsError::provider_error(self.message.clone())
        }
    }
}

#[cfg(test)]
mod tests;
