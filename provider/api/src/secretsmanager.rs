//! `secretsmanager.aws.m.goldenpath.io`.

mod secret;

pub use secret::{
    AttachedInstance, Attachment, AttachmentKeys, GenerateSecretString, Secret, SecretObservation,
    SecretParameters, SecretSpec, SecretStatus,
};
