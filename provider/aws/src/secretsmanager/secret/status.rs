//! From what AWS says about a secret to `status.atProvider` and readiness.

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::{
    AttachedInstance, ROTATE_REQUESTED_AT, Secret, SecretObservation,
};
use goldenpath_provider_core::{Fault, Problem, Readiness};
use kube::{Resource, ResourceExt};

use super::{input, stages};
use crate::tags::Tags;

/// The observation, for `status.atProvider`. Connection details count only for the version that they were
/// recorded with: a version that another one wrote is read once. Which Instance the value is for is recorded while
/// the object lives: one that is made under the same name after that has a value of its own.
pub(super) fn observation(
    managed: &Secret,
    secret: &DescribeSecretOutput,
    instance: Option<&Instance>,
) -> SecretObservation {
    let kept = managed.status.as_ref().map(|s| s.at_provider.clone()).unwrap_or_default();
    let version_id = current_version(secret);
    let attached = kept.attached.filter(|_| kept.version_id == version_id);
    let lives = managed.meta().deletion_timestamp.is_none();
    let instance_uid = instance.filter(|_| lives).and_then(ResourceExt::uid).or(kept.instance_uid);
    let merged_from = attached.as_ref().zip(version_id.as_deref());
    let merged_from =
        merged_from.and_then(|(attached, current)| merged_from_of(managed, secret, attached, current));
    SecretObservation {
        arn: secret.arn.clone(),
        version_id,
        merged_from,
        attached,
        instance_uid,
        notices: notices(managed),
    }
}

/// The version that the current one was made of: the name of the one follows from that of the other.
fn merged_from_of(
    managed: &Secret,
    secret: &DescribeSecretOutput,
    attached: &AttachedInstance,
    current: &str,
) -> Option<String> {
    let is_made_of =
        |version: &&String| input::attach_tokens(managed, attached, version).any(|token| token == current);
    secret.version_ids_to_stages()?.keys().find(is_made_of).cloned()
}

/// What the spec asks for without effect: values are not rotated yet.
fn notices(managed: &Secret) -> Vec<Problem> {
    let notice = |message: &str, field: &str, remedy: &str| {
        Fault::user("NotYetSupported", message).at(field).remedy(remedy).problem()
    };
    let rules = managed.spec.for_provider.rotation_rules.as_ref().map(|_| {
        let field = ".spec.forProvider.rotationRules";
        notice("the value is not rotated by itself", field, "leave it out, and rotate by hand in AWS")
    });
    let requested = managed.annotations().contains_key(ROTATE_REQUESTED_AT).then(|| {
        let field = format!(".metadata.annotations[{ROTATE_REQUESTED_AT}]");
        notice("the value is not rotated on request", &field, "remove it, and rotate by hand in AWS")
    });
    rules.into_iter().chain(requested).collect()
}

/// The version that `AWSCURRENT` points to.
pub(super) fn current_version(secret: &DescribeSecretOutput) -> Option<String> {
    stages::labelled(secret, stages::CURRENT).map(str::to_owned)
}

/// Whether consumers find in the value what they need.
pub(super) fn readiness(
    managed: &Secret,
    seen: &SecretObservation,
    wanted: Option<&AttachedInstance>,
) -> Readiness {
    let Some(attachment) = &managed.spec.for_provider.attachment else {
        return match seen.version_id {
            Some(_) => Readiness::Available,
            None => Readiness::Unavailable("the secret has no current value".into()),
        };
    };
    let name = &attachment.instance_ref.name;
    match (&seen.attached, wanted) {
        (_, _) if seen.version_id.is_none() => {
            Readiness::Unavailable("the secret has no current value".into())
        }
        // The keys of now stay usable while others are added.
        (Some(attached), Some(wanted))
            if *wanted == (AttachedInstance { keys: wanted.keys, ..attached.clone() }) =>
        {
            Readiness::Available
        }
        (Some(_), None) => Readiness::Available,
        (_, Some(_)) => Readiness::Creating(format!("writing the endpoint of Instance {name}")),
        (None, None) => Readiness::Creating(format!("waiting for the endpoint of Instance {name}")),
    }
}

/// The tags of a secret.
pub(super) fn tags_of(secret: &DescribeSecretOutput) -> Tags {
    let pair =
        |t: &aws_sdk_secretsmanager::types::Tag| Some((t.key.clone()?, t.value.clone().unwrap_or_default()));
    secret.tags().iter().filter_map(pair).collect()
}
