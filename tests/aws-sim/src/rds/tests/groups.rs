//! Parameter groups and subnet groups.

use super::{Aws, text, texts};

fn set(name: &str, value: &str) -> String {
    format!(
        "DBParameterGroupName=own&Parameters.Parameter.1.ParameterName={name}\
         &Parameters.Parameter.1.ParameterValue={value}&Parameters.Parameter.1.ApplyMethod=pending-reboot"
    )
}

fn with_group() -> Aws {
    let mut aws = Aws::with_instance();
    aws.ok(
        "CreateDBParameterGroup",
        "DBParameterGroupName=Own&DBParameterGroupFamily=postgres16&Description=x",
    );
    aws.modify("DBParameterGroupName=own");
    aws.pass(10);
    aws
}

fn applied(aws: &mut Aws) -> String {
    text(&aws.described(), "ParameterApplyStatus").unwrap_or_default()
}

#[test]
fn values_of_another_group_come_with_a_reboot_and_never_with_the_window() {
    let mut aws = with_group();
    assert_eq!(applied(&mut aws), "pending-reboot");
    aws.pass(7 * 24 * 3600);
    assert_eq!(applied(&mut aws), "pending-reboot");
    aws.ok("RebootDBInstance", "DBInstanceIdentifier=db");
    assert_eq!(aws.status(), "rebooting");
    aws.pass(10);
    assert_eq!(applied(&mut aws), "in-sync");
    aws.ok("ModifyDBParameterGroup", &set("max_connections", "100"));
    assert_eq!(applied(&mut aws), "pending-reboot");
}

#[test]
fn a_group_tells_what_is_its_own_and_what_equals_the_default_is_not() {
    let mut aws = with_group();
    aws.ok("ModifyDBParameterGroup", &set("max_connections", "100"));
    aws.ok("ModifyDBParameterGroup", &set("rds.force_ssl", "1"));
    let own = aws.ok("DescribeDBParameters", "DBParameterGroupName=own&Source=user");
    assert_eq!(texts(&own, "ParameterName"), ["max_connections"]);
    aws.ok("ResetDBParameterGroup", "DBParameterGroupName=own&ResetAllParameters=true");
    let own = aws.ok("DescribeDBParameters", "DBParameterGroupName=own&Source=user");
    assert_eq!(texts(&own, "ParameterName"), Vec::<&str>::new());
}

#[test]
fn parameters_come_in_pages() {
    let mut aws = with_group();
    let first = aws.ok("DescribeDBParameters", "DBParameterGroupName=own");
    let marker = text(&first, "Marker").expect("a second page");
    let second = aws.ok("DescribeDBParameters", &format!("DBParameterGroupName=own&Marker={marker}"));
    let names = [texts(&first, "ParameterName"), texts(&second, "ParameterName")];
    assert_eq!((names[0].len(), text(&second, "Marker")), (100, None));
    assert!(names[1].len() > 20 && names[0].iter().all(|name| !names[1].contains(name)));
    let one = "Filters.Filter.1.Name=parameter-name&Filters.Filter.1.Values.Value.1=work_mem";
    let one = aws.ok("DescribeDBParameters", &format!("DBParameterGroupName=own&{one}"));
    assert_eq!(texts(&one, "ParameterName"), ["work_mem"]);
}

#[test]
fn a_subnet_group_is_kept_when_modified_and_while_an_instance_goes() {
    let mut aws = Aws::new();
    let subnets = |last: u32| {
        format!(
            "DBSubnetGroupName=net&DBSubnetGroupDescription=x&SubnetIds.SubnetIdentifier.1=subnet-0d3fa011\
             &SubnetIds.SubnetIdentifier.2=subnet-0d3fa01{last}"
        )
    };
    aws.ok("CreateDBSubnetGroup", &subnets(2));
    aws.ok("ModifyDBSubnetGroup", &subnets(3));
    let told = aws.ok("DescribeDBSubnetGroups", "DBSubnetGroupName=net");
    assert_eq!(texts(&told, "SubnetIdentifier"), ["subnet-0d3fa011", "subnet-0d3fa013"]);
    aws.create("db", "DBSubnetGroupName=net");
    aws.pass(10);
    aws.ok("DeleteDBInstance", "DBInstanceIdentifier=db&SkipFinalSnapshot=true");
    let (code, _) = aws.refused("DeleteDBSubnetGroup", "DBSubnetGroupName=net");
    assert_eq!((code.as_str(), aws.status().as_str()), ("InvalidDBSubnetGroupStateFault", "deleting"));
    aws.pass(10);
    aws.ok("DeleteDBSubnetGroup", "DBSubnetGroupName=net");
}
