//! Storage: its baselines, its growth, its rest.

use serde_json::{Value, json};

use super::Aws;

fn told(aws: &mut Aws) -> [Value; 4] {
    let now = aws.told("db");
    ["AllocatedStorage", "Iops", "StorageThroughput", "StorageType"].map(|name| now[name].clone())
}

#[test]
fn growth_over_the_threshold_has_the_new_baseline() {
    let mut aws = Aws::with_instance();
    assert_eq!(told(&mut aws), [json!(100), json!(3000), json!(125), json!("gp3")]);
    aws.modify("AllocatedStorage=500&ApplyImmediately=true");
    aws.pass(10);
    assert_eq!(told(&mut aws), [json!(500), json!(12_000), json!(500), json!("gp3")]);
}

#[test]
fn growth_is_at_least_a_tenth() {
    let mut aws = Aws::with_instance();
    aws.modify("AllocatedStorage=101");
    assert_eq!(aws.pending(), json!({"AllocatedStorage": 110}));
}

#[test]
fn a_type_change_takes_size_and_iops_along_and_loses_the_throughput() {
    let mut aws = Aws::with_instance();
    aws.modify("StorageType=io2&Iops=3000&AllocatedStorage=110&ApplyImmediately=true");
    aws.pass(10);
    assert_eq!(told(&mut aws), [json!(110), json!(3000), Value::Null, json!("io2")]);
}

#[test]
fn after_a_change_the_storage_rests_and_nothing_else_does() {
    let mut aws = Aws::with_instance();
    aws.cloud.knobs.optimizing = 60.0;
    aws.modify("AllocatedStorage=200&ApplyImmediately=true");
    aws.pass(10);
    assert_eq!(aws.status(), "storage-optimization");
    aws.modify("DeletionProtection=true");
    aws.pass(100);
    assert_eq!(aws.status(), "available");
    for form in ["AllocatedStorage=300", "StorageType=io2&Iops=3000&AllocatedStorage=300"] {
        let (code, message) = aws.refused("ModifyDBInstance", &format!("DBInstanceIdentifier=db&{form}"));
        assert_eq!(code, "InvalidParameterCombination");
        assert!(message.contains("being optimized"), "{message}");
    }
    aws.pass(6 * 3600);
    aws.modify("AllocatedStorage=300&ApplyImmediately=true");
}

#[test]
fn a_ceiling_at_the_size_is_none() {
    let mut aws = Aws::new();
    aws.create("db", "MaxAllocatedStorage=200");
    aws.pass(10);
    assert_eq!(aws.told("db")["MaxAllocatedStorage"], 200);
    aws.modify("MaxAllocatedStorage=100");
    aws.pass(10);
    assert_eq!(aws.told("db")["MaxAllocatedStorage"], Value::Null);
}
