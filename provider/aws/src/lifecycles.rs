//! Until when AWS supports the major versions of engines: asked once a day for each that runs, and of no consequence where
//! AWS does not say.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{DbInstance, DbMajorEngineVersion, LifecycleSupportName};
use goldenpath_provider_api::rds::{Engine, InstanceObservation};
use k8s_openapi::jiff::Timestamp;

use crate::client::Service;
use crate::fault::{Failure, Faults};

/// How long an answer is good for, in seconds.
const A_DAY: i64 = 24 * 60 * 60;
/// How long nobody is asked again who has not answered.
const AN_HOUR: i64 = 60 * 60;
/// How long before its end support counts as ending.
const A_YEAR: i64 = 365 * A_DAY;

/// What AWS has said, by engine and major version.
#[derive(Debug, Default)]
pub(crate) struct Lifecycles(Mutex<HashMap<(String, String), Answer>>);

/// The last answer of one major version.
#[derive(Clone, Copy, Debug, Default)]
struct Answer {
    /// When to ask again, in seconds since the epoch.
    good_until: i64,
    /// When standard support ends.
    ends: Option<i64>,
}

// === impl Lifecycles ===

impl Lifecycles {
    /// Says of a DB instance when the standard support of its version ends.
    pub(crate) async fn record(
        &self,
        rds: &Service<Client>,
        db: &DbInstance,
        now: i64,
        seen: &mut InstanceObservation,
    ) {
        let (Some(engine), Some(version)) = (db.engine(), db.engine_version()) else { return };
        let line = (engine.to_owned(), Engine::of(engine).major_version(version).to_owned());
        let known = self.known(&line);
        let ends = if now < known.good_until { known.ends } else { self.ask(rds, line, known, now).await };
        seen.standard_support_ends = ends.and_then(day);
        seen.standard_support_ending = ends.map(|ends| ends < now + A_YEAR);
    }

    fn known(&self, line: &(String, String)) -> Answer {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(line).copied().unwrap_or_default()
    }

    async fn ask(
        &self,
        rds: &Service<Client>,
        line: (String, String),
        before: Answer,
        now: i64,
    ) -> Option<i64> {
        let answer = match end(rds, &line.0, &line.1).await {
            Ok(ends) => Answer { good_until: now + A_DAY, ends },
            Err(failure) => {
                tracing::debug!(engine = %line.0, version = %line.1, %failure.fault, "AWS does not say how long it supports the version");
                Answer { good_until: now + AN_HOUR, ..before }
            }
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(line, answer);
        answer.ends
    }

    /// That have been asked already, and had no answer.
    #[cfg(test)]
    pub(crate) fn silent() -> Self {
        let versions = ["13", "14", "15", "16", "17", "18"].map(|major| ("postgres", major));
        let lines = versions.into_iter().chain(["8.0", "8.4"].map(|major| ("mysql", major)));
        let silent = Answer { good_until: i64::MAX, ends: None };
        let answers = lines.map(|(engine, major)| ((engine.to_owned(), major.to_owned()), silent));
        Self(Mutex::new(answers.collect()))
    }
}

async fn end(rds: &Service<Client>, engine: &str, major: &str) -> Result<Option<i64>, Failure> {
    const FAULTS: Faults = Faults { rows: &[], fields: &[] };
    let request = rds.client.describe_db_major_engine_versions().engine(engine).major_engine_version(major);
    let answer = rds.call(&FAULTS, request.send()).await?;
    let lines = answer.db_major_engine_versions();
    let mut lifecycles = lines.iter().flat_map(DbMajorEngineVersion::supported_engine_lifecycles);
    let standard = lifecycles.find(|lifecycle| {
        lifecycle.lifecycle_support_name() == Some(&LifecycleSupportName::OpenSourceRdsStandardSupport)
    });
    Ok(standard.and_then(|standard| Some(standard.lifecycle_support_end_date()?.secs())))
}

/// `2029-02-28`.
fn day(seconds: i64) -> Option<String> {
    Some(Timestamp::from_second(seconds).ok()?.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    use aws_sdk_rds::error::ErrorMetadata;
    use aws_sdk_rds::operation::describe_db_major_engine_versions::{
        DescribeDBMajorEngineVersionsError, DescribeDbMajorEngineVersionsOutput,
    };
    use aws_sdk_rds::primitives::DateTime;
    use aws_sdk_rds::types::SupportedEngineLifecycle;
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use crate::fault::Api;

    /// 2029-02-28, and the second before it is over.
    const END: i64 = 1_867_017_599;
    const NOW: i64 = 1_800_000_000;

    fn lifecycle(name: LifecycleSupportName, end: i64) -> SupportedEngineLifecycle {
        SupportedEngineLifecycle::builder()
            .lifecycle_support_name(name)
            .lifecycle_support_start_date(DateTime::from_secs(0))
            .lifecycle_support_end_date(DateTime::from_secs(end))
            .build()
    }

    fn answering() -> Rule {
        let asked = mock!(Client::describe_db_major_engine_versions).match_requests(|request| {
            request.engine() == Some("postgres") && request.major_engine_version() == Some("16")
        });
        asked.then_output(|| {
            let line = DbMajorEngineVersion::builder()
                .supported_engine_lifecycles(lifecycle(
                    LifecycleSupportName::OpenSourceRdsExtendedSupport,
                    2 * END,
                ))
                .supported_engine_lifecycles(lifecycle(
                    LifecycleSupportName::OpenSourceRdsStandardSupport,
                    END,
                ));
            DescribeDbMajorEngineVersionsOutput::builder().db_major_engine_versions(line.build()).build()
        })
    }

    fn service(rule: &Rule) -> Service<Client> {
        Service::new(mock_client!(aws_sdk_rds, RuleMode::MatchAny, &[rule]), Api::Rds, "aws.test".into())
    }

    fn db(version: &str) -> DbInstance {
        DbInstance::builder().engine("postgres").engine_version(version).build()
    }

    async fn seen(lifecycles: &Lifecycles, rds: &Service<Client>, now: i64) -> InstanceObservation {
        let mut seen = InstanceObservation::default();
        lifecycles.record(rds, &db("16.4"), now, &mut seen).await;
        seen
    }

    #[tokio::test]
    async fn the_end_of_standard_support_is_asked_for_once_a_day() {
        let rule = answering();
        let (rds, lifecycles) = (service(&rule), Lifecycles::default());
        for now in [NOW, NOW + 60, NOW + A_DAY - 1] {
            let seen = seen(&lifecycles, &rds, now).await;
            assert_eq!(seen.standard_support_ends.as_deref(), Some("2029-02-28"));
            assert_eq!(seen.standard_support_ending, Some(false));
        }
        assert_eq!(rule.num_calls(), 1);
        seen(&lifecycles, &rds, NOW + A_DAY).await;
        assert_eq!(rule.num_calls(), 2);
    }

    #[tokio::test]
    async fn support_that_ends_within_a_year_is_ending() {
        let rule = answering();
        let (rds, lifecycles) = (service(&rule), Lifecycles::default());
        assert_eq!(seen(&lifecycles, &rds, END - A_YEAR).await.standard_support_ending, Some(false));
        assert_eq!(seen(&lifecycles, &rds, END - A_YEAR + 1).await.standard_support_ending, Some(true));
    }

    #[tokio::test]
    async fn who_may_not_ask_keeps_what_is_known_and_asks_again_in_an_hour() {
        let rule = mock!(Client::describe_db_major_engine_versions).then_error(|| {
            let denied = ErrorMetadata::builder().code("AccessDenied").build();
            DescribeDBMajorEngineVersionsError::generic(denied)
        });
        let (rds, lifecycles) = (service(&rule), Lifecycles::default());
        let line = ("postgres".to_owned(), "16".to_owned());
        lifecycles.0.lock().unwrap().insert(line, Answer { good_until: NOW, ends: Some(END) });
        for now in [NOW, NOW + AN_HOUR - 1] {
            let seen = seen(&lifecycles, &rds, now).await;
            assert_eq!(seen.standard_support_ends.as_deref(), Some("2029-02-28"));
        }
        assert_eq!(rule.num_calls(), 1);
    }
}
