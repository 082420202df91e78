//! What a secret holds opens its database, or the database is not called ready.

use anyhow::{Result, bail, ensure};
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::{Managed, Readiness};
use goldenpath_reports::{Aws, Cluster, Outcome, REGION};
use kube::ResourceExt;
use serde_json::{Value, json};

use crate::scene::{DB, NAME, aws, change, database_by_hand, instance, snapshot_by_hand, told};

/// The object of the secret.
pub(crate) const SECRET: &str = "payments/orders-db";
/// Its external name.
pub(crate) const ID: &str = "goldenpath/dev/payments/orders-db";

/// A secret that is attached to the Instance; another object of the same name has another UID.
pub(crate) fn secret(uid: &str) -> Value {
    json!({
        "apiVersion": "secretsmanager.aws.m.goldenpath.io/v1alpha1", "kind": "Secret",
        "metadata": {
            "name": "orders-db", "namespace": "payments", "uid": uid,
            "finalizers": ["finalizer.managedresource.crossplane.io"],
            "annotations": {"crossplane.io/external-name": ID},
        },
        "spec": {"forProvider": {
            "region": REGION,
            "generateSecretString": {
                "secretStringTemplate": "{\"username\":\"app\"}", "generateStringKey": "password",
            },
            "attachment": {"instanceRef": {"name": "orders"}},
        }},
    })
}

/// An Instance whose password is the secret's.
pub(crate) fn database(over: &Value) -> Value {
    let source = json!({"secretRef": {"name": "orders-db"}, "key": "password"});
    let mut object = instance(json!({"manageMasterUserPassword": null, "masterUserPasswordFrom": source}));
    for (key, value) in over.as_object().unwrap() {
        object["spec"]["forProvider"][key] = value.clone();
    }
    object
}

/// Both objects, at rest and ready.
pub(crate) async fn made() -> (Aws, Cluster) {
    let (aws, cluster) = aws().await;
    cluster.apply(&secret("first")).unwrap();
    cluster.apply(&database(&json!({}))).unwrap();
    settled(&cluster, &aws).await.unwrap();
    (aws, cluster)
}

/// Reconciles both until they are ready. Whenever both say so, the one opens the other.
pub(crate) async fn settled(cluster: &Cluster, aws: &Aws) -> Result<()> {
    let ready = Outcome::Rests(Readiness::Available);
    let (mut secret, mut database) = (Outcome::Waits, Outcome::Waits);
    for _ in 0..60 {
        secret = cluster.reconcile::<Secret>(SECRET).await?;
        database = cluster.reconcile::<Instance>(NAME).await?;
        if secret == ready && database == ready {
            return opens(aws).await;
        }
        aws.pass(5).await?;
    }
    bail!("not at rest: {secret:?}, {database:?}")
}

/// Whether the current version has the password of the database.
pub(crate) async fn opens(aws: &Aws) -> Result<()> {
    let (stored, set) = (current(aws).await?["password"].clone(), password(aws).await?);
    ensure!(stored == set, "the secret does not open the database");
    Ok(())
}

pub(crate) async fn current(aws: &Aws) -> Result<Value> {
    let answer =
        aws.secrets("GetSecretValue", &json!({"SecretId": ID, "VersionStage": "AWSCURRENT"})).await?;
    Ok(serde_json::from_str(answer["SecretString"].as_str().unwrap())?)
}

pub(crate) async fn password(aws: &Aws) -> Result<Value> {
    Ok(aws.instance(DB).await?.unwrap()["MasterUserPassword"].clone())
}

/// The versions of the secret and their labels.
async fn stages(aws: &Aws) -> Value {
    let answer = aws.secrets("DescribeSecret", &json!({"SecretId": ID})).await.unwrap();
    answer["VersionIdsToStages"].clone()
}

/// The version with a label.
pub(crate) async fn labelled(aws: &Aws, stage: &str) -> String {
    let stages = stages(aws).await;
    let mut versions = stages.as_object().unwrap().iter();
    versions.find(|(_, labels)| labels.as_array().unwrap().contains(&json!(stage))).unwrap().0.clone()
}

/// Writes a version as a person or a rotation would.
pub(crate) async fn write(aws: &Aws, token: &str, value: &Value, stages: &[&str]) {
    let input = json!({
        "SecretId": ID, "ClientRequestToken": format!("{token:-<32}"), "SecretString": value.to_string(),
        "VersionStages": stages,
    });
    aws.secrets("PutSecretValue", &input).await.unwrap();
}

pub(crate) async fn move_current(aws: &Aws, to: &str) {
    let from = labelled(aws, "AWSCURRENT").await;
    let input = json!({
        "SecretId": ID, "VersionStage": "AWSCURRENT", "RemoveFromVersionId": from, "MoveToVersionId": to,
    });
    aws.secrets("UpdateSecretVersionStage", &input).await.unwrap();
}

#[tokio::test]
async fn one_made_with_its_password_has_it_set_once() {
    let (aws, cluster) = made().await;
    assert_eq!(aws.calls("ModifyDBInstance").await.unwrap(), [""; 0]);
    let applied = cluster.object::<Instance>(NAME).unwrap().status.unwrap().at_provider.password_applied;
    assert_eq!(applied.unwrap().version_id, labelled(&aws, "AWSCURRENT").await);
    assert!(!stages(&aws).await.to_string().contains("goldenpath-pending"));

    cluster.edit::<Instance>(NAME, |object| object.status = None).unwrap();
    cluster.edit::<Secret>(SECRET, |object| object.status = None).unwrap();
    settled(&cluster, &aws).await.unwrap();
    assert_eq!(aws.calls("ModifyDBInstance").await.unwrap(), [""; 0], "a lost status asks for nothing");
    let object = serde_json::to_string(&cluster.object::<Instance>(NAME).unwrap()).unwrap();
    assert!(!object.contains(password(&aws).await.unwrap().as_str().unwrap()));
}

/// A secret that was made again had a new password, and the database the old one.
#[tokio::test]
async fn aws_cdk_11237_a_secret_that_is_made_again_opens_the_database() {
    let (aws, cluster) = made().await;
    let before = password(&aws).await.unwrap();
    aws.secrets("DeleteSecret", &json!({"SecretId": ID, "ForceDeleteWithoutRecovery": true})).await.unwrap();
    aws.pass(600).await.unwrap();
    let Outcome::Told(fault) = cluster.reconcile::<Secret>(SECRET).await.unwrap() else { panic!() };
    assert_eq!(fault.reason, "ExternallyDeleted");
    assert!(fault.remedy.unwrap().contains("delete this object"));

    cluster.apply(&secret("second")).unwrap();
    settled(&cluster, &aws).await.unwrap();
    assert_ne!(password(&aws).await.unwrap(), before);
}

/// A connection Secret that was made again lacked the password.
#[tokio::test]
async fn provider_aws_1571_a_connection_secret_is_complete_again() {
    let (aws, cluster) = made().await;
    let reference = json!({"name": "orders-connection"});
    cluster
        .edit::<Instance>(NAME, |object| {
            object.spec.managed.write_connection_secret_to_ref = serde_json::from_value(reference).unwrap();
        })
        .unwrap();
    for _ in 0..2 {
        settled(&cluster, &aws).await.unwrap();
        let published = cluster.connection("payments/orders-connection").unwrap();
        assert_eq!(published.keys().collect::<Vec<_>>(), ["host", "password", "port", "username"]);
        assert_eq!(published["password"], password(&aws).await.unwrap().as_str().unwrap());
        cluster.forget_connection("payments/orders-connection");
    }
    let reads = aws.calls("GetSecretValue").await.unwrap().len();
    settled(&cluster, &aws).await.unwrap();
    let before = aws.calls("GetSecretValue").await.unwrap().len();
    settled(&cluster, &aws).await.unwrap();
    let after = aws.calls("GetSecretValue").await.unwrap().len();
    assert!(before > reads);
    assert_eq!(after - before, 1, "only this story reads it");
}

#[tokio::test]
async fn a_version_that_a_person_makes_current_is_followed() {
    let (aws, cluster) = made().await;
    let (created, ours) = (labelled(&aws, "AWSPREVIOUS").await, labelled(&aws, "AWSCURRENT").await);
    let generated = password(&aws).await.unwrap();

    let by_hand = json!({"username": "app", "password": "by-hand-and-long-enough"});
    write(&aws, "rotated", &by_hand, &["AWSCURRENT"]).await;
    settled(&cluster, &aws).await.unwrap();
    assert_eq!(password(&aws).await.unwrap(), by_hand["password"]);
    assert!(current(&aws).await.unwrap()["host"].is_string());

    for version in [&ours, &created] {
        move_current(&aws, version).await;
        settled(&cluster, &aws).await.unwrap();
        assert_eq!(password(&aws).await.unwrap(), generated);
        assert_eq!(labelled(&aws, "AWSCURRENT").await, ours, "the version with the endpoint");
        assert!(current(&aws).await.unwrap()["host"].is_string());
        assert!(!stages(&aws).await.to_string().contains("goldenpath-pending"));
    }
}

#[tokio::test]
async fn a_rotation_that_ends_meanwhile_is_not_undone() {
    let (aws, cluster) = made().await;
    write(&aws, "first", &json!({"username": "app", "password": "first-and-long-enough"}), &["AWSCURRENT"])
        .await;
    let words = "When you move staging label AWSCURRENT, if you specify RemoveFromVersionId, it must be set to \
                 the version that currently has the staging label AWSCURRENT.";
    aws.refuse("UpdateSecretVersionStage", "InvalidParameterException", words, 1).await.unwrap();
    let Outcome::Told(fault) = cluster.reconcile::<Secret>(SECRET).await.unwrap() else {
        // The first look only finds the new version.
        panic!()
    };
    assert_eq!(fault.reason, "StageMoved");
    write(&aws, "second", &json!({"username": "app", "password": "second-and-long-enough"}), &["AWSCURRENT"])
        .await;
    settled(&cluster, &aws).await.unwrap();
    assert_eq!(password(&aws).await.unwrap(), "second-and-long-enough");
    assert!(!stages(&aws).await.to_string().contains("goldenpath-pending"), "nothing is left aside");
}

#[tokio::test]
async fn nothing_is_written_while_a_rotation_is_under_way() {
    let (aws, cluster) = made().await;
    let rotated = json!({"username": "app", "password": "rotated-and-long-enough"});
    write(&aws, "rotated", &rotated, &["AWSPENDING"]).await;
    assert_eq!(
        cluster.reconcile::<Secret>(SECRET).await.unwrap(),
        Outcome::Rests(Readiness::Available),
        "there is nothing to write"
    );
    let puts = aws.calls("PutSecretValue").await.unwrap().len();
    cluster
        .edit::<Secret>(SECRET, |object| object.status.as_mut().unwrap().at_provider.attached = None)
        .unwrap();
    aws.change(DB, json!({"Port": 5433})).await.unwrap();
    change(&cluster, &json!({"port": 5433}));
    cluster.reconcile::<Instance>(NAME).await.unwrap();
    let Outcome::Told(fault) = cluster.reconcile::<Secret>(SECRET).await.unwrap() else { panic!() };
    assert_eq!((fault.reason, fault.remedy.is_some()), ("RotationInProgress", true));
    assert_eq!(aws.calls("PutSecretValue").await.unwrap().len(), puts);

    // The rotation's last step.
    let pending = labelled(&aws, "AWSPENDING").await;
    move_current(&aws, &pending).await;
    settled(&cluster, &aws).await.unwrap();
    assert_eq!(password(&aws).await.unwrap(), rotated["password"]);
}

/// Who adopts a database knows its password, or wants another: neither is guessed.
#[tokio::test]
async fn the_password_of_an_adopted_database_is_asked_for() {
    for answer in ["Keep", "Set"] {
        let (aws, cluster) = aws().await;
        database_by_hand(&aws, DB, "app", "&StorageType=gp3").await;
        let mut adopting = database(&json!({}));
        adopting["metadata"]["annotations"]["goldenpath.io/adopt"] = json!("true");
        cluster.apply(&secret("first")).unwrap();
        cluster.apply(&adopting).unwrap();
        settled(&cluster, &aws).await.unwrap_err();
        let adopted = cluster.object::<Instance>(NAME).unwrap();
        assert!(!adopted.annotations().contains_key("goldenpath.io/adopt"));
        let notices = adopted.status.unwrap().at_provider.notices;
        let notice = notices.iter().find(|notice| notice.code == "PasswordNotKnown").unwrap();
        assert!(notice.remedy.as_ref().unwrap().contains("goldenpath.io/adopt-password"));
        assert_eq!(password(&aws).await.unwrap(), "by-hand-and-long");

        if answer == "Keep" {
            let mut value = current(&aws).await.unwrap();
            value["password"] = json!("by-hand-and-long");
            write(&aws, "in-use", &value, &["AWSCURRENT"]).await;
            cluster.reconcile::<Secret>(SECRET).await.unwrap();
        }
        cluster
            .edit::<Instance>(NAME, |object| {
                object.annotations_mut().insert("goldenpath.io/adopt-password".into(), answer.into());
            })
            .unwrap();
        settled(&cluster, &aws).await.unwrap();
        assert_eq!(password(&aws).await.unwrap() == "by-hand-and-long", answer == "Keep");
        let known = cluster.object::<Instance>(NAME).unwrap();
        assert!(!known.annotations().contains_key("goldenpath.io/adopt-password"), "it is an act");
        cluster.edit::<Instance>(NAME, |object| object.status = None).unwrap();
        settled(&cluster, &aws).await.unwrap();
    }
}

/// Who has only looked at a database before does not know its password either.
#[tokio::test]
async fn the_password_of_a_database_that_was_looked_at_first_is_asked_for() {
    let (aws, cluster) = aws().await;
    database_by_hand(&aws, DB, "app", "&StorageType=gp3").await;
    let mut looking = database(&json!({}));
    looking["spec"]["managementPolicies"] = json!(["Observe"]);
    cluster.apply(&secret("first")).unwrap();
    cluster.apply(&looking).unwrap();
    cluster.reconcile::<Instance>(NAME).await.unwrap();
    cluster.edit::<Instance>(NAME, |object| object.spec.managed.management_policies = None).unwrap();
    settled(&cluster, &aws).await.unwrap_err();
    let notices = cluster.object::<Instance>(NAME).unwrap().status.unwrap().at_provider.notices;
    assert!(notices.iter().any(|notice| notice.code == "PasswordNotKnown"), "{notices:?}");
    assert_eq!(password(&aws).await.unwrap(), "by-hand-and-long");
}

/// A restore has the user, the database and the password of its backup; the secret gets the first two, and the
/// database the secret's password.
#[tokio::test]
async fn a_restored_database_is_opened_by_the_user_of_its_backup() {
    let (aws, cluster) = aws().await;
    snapshot_by_hand(&aws, "postgres", "&DBName=shop").await;
    cluster.apply(&secret("first")).unwrap();
    cluster.apply(&database(&json!({"snapshotIdentifier": "legacy-1", "dbName": "orders"}))).unwrap();
    settled(&cluster, &aws).await.unwrap();
    let value = current(&aws).await.unwrap();
    assert_eq!((&value["username"], &value["dbname"]), (&json!("postgres"), &json!("shop")));
}

/// An object that asks for its password while the secret is not there says so.
#[tokio::test]
async fn without_its_secret_nothing_is_made() {
    let (aws, cluster) = aws().await;
    cluster.apply(&database(&json!({}))).unwrap();
    assert_eq!(cluster.object::<Instance>(NAME).unwrap().external_name(), DB);
    let Outcome::Told(fault) = cluster.reconcile::<Instance>(NAME).await.unwrap() else { panic!() };
    assert_eq!(fault.reason, "WaitingForSecret");
    assert_eq!(aws.calls("CreateDBInstance").await.unwrap(), [""; 0]);
    cluster.apply(&secret("first")).unwrap();
    settled(&cluster, &aws).await.unwrap();
    cluster.delete::<Instance>(NAME).unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "(let go)");
}
