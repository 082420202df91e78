//! Each rule is broken once.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::rules;
use super::{Aws, PLAIN};
use crate::{Knobs, Rule};

/// Something that happens before the call that is refused.
enum Before {
    Call(&'static str, String),
    Set(Value),
    Turn(fn(&mut Knobs)),
    Pass(i64),
}

/// What breaks a rule.
struct Case {
    rule: &'static Rule,
    before: Vec<Before>,
    operation: &'static str,
    form: String,
}

fn case(rule: &'static Rule, operation: &'static str, form: impl Into<String>) -> Case {
    Case { rule, before: Vec::new(), operation, form: form.into() }
}

/// A creation of `other`, of which the later of two values counts.
fn create(rule: &'static Rule, besides: &str) -> Case {
    let names: BTreeSet<&str> = besides.split('&').filter_map(|pair| pair.split('=').next()).collect();
    let kept =
        PLAIN.split('&').filter(|pair| !pair.split('=').next().is_some_and(|name| names.contains(name)));
    let kept = kept.collect::<Vec<_>>().join("&");
    let given = besides.split('&').filter(|pair| !pair.ends_with("=-")).collect::<Vec<_>>().join("&");
    case(rule, "CreateDBInstance", format!("DBInstanceIdentifier=other&{kept}&{given}"))
}

fn modify(rule: &'static Rule, form: &str) -> Case {
    case(rule, "ModifyDBInstance", format!("DBInstanceIdentifier=db&{form}"))
}

impl Case {
    fn after(mut self, operation: &'static str, form: impl Into<String>) -> Self {
        self.before.push(Before::Call(operation, form.into()));
        self
    }

    fn once(mut self, members: Value) -> Self {
        self.before.push(Before::Set(members));
        self
    }

    fn with(mut self, turn: fn(&mut Knobs)) -> Self {
        self.before.push(Before::Turn(turn));
        self
    }

    fn later(mut self) -> Self {
        self.before.push(Before::Pass(30));
        self
    }
}

const PG16: &str = "DBParameterGroupName=own&DBParameterGroupFamily=postgres16&Description=x";
const SUBNETS: &str = "DBSubnetGroupName=net&DBSubnetGroupDescription=x&SubnetIds.SubnetIdentifier.1=subnet-0d3fa011\
                       &SubnetIds.SubnetIdentifier.2=subnet-0d3fa012";

fn parameter(name: &str, value: &str, method: &str) -> String {
    format!(
        "DBParameterGroupName=own&Parameters.Parameter.1.ParameterName={name}\
         &Parameters.Parameter.1.ParameterValue={value}&Parameters.Parameter.1.ApplyMethod={method}"
    )
}

/// Single values, against an instance `db`.
#[rustfmt::skip]
fn of_values() -> Vec<Case> {
    let tags: Vec<_> = (0..51).map(|n| format!("&Tags.Tag.{n}.Key=k{n}&Tags.Tag.{n}.Value=v")).collect();
    let tags = tags.concat();
    let db = "ResourceName=arn:aws:rds:eu-central-1:123456789012:db:db";
    vec![
        case(&rules::DB_INSTANCE_NOT_FOUND, "DescribeDBInstances", "DBInstanceIdentifier=none"),
        case(&rules::DB_INSTANCE_EXISTS, "CreateDBInstance", format!("DBInstanceIdentifier=DB&{PLAIN}")),
        case(&rules::SNAPSHOT_NOT_FOUND, "DescribeDBSnapshots", "DBSnapshotIdentifier=none"),
        modify(&rules::PARAMETER_GROUP_NOT_FOUND, "DBParameterGroupName=none"),
        case(&rules::SUBNET_GROUP_NOT_FOUND, "DescribeDBSubnetGroups", "DBSubnetGroupName=none"),
        modify(&rules::CERTIFICATE_NOT_FOUND, "CACertificateIdentifier=none"),
        modify(&rules::OPTION_GROUP_NOT_FOUND, "OptionGroupName=none"),
        case(&rules::RESOURCE_NOT_FOUND, "ListTagsForResource", "ResourceName=arn:aws:rds:eu-central-1:1:teapot:db"),
        create(&rules::INSTANCE_QUOTA, "").with(|knobs| knobs.instance_quota = 1),
        case(&rules::NOT_GIVEN, "ModifyDBInstance", "MultiAZ=true"),
        create(&rules::BLANK, "MasterUserPassword=-"),
        modify(&rules::MALFORMED, "MultiAZ=perhaps"),
        case(&rules::IDENTIFIER, "CreateDBInstance", format!("DBInstanceIdentifier=a--b&{PLAIN}")),
        create(&rules::ENGINE, "Engine=tea"),
        create(&rules::ENGINE_VERSION, "EngineVersion=99"),
        create(&rules::CLASS_UNKNOWN, "DBInstanceClass=db.t4g.teapot"),
        create(&rules::CLASS_NOT_OFFERED, "DBInstanceClass=db.t2.micro"),
        create(&rules::STORAGE_SIZE, "AllocatedStorage=19"),
        create(&rules::STORAGE_TYPE, "StorageType=tape"),
        create(&rules::RETENTION, "BackupRetentionPeriod=36"),
        create(&rules::PORT, "Port=80"),
        create(&rules::MASTER_USER, "MasterUsername=1st"),
        create(&rules::MASTER_USER_RESERVED, "MasterUsername=admin"),
        create(&rules::PASSWORD_SHORT, "MasterUserPassword=short"),
        create(&rules::PASSWORD_LONG, &format!("MasterUserPassword={}", "x".repeat(129))),
        create(&rules::PASSWORD_CHARACTERS, "MasterUserPassword=with%40at-sign"),
        create(&rules::PASSWORD_MANAGED, "ManageMasterUserPassword=true"),
        create(&rules::DATABASE_NAME, "DBName=1st"),
        create(&rules::DATABASE_NAME_RESERVED, "DBName=db"),
        modify(&rules::BACKUP_WINDOW, "PreferredBackupWindow=03:00-03:10"),
        modify(&rules::MAINTENANCE_WINDOW, "PreferredMaintenanceWindow=someday"),
        modify(&rules::WINDOWS_OVERLAP, "PreferredBackupWindow=05:30-06:30"),
        modify(&rules::MONITORING_INTERVAL, "MonitoringInterval=7"),
        modify(&rules::MONITORING_ROLE, "MonitoringInterval=5"),
        modify(&rules::INSIGHTS_RETENTION, "EnablePerformanceInsights=true&PerformanceInsightsRetentionPeriod=8"),
        case(&rules::TAG_RESERVED, "AddTagsToResource", format!("{db}&Tags.Tag.1.Key=aws:x&Tags.Tag.1.Value=v")),
        case(&rules::TAG_QUOTA, "AddTagsToResource", format!("{db}{tags}")),
        case(&rules::PAGE_SIZE, "DescribeDBInstances", "MaxRecords=5"),
        case(&rules::FILTER, "DescribeDBInstances", "Filters.Filter.1.Name=colour&Filters.Filter.1.Values.Value.1=red"),
    ]
}

/// Storage, and other changes.
#[rustfmt::skip]
fn of_changes() -> Vec<Case> {
    let large = "DBInstanceIdentifier=large&AllocatedStorage=500&Engine=postgres&DBInstanceClass=db.t4g.small&StorageType=gp3&MasterUsername=app&MasterUserPassword=correct-horse";
    vec![
        modify(&rules::IOPS_REQUIRED, "StorageType=io2"),
        create(&rules::IOPS_NOT_TAKEN, "StorageType=gp2&Iops=3000"),
        create(&rules::GP3_TOO_SMALL, "Iops=3000"),
        modify(&rules::IOPS_VALUE, "AllocatedStorage=500&Iops=3000"),
        create(&rules::THROUGHPUT_VALUE, "AllocatedStorage=500&StorageThroughput=100"),
        create(&rules::THROUGHPUT_NOT_TAKEN, "StorageType=gp2&StorageThroughput=500"),
        case(&rules::SIZE_WITH_IOPS, "ModifyDBInstance", "DBInstanceIdentifier=large&AllocatedStorage=600")
            .after("CreateDBInstance", large).later(),
        modify(&rules::STORAGE_SHRINKS, "AllocatedStorage=50"),
        modify(&rules::STORAGE_COOLDOWN, "AllocatedStorage=300")
            .after("ModifyDBInstance", "DBInstanceIdentifier=db&AllocatedStorage=200&ApplyImmediately=true").later(),
        create(&rules::CEILING_BELOW, "MaxAllocatedStorage=100"),
        modify(&rules::CEILING_TOO_LOW, "MaxAllocatedStorage=105"),
        modify(&rules::NOT_AVAILABLE, "MultiAZ=true").once(json!({"DBInstanceStatus": "failed"})),
        modify(&rules::STOPPED, "MultiAZ=true").after("StopDBInstance", "DBInstanceIdentifier=db").later(),
        modify(&rules::STORAGE_FULL, "MultiAZ=true").once(json!({"DBInstanceStatus": "storage-full"})),
        modify(&rules::NO_MODIFICATIONS, "ApplyImmediately=false"),
        modify(&rules::DOWNGRADE, "EngineVersion=16.3"),
        modify(&rules::MAJOR_FLAG, "EngineVersion=17"),
        modify(&rules::CUSTOM_GROUP, "EngineVersion=17&AllowMajorVersionUpgrade=true")
            .after("CreateDBParameterGroup", PG16)
            .after("ModifyDBInstance", "DBInstanceIdentifier=db&DBParameterGroupName=own").later(),
        modify(&rules::GROUP_FAMILY, "DBParameterGroupName=default.postgres17"),
        modify(&rules::AWS_BACKUP, "BackupRetentionPeriod=8")
            .once(json!({"AwsBackupRecoveryPointArn": "arn:aws:backup:x", "BackupRetentionPeriod": 35})),
        modify(&rules::LOGS, "CloudwatchLogsExportConfiguration.EnableLogTypes.member.1=slowquery"),
    ]
}

/// Ends, restores, power and groups.
#[rustfmt::skip]
fn of_the_rest() -> Vec<Case> {
    let delete = |rule, form: &str| case(rule, "DeleteDBInstance", format!("DBInstanceIdentifier=db&{form}"));
    let snapshot = "DBInstanceIdentifier=db&DBSnapshotIdentifier=s";
    let to_time = "SourceDBInstanceIdentifier=db&TargetDBInstanceIdentifier=new";
    let unknown = "SubnetIds.SubnetIdentifier.1=teapot";
    let twenty_one: Vec<_> = (1..22).map(|n| format!("&Parameters.Parameter.{n}.ParameterName=work_mem")).collect();
    let twenty_one = twenty_one.concat();
    vec![
        delete(&rules::BEING_DELETED, "SkipFinalSnapshot=true").after("DeleteDBInstance", "DBInstanceIdentifier=db&SkipFinalSnapshot=true"),
        delete(&rules::PROTECTED, "SkipFinalSnapshot=true").once(json!({"DeletionProtection": true})),
        delete(&rules::SNAPSHOT_UNDECIDED, ""),
        delete(&rules::SNAPSHOT_BOTH, "SkipFinalSnapshot=true&FinalDBSnapshotIdentifier=last"),
        delete(&rules::SNAPSHOT_STATE, "FinalDBSnapshotIdentifier=last").once(json!({"DBInstanceStatus": "incompatible-network"})),
        delete(&rules::KEY_INACCESSIBLE, "FinalDBSnapshotIdentifier=last").once(json!({"DBInstanceStatus": "inaccessible-encryption-credentials"})),
        case(&rules::SNAPSHOT_EXISTS, "CreateDBSnapshot", snapshot).after("CreateDBSnapshot", snapshot),
        case(&rules::NO_BACKUPS, "RestoreDBInstanceToPointInTime", format!("{to_time}&UseLatestRestorableTime=true"))
            .once(json!({"BackupRetentionPeriod": 0})),
        case(&rules::RESTORE_UNDECIDED, "RestoreDBInstanceToPointInTime", to_time),
        case(&rules::RESTORE_TIME, "RestoreDBInstanceToPointInTime", format!("{to_time}&RestoreTime=2099-01-01T00:00:00Z")),
        case(&rules::SNAPSHOT_NOT_READY, "RestoreDBInstanceFromDBSnapshot", "DBInstanceIdentifier=new&DBSnapshotIdentifier=s")
            .with(|knobs| knobs.backing_up = 60.0).after("CreateDBSnapshot", snapshot),
        case(&rules::SNAPSHOT_NOT_MANUAL, "DeleteDBSnapshot", "DBSnapshotIdentifier=rds:db-1970-01-01-00-00-02-000"),
        case(&rules::NOT_STOPPED, "StartDBInstance", "DBInstanceIdentifier=db"),
        case(&rules::NOT_RUNNING, "StopDBInstance", "DBInstanceIdentifier=db").once(json!({"DBInstanceStatus": "modifying"})),
        case(&rules::NO_FAILOVER, "RebootDBInstance", "DBInstanceIdentifier=db&ForceFailover=true"),
        case(&rules::PARAMETER_GROUP_EXISTS, "CreateDBParameterGroup", PG16).after("CreateDBParameterGroup", PG16),
        case(&rules::FAMILY, "CreateDBParameterGroup", "DBParameterGroupName=own&DBParameterGroupFamily=tea&Description=x"),
        case(&rules::GROUP_IN_USE, "DeleteDBParameterGroup", "DBParameterGroupName=own").after("CreateDBParameterGroup", PG16)
            .after("ModifyDBInstance", "DBInstanceIdentifier=db&DBParameterGroupName=own"),
        case(&rules::GROUP_DEFAULT, "DeleteDBParameterGroup", "DBParameterGroupName=default.postgres16"),
        case(&rules::PARAMETER_UNKNOWN, "ModifyDBParameterGroup", parameter("tea", "1", "immediate")).after("CreateDBParameterGroup", PG16),
        case(&rules::PARAMETER_FIXED, "ModifyDBParameterGroup", parameter("fsync", "1", "immediate")).after("CreateDBParameterGroup", PG16),
        case(&rules::PARAMETER_METHOD, "ModifyDBParameterGroup", parameter("max_connections", "100", "immediate")).after("CreateDBParameterGroup", PG16),
        case(&rules::PARAMETER_VALUE, "ModifyDBParameterGroup", parameter("work_mem", "1", "immediate")).after("CreateDBParameterGroup", PG16),
        case(&rules::PARAMETERS_AT_ONCE, "ModifyDBParameterGroup", format!("DBParameterGroupName=own{twenty_one}")).after("CreateDBParameterGroup", PG16),
        case(&rules::SUBNET_GROUP_EXISTS, "CreateDBSubnetGroup", SUBNETS).after("CreateDBSubnetGroup", SUBNETS),
        case(&rules::SUBNET_GROUP_IN_USE, "DeleteDBSubnetGroup", "DBSubnetGroupName=net").after("CreateDBSubnetGroup", SUBNETS)
            .once(json!({"DBSubnetGroupName": "net"})),
        case(&rules::SUBNETS_COVER, "CreateDBSubnetGroup", "DBSubnetGroupName=net&DBSubnetGroupDescription=x&SubnetIds.SubnetIdentifier.1=subnet-0d3fa011"),
        case(&rules::SUBNET_UNKNOWN, "CreateDBSubnetGroup", format!("DBSubnetGroupName=net&DBSubnetGroupDescription=x&{unknown}")),
        case(&rules::SUBNET_IN_USE, "ModifyDBSubnetGroup", SUBNETS.replace("3fa011", "3fa013")).after("CreateDBSubnetGroup", SUBNETS)
            .once(json!({"DBSubnetGroupName": "net"})),
    ]
}

#[test]
fn each_rule_refuses_with_its_code_and_words() {
    let mut broken = BTreeSet::new();
    for Case { rule, before, operation, form } in
        of_values().into_iter().chain(of_changes()).chain(of_the_rest())
    {
        let mut aws = Aws::with_instance();
        for step in before {
            match step {
                Before::Call(operation, form) => _ = aws.ok(operation, &form),
                Before::Set(members) => aws.set(&members),
                Before::Turn(turn) => turn(&mut aws.cloud.knobs),
                Before::Pass(seconds) => aws.pass(seconds),
            }
        }
        let (code, message) = aws.refused(operation, &form);
        let words = rule.message.replace('"', "&quot;");
        let begins = words.split("{}").next().unwrap_or_default();
        assert_eq!(code, rule.code, "{}: {message}", rule.id);
        assert!(message.starts_with(begins), "{}: {message}", rule.id);
        broken.insert(rule.id);
    }
    let every: BTreeSet<_> = rules::ALL.iter().map(|rule| rule.id).collect();
    assert_eq!(
        every.difference(&broken).collect::<Vec<_>>(),
        Vec::<&&str>::new(),
        "rules that no call breaks"
    );
}
