use std::collections::VecDeque;
use std::sync::Arc;

use aws_smithy_async::test_util::ManualTimeSource;

use super::*;

/// A source that gives keys for an hour, unless it is told to fail.
#[derive(Clone, Debug, Default)]
struct Source(Arc<Mutex<Script>>);

#[derive(Debug, Default)]
struct Script {
    asked: u32,
    failures: VecDeque<CredentialsError>,
    lasts_forever: bool,
}

struct Scene {
    source: Source,
    time: ManualTimeSource,
    provider: CachedCredentials<Source>,
}

const HOUR: u64 = 3600;

// === impl Source ===

impl ProvideCredentials for Source {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            // Others come in while the answer is on its way.
            tokio::task::yield_now().await;
            let mut script = self.0.lock().unwrap();
            script.asked += 1;
            if let Some(failure) = script.failures.pop_front() {
                return Err(failure);
            }
            let begun = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(script.asked - 1) * 2880);
            let expiry = (!script.lasts_forever).then(|| begun + Duration::from_secs(HOUR));
            Ok(Credentials::new(format!("key-{}", script.asked), "s", None, expiry, "test"))
        })
    }
}

// === impl Scene ===

impl Scene {
    fn new() -> Self {
        let (source, time) = (Source::default(), ManualTimeSource::new(SystemTime::UNIX_EPOCH));
        let provider = CachedCredentials::new(source.clone(), SharedTimeSource::new(time.clone()));
        Self { source, time, provider }
    }

    fn failing(self, times: usize) -> Self {
        let failure = || CredentialsError::provider_error("no such role");
        self.source.0.lock().unwrap().failures.extend((0..times).map(|_| failure()));
        self
    }

    fn wait(&self, seconds: u64) {
        self.time.advance(Duration::from_secs(seconds));
    }

    fn asked(&self) -> u32 {
        self.source.0.lock().unwrap().asked
    }

    /// The key that is given, or what is told instead.
    async fn key(&self) -> Result<String, String> {
        let given = self.provider.provide_credentials().await;
        given.map(|c| c.access_key_id().to_owned()).map_err(|e| fault::words(&e))
    }

    async fn keys_of_a_thousand(&self) -> Vec<Result<String, String>> {
        let mut keys = futures::future::join_all((0..1000).map(|_| self.key())).await;
        keys.sort();
        keys.dedup();
        keys
    }
}

#[tokio::test]
async fn a_thousand_who_ask_at_once_are_one_question() {
    let scene = Scene::new();
    assert_eq!(scene.keys_of_a_thousand().await, [Ok("key-1".into())]);
    assert_eq!(scene.asked(), 1);
}

#[tokio::test]
async fn credentials_are_renewed_at_four_fifths_of_their_life() {
    let scene = Scene::new();
    scene.key().await.unwrap();
    scene.wait(2879);
    assert_eq!(scene.key().await.unwrap(), "key-1");
    scene.wait(1);
    assert_eq!(
        scene.keys_of_a_thousand().await,
        [Ok("key-1".into()), Ok("key-2".into())],
        "nobody waits but one"
    );
    assert_eq!(scene.asked(), 2);
}

#[tokio::test]
async fn a_source_that_fails_is_not_felt_before_the_credentials_expire() {
    let scene = Scene::new();
    scene.key().await.unwrap();
    let scene = scene.failing(2);
    scene.wait(2880);
    assert_eq!(scene.keys_of_a_thousand().await, [Ok("key-1".into())]);
    assert_eq!(scene.asked(), 2, "and is asked once in five seconds");
    scene.wait(710);
    assert_eq!(scene.key().await, Err("no such role".into()), "they would expire on the way");
}

#[tokio::test]
async fn a_failure_stands_for_five_seconds() {
    let scene = Scene::new().failing(1);
    assert_eq!(scene.keys_of_a_thousand().await, [Err("no such role".into())]);
    scene.wait(4);
    assert_eq!(scene.key().await, Err("no such role".into()));
    assert_eq!(scene.asked(), 1);
    scene.wait(1);
    assert_eq!(scene.key().await, Ok("key-2".into()));
}

#[tokio::test]
async fn a_source_that_does_not_answer_stays_reported_as_that() {
    let scene = Scene::new();
    let timeout = CredentialsError::provider_timed_out(Duration::from_secs(2));
    scene.source.0.lock().unwrap().failures.push_back(timeout);
    for _ in 0..2 {
        let told = scene.provider.provide_credentials().await.unwrap_err();
        assert!(matches!(told, CredentialsError::ProviderTimedOut(_)), "{told:?}");
    }
}

#[tokio::test]
async fn credentials_without_an_end_are_kept() {
    let scene = Scene::new();
    scene.source.0.lock().unwrap().lasts_forever = true;
    scene.key().await.unwrap();
    scene.wait(1_000 * HOUR);
    assert_eq!(scene.key().await.unwrap(), "key-1");
}

#[tokio::test]
async fn who_gives_up_while_asking_leaves_the_turn_to_the_next() {
    let scene = Scene::new();
    let asking = futures::poll!(std::pin::pin!(scene.key()));
    assert!(asking.is_pending(), "it is given up here");
    assert_eq!(scene.key().await.unwrap(), "key-1");
}
