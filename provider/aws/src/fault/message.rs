//! The words of AWS, made fit for a condition.

/// The longest message that a condition carries.
const LONGEST: usize = 400;

/// From these words on, a message changes from call to call or helps nobody.
const NOISE: &[&str] = &["request id", "requestid", "encoded authorization failure", "(service:"];

/// Makes a message stable: no request ids, one line, no full stop, not endless.
pub(super) fn stable(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = line.to_ascii_lowercase();
    let cut = NOISE.iter().filter_map(|n| lower.find(n)).min().unwrap_or(line.len());
    let cut = line.floor_char_boundary(cut.min(LONGEST));
    line[..cut].trim_end_matches([' ', '.', ',', ';', ':', '(', '[']).to_owned()
}

/// Whether a message may quote a secret: AWS repeats the offending value of some parameters.
pub(super) fn may_quote_a_secret(message: &str) -> bool {
    let lower = message.to_ascii_lowercase();
    if lower.contains("must be provided") {
        return false; // What is missing has no value to quote.
    }
    ["password", "secretstring", "secret string", "secret_string"].iter().any(|word| lower.contains(word))
}

/// Words of RDS, lower case, and the field below `spec.forProvider` that they are about. The first match counts.
const FIELDS: &[(&str, &str)] = &[
    ("db instance class", "instanceClass"),
    ("dbinstanceclass", "instanceClass"),
    ("instance class", "instanceClass"),
    ("cannot find version", "engineVersion"),
    ("engine version", "engineVersion"),
    ("engineversion", "engineVersion"),
    ("cannot upgrade", "engineVersion"),
    ("upgrade path", "engineVersion"),
    ("upgrade target", "engineVersion"),
    ("masteruserpassword", "masterUserPasswordFrom"),
    ("master user password", "masterUserPasswordFrom"),
    ("masterusername", "username"),
    ("master user name", "username"),
    ("master username", "username"),
    ("maxallocatedstorage", "maxAllocatedStorage"),
    ("max storage size", "maxAllocatedStorage"),
    ("max allocated storage", "maxAllocatedStorage"),
    ("iops", "iops"),
    ("storagetype", "storageType"),
    ("storage type", "storageType"),
    ("allocatedstorage", "allocatedStorage"),
    ("allocated storage", "allocatedStorage"),
    ("storage size", "allocatedStorage"),
    ("backupretention", "backupRetentionPeriod"),
    ("backup retention", "backupRetentionPeriod"),
    ("maintenance window", "maintenanceWindow"),
    ("maintenancewindow", "maintenanceWindow"),
    ("backup window", "backupWindow"),
    ("backupwindow", "backupWindow"),
    ("subnet group", "dbSubnetGroupName"),
    ("dbsubnetgroup", "dbSubnetGroupName"),
    ("security group", "vpcSecurityGroupIds"),
    ("vpcsecuritygroup", "vpcSecurityGroupIds"),
    ("parameter group", "parameterGroupName"),
    ("parametergroup", "parameterGroupName"),
    ("cloudwatch log", "enabledCloudwatchLogsExports"),
    ("log type", "enabledCloudwatchLogsExports"),
    ("performance insights", "performanceInsightsEnabled"),
    ("multi-az", "multiAz"),
    ("multiaz", "multiAz"),
    ("snapshotidentifier", "snapshotIdentifier"),
    ("db snapshot", "snapshotIdentifier"),
    ("restoretime", "restoreToPointInTime"),
    ("restore time", "restoreToPointInTime"),
    ("dbname", "dbName"),
    ("database name", "dbName"),
    ("kms", "kmsKeyId"),
    ("invalid db engine", "engine"),
    ("port", "port"),
];

/// The field of an Instance that a message of RDS is about, as far as its words tell.
pub(super) fn field(message: &str) -> Option<String> {
    let lower = message.to_ascii_lowercase();
    let (_, field) = FIELDS.iter().find(|(words, _)| lower.contains(words))?;
    Some(format!(".spec.forProvider.{field}"))
}
