//! Rules of RDS.

const API: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html";

crate::rules::rules! {
    DB_INSTANCE_NOT_FOUND: "DBInstanceNotFound", 404, "DBInstance {} not found.", API;
}
