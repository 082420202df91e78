//! An Instance that is deleted and made again under its name, while the secret of the first one is on its way out.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use rstest::rstest;

use super::*;

const DELETED: &str = "2026-01-01T00:00:10Z";
const A_MOMENT_LATER: &str = "2026-01-01T00:00:12Z";
const SUCCESSOR: &str = "22222222-2222-3333-4444-555555555555";

fn time(text: &str) -> Time {
    Time(text.parse().unwrap())
}

fn is_kept(secret: &Secret, instance: &Instance, now: &str) -> bool {
    deletion::decide(secret, Some(instance), time(now).0.as_second()).is_err()
}

fn going(instance_uid: Option<String>) -> Secret {
    let mut secret = attached_secret();
    secret.metadata.deletion_timestamp = Some(time(DELETED));
    secret.at_provider_mut().instance_uid = instance_uid;
    secret
}

fn instance(uid: Option<&str>, made: &str) -> Instance {
    let mut instance = testing::instance();
    instance.metadata.creation_timestamp = Some(time(made));
    instance.metadata.uid = uid.map(str::to_owned).or(instance.metadata.uid);
    instance
}

#[rstest]
#[case::the_one_that_it_is_for(None, "2026-01-01T00:00:00Z", true)]
#[case::one_that_was_made_after(Some(SUCCESSOR), "2026-01-01T00:00:11Z", false)]
#[case::one_that_was_made_within_the_same_second(Some(SUCCESSOR), DELETED, false)]
#[case::one_that_was_made_before_and_was_not_seen(Some(SUCCESSOR), "2026-01-01T00:00:09Z", true)]
fn only_the_instance_that_the_value_is_for_keeps_a_secret(
    #[case] uid: Option<&str>,
    #[case] made: &str,
    #[case] kept: bool,
) {
    let secret = going(testing::instance().uid());
    assert_eq!(is_kept(&secret, &instance(uid, made), A_MOMENT_LATER), kept);
}

#[rstest]
#[case::before("2026-01-01T00:00:09Z", true)]
#[case::within_the_same_second(DELETED, true)]
#[case::after("2026-01-01T00:00:11Z", false)]
fn a_secret_that_does_not_know_its_instance_goes_by_the_time(#[case] made: &str, #[case] kept: bool) {
    assert_eq!(is_kept(&going(None), &instance(None, made), A_MOMENT_LATER), kept);
}

#[rstest]
#[case::within_the_grace(false, "2026-01-01T00:00:39Z", true)]
#[case::after_the_grace(false, "2026-01-01T00:00:40Z", false)]
#[case::with_its_instance(true, "2026-01-02T00:00:00Z", true)]
fn a_secret_that_is_deleted_by_itself_is_let_go(
    #[case] instance_goes: bool,
    #[case] now: &str,
    #[case] kept: bool,
) {
    let mut instance = testing::instance();
    instance.metadata.deletion_timestamp = instance_goes.then(|| time(DELETED));
    assert_eq!(is_kept(&going(instance.uid()), &instance, now), kept);
}

#[test]
fn how_long_a_secret_waits_is_said() {
    let fault = deletion::decide(&going(testing::instance().uid()), Some(&testing::instance()), 0);
    let expected = "kept until Instance orders is gone, or until 2026-01-01T00:00:40Z if that is not deleted";
    assert_eq!(fault.unwrap_err().message, expected);
}

#[tokio::test]
async fn the_instance_is_recorded_while_the_secret_lives() {
    let cluster = || FakeObjects::default().with(&instance(Some(SUCCESSOR), DELETED));
    let session = with(&[&found(described().build())], cluster());
    let mut secret = attached_secret();
    present(&session, &mut secret).await;
    assert_eq!(secret.at_provider_mut().instance_uid.as_deref(), Some(SUCCESSOR), "it was replaced");

    let session = with(&[&found(described().build())], cluster());
    let (mut secret, first) = (going(testing::instance().uid()), testing::instance().uid());
    present(&session, &mut secret).await;
    assert_eq!(secret.at_provider_mut().instance_uid, first);
}

#[tokio::test]
async fn a_new_secret_does_not_get_the_endpoint_of_an_instance_that_is_going() {
    let mut instance = testing::instance();
    instance.status =
        Some(serde_json::from_value(json!({"atProvider": {"address": "orders.rds", "port": 5432}})).unwrap());
    instance.metadata.deletion_timestamp = Some(time(DELETED));
    let session = with(&[&found(described().build())], FakeObjects::default().with(&instance));
    let mut secret = testing::secret();
    let seen = present(&session, &mut secret).await;
    assert_eq!(seen.drift, Drift::none());
    assert_eq!(seen.readiness, Readiness::Creating("waiting for the endpoint of Instance orders".into()));
}
