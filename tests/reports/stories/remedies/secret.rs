//! Remedies of a secret, and of the password in it.

use anyhow::{Context, Result, ensure};
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::Problem;
use goldenpath_reports::Cluster;
use kube::ResourceExt;
use serde_json::{Value, json};

use super::{Cured, cured, noticed};
use crate::passwords::{self, ID, SECRET};
use crate::scene::{DB, NAME, aws, database_by_hand};

fn notices(secret: &Secret) -> Vec<Problem> {
    secret.status.iter().flat_map(|status| status.at_provider.notices.clone()).collect()
}

fn annotate(cluster: &Cluster, key: &str, value: &str) -> Result<()> {
    cluster.edit::<Secret>(SECRET, |object| {
        object.annotations_mut().insert(key.to_owned(), value.to_owned());
    })
}

/// A secret that belongs to no database, with what is laid over how its value is made.
fn alone(over: &Value) -> Value {
    let mut object = passwords::secret("first");
    object["spec"]["forProvider"]["attachment"] = Value::Null;
    for (key, value) in over.as_object().unwrap() {
        object["spec"]["forProvider"]["generateSecretString"][key] = value.clone();
    }
    object
}

pub(super) async fn invalid(field: &str) -> Result<Cured> {
    let (aws, cluster) = aws().await;
    let wrong = match field {
        "secretStringTemplate" => json!({field: "username=app"}),
        "generateStringKey" => json!({field: ""}),
        "passwordLength" => json!({field: 42, "secretStringTemplate": "{\"engine\":\"mysql\"}"}),
        _ => json!({field: ('!'..='y').collect::<String>()}),
    };
    cluster.apply(&alone(&wrong))?;
    cured::<Secret>(&cluster, &aws, SECRET, async || {
        let shorter = json!({"passwordLength": 41, "secretStringTemplate": "{\"engine\":\"mysql\"}"});
        cluster.apply(&alone(&if field == "passwordLength" { shorter } else { json!({}) }))
    })
    .await
}

pub(super) async fn rules() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    let mut object = alone(&json!({}));
    object["spec"]["forProvider"]["rotationRules"] = json!({"automaticallyAfterDays": 30});
    cluster.apply(&object)?;
    noticed(&cluster, &aws, SECRET, notices, async || {
        cluster.edit::<Secret>(SECRET, |object| object.spec.for_provider.rotation_rules = None)
    })
    .await
}

pub(super) async fn requested() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    let key = goldenpath_provider_api::secretsmanager::ROTATE_REQUESTED_AT;
    cluster.apply(&alone(&json!({})))?;
    annotate(&cluster, key, "now")?;
    noticed(&cluster, &aws, SECRET, notices, async || {
        cluster.edit::<Secret>(SECRET, |object| {
            object.annotations_mut().remove(key);
        })
    })
    .await
}

pub(super) async fn no_key() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    aws.refuse("CreateSecret", "EncryptionFailure", "The key cannot be used.", 1000).await?;
    cluster.apply(&alone(&json!({})))?;
    cured::<Secret>(&cluster, &aws, SECRET, async || aws.refuse_no_more().await).await
}

/// The value is made, and written no more than a day's versions later.
pub(super) async fn too_many_versions() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    cluster.apply(&passwords::secret("first"))?;
    cluster.apply(&passwords::database(&json!({})))?;
    aws.refuse("PutSecretValue", "LimitExceededException", "You've reached the quota.", 1000).await?;
    for _ in 0..12 {
        cluster.reconcile::<Secret>(SECRET).await?;
        cluster.reconcile::<Instance>(NAME).await?;
        aws.pass(5).await?;
    }
    let before = aws.calls("PutSecretValue").await?.len();
    cluster.reconcile::<Secret>(SECRET).await?;
    let asked = aws.calls("PutSecretValue").await?.len() - before;
    ensure!(asked == 1, "it is asked {asked} times in one reconcile: a quota is no throttling");
    cured::<Secret>(&cluster, &aws, SECRET, async || {
        aws.pass(24 * 3600).await?;
        aws.refuse_no_more().await
    })
    .await
}

/// Somebody has written under each name that a version with the endpoint may have.
pub(super) async fn taken_versions() -> Result<Cured> {
    let (aws, cluster) = passwords::made().await;
    let version = passwords::labelled(&aws, "AWSPREVIOUS").await;
    passwords::move_current(&aws, &version).await;
    let words = "You can't use ClientRequestToken x because that value is already in use.";
    aws.refuse("PutSecretValue", "ResourceExistsException", words, 4).await?;
    cured::<Secret>(&cluster, &aws, SECRET, async || {
        let latest = passwords::labelled(&aws, "AWSPREVIOUS").await;
        passwords::move_current(&aws, &latest).await;
        Ok(())
    })
    .await
}

pub(super) async fn no_json() -> Result<Cured> {
    let (aws, cluster) = passwords::made().await;
    passwords::write(&aws, "plain", &json!("plain and long enough"), &["AWSCURRENT"]).await;
    cured::<Secret>(&cluster, &aws, SECRET, async || {
        let value = json!({"username": "app", "password": "by-hand-and-long-enough"});
        passwords::write(&aws, "object", &value, &["AWSCURRENT"]).await;
        Ok(())
    })
    .await
}

/// A rotation that has failed, while the value is to be written.
pub(super) async fn rotation() -> Result<Cured> {
    let (aws, cluster) = passwords::made().await;
    let rotated = json!({"username": "app", "password": "rotated-and-long-enough"});
    passwords::write(&aws, "rotated", &rotated, &["AWSPENDING"]).await;
    cluster.edit::<Secret>(SECRET, |object| object.status = None)?;
    cured::<Secret>(&cluster, &aws, SECRET, async || {
        let from = passwords::labelled(&aws, "AWSPENDING").await;
        let off = json!({"SecretId": ID, "VersionStage": "AWSPENDING", "RemoveFromVersionId": from});
        aws.secrets("UpdateSecretVersionStage", &off).await.map(|_| ())
    })
    .await
}

/// It is lost in AWS for good.
async fn lost() -> Result<(goldenpath_reports::Aws, Cluster)> {
    let (aws, cluster) = passwords::made().await;
    aws.secrets("DeleteSecret", &json!({"SecretId": ID, "ForceDeleteWithoutRecovery": true})).await?;
    aws.pass(600).await?;
    Ok((aws, cluster))
}

pub(super) async fn made_by_hand() -> Result<Cured> {
    let (aws, cluster) = lost().await?;
    let in_use = passwords::password(&aws).await?;
    let cured = cured::<Secret>(&cluster, &aws, SECRET, async || {
        let value = json!({"username": "app", "password": in_use}).to_string();
        let token = "by-hand-by-hand-by-hand-by-hand-";
        let create = json!({"Name": ID, "SecretString": value, "ClientRequestToken": token});
        aws.secrets("CreateSecret", &create).await?;
        annotate(&cluster, "goldenpath.io/adopt", "true")
    })
    .await?;
    passwords::settled(&cluster, &aws).await?;
    Ok(cured)
}

pub(super) async fn made_again() -> Result<Cured> {
    let (aws, cluster) = lost().await?;
    let cured = cured::<Secret>(&cluster, &aws, SECRET, async || cluster.apply(&passwords::secret("second")));
    let cured = cured.await?;
    passwords::settled(&cluster, &aws).await?;
    Ok(cured)
}

/// The password of a database that was adopted.
pub(super) async fn not_known(answer: &str) -> Result<Cured> {
    let (aws, cluster) = aws().await;
    database_by_hand(&aws, DB, "app", "&StorageType=gp3").await;
    let mut adopting = passwords::database(&json!({}));
    adopting["metadata"]["annotations"]["goldenpath.io/adopt"] = json!("true");
    cluster.apply(&passwords::secret("first"))?;
    cluster.apply(&adopting)?;
    passwords::settled(&cluster, &aws).await.err().context("it was guessed")?;
    let is_of_it = |object: &Instance| {
        super::notices(object).into_iter().filter(|notice| notice.code == "PasswordNotKnown").collect()
    };
    noticed::<Instance>(&cluster, &aws, NAME, is_of_it, async || {
        if answer == "Keep" {
            let mut value = passwords::current(&aws).await?;
            value["password"] = json!("by-hand-and-long");
            passwords::write(&aws, "in-use", &value, &["AWSCURRENT"]).await;
            cluster.reconcile::<Secret>(SECRET).await?;
        }
        cluster.edit::<Instance>(NAME, |object| {
            object.annotations_mut().insert("goldenpath.io/adopt-password".into(), answer.into());
        })?;
        passwords::settled(&cluster, &aws).await
    })
    .await
}
