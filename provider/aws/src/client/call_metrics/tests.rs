use aws_sdk_rds::config::{BehaviorVersion, Credentials, Region};
use prometheus_client::encoding::text::encode;

use super::*;

/// A client whose calls are counted, and whose requests get these answers in turn.
fn counted(calls: &CallMetrics, [first, second]: [(u16, &str); 2]) -> aws_sdk_rds::Client {
    let answers = aws_smithy_mocks::mock!(aws_sdk_rds::Client::describe_db_instances)
        .sequence()
        .http_status(first.0, Some(first.1.to_owned()))
        .http_status(second.0, Some(second.1.to_owned()))
        .build();
    let interceptor = aws_smithy_mocks::MockResponseInterceptor::new().with_rule(&answers);
    let config = aws_sdk_rds::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("AKIDsecret", "s3cr3t", None, None, "test"))
        .http_client(aws_smithy_mocks::create_mock_http_client())
        .retry_config(aws_sdk_rds::config::retry::RetryConfig::standard().with_max_attempts(2))
        .interceptor(interceptor)
        .interceptor(calls.of(account_of("arn:aws:iam::123456789012:role/r")))
        .build();
    aws_sdk_rds::Client::from_conf(config)
}

fn page(registry: &Registry) -> String {
    let mut page = String::new();
    encode(&mut page, registry).unwrap();
    page
}

const FOUND: &str = "<DescribeDBInstancesResponse><DescribeDBInstancesResult/></DescribeDBInstancesResponse>";
const THROTTLED: &str = "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>";
const MISSING: &str =
    "<ErrorResponse><Error><Code>DBInstanceNotFound</Code></Error><RequestId>r-1</RequestId></ErrorResponse>";

#[tokio::test]
async fn every_attempt_is_counted_by_account_api_operation_and_result() {
    let mut registry = Registry::default();
    let calls = CallMetrics::new(&mut registry);
    let unused = (500, "");
    for answers in [[(200, FOUND), unused], [(404, MISSING), unused], [(400, THROTTLED), (200, FOUND)]] {
        let _answer = counted(&calls, answers).describe_db_instances().send().await;
    }
    let page = page(&registry);
    for (result, count) in [("success", 2), ("client_error", 1), ("throttled", 1)] {
        let line = format!(
            "goldenpath_aws_calls_total{{account=\"123456789012\",service=\"RDS\",operation=\"DescribeDBInstances\",result=\"{result}\"}} {count}"
        );
        assert!(page.lines().any(|l| l == line), "{line} is not in\n{page}");
    }
    let waited = "goldenpath_aws_throttled_seconds_total{account=\"123456789012\",service=\"RDS\"} ";
    let seconds: f64 = page.lines().find_map(|l| l.strip_prefix(waited)).unwrap().parse().unwrap();
    assert!(seconds > 0.0, "the wait before the second attempt is measured: {seconds}");
    for secret in ["AKIDsecret", "s3cr3t", "r-1"] {
        assert!(!page.contains(secret), "{page}");
    }
}

#[test]
fn the_account_is_that_of_the_role_or_unknown() {
    assert_eq!(account_of("arn:aws:iam::123456789012:role/r"), Some("123456789012"));
    assert_eq!(account_of("r"), None);
    let mut registry = Registry::default();
    assert_eq!(CallMetrics::new(&mut registry).of(None).account, "unknown");
}
