//! `secretsmanager.aws.m.goldenpath.io`.

mod secret;

pub use secret::{
    AttachedInstance, Attachment, AttachmentKeys, GenerateSecretString, ROTATE_REQUESTED_AT, RotationRules,
    Secret, SecretObservation, SecretParameters, SecretSpec, SecretStatus,
};
