//! Which field of the XR a field of a managed resource comes from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::paths::database::api::DatabaseSpec;
use crate::paths::database::{EXTERNAL_SECRET, INSTANCE, PARAMETER_GROUP, SECRET, tls};
use crate::xr::NAME;

const ROTATE: &str = ".metadata.annotations[goldenpath.io/rotate-credentials-requested-at]";

/// The field that the name of an external resource is in.
const OF_EXTERNAL_NAME: &str = "metadata.annotations[crossplane.io/external-name]";

/// The field of the XR, where there is one that its user can change.
pub(super) fn of_composite(spec: &DatabaseSpec, key: &str, field: &str) -> Option<Cow<'static, str>> {
    if field == NAME {
        return (key == EXTERNAL_SECRET).then_some(".spec.secretRef.name".into());
    }
    let field = field.trim_start_matches('.');
    if field == OF_EXTERNAL_NAME {
        let adopted = match key {
            INSTANCE => ".spec.adopt.identifier",
            SECRET => ".spec.adopt.password",
            _ => return None,
        };
        return spec.adopt.is_some().then_some(Cow::Borrowed(adopted));
    }
    let field = field.strip_prefix("spec.forProvider.").unwrap_or(field);
    if PARAMETER_GROUP.member(key).is_some() {
        return of_parameter_group(spec, field);
    }
    let field = field.split(['.', '[']).next().unwrap_or_default();
    let of_composite = match key {
        INSTANCE if field == "instanceClass" && spec.instance_class.is_none() => Some(".spec.size"),
        // Without listed parameters, the group has only the one that requires TLS.
        INSTANCE if field == "parameterGroupNameRef" && !has_parameters(spec) => {
            Some(".spec.encryption.requireTLS")
        }
        INSTANCE if field == "parameterGroupName" && !has_parameters(spec) => None,
        INSTANCE => of_instance(field),
        SECRET if field == "generateSecretString" || field == "attachment" => Some(".spec.credentials.keys"),
        SECRET if field == "rotationRules" => Some(".spec.credentials.rotationIntervalDays"),
        SECRET if field == "metadata" => Some(ROTATE),
        _ => None,
    };
    of_composite.map(Cow::Borrowed)
}

fn has_parameters(spec: &DatabaseSpec) -> bool {
    spec.parameters.as_ref().is_some_and(|parameters| !BTreeMap::is_empty(parameters))
}

/// The names of parameters have dots in them.
fn of_parameter_group(spec: &DatabaseSpec, field: &str) -> Option<Cow<'static, str>> {
    let parameter = field.strip_prefix("parameter[").and_then(|rest| rest.split(']').next());
    Some(match parameter {
        Some(name) if name == tls::parameter(spec.engine) => Cow::Borrowed(".spec.encryption.requireTLS"),
        Some(name) => Cow::Owned(format!(".spec.parameters[{name}]")),
        None if field == "family" => Cow::Borrowed(".spec.version"),
        None => return None,
    })
}

fn of_instance(field: &str) -> Option<&'static str> {
    Some(match field {
        "engine" => ".spec.engine",
        "engineVersion" => ".spec.version",
        "instanceClass" => ".spec.instanceClass",
        "allocatedStorage" => ".spec.storage.size",
        "maxAllocatedStorage" => ".spec.storage.maxSize",
        "storageType" => ".spec.storage.type",
        "iops" => ".spec.storage.iops",
        "kmsKeyId" => ".spec.encryption.kmsKeyId",
        "dbName" => ".spec.databaseName",
        "multiAz" => ".spec.highAvailability",
        "publiclyAccessible" => ".spec.network.publiclyAccessible",
        "dbSubnetGroupName" => ".spec.network.subnetGroup",
        "vpcSecurityGroupIds" => ".spec.network.securityGroupIds",
        "backupRetentionPeriod" => ".spec.backup.retentionDays",
        "backupWindow" => ".spec.backup.window",
        "copyTagsToSnapshot" => ".spec.backup.copyTagsToSnapshot",
        "maintenanceWindow" => ".spec.maintenance.window",
        "applyImmediately" => ".spec.maintenance.applyImmediately",
        "autoMinorVersionUpgrade" => ".spec.upgrade.autoMinor",
        "parameterGroupName" | "parameterGroupNameRef" => ".spec.parameters",
        "snapshotBeforeMajorUpgrade" => ".spec.upgrade.preSnapshot",
        "allowMajorVersionUpgrade" => ".spec.upgrade.allowMajor",
        "deletionProtection" => ".spec.deletion.protection",
        "skipFinalSnapshot" | "finalSnapshotIdentifier" | "deleteAutomatedBackups" => ".spec.deletion.policy",
        "performanceInsightsEnabled" => ".spec.insights.enabled",
        "enabledCloudwatchLogsExports" => ".spec.insights.exportLogs",
        "snapshotIdentifier" => ".spec.restoreFrom.snapshotIdentifier",
        "restoreToPointInTime" => ".spec.restoreFrom.pointInTime",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case(INSTANCE, ".spec.forProvider.engineVersion", Some(".spec.version"))]
    #[case(INSTANCE, "spec.forProvider.iops", Some(".spec.storage.iops"))]
    #[case(INSTANCE, "multiAz", Some(".spec.highAvailability"))]
    #[case(
        INSTANCE,
        ".spec.forProvider.restoreToPointInTime.restoreTime",
        Some(".spec.restoreFrom.pointInTime")
    )]
    #[case(INSTANCE, ".spec.forProvider.vpcSecurityGroupIds[0]", Some(".spec.network.securityGroupIds"))]
    #[case(INSTANCE, ".spec.forProvider.region", None)]
    #[case(
        SECRET,
        ".spec.forProvider.generateSecretString.secretStringTemplate",
        Some(".spec.credentials.keys")
    )]
    #[case(INSTANCE, ".spec.forProvider.parameterGroupNameRef", Some(".spec.encryption.requireTLS"))]
    #[case(INSTANCE, ".spec.forProvider.parameterGroupName", None)]
    #[case(
        "parameter-group-16",
        ".spec.forProvider.parameter[rds.force_ssl]",
        Some(".spec.encryption.requireTLS")
    )]
    #[case(
        "parameter-group-16",
        ".spec.forProvider.parameter[auto_explain.log_nested]",
        Some(".spec.parameters[auto_explain.log_nested]")
    )]
    #[case("parameter-group-8.4", ".spec.forProvider.family", Some(".spec.version"))]
    #[case("parameter-group-16", ".spec.forProvider.region", None)]
    #[case(SECRET, ROTATE, Some(ROTATE))]
    #[case(SECRET, ".spec.forProvider.rotationRules", Some(".spec.credentials.rotationIntervalDays"))]
    #[case(SECRET, ".spec.forProvider.kmsKeyId", None)]
    #[case(SECRET, ".metadata.annotations[crossplane.io/external-name]", None)]
    #[case(INSTANCE, ".metadata.annotations[crossplane.io/external-name]", None)]
    #[case("something-else", ".spec.version", None)]
    fn fields_lead_back_to_the_xr(#[case] key: &str, #[case] field: &str, #[case] of_xr: Option<&str>) {
        let spec = serde_json::from_value(json!({"version": "16"})).unwrap();
        assert_eq!(of_composite(&spec, key, field).as_deref(), of_xr);
    }

    #[rstest]
    #[case(json!({"version": "16"}), ".spec.size")]
    #[case(json!({"version": "16", "instanceClass": "db.t4g.small"}), ".spec.instanceClass")]
    fn a_class_leads_to_the_field_that_chose_it(#[case] spec: Value, #[case] field: &str) {
        let spec = serde_json::from_value(spec).unwrap();
        assert_eq!(of_composite(&spec, INSTANCE, ".spec.forProvider.instanceClass").as_deref(), Some(field));
    }
}
