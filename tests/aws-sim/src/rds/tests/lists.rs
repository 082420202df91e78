//! Listings, offers, events, tags.

use super::{Aws, text, texts};

#[test]
fn a_listing_has_pages_and_a_marker_survives_what_goes_in_between() {
    let mut aws = Aws::new();
    for number in 0..45 {
        aws.create(&format!("db-{number:02}"), "");
    }
    aws.pass(10);
    let first = aws.ok("DescribeDBInstances", "MaxRecords=20");
    let marker = text(&first, "Marker").expect("more");
    let last = texts(&first, "DBInstanceIdentifier").last().map(|name| (*name).to_owned()).expect("a page");
    aws.ok("DeleteDBInstance", &format!("DBInstanceIdentifier={last}&SkipFinalSnapshot=true"));
    aws.pass(10);
    let second = aws.ok("DescribeDBInstances", &format!("MaxRecords=20&Marker={marker}"));
    assert_eq!(texts(&second, "DBInstanceIdentifier").first(), Some(&"db-20"));
    let marker = text(&second, "Marker").expect("more");
    let third = aws.ok("DescribeDBInstances", &format!("MaxRecords=20&Marker={marker}"));
    assert_eq!((texts(&third, "DBInstanceIdentifier").len(), text(&third, "Marker")), (5, None));
}

#[test]
fn filters_fit_with_any_of_their_values() {
    let mut aws = Aws::new();
    for name in ["one", "two", "three"] {
        aws.create(name, "");
    }
    let id = aws.told("three")["DbiResourceId"].as_str().unwrap_or_default().to_owned();
    for (filter, expected) in [
        ("Name=db-instance-id&Values.Value.1=one&Values.Value.2=two".to_owned(), vec!["one", "two"]),
        (format!("Name=dbi-resource-id&Values.Value.1={id}"), vec!["three"]),
        ("Name=engine&Values.Value.1=mysql".to_owned(), vec![]),
    ] {
        let form: Vec<_> = filter.split('&').map(|pair| format!("Filters.Filter.1.{pair}")).collect();
        let told = aws.ok("DescribeDBInstances", &form.join("&"));
        assert_eq!(texts(&told, "DBInstanceIdentifier"), expected, "{filter}");
    }
}

#[test]
fn versions_tell_their_targets() {
    let mut aws = Aws::new();
    let told = aws.ok("DescribeDBEngineVersions", "Engine=postgres&EngineVersion=16.8");
    let targets = texts(&told, "UpgradeTarget");
    let major = |version: &str| {
        let target = targets.iter().find(|target| target.contains(version));
        target.and_then(|target| text(target, "IsMajorVersionUpgrade"))
    };
    assert_eq!((major("16.9").as_deref(), major("17.5").as_deref()), (Some("false"), Some("true")));
    assert_eq!(text(&told, "DBParameterGroupFamily").as_deref(), Some("postgres16"));
    let majors = aws.ok("DescribeDBMajorEngineVersions", "Engine=mysql");
    assert_eq!(texts(&majors, "MajorEngineVersion"), ["8.0", "8.4"]);
    let options = aws.ok(
        "DescribeOrderableDBInstanceOptions",
        "Engine=postgres&EngineVersion=16.9&DBInstanceClass=db.m7g.large",
    );
    assert_eq!(texts(&options, "StorageType"), ["gp2", "gp3", "io1", "io2"]);
}

#[test]
fn events_tell_what_happened_in_the_last_hour() {
    let mut aws = Aws::with_instance();
    let told = aws.ok("DescribeEvents", "SourceIdentifier=db&SourceType=db-instance");
    assert_eq!(texts(&told, "Message"), ["DB instance created"]);
    aws.pass(2 * 3600);
    let told = aws.ok("DescribeEvents", "SourceIdentifier=db");
    assert_eq!(texts(&told, "Message"), Vec::<&str>::new());
    let told = aws.ok("DescribeEvents", "Duration=1440");
    assert_eq!(texts(&told, "Message"), ["DB instance created"]);
}

#[test]
fn tags_of_every_kind_come_and_go() {
    let mut aws = Aws::with_instance();
    aws.ok(
        "CreateDBParameterGroup",
        "DBParameterGroupName=own&DBParameterGroupFamily=postgres16&Description=x",
    );
    aws.ok("CreateDBSnapshot", "DBInstanceIdentifier=db&DBSnapshotIdentifier=s");
    for resource in ["db:db", "pg:own", "snapshot:s"] {
        let arn = format!("ResourceName=arn:aws:rds:eu-central-1:123456789012:{resource}");
        let tags = "Tags.Tag.1.Key=a&Tags.Tag.1.Value=1&Tags.Tag.2.Key=b&Tags.Tag.2.Value=2";
        aws.ok("AddTagsToResource", &format!("{arn}&{tags}"));
        aws.ok("RemoveTagsFromResource", &format!("{arn}&TagKeys.member.1=a"));
        assert_eq!(texts(&aws.ok("ListTagsForResource", &arn), "Key"), ["b"], "{resource}");
    }
}
