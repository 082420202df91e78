//! Roles: what AWS STS is asked, by whom, and how often.

use std::fmt::Write as _;
use std::sync::MutexGuard;
use std::time::SystemTime;

use aws_smithy_async::test_util::ManualTimeSource;
use aws_smithy_async::time::TimeSource;
use aws_smithy_http_client::test_util::infallible_client_fn;
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;

use super::*;

/// AWS, as far as it is asked: STS gives a role to anybody, or to nobody.
#[derive(Clone)]
struct FakeAws(Arc<Mutex<Asked>>);

struct Asked {
    /// `host key-that-signed signed-region body` of each request.
    requests: Vec<String>,
    refuses: bool,
    time: ManualTimeSource,
}

struct Scene {
    aws: FakeAws,
    time: ManualTimeSource,
    clients: Clients<FakeObjects>,
}

// === impl FakeAws ===

impl FakeAws {
    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.0.lock().unwrap()
    }

    fn answer(&self, request: &http::Request<SdkBody>) -> http::Response<String> {
        let body = std::str::from_utf8(request.body().bytes().unwrap()).unwrap().to_owned();
        let host = request.uri().host().unwrap();
        let header = |name| request.headers().get(name).map_or("", |v| v.to_str().unwrap());
        let scope: Vec<_> = header("authorization").split(['=', '/', ',']).collect();
        let (key, region) = (scope.get(1).unwrap_or(&"nobody"), scope.get(3).unwrap_or(&"nowhere"));
        let mut asked = self.asked();
        asked.requests.push(format!("{host} {key} {region} {body}"));
        if !body.contains("AssumeRole") {
            let empty =
                "<DescribeDBInstancesResponse><DescribeDBInstancesResult/></DescribeDBInstancesResponse>";
            return http::Response::new(empty.into());
        }
        if asked.refuses {
            let refusal = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>";
            return http::Response::builder().status(403).body(refusal.into()).unwrap();
        }
        let action = if body.contains("WebIdentity") { "AssumeRoleWithWebIdentity" } else { "AssumeRole" };
        let end = DateTime::from(asked.time.now() + Duration::from_hours(1)).fmt(Format::DateTime).unwrap();
        let mut answer = format!("<{action}Response><{action}Result><Credentials>");
        write!(answer, "<AccessKeyId>ROLE{}</AccessKeyId>", asked.requests.len()).unwrap();
        write!(answer, "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>").unwrap();
        write!(answer, "<Expiration>{end}</Expiration></Credentials></{action}Result></{action}Response>")
            .unwrap();
        http::Response::new(answer)
    }
}

// === impl Scene ===

impl Scene {
    fn of(objects: FakeObjects, pod: &[(&str, &str)]) -> Self {
        let time = ManualTimeSource::new(SystemTime::UNIX_EPOCH + Duration::from_hours(500_000));
        let asked = Asked { requests: Vec::new(), refuses: false, time: time.clone() };
        let aws = FakeAws(Arc::new(Mutex::new(asked)));
        let mut clients = Clients::new(objects, crate::testing::CLUSTER);
        let answering = aws.clone();
        clients.http = infallible_client_fn(move |request| answering.answer(&request));
        clients.time = SharedTimeSource::new(time.clone());
        let variable = |name: &str| pod.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        clients.pod = Pod::of(variable);
        Self { aws, time, clients }
    }

    /// Asks RDS something, in a region; what is told if that fails.
    async fn describe(&self, region: &str) -> Result<(), String> {
        let services = self.clients.services(&testing::instance_in(region)).await.map_err(|f| f.message)?;
        let rds = &services.rds;
        let answer = rds.call(&NONE, rds.client.describe_db_instances().send()).await;
        answer.map(|_| ()).map_err(|failure| failure.fault.message)
    }

    /// What was asked since the last question.
    fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.aws.asked().requests)
    }
}

fn assumed(chain: &Value) -> FakeObjects {
    let mut spec = from_secret();
    spec["assumeRoleChain"] = chain.clone();
    FakeObjects::default().with(&cluster_config(&spec)).with(&kube_secret("system", FILE))
}

fn two_hops() -> Value {
    json!([
        {"roleARN": "arn:aws:iam::1:role/a", "externalID": "e 1",
         "tags": [{"key": "team", "value": "pay"}, {"key": "tier", "value": "prod"}], "transitiveTagKeys": ["team"]},
        {"roleARN": "arn:aws:iam::2:role/b"},
    ])
}

const DESCRIBE: &str = "Action=DescribeDBInstances&Version=2014-10-31";

#[tokio::test]
async fn roles_of_a_chain_are_assumed_in_order_each_with_the_one_before() {
    let scene = Scene::of(assumed(&two_hops()), &[]);
    scene.describe("eu-central-1").await.unwrap();
    let first = "sts.eu-central-1.amazonaws.com AKIA1 eu-central-1 Action=AssumeRole&Version=2011-06-15\
                 &RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa&RoleSessionName=crossplane-goldenpath-aws-default\
                 &Tags.member.1.Key=team&Tags.member.1.Value=pay&Tags.member.2.Key=tier&Tags.member.2.Value=prod\
                 &TransitiveTagKeys.member.1=team&ExternalId=e%201";
    let second = "sts.eu-central-1.amazonaws.com ROLE1 eu-central-1 Action=AssumeRole&Version=2011-06-15\
                  &RoleArn=arn%3Aaws%3Aiam%3A%3A2%3Arole%2Fb&RoleSessionName=crossplane-goldenpath-aws-default";
    let third = format!("rds.eu-central-1.amazonaws.com ROLE2 eu-central-1 {DESCRIBE}");
    assert_eq!(scene.requests(), [first, second, &third]);
}

#[tokio::test]
async fn a_thousand_managed_resources_in_two_regions_assume_a_role_once_and_again_before_it_ends() {
    let scene = Scene::of(assumed(&json!([{"roleARN": "arn:aws:iam::1:role/a"}])), &[]);
    let assumed = |scene: &Scene| scene.requests().iter().filter(|r| r.contains("AssumeRole")).count();
    for region in ["eu-central-1", "us-east-1"] {
        let told = futures::future::join_all((0..500).map(|_| scene.describe(region))).await;
        assert!(told.iter().all(Result::is_ok), "{told:?}");
    }
    assert_eq!(assumed(&scene), 1);
    // An hour of work, a minute at a time.
    let mut calls = 0;
    for _ in 0..60 {
        scene.time.advance(Duration::from_mins(1));
        scene.describe("eu-central-1").await.unwrap();
        calls += assumed(&scene);
    }
    assert_eq!(calls, 1, "at four fifths of the hour");
}

#[tokio::test]
async fn a_refused_role_is_reported_and_asked_for_once_in_five_seconds() {
    let scene = Scene::of(assumed(&two_hops()), &[]);
    scene.aws.asked().refuses = true;
    let told = futures::future::join_all((0..1000).map(|_| scene.describe("eu-central-1"))).await;
    let message = "cannot get credentials: AWS STS refuses role arn:aws:iam::1:role/a: AccessDenied: not you";
    assert!(told.iter().all(|t| t.as_ref().is_err_and(|told| told == message)), "{:?}", told[0]);
    assert_eq!(scene.requests().len(), 1);

    scene.aws.asked().refuses = false;
    scene.time.advance(Duration::from_secs(5));
    scene.describe("eu-central-1").await.unwrap();
}

#[tokio::test]
async fn another_secret_is_another_identity_from_the_next_reconcile_on() {
    let objects = assumed(&json!([{"roleARN": "arn:aws:iam::1:role/a"}]));
    let mut scene = Scene::of(objects.clone(), &[]);
    scene.describe("eu-central-1").await.unwrap();
    scene.requests();
    scene.clients.objects = objects.with(&kube_secret("system", &FILE.replace("AKIA1", "AKIA2")));
    scene.describe("eu-central-1").await.unwrap();
    assert!(scene.requests()[0].starts_with("sts.eu-central-1.amazonaws.com AKIA2 "));
}

#[tokio::test]
async fn a_changed_configuration_is_another_session() {
    let objects = FakeObjects::default().with(&kube_secret("system", FILE));
    let mut config = cluster_config(&from_secret());
    let mut scene = Scene::of(objects.clone().with(&config), &[]);
    scene.describe("eu-central-1").await.unwrap();
    config.metadata.generation = Some(2);
    config.spec.config.endpoint = Some(
        serde_json::from_value(json!({"url": {"type": "Static", "static": "http://aws:5000"}})).unwrap(),
    );
    scene.clients.objects = objects.with(&config);
    scene.describe("eu-central-1").await.unwrap();
    let hosts: Vec<_> = scene.requests().iter().map(|r| r.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(hosts, ["rds.eu-central-1.amazonaws.com", "aws"]);
}

#[tokio::test]
async fn requests_are_signed_for_what_the_endpoint_says() {
    let mut spec = from_secret();
    spec["endpoint"] =
        json!({"url": {"type": "Static", "static": "http://aws:5000"}, "signingRegion": "us-east-1"});
    let objects = FakeObjects::default().with(&cluster_config(&spec)).with(&kube_secret("system", FILE));
    let scene = Scene::of(objects, &[]);
    scene.describe("eu-central-1").await.unwrap();
    assert_eq!(scene.requests(), [format!("aws AKIA1 us-east-1 {DESCRIBE}")]);
}

#[tokio::test]
async fn a_service_accounts_role_is_assumed_with_the_token_that_its_file_holds_now() {
    let file = std::env::temp_dir().join(format!("goldenpath-token-{}", uuid::Uuid::new_v4()));
    std::fs::write(&file, "token-1\n").unwrap();
    let pod =
        [("AWS_WEB_IDENTITY_TOKEN_FILE", file.to_str().unwrap()), ("AWS_ROLE_ARN", "arn:aws:iam::1:role/sa")];
    let config = cluster_config(&json!({"credentials": {"source": "IRSA"}}));
    let scene = Scene::of(FakeObjects::default().with(&config), &pod);
    scene.describe("eu-central-1").await.unwrap();
    let asked = "sts.eu-central-1.amazonaws.com nobody nowhere Action=AssumeRoleWithWebIdentity&Version=2011-06-15\
                 &RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fsa&RoleSessionName=crossplane-goldenpath-aws-default\
                 &WebIdentityToken=token-1";
    assert_eq!(scene.requests()[0], asked);

    std::fs::write(&file, "token-2\n").unwrap();
    scene.describe("eu-central-1").await.unwrap();
    assert!(scene.requests()[0].ends_with("WebIdentityToken=token-2"), "a new token counts at once");

    std::fs::remove_file(&file).unwrap();
    let told = scene.describe("eu-central-1").await.unwrap_err();
    assert!(told.starts_with("cannot get credentials: cannot read token file "), "{told}");
}

#[tokio::test]
async fn a_token_without_a_role_is_reported() {
    let config = cluster_config(&json!({"credentials": {"source": "IRSA"}}));
    let scene = Scene::of(FakeObjects::default().with(&config), &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")]);
    let told = scene.describe("eu-central-1").await.unwrap_err();
    assert_eq!(told, "cannot get credentials: AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
}

#[tokio::test]
async fn a_web_identity_may_come_from_a_secret() {
    let config = cluster_config(&json!({"credentials": {"source": "WebIdentity", "webIdentity": {
        "roleARN": "arn:aws:iam::1:role/w", "roleSessionName": "mine",
        "tokenConfig": {"source": "Secret", "secretRef": {"namespace": "system", "name": "aws", "key": "credentials"}},
    }}}));
    let scene = Scene::of(FakeObjects::default().with(&config).with(&kube_secret("system", "token-3")), &[]);
    scene.describe("eu-central-1").await.unwrap();
    let [asked, _] = &scene.requests()[..] else { panic!("one question each") };
    assert!(asked.ends_with("RoleSessionName=mine&WebIdentityToken=token-3"), "{asked}");
}

#[tokio::test]
async fn without_credentials_requests_are_not_signed() {
    let config = cluster_config(&json!({"credentials": {"source": "None"}}));
    let scene = Scene::of(FakeObjects::default().with(&config), &[]);
    scene.describe("eu-central-1").await.unwrap();
    assert_eq!(scene.requests(), [format!("rds.eu-central-1.amazonaws.com nobody nowhere {DESCRIBE}")]);
}

#[tokio::test]
async fn what_is_deleted_after_its_secret_uses_the_last_credentials_of_its_configuration() {
    let config = cluster_config(&from_secret());
    let with_secret = FakeObjects::default().with(&config).with(&kube_secret("system", FILE));
    let mut scene = Scene::of(with_secret, &[]);
    scene.describe("eu-central-1").await.unwrap();
    scene.requests();

    scene.clients.objects = FakeObjects::default().with(&config);
    let mut instance = testing::instance();
    let told = scene.clients.services(&instance).await.unwrap_err();
    assert_eq!(told.message, "cannot get credentials: there is no secret system/aws");

    instance.metadata.deletion_timestamp =
        Some(serde_json::from_value(json!("2027-01-01T00:00:00Z")).unwrap());
    for region in ["eu-central-1", "us-east-1"] {
        instance.spec.for_provider.region = region.into();
        let services = scene.clients.services(&instance).await.unwrap();
        services.rds.client.describe_db_instances().send().await.unwrap();
        assert_eq!(scene.requests(), [format!("rds.{region}.amazonaws.com AKIA1 {region} {DESCRIBE}")]);
    }

    let mut remade = cluster_config(&from_secret());
    remade.metadata.uid = Some("u9".into());
    scene.clients.objects = FakeObjects::default().with(&remade);
    instance.spec.for_provider.region = "eu-central-1".into();
    let told = scene.clients.services(&instance).await.unwrap_err();
    assert_eq!(
        told.message, "cannot get credentials: there is no secret system/aws",
        "of this configuration only"
    );
}

#[tokio::test]
async fn what_a_configuration_says_of_retries_is_known_even_if_its_credentials_are_not() {
    let mut spec = from_secret();
    spec["reconciliationPolicy"] = json!({"exponentialFailureRateLimiter": {"baseDelay": "5s"}});
    let mut scene = Scene::of(FakeObjects::default().with(&cluster_config(&spec)), &[]);
    let instance = testing::instance();
    assert_eq!(scene.clients.backoff(&instance), None, "it was never read");
    scene.clients.services(&instance).await.unwrap_err();
    let backoff = Backoff { base: Duration::from_secs(5), cap: Duration::from_mins(1) };
    assert_eq!(scene.clients.backoff(&instance), Some(backoff));

    scene.clients.objects = FakeObjects::default().with(&cluster_config(&from_secret()));
    scene.clients.services(&instance).await.unwrap_err();
    assert_eq!(scene.clients.backoff(&instance), None, "it was removed");
}

#[tokio::test]
async fn what_sts_is_asked_is_counted_as_every_other_call() {
    let mut registry = prometheus_client::registry::Registry::default();
    let mut scene = Scene::of(assumed(&json!([{"roleARN": "arn:aws:iam::123456789012:role/a"}])), &[]);
    scene.clients = scene.clients.counting(CallMetrics::new(&mut registry));
    for _ in 0..2 {
        scene.describe("eu-central-1").await.unwrap();
    }
    let mut page = String::new();
    prometheus_client::encoding::text::encode(&mut page, &registry).unwrap();
    for (service, operation, count) in [("STS", "AssumeRole", 1), ("RDS", "DescribeDBInstances", 2)] {
        let line = format!(
            "goldenpath_aws_calls_total{{account=\"123456789012\",service=\"{service}\",operation=\"{operation}\",result=\"success\"}} {count}"
        );
        assert!(page.lines().any(|l| l == line), "{line} is not in\n{page}");
    }
}

/// Neither for a call nor for the role that it needs.
#[tokio::test]
async fn a_process_that_does_not_lead_asks_aws_nothing() {
    let mut registry = prometheus_client::registry::Registry::default();
    let mut scene = Scene::of(assumed(&two_hops()), &[]);
    scene.clients = scene.clients.counting(CallMetrics::new(&mut registry)).while_leading(|| false);
    let told = scene.describe("eu-central-1").await.unwrap_err();
    assert!(!told.is_empty());
    assert_eq!(scene.requests(), [""; 0]);
    let mut page = String::new();
    prometheus_client::encoding::text::encode(&mut page, &registry).unwrap();
    assert!(!page.contains("goldenpath_aws_calls_total{"), "nothing was asked: {page}");
}
