//! How a new version becomes the current one: it is put aside first, and the label is moved only from the version that
//! it was made of. Whoever rotates the secret meanwhile is not undone.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use goldenpath_provider_core::{Fault, Sensitive};

use super::faults::FAULTS;
use crate::client::Service;
use crate::fault::{ErrorClass, Failure};

/// The label of the version that readers get.
pub(super) const CURRENT: &str = "AWSCURRENT";
/// The label of a version that a rotation is about to make current.
const ROTATING: &str = "AWSPENDING";
/// The label of a version that is not current yet.
pub(super) const ASIDE: &str = "goldenpath-pending";

/// A version that is not current yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Aside {
    pub(super) version: String,
    /// Whether it has a label for that; one of an earlier attempt that was current since has none.
    is_labelled: bool,
}

/// Puts a value aside in a version of its own, under the first token that has no other value.
pub(super) async fn put(
    secrets: &Service<Client>,
    id: &str,
    tokens: impl Iterator<Item = String> + Send,
    value: &Sensitive,
) -> Result<Aside, Failure> {
    for token in tokens {
        let request = secrets.client.put_secret_value().secret_id(id).client_request_token(&token);
        let request = request.version_stages(ASIDE).secret_string(value.expose());
        match secrets.call(&FAULTS, request.send()).await {
            Ok(answer) => {
                let is_labelled = answer.version_stages().iter().any(|label| label == ASIDE);
                return Ok(Aside { version: answer.version_id.unwrap_or(token), is_labelled });
            }
            Err(failure) if failure.class == ErrorClass::Exists => {}
            Err(failure) => return Err(failure),
        }
    }
    Err(Failure {
        class: ErrorClass::Fault,
        fault: Fault::user("SecretVersionsTaken", "every name derived for the secret's new version is taken")
            .remedy("have AWS make the latest version of the secret the current one"),
    })
}

/// Makes a version the current one, if the one that it was made of still is; and takes the other label off it.
pub(super) async fn make_current(
    secrets: &Service<Client>,
    id: &str,
    before: &str,
    made: &Aside,
) -> Result<(), Failure> {
    let request = secrets.client.update_secret_version_stage().secret_id(id).version_stage(CURRENT);
    let request = request.remove_from_version_id(before).move_to_version_id(&made.version);
    secrets.call(&FAULTS, request.send()).await?;
    if made.is_labelled { put_away(secrets, id, &made.version).await } else { Ok(()) }
}

/// Takes the label off a version that was put aside and did not become the current one.
pub(super) async fn clean(
    secrets: &Service<Client>,
    id: &str,
    secret: &DescribeSecretOutput,
) -> Result<(), Failure> {
    match labelled(secret, ASIDE) {
        Some(version) => put_away(secrets, id, version).await,
        None => Ok(()),
    }
}

/// What a rotation that has begun is waited for.
pub(super) fn rotation(secret: &DescribeSecretOutput) -> Option<Fault> {
    let rotating = labelled(secret, ROTATING)?;
    (labelled(secret, CURRENT) != Some(rotating)).then(|| {
        let message = format!("a rotation of the secret has begun: version {rotating} is {ROTATING}");
        Fault::waiting("RotationInProgress", message).remedy(
            "wait; if it has failed, take the label off: aws secretsmanager update-secret-version-stage",
        )
    })
}

/// The version that has a label.
pub(super) fn labelled<'a>(secret: &'a DescribeSecretOutput, stage: &str) -> Option<&'a str> {
    let mut versions = secret.version_ids_to_stages()?.iter();
    let (id, _) = versions.find(|(_, stages)| stages.iter().any(|label| label == stage))?;
    Some(id)
}

async fn put_away(secrets: &Service<Client>, id: &str, version: &str) -> Result<(), Failure> {
    let request = secrets.client.update_secret_version_stage().secret_id(id).version_stage(ASIDE);
    secrets.call(&FAULTS, request.remove_from_version_id(version).send()).await.map(|_| ())
}
