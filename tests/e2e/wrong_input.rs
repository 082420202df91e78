//! Wrong input is told with code, field, message and remedy; nothing is lost; correcting it heals.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::ControlPlane;
use goldenpath_tests::install::{CREDENTIALS, NAMESPACE, credentials_file};
use serde_json::{Value, json};

use crate::request::{Database, READY_LIMIT, SHORT_LIMIT, composition};

/// A version that AWS does not have.
pub(crate) async fn an_unknown_version_is_reported(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("version").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({"version": "15.99"})).await?;
    let problem = database.problem("InvalidSpec", SHORT_LIMIT).await?;
    complete(&problem, ".spec.version")?;
    database.change(json!({"version": "15.10"})).await?;
    heals(&database).await
}

/// A class that AWS refuses.
pub(crate) async fn a_refused_class_is_reported(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("class").await?;
    let class = json!({"instanceClass": "db.bogus.large"});
    let database = Database::apply(plane, &namespace, "orders-db", class).await?;
    let problem = database.problem("InvalidSpec", SHORT_LIMIT).await?;
    complete(&problem, ".spec.instanceClass")?;
    database.change(json!({"instanceClass": "db.t4g.medium"})).await?;
    heals(&database).await
}

/// A name that belongs to somebody else's instance, which stays as it is.
pub(crate) async fn a_foreign_instance_is_never_touched(plane: &ControlPlane) -> Result<()> {
    // The name is known once the function has chosen it: ask with AWS refusing, then take the name.
    let namespace = plane.namespace("foreign").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({"version": "15.99"})).await?;
    database.problem("InvalidSpec", SHORT_LIMIT).await?;
    let identifier = database.identifier().await?;
    let foreign = json!({
        "DBInstanceIdentifier": identifier, "Engine": "postgres", "EngineVersion": "16", "DBInstanceClass": "db.t4g.small",
        "AllocatedStorage": 20, "MasterUsername": "somebody", "MasterUserPassword": "theirs-and-not-ours",
    });
    plane.aws().call("rds", "CreateDBInstance", &foreign).await?;
    database.change(json!({"version": "15.10"})).await?;

    let problem = database.problem("NotOwned", SHORT_LIMIT).await?;
    complete(&problem, "")?;
    database.remove().await?;
    let theirs = plane.aws().instance(&identifier).await?.context("the foreign instance was deleted")?;
    ensure!(theirs.password.is_some_and(|p| p.0 == "theirs-and-not-ours"), "it was changed");
    ensure!(theirs.tags.is_empty(), "it was tagged: {:?}", theirs.tags);
    Ok(())
}

/// Credentials that AWS rejects, in a configuration of this namespace.
pub(crate) async fn rejected_credentials_are_reported(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("credentials").await?;
    provider_config(plane, &namespace, "AKIAREJECT", plane.aws().url()).await?;
    let database = with_own_config(plane, &namespace).await?;
    complete(&database.problem("CredentialsInvalid", SHORT_LIMIT).await?, "")?;
    provider_config(plane, &namespace, "AKIAFINE", plane.aws().url()).await?;
    heals(&database).await
}

/// AWS does not answer: told, and tried again until it does.
pub(crate) async fn an_unreachable_aws_is_reported(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("unreachable").await?;
    provider_config(plane, &namespace, "AKIAFINE", "http://127.0.0.1:9").await?;
    let database = with_own_config(plane, &namespace).await?;
    complete(&database.problem("AWSUnavailable", SHORT_LIMIT).await?, "")?;
    provider_config(plane, &namespace, "AKIAFINE", plane.aws().url()).await?;
    heals(&database).await
}

/// The composition's input has a typo: told on the XR, and what is there stays.
pub(crate) async fn a_typo_in_the_platform_input_is_reported(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("typo").await?;
    let composition = composition(plane, "goldenpathdatabase").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    database.ready().await?;
    let identifier = database.identifier().await?;

    let mut broken = composition.clone();
    broken["spec"]["pipeline"][0]["input"]["regoin"] = json!("eu-central-1");
    plane.apply(&broken.to_string(), "").await?;
    let told = database.problem("InvalidPlatformInput", SHORT_LIMIT).await;
    // Whatever came of it, the other stories need the composition as it was.
    plane.apply(&composition.to_string(), "").await?;
    let problem = told?;
    complete(&problem, "regoin")?;
    ensure!(
        plane.aws().instance(&identifier).await?.is_some_and(|i| i.status == "available"),
        "something was lost"
    );
    heals(&database).await
}

fn complete(problem: &Value, field: &str) -> Result<()> {
    for key in ["code", "message", "remedy"] {
        ensure!(problem[key].as_str().is_some_and(|v| !v.is_empty()), "{key} is missing: {problem:#}");
    }
    ensure!(problem.to_string().contains(field), "{field} is not named: {problem:#}");
    ensure!(
        !problem.to_string().contains("forProvider"),
        "it speaks of a field that the XR lacks: {problem:#}"
    );
    Ok(())
}

/// The corrected database has no problem any more and becomes Ready.
async fn heals(database: &Database<'_>) -> Result<()> {
    database.without_problems(READY_LIMIT).await?;
    database.ready().await?;
    database.remove().await
}

/// A configuration of the namespace, and the Secret it reads.
async fn provider_config(plane: &ControlPlane, namespace: &str, id: &str, url: &str) -> Result<()> {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": CREDENTIALS},
        "stringData": {"credentials": credentials_file(id, "not-checked")},
    });
    let config = json!({
        "apiVersion": "aws.m.goldenpath.io/v1alpha1", "kind": "ProviderConfig", "metadata": {"name": "own"},
        "spec": {
            // The namespace is the tenant's own whatever this says.
            "credentials": {"source": "Secret", "secretRef": {"namespace": NAMESPACE, "name": CREDENTIALS, "key": "credentials"}},
            "endpoint": {"url": {"type": "Static", "static": url}},
        },
    });
    plane.apply(&secret.to_string(), namespace).await?;
    plane.apply(&config.to_string(), namespace).await?;
    Ok(())
}

/// A database whose composition names the namespace's own configuration.
async fn with_own_config<'a>(plane: &'a ControlPlane, namespace: &str) -> Result<Database<'a>> {
    let mut own = composition(plane, "goldenpathdatabase").await?;
    own["metadata"]["name"] = json!("with-own-config");
    own["spec"]["pipeline"][0]["input"]["providerConfig"] = json!({"kind": "ProviderConfig", "name": "own"});
    plane.apply(&own.to_string(), "").await?;
    let spec = json!({"crossplane": {"compositionRef": {"name": "with-own-config"}}});
    Database::apply(plane, namespace, "orders-db", spec).await
}
