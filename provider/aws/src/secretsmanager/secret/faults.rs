//! The errors of Secrets Manager for a secret.

use goldenpath_provider_core::FaultKind::{Terminal, Transient, User, Waiting};

use crate::fault::{ErrorClass, Faults, Row, row};

/// The rows of a secret.
pub(super) const FAULTS: Faults = Faults { rows: ROWS, fields: &[] };

const KEY: &str = "check that the key is enabled, in this region, and that its policy allows this role";
const MOVED: &str = "the secret has got another current version meanwhile; looking again";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row(&["ResourceNotFound"], "", User, "SecretNotFound").class(ErrorClass::NotFound),
    row(&["ResourceExists"], "", User, "NotOwned").class(ErrorClass::Exists),
    row(&["InvalidRequest"], "scheduled for deletion", Waiting, "SecretPendingDeletion").class(ErrorClass::Scheduled),
    row(&["InvalidRequest"], "marked for deletion", Waiting, "SecretPendingDeletion").class(ErrorClass::Scheduled),
    row(&["InvalidRequest"], "marked deleted", Waiting, "SecretPendingDeletion").class(ErrorClass::Scheduled),
    row(&["InvalidRequest"], "was deleted", Transient, "SecretBeingRemoved"),
    row(&["InvalidRequest"], "another service", User, "SecretOwnedByService"),
    row(&["InvalidRequest"], "owningservice", User, "SecretOwnedByService"),
    row(&["InvalidRequest"], "previous rotation", User, "RotationStuck"),
    row(&["InvalidParameter"], "staging label", Waiting, "StageMoved").says(MOVED),
    row(&["InvalidParameter"], "version stage", Waiting, "StageMoved").says(MOVED),
    row(&["LimitExceeded"], "", User, "SecretVersionsLimit").remedy("write the value less often: AWS keeps about 100 versions of a day"),
    row(&["EncryptionFailure", "DecryptionFailure"], "", User, "KMSKeyNotAccessible").at(".spec.forProvider.kmsKeyId").remedy(KEY),
    row(&["MalformedPolicyDocument"], "unsupported principal", Transient, "PolicyPrincipalUnknown"),
    row(&["MalformedPolicyDocument"], "", Terminal, "PolicyInvalid"),
    row(&["PublicPolicy"], "", Terminal, "PublicPolicyBlocked"),
    row(&["PreconditionNotMet"], "", User, "RotationNotConfigured"),
    row(&["InvalidRequest"], "", Terminal, "InvalidSpec"),
];
