//! The rows. Source: the error taxonomy of AWS, by code and fragment of the message.

use goldenpath_provider_core::{Fault, FaultKind};

use super::{Api, CREDENTIALS_REMEDY, Failure, Service, message};

/// What an error means to the caller, where it is more than a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Nothing more.
    Fault,
    /// There is none of the name.
    NotFound,
    /// There is one of the name already.
    Exists,
    /// It is done, or being done, already.
    Done,
    /// The secret is in its recovery window.
    Scheduled,
}

/// One row: which errors it matches and what they become.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    api: Option<Api>,
    /// Without the suffixes `Fault` and `Exception`.
    codes: &'static [&'static str],
    /// Lower case; empty matches every message.
    fragment: &'static str,
    kind: FaultKind,
    reason: &'static str,
    meaning: Meaning,
    field: Option<&'static str>,
    remedy: Option<&'static str>,
    /// Instead of AWS's own words.
    words: Option<&'static str>,
}

const RDS: Option<Api> = Some(Api::Rds);
const SECRETS: Option<Api> = Some(Api::SecretsManager);
const BOTH: Option<Api> = None;

use FaultKind::{Terminal, Throttled, Transient, User, Waiting};

const fn row(
    api: Option<Api>,
    codes: &'static [&'static str],
    fragment: &'static str,
    kind: FaultKind,
    reason: &'static str,
) -> Row {
    Row {
        api,
        codes,
        fragment,
        kind,
        reason,
        meaning: Meaning::Fault,
        field: None,
        remedy: None,
        words: None,
    }
}

pub(super) const THROTTLED: Row =
    row(BOTH, THROTTLING, "", Throttled, "AWSThrottled").says("AWS asks for fewer calls");
pub(super) const OTHER: Row = row(BOTH, &[], "", User, "AWSError");

const THROTTLING: &[&str] =
    &["Throttling", "Throttled", "RequestLimitExceeded", "TooManyRequests", "RequestThrottled", "SlowDown"];
const UNAVAILABLE: &[&str] = &[
    "InternalFailure",
    "InternalServiceError",
    "InternalService",
    "InternalError",
    "ServiceUnavailable",
    "RequestExpired",
    "RequestTimeout",
];
const REJECTED: &[&str] = &[
    "ExpiredToken",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "InvalidSignature",
    "UnrecognizedClient",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "InvalidAccessKeyId",
    "AuthFailure",
    "OptInRequired",
];
const DENIED: &[&str] = &["AccessDenied", "UnauthorizedOperation", "NotAuthorized", "AuthorizationNotFound"];
const MISSING: &str = "create it, or correct the name";
const CAPACITY: &str = "choose another instance class, or wait";
const QUOTA: &str = "raise the quota in AWS, or remove what is not needed";
const KEY: &str = "check that the key is enabled, in this region, and that its policy allows this role";

/// The first match counts, so a row with a fragment stands before the one without.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    THROTTLED,
    row(BOTH, UNAVAILABLE, "", Transient, "AWSUnavailable").says("AWS has an internal error"),
    row(BOTH, REJECTED, "", User, "CredentialsInvalid").remedy(CREDENTIALS_REMEDY).says("AWS rejects the credentials"),
    row(BOTH, DENIED, "", User, "AccessDenied").remedy("allow it in the role's policy"),

    row(RDS, &["DBInstanceNotFound"], "", User, "DBInstanceNotFound").means(Meaning::NotFound),
    row(RDS, &["DBInstanceAlreadyExists"], "", User, "NotOwned").means(Meaning::Exists),
    row(RDS, &["DBSnapshotAlreadyExists"], "", User, "SnapshotExists").means(Meaning::Exists).at(".spec.forProvider.finalSnapshotIdentifier").remedy("choose another name, or leave it unset"),
    row(RDS, &["InvalidDBInstanceState"], "already being deleted", Waiting, "WaitingForState").means(Meaning::Done),
    row(RDS, &["InvalidDBInstanceState"], "", Waiting, "WaitingForState"),
    row(RDS, &["InvalidDBClusterState"], "", Waiting, "WaitingForCluster"),
    row(RDS, &["InvalidDBSnapshotState"], "", Waiting, "WaitingForSnapshot"),
    row(RDS, &["SubnetAlreadyInUse", "InvalidDBSubnetGroupState", "InvalidDBSubnetState", "InvalidDBParameterGroupState", "InvalidOptionGroupState"], "", Waiting, "InUse"),
    row(RDS, &["InvalidParameterValue"], "iam role arn", Transient, "IAMPropagation"),
    row(RDS, &["InvalidParameterValue"], "enhanced_monitoring", Transient, "IAMPropagation"),
    row(RDS, &["InvalidParameterValue"], "instance profile", Transient, "IAMPropagation"),
    row(RDS, &["InvalidParameterCombination"], "no modifications were requested", Waiting, "NothingToModify").means(Meaning::Done),
    row(RDS, &["InvalidParameterCombination"], "previous storage change is being optimized", Waiting, "StorageCooldown").at(".spec.forProvider.allocatedStorage").says("the storage was changed less than six hours ago and is still being optimized"),
    row(RDS, &["InvalidParameterCombination"], "disable deletion pro", User, "DeletionProtected").at(".spec.forProvider.deletionProtection").remedy("set .spec.forProvider.deletionProtection to false first"),
    row(RDS, &["InvalidParameterCombination"], "deletion protection", User, "DeletionProtected").at(".spec.forProvider.deletionProtection").remedy("set .spec.forProvider.deletionProtection to false first"),
    row(RDS, &["InvalidParameterCombination", "InvalidParameterValue"], "cannot upgrade", Terminal, "UpgradePathInvalid").at(".spec.forProvider.engineVersion").remedy("choose a version that AWS lists as an upgrade target"),
    row(RDS, &["InvalidParameterCombination", "InvalidParameterValue"], "upgrade path", Terminal, "UpgradePathInvalid").at(".spec.forProvider.engineVersion").remedy("choose a version that AWS lists as an upgrade target"),
    row(RDS, &["InvalidParameterCombination", "InvalidParameterValue"], "valid upgrade target", Terminal, "UpgradePathInvalid").at(".spec.forProvider.engineVersion").remedy("choose a version that AWS lists as an upgrade target"),
    row(RDS, &["InvalidParameterCombination"], "previous configuration is in progress", Waiting, "WaitingForState"),
    row(RDS, &["InvalidParameterCombination"], "member of a cluster", Terminal, "ClusterMember"),
    row(RDS, &["InvalidParameterCombination", "InvalidParameterValue", "MissingParameter", "ValidationError", "Validation", "InvalidParameter"], "", Terminal, "InvalidSpec"),
    row(RDS, &["DBParameterGroupNotFound"], "", User, "DependencyNotFound").at(".spec.forProvider.parameterGroupName").remedy(MISSING),
    row(RDS, &["DBSubnetGroupNotFound"], "", User, "DependencyNotFound").at(".spec.forProvider.dbSubnetGroupName").remedy(MISSING),
    row(RDS, &["DBSecurityGroupNotFound"], "", User, "DependencyNotFound").at(".spec.forProvider.vpcSecurityGroupIds").remedy(MISSING),
    row(RDS, &["DBSnapshotNotFound"], "", User, "DependencyNotFound").at(".spec.forProvider.snapshotIdentifier").remedy(MISSING),
    row(RDS, &["OptionGroupNotFound", "CertificateNotFound", "DomainNotFound", "BackupPolicyNotFound", "DBCapacityReservationNotFound", "DBInstanceAutomatedBackupNotFound"], "", User, "DependencyNotFound").remedy(MISSING),
    row(RDS, &["KMSKeyNotAccessible"], "", User, "KMSKeyNotAccessible").at(".spec.forProvider.kmsKeyId").remedy(KEY),
    row(RDS, &["DBSubnetGroupDoesNotCoverEnoughAZs"], "", Terminal, "SubnetsCoverTooFewAZs").at(".spec.forProvider.dbSubnetGroupName").remedy("name a subnet group that covers at least two availability zones"),
    row(RDS, &["InvalidSubnet", "InvalidVPCNetworkState", "NetworkTypeNotSupported"], "", User, "NetworkInvalid").at(".spec.forProvider.dbSubnetGroupName"),
    row(RDS, &["StorageTypeNotSupported", "StorageTypeNotAvailable"], "", Terminal, "NotAvailableHere").at(".spec.forProvider.storageType"),
    row(RDS, &["ProvisionedIopsNotAvailableInAZ"], "", Terminal, "NotAvailableHere").at(".spec.forProvider.iops"),
    row(RDS, &["UnsupportedDBEngineVersion"], "", Terminal, "NotAvailableHere").at(".spec.forProvider.engineVersion"),
    row(RDS, &["InsufficientDBInstanceCapacity"], "", User, "InsufficientCapacity").at(".spec.forProvider.instanceClass").remedy(CAPACITY),
    row(RDS, &["InstanceQuotaExceeded", "StorageQuotaExceeded", "SnapshotQuotaExceeded", "DBParameterGroupQuotaExceeded", "DBSubnetGroupQuotaExceeded", "DBSubnetQuotaExceeded", "DBInstanceAutomatedBackupQuotaExceeded", "TenantDatabaseQuotaExceeded"], "", User, "QuotaExceeded").remedy(QUOTA),
    row(RDS, &["DBUpgradeDependencyFailure"], "", User, "UpgradePrecheckFailed").at(".spec.forProvider.engineVersion"),
    row(RDS, &["PointInTimeRestoreNotEnabled", "InvalidRestore"], "", Terminal, "RestoreInvalid").at(".spec.forProvider.restoreToPointInTime"),
    row(RDS, &["VpcEncryptionControlViolation"], "", User, "VpcEncryptionControl"),

    row(SECRETS, &["ResourceNotFound"], "", User, "SecretNotFound").means(Meaning::NotFound),
    row(SECRETS, &["ResourceExists"], "", User, "NotOwned").means(Meaning::Exists),
    row(SECRETS, &["InvalidRequest"], "scheduled for deletion", Waiting, "SecretPendingDeletion").means(Meaning::Scheduled),
    row(SECRETS, &["InvalidRequest"], "marked for deletion", Waiting, "SecretPendingDeletion").means(Meaning::Scheduled),
    row(SECRETS, &["InvalidRequest"], "marked deleted", Waiting, "SecretPendingDeletion").means(Meaning::Scheduled),
    row(SECRETS, &["InvalidRequest"], "was deleted", Transient, "SecretBeingRemoved"),
    row(SECRETS, &["InvalidRequest"], "another service", User, "SecretOwnedByService"),
    row(SECRETS, &["InvalidRequest"], "owningservice", User, "SecretOwnedByService"),
    row(SECRETS, &["InvalidRequest"], "previous rotation", User, "RotationStuck"),
    row(SECRETS, &["InvalidParameter", "InvalidRequest", "Validation", "ValidationError"], "", Terminal, "InvalidSpec"),
    row(SECRETS, &["LimitExceeded"], "", User, "SecretVersionsLimit").remedy("write the value less often: AWS keeps about 100 versions of a day"),
    row(SECRETS, &["EncryptionFailure", "DecryptionFailure"], "", User, "KMSKeyNotAccessible").at(".spec.forProvider.kmsKeyId").remedy(KEY),
    row(SECRETS, &["MalformedPolicyDocument"], "unsupported principal", Transient, "PolicyPrincipalUnknown"),
    row(SECRETS, &["MalformedPolicyDocument"], "", Terminal, "PolicyInvalid"),
    row(SECRETS, &["PublicPolicy"], "", Terminal, "PublicPolicyBlocked"),
    row(SECRETS, &["PreconditionNotMet"], "", User, "RotationNotConfigured"),
];

/// The first row that matches.
pub(super) fn find(api: Api, code: &str, message: &str) -> Option<&'static Row> {
    let (code, message) = (bare(code), message.to_ascii_lowercase());
    ROWS.iter().find(|row| {
        row.api.is_none_or(|a| a == api) && row.codes.contains(&code) && message.contains(row.fragment)
    })
}

/// A code without the suffix that AWS writes now and then.
fn bare(code: &str) -> &str {
    let code = code.strip_suffix("Fault").unwrap_or(code);
    code.strip_suffix("Exception").unwrap_or(code)
}

// === impl Row ===

impl Row {
    const fn means(mut self, meaning: Meaning) -> Self {
        self.meaning = meaning;
        self
    }

    const fn at(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    const fn remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = Some(remedy);
        self
    }

    const fn says(mut self, words: &'static str) -> Self {
        self.words = Some(words);
        self
    }

    /// The failure that an error of this row is.
    pub(super) fn failure(&self, service: &Service, code: &str, message: &str) -> Failure {
        let guess =
            || (service.api == Api::Rds && self.kind == Terminal).then(|| message::field(message)).flatten();
        let field = self.field.map(str::to_owned).or_else(guess);
        let remedy = match (self.remedy, &field) {
            (Some(remedy), _) => Some(remedy.to_owned()),
            (None, Some(field)) if self.kind == Terminal => Some(format!("correct {field}")),
            (None, _) => None,
        };
        Failure {
            meaning: self.meaning,
            fault: Fault {
                kind: self.kind,
                reason: self.reason,
                message: self.message(service, code, message),
                field,
                remedy,
            },
        }
    }

    /// Whether AWS may repeat a value of the request: in what it says about parameters, and in the unknown.
    fn may_quote(&self) -> bool {
        matches!(self.reason, "InvalidSpec" | "AWSError")
    }

    fn message(&self, service: &Service, code: &str, message: &str) -> String {
        let stable = message::stable(message);
        match self.words {
            Some(words) if matches!(self.kind, Throttled | Transient) => {
                format!("{words} ({} at {})", service.name(), service.endpoint)
            }
            Some(words) if self.reason == "CredentialsInvalid" => format!("{words} ({code})"),
            Some(words) => words.to_owned(),
            None if self.may_quote() && message::may_quote_a_secret(message) => {
                format!("AWS does not accept the secret value: it breaks a rule of {}", service.name())
            }
            None if stable.is_empty() => format!("AWS {} answers {code}", service.name()),
            None if self.reason == OTHER.reason => format!("{code}: {stable}"),
            None => stable,
        }
    }
}
