//! Tables over the pure parts.

use rstest::rstest;
use serde_json::Value;

use super::super::deletion;
use super::*;
use goldenpath_provider_api::rds::{InstanceObservation, InstanceState};
use modifiable::Modifiable;

fn instance_with(params: Value) -> Instance {
    let mut object = serde_json::to_value(testing::instance()).unwrap();
    let Value::Object(params) = params else { panic!("an object") };
    for (key, value) in params {
        object["spec"]["forProvider"][key] = value;
    }
    serde_json::from_value(object).unwrap()
}

fn pending(values: aws_sdk_rds::types::builders::PendingModifiedValuesBuilder) -> DbInstance {
    db().pending_modified_values(values.build()).build()
}

fn queue() -> aws_sdk_rds::types::builders::PendingModifiedValuesBuilder {
    PendingModifiedValues::builder()
}

fn parameter_group(name: &str) -> aws_sdk_rds::types::DbParameterGroupStatus {
    aws_sdk_rds::types::DbParameterGroupStatus::builder().db_parameter_group_name(name).build()
}

#[rstest]
#[case::as_wanted(json!({}), db().build(), "")]
#[case::a_minor_upgrade_by_aws_is_above_the_floor(json!({"engineVersion": "16.1"}), db().build(), "")]
#[case::a_wanted_minor_is_an_upgrade(json!({"engineVersion": "16.10"}), db().build(), "engineVersion: 16.3 -> 16.10")]
#[case::versions_are_not_text(json!({"engineVersion": "16.1"}), db().engine_version("16.10").build(), "")]
#[case::no_downgrade(json!({"engineVersion": "15.7"}), db().build(), "")]
#[case::a_major_upgrade(json!({"engineVersion": "17"}), db().build(), "engineVersion: 16.3 -> 17")]
#[case::autoscaled_storage_is_above_the_floor(json!({}), db().allocated_storage(60).build(), "")]
#[case::more_storage(json!({"allocatedStorage": 30}), db().build(), "allocatedStorage: 20 -> 30")]
#[case::storage_is_queued(json!({"allocatedStorage": 30}), pending(queue().allocated_storage(30)), "")]
#[case::a_ceiling(json!({"maxAllocatedStorage": 200}), db().build(), "maxAllocatedStorage: 100 -> 200")]
#[case::a_ceiling_that_is_the_size_is_off(json!({"maxAllocatedStorage": 20}), db().set_max_allocated_storage(None).build(), "")]
#[case::a_ceiling_turned_off(json!({"maxAllocatedStorage": 20}), db().build(), "maxAllocatedStorage: 100 -> (off)")]
#[case::iops_below_the_threshold_are_aws_s(json!({"iops": 4000}), db().build(), "")]
#[case::iops_above_it(json!({"iops": 13000, "allocatedStorage": 400}), db().allocated_storage(400).iops(12000).build(), "iops: 12000 -> 13000")]
#[case::another_class(json!({"instanceClass": "db.m7g.large"}), db().build(), "instanceClass: db.t4g.small -> db.m7g.large")]
#[case::a_class_that_is_queued(json!({"instanceClass": "db.m7g.large"}), pending(queue().db_instance_class("db.m7g.large")), "")]
#[case::a_queued_class_taken_back(json!({}), pending(queue().db_instance_class("db.m7g.large")), "instanceClass: db.m7g.large -> db.t4g.small")]
#[case::a_queued_class_wanted_now(json!({"instanceClass": "db.m7g.large", "applyImmediately": true}), pending(queue().db_instance_class("db.m7g.large")), "instanceClass: db.t4g.small -> db.m7g.large")]
#[case::windows_in_another_spelling(json!({"maintenanceWindow": "Mon:3:00-Mon:4:00"}), db().preferred_maintenance_window("mon:03:00-mon:04:00").build(), "")]
#[case::another_window(json!({"backupWindow": "02:00-03:00"}), db().preferred_backup_window("01:00-02:00").build(), "backupWindow: 01:00-02:00 -> 02:00-03:00")]
#[case::an_unset_field_is_not_managed(json!({}), db().multi_az(true).publicly_accessible(true).build(), "")]
#[case::changed_behind_our_back(json!({}), db().backup_retention_period(1).deletion_protection(false).build(), "backupRetentionPeriod: 1 -> 7, deletionProtection: false -> true")]
#[case::a_managed_password_given_back(json!({}), db().master_user_secret(aws_sdk_rds::types::MasterUserSecret::builder().build()).build(), "manageMasterUserPassword: true -> false")]
#[case::no_security_groups_are_not_managed(json!({"vpcSecurityGroupIds": []}), db().build(), "")]
#[case::logs(json!({"enabledCloudwatchLogsExports": ["upgrade", "postgresql"]}), db().enabled_cloudwatch_logs_exports("postgresql").build(), "enabledCloudwatchLogsExports: postgresql -> postgresql upgrade")]
#[case::a_public_address(json!({"publiclyAccessible": false}), db().publicly_accessible(true).build(), "publiclyAccessible: true -> false")]
#[case::tags_of_snapshots(json!({"copyTagsToSnapshot": true}), db().build(), "copyTagsToSnapshot: false -> true")]
#[case::minor_versions(json!({"autoMinorVersionUpgrade": true}), db().build(), "autoMinorVersionUpgrade: false -> true")]
#[case::insights(json!({"performanceInsightsEnabled": true}), db().build(), "performanceInsightsEnabled: false -> true")]
#[case::security_groups(json!({"vpcSecurityGroupIds": ["sg-2", "sg-1"]}), db().build(), "vpcSecurityGroupIds:  -> sg-1 sg-2")]
#[case::a_parameter_group(json!({"parameterGroupName": "Mine"}), db().db_parameter_groups(parameter_group("default.postgres16")).build(), "parameterGroupName: default.postgres16 -> mine")]
#[case::a_port(json!({"port": 6000}), db().build(), "port: 5432 -> 6000")]
#[case::another_storage_type(json!({"storageType": "io2"}), db().build(), "storageType: gp3 -> io2")]
#[case::a_standby(json!({"multiAz": true}), db().build(), "multiAz: false -> true")]
#[case::a_tag(json!({"tags": {"team": "payments"}}), db().build(), "tags: team= -> team=payments")]
fn drift(#[case] params: Value, #[case] db: DbInstance, #[case] summary: &str) {
    let instance = instance_with(params);
    let drift = delta::drift(&instance, testing::CLUSTER, &db, delta::Asked::LongAgo);
    assert_eq!(drift.summary(), summary);
    assert_eq!(drift.refused().count(), 0);
    let request = input::modify(&instance, &drift, &db, None);
    let own_calls = drift.changes.iter().all(|c| Field::of(c) == Some(Field::Tags));
    assert_eq!(request.is_none(), own_calls, "each field that drifts has its place in the request");
}

#[rstest]
#[case::encryption(json!({}), db().storage_encrypted(false).build(), "storageEncrypted: false -> true")]
#[case::a_user(json!({"username": "root"}), db().build(), "username: app -> root")]
#[case::a_database(json!({"dbName": "other"}), db().build(), "dbName: orders -> other")]
#[case::a_database_in_another_case(json!({"dbName": "Orders"}), db().build(), "")]
#[case::a_key(json!({"kmsKeyId": "k2"}), db().kms_key_id("arn:aws:kms:eu:1:key/k1").build(), "kmsKeyId: k1 -> k2")]
#[case::an_alias_cannot_be_compared(json!({"kmsKeyId": "alias/a"}), db().kms_key_id("arn:aws:kms:eu:1:key/k1").build(), "")]
fn what_would_replace_the_database_is_refused(
    #[case] params: Value,
    #[case] db: DbInstance,
    #[case] summary: &str,
) {
    let drift = delta::drift(&instance_with(params), testing::CLUSTER, &db, delta::Asked::LongAgo);
    assert_eq!(drift.summary(), summary);
    assert_eq!(drift.actionable().count(), 0);
}

#[rstest]
#[case::all_of_it("available", 4)]
#[case::no_storage("storage-optimization", 3)]
#[case::storage_and_tags("storage-full", 2)]
#[case::tags("backing-up", 1)]
#[case::tags_while_modifying("modifying", 1)]
#[case::wait_in_a_state_nobody_knows("brand-new-state", 1)]
#[case::nothing("creating", 0)]
fn what_can_be_asked_for_depends_on_the_state(#[case] status: &str, #[case] count: usize) {
    let params =
        json!({"allocatedStorage": 30, "multiAz": true, "backupRetentionPeriod": 14, "tags": {"a": "b"}});
    let instance = instance_with(params);
    let db = db().db_instance_status(status).build();
    let drift = delta::drift(&instance, testing::CLUSTER, &db, delta::Asked::LongAgo);
    assert_eq!(modifiable::actionable(&drift, &db, Storage::Modifiable).changes.len(), count);
    let planned = planned::planned(&instance, &db, &drift);
    assert_eq!(planned.len(), 3, "what waits is still announced");
}

/// What is asked of the storage: size, type, iops.
#[rstest]
#[case::growth_below_the_threshold(json!({"allocatedStorage": 100}), db().build(), (Some(100), None, None))]
#[case::growth_over_the_threshold_of_gp3(json!({"allocatedStorage": 500}), db().allocated_storage(100).iops(3000).build(), (Some(500), None, None))]
#[case::with_iops_of_the_spec(json!({"allocatedStorage": 500, "iops": 13000}), db().allocated_storage(100).iops(3000).build(), (Some(500), None, Some(13000)))]
#[case::growth_above_it_keeps_what_there_is(json!({"allocatedStorage": 600}), db().allocated_storage(500).iops(14000).build(), (Some(600), None, Some(14000)))]
#[case::another_type_brings_its_iops(json!({"allocatedStorage": 400, "storageType": "io2", "iops": 13000}), db().allocated_storage(400).iops(13000).build(), (Some(400), Some("io2"), Some(13000)))]
#[case::another_type_below_the_threshold(json!({"allocatedStorage": 100, "storageType": "gp3"}), db().allocated_storage(100).storage_type("io2").iops(5000).build(), (Some(100), Some("gp3"), None))]
#[case::iops_alone(json!({"allocatedStorage": 400, "iops": 13000}), db().allocated_storage(400).iops(12000).build(), (Some(400), None, Some(13000)))]
fn size_type_and_iops_go_together(
    #[case] params: Value,
    #[case] db: DbInstance,
    #[case] expected: (Option<i32>, Option<&str>, Option<i32>),
) {
    let instance = instance_with(params);
    let drift = delta::drift(&instance, testing::CLUSTER, &db, delta::Asked::LongAgo);
    let request = input::modify(&instance, &drift, &db, None).unwrap().build().unwrap();
    assert_eq!((request.allocated_storage(), request.storage_type(), request.iops()), expected);
}

/// What is queued and not asked for (any more) is taken back to what runs, and nothing else is applied with it.
#[rstest]
#[case::a_major_upgrade(json!({}), queue().engine_version("17.2"), "engineVersion: 17.2 -> 16.3", Some(true))]
#[case::an_upgrade_that_is_asked_for(json!({"engineVersion": "17"}), queue().engine_version("17.2"), "", None)]
#[case::beyond_what_is_asked_for(json!({"engineVersion": "16.4"}), queue().engine_version("17.2"), "engineVersion: 17.2 -> 16.4", Some(false))]
#[case::growth(json!({}), queue().allocated_storage(2000), "allocatedStorage: 2000 -> 20", Some(true))]
#[case::growth_beyond_what_is_asked_for(json!({"allocatedStorage": 30}), queue().allocated_storage(2000), "allocatedStorage: 2000 -> 30", Some(false))]
#[case::beside_a_certificate(json!({}), queue().allocated_storage(2000).ca_certificate_identifier("rds-ca-rsa4096-g1"), "allocatedStorage: 2000 -> 20", Some(false))]
#[case::a_class_beside_a_certificate(json!({}), queue().db_instance_class("db.m7g.large").ca_certificate_identifier("c"), "instanceClass: db.m7g.large -> db.t4g.small", Some(false))]
fn what_is_queued_and_not_asked_for_is_taken_back(
    #[case] params: Value,
    #[case] queued: aws_sdk_rds::types::builders::PendingModifiedValuesBuilder,
    #[case] summary: &str,
    #[case] at_once: Option<bool>,
) {
    let (instance, db) = (instance_with(params), pending(queued));
    let drift = delta::drift(&instance, testing::CLUSTER, &db, delta::Asked::LongAgo);
    assert_eq!(drift.summary(), summary);
    let (drift, refused) = version::without_major_upgrade(&instance, &drift);
    assert_eq!(refused, None, "taking an upgrade back needs no permission");
    let request = input::modify(&instance, &drift, &db, None).map(|r| r.build().unwrap());
    assert_eq!(request.and_then(|r| r.apply_immediately()), at_once);
}

#[test]
fn every_value_that_can_be_queued_is_known() {
    let known = "db_instance_class allocated_storage master_user_password port backup_retention_period multi_az \
        engine_version license_model iops storage_throughput db_instance_identifier storage_type \
        ca_certificate_identifier db_subnet_group_name pending_cloudwatch_logs_exports processor_features \
        automation_mode resume_full_automation_mode_time multi_tenant iam_database_authentication_enabled \
        dedicated_log_volume engine additional_storage_volumes db_capacity_reservation_identifier";
    let printed = format!("{:?}", PendingModifiedValues::builder().build());
    let names: std::collections::BTreeSet<_> =
        printed.split([' ', '{', ',', '}']).filter_map(|word| word.strip_suffix(':')).collect();
    assert_eq!(
        names,
        known.split_whitespace().collect(),
        "place a new one in `State::overlay` or `queues_others`"
    );
}

#[test]
fn a_full_storage_grows_at_once_and_may_have_a_ceiling() {
    let db = db().db_instance_status("storage-full").build();
    let instance =
        instance_with(json!({"allocatedStorage": 40, "maxAllocatedStorage": 200, "multiAz": true}));
    let drift = modifiable::actionable(
        &delta::drift(&instance, testing::CLUSTER, &db, delta::Asked::LongAgo),
        &db,
        Storage::Modifiable,
    );
    assert_eq!(drift.summary(), "allocatedStorage: 20 -> 40, maxAllocatedStorage: 100 -> 200");
    let request = input::modify(&instance, &drift, &db, None).unwrap().build().unwrap();
    assert_eq!(request.apply_immediately(), Some(true));
    assert_eq!((request.allocated_storage(), request.multi_az()), (Some(40), None));
}

#[test]
fn aws_backup_keeps_what_is_its_own() {
    let plan = db().aws_backup_recovery_point_arn("arn:aws:backup:eu-central-1:1:recovery-point:r");
    let db = plan.backup_retention_period(35).preferred_backup_window("01:00-02:00").build();
    let instance = instance_with(json!({"backupWindow": "02:00-03:00", "multiAz": true}));
    assert_eq!(
        delta::drift(&instance, testing::CLUSTER, &db, delta::Asked::LongAgo).summary(),
        "multiAz: false -> true"
    );
}

#[test]
fn a_parameter_group_waits_with_the_major_upgrade_that_it_is_for() {
    let instance =
        instance_with(json!({"engineVersion": "17", "parameterGroupName": "pg17", "multiAz": true}));
    let db = db().db_parameter_groups(parameter_group("pg16")).build();
    let (drift, refused) = version::without_major_upgrade(
        &instance,
        &delta::drift(&instance, testing::CLUSTER, &db, delta::Asked::LongAgo),
    );
    assert_eq!(drift.summary(), "multiAz: false -> true");
    assert_eq!(refused.map(|fault| fault.reason), Some("MajorUpgradeNotAllowed"));
}

#[rstest]
#[case::deferred(json!({"instanceClass": "db.m7g.large"}), db().build(), false)]
#[case::the_spec_says_now(json!({"instanceClass": "db.m7g.large", "applyImmediately": true}), db().build(), true)]
#[case::the_queue_is_not_flushed_by_accident(json!({"backupRetentionPeriod": 14, "instanceClass": "db.m7g.large"}), pending(queue().db_instance_class("db.m7g.large")), false)]
#[case::the_queue_is_emptied(json!({}), pending(queue().db_instance_class("db.m7g.large")), true)]
#[case::only_a_part_of_it(json!({}), pending(queue().db_instance_class("db.m7g.large").engine_version("16.4")), false)]
#[case::with_another_deferred_change(json!({"multiAz": true}), pending(queue().db_instance_class("db.m7g.large")), false)]
fn apply_immediately(#[case] params: Value, #[case] db: DbInstance, #[case] at_once: bool) {
    let instance = instance_with(params);
    let drift = delta::drift(&instance, testing::CLUSTER, &db, delta::Asked::LongAgo);
    let request = input::modify(&instance, &drift, &db, None).unwrap().build().unwrap();
    assert_eq!(request.apply_immediately(), Some(at_once));
}

#[rstest]
#[case("available", Modifiable::Everything, true)]
#[case("backing-up", Modifiable::OnlyTags, true)]
#[case("storage-optimization", Modifiable::NotStorage, true)]
#[case("modifying", Modifiable::OnlyTags, true)]
#[case("configuring-log-exports", Modifiable::OnlyTags, true)]
#[case("upgrading", Modifiable::OnlyTags, false)]
#[case("rebooting", Modifiable::OnlyTags, false)]
#[case("resetting-master-credentials", Modifiable::OnlyTags, true)]
#[case("storage-initialization", Modifiable::NotStorage, true)]
#[case("storage-config-upgrade", Modifiable::OnlyTags, true)]
#[case("insufficient-capacity", Modifiable::OnlyClass, false)]
#[case("creating", Modifiable::Nothing, false)]
#[case("deleting", Modifiable::Nothing, false)]
#[case("storage-full", Modifiable::OnlyGrowth, false)]
#[case("stopped", Modifiable::OnlyTags, false)]
#[case("incompatible-parameters", Modifiable::OnlyParameters, false)]
#[case("incompatible-network", Modifiable::OnlyTags, false)]
#[case("failed", Modifiable::OnlyTags, false)]
#[case("brand-new-state", Modifiable::OnlyTags, false)]
fn states(#[case] status: &str, #[case] modifiable: Modifiable, #[case] ready: bool) {
    let db = db().db_instance_status(status).build();
    assert_eq!(Modifiable::in_state(&InstanceState::parse(status)), modifiable);
    assert_eq!(status::readiness(&db, &Standing::NotManaged, false) == Readiness::Available, ready);
    let deleted = status::readiness(&db, &Standing::NotManaged, true);
    assert_eq!(deleted == Readiness::Deleting, status == "deleting");
}

#[test]
fn before_there_is_an_endpoint_nothing_is_ready() {
    let db = db().set_endpoint(None).db_instance_status("backing-up").build();
    let readiness = status::readiness(&db, &Standing::NotManaged, false);
    assert_eq!(readiness, Readiness::Creating("waiting for the endpoint".into()));
}

/// AWS's percentage is that of an optimization of the storage.
#[test]
fn creation_tells_no_percentage() {
    let db = db().db_instance_status("creating").percent_progress("0").build();
    let readiness = status::readiness(&db, &Standing::NotManaged, false);
    assert_eq!(readiness, Readiness::Creating("AWS is creating the DB instance".into()));
}

#[rstest]
#[case::a_snapshot(json!({}), "available", Some("payments-orders-abc12-final-abcdefgh"), None)]
#[case::the_name_that_was_asked_for(json!({"finalSnapshotIdentifier": "mine"}), "available", Some("mine"), None)]
#[case::none_asked_for(json!({"skipFinalSnapshot": true}), "creating", None, None)]
#[case::none_possible_so_backups_stay(json!({}), "failed", None, Some(false))]
#[case::unless_asked_to_go(json!({"deleteAutomatedBackups": true}), "incompatible-network", None, Some(true))]
#[case::asked_for_wherever_aws_may_take_it(json!({}), "incompatible-parameters", Some("payments-orders-abc12-final-abcdefgh"), None)]
#[case::also_after_a_failed_restore(json!({}), "restore-error", Some("payments-orders-abc12-final-abcdefgh"), None)]
fn how_it_is_removed(
    #[case] params: Value,
    #[case] status: &str,
    #[case] snapshot: Option<&str>,
    #[case] backups: Option<bool>,
) {
    let instance = instance_with(params);
    let db = db().deletion_protection(false).db_instance_status(status).build();
    let plan = deletion::decide(&instance, &db).unwrap().unwrap();
    let request = plan.requests[0].clone().build().unwrap();
    assert_eq!(request.final_db_snapshot_identifier(), snapshot);
    assert_eq!(request.skip_final_snapshot(), Some(snapshot.is_none()));
    assert_eq!(request.delete_automated_backups(), backups);
}

#[test]
fn what_cannot_be_removed_now_says_what_helps() {
    let mut instance = instance_with(json!({"deletionProtection": false}));
    let stopped = db().db_instance_status("stopped").build();
    let fault = deletion::decide(&instance, &stopped).unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::User, "InstanceStopped"));
    assert!(fault.remedy.unwrap().contains("start it"));

    let lost =
        || db().deletion_protection(false).db_instance_status("failed").backup_retention_period(0).build();
    let fault = deletion::decide(&instance, &lost()).unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::User, "NoFinalSnapshot"));
    instance.spec.for_provider.skip_final_snapshot = Some(true);
    assert!(deletion::decide(&instance, &lost()).unwrap().is_some(), "as it says");
}

#[test]
fn a_restored_instance_keeps_the_names_of_its_backup() {
    let foreign = db().master_username("postgres").db_name("legacy").build();
    let params = json!({"snapshotIdentifier": "s", "masterUserPasswordFrom": null});
    let drift = delta::drift(&instance_with(params), testing::CLUSTER, &foreign, delta::Asked::LongAgo);
    assert_eq!(drift, Drift::none());
}

#[test]
fn a_final_snapshot_waits_for_creation() {
    let db = db().deletion_protection(false).db_instance_status("creating").build();
    let fault = deletion::decide(&testing::instance(), &db).unwrap_err();
    assert_eq!((fault.kind, fault.reason), (FaultKind::Waiting, "WaitingForState"));
}

#[rstest]
#[case::new(json!({}), "new")]
#[case::snapshot(json!({"snapshotIdentifier": "s"}), "snapshot")]
#[case::point_in_time(json!({"restoreToPointInTime": {"sourceDbInstanceIdentifier": "x"}}), "point in time")]
fn the_way_of_creation(#[case] params: Value, #[case] expected: &str) {
    let instance = instance_with(params);
    let (way, tags) = match input::create(&instance, testing::CLUSTER, None) {
        Creation::New(r) => ("new", r.build().unwrap().tags.unwrap()),
        Creation::FromSnapshot(r) => ("snapshot", r.build().unwrap().tags.unwrap()),
        Creation::ToPointInTime(r) => {
            let request = r.build().unwrap();
            assert_eq!(request.use_latest_restorable_time(), Some(true));
            ("point in time", request.tags.unwrap())
        }
    };
    assert_eq!((way, tags.len()), (expected, 5), "each says whose it is in the same call");
}

#[test]
fn windows_are_sent_in_the_spelling_of_aws() {
    let instance =
        instance_with(json!({"maintenanceWindow": "Mon:3:00-Mon:4:00", "backupWindow": "1:00-2:00"}));
    let Creation::New(request) = input::create(&instance, testing::CLUSTER, None) else {
        panic!("not restored")
    };
    let request = request.build().unwrap();
    assert_eq!(request.preferred_maintenance_window(), Some("mon:03:00-mon:04:00"));
    assert_eq!(request.preferred_backup_window(), Some("01:00-02:00"));
}

#[test]
fn a_change_says_what_it_costs() {
    let instance =
        instance_with(json!({"instanceClass": "db.m7g.large", "engineVersion": "17", "port": 6000}));
    let drift = delta::drift(&instance, testing::CLUSTER, &db().build(), delta::Asked::LongAgo);
    let classes: Vec<_> =
        drift.changes.iter().map(|c: &Change| (c.field.as_str(), c.class, c.downtime)).collect();
    let expected = [
        ("engineVersion", ChangeClass::Window, true),
        ("instanceClass", ChangeClass::Window, true),
        ("port", ChangeClass::Immediate, true),
    ];
    assert_eq!(classes, expected);
    let planned = planned::planned(&instance, &db().build(), &drift);
    let when: Vec<_> = planned.iter().map(|p| p.when.as_str()).collect();
    assert_eq!(when, ["NeedsApproval", "MaintenanceWindow", "Now"]);
}

/// The status that is kept of two that were observed, each a state and a latest restorable time in hours.
#[rstest]
#[case::at_rest(("available", Some(0)), ("available", Some(5)), Some(0))]
#[case::along_with_another_change(("modifying", Some(0)), ("available", Some(5)), Some(5))]
#[case::before_the_retention_can_have_passed_it(("available", Some(0)), ("available", Some(24)), Some(24))]
#[case::the_first_backup(("available", None), ("available", Some(5)), Some(5))]
#[case::backups_turned_off(("available", Some(0)), ("available", None), None)]
fn backups_alone_are_no_change_of_the_status(
    #[case] kept: (&str, Option<i64>),
    #[case] seen: (&str, Option<i64>),
    #[case] latest: Option<i64>,
) {
    let observation = |(status, hours): (&str, Option<i64>)| {
        let restorable = hours.map(|h| aws_sdk_rds::primitives::DateTime::from_secs(h * 3600));
        let db = db().db_instance_status(status).set_latest_restorable_time(restorable).build();
        let managed = Box::new(testing::instance());
        let resolved = Resolved { managed, unresolved: Vec::new(), applied_at_reboot: Vec::new() };
        status::observation(&resolved, &db, &Drift::default(), &InstanceObservation::default(), 0)
    };
    let settled = status::settled(observation(kept), observation(seen));
    assert_eq!(settled.latest_restorable_time.map(|t| t.0.as_second()), latest.map(|h| h * 3600));
    assert_eq!(settled.status.as_deref(), Some(seen.0));
}
