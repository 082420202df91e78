//! Claims: the same database through the door of Crossplane v1.

mod app;
pub(crate) mod claim;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::api::PostParams;
use kube::core::DynamicObject;
use serde_json::json;

use crate::documented::{self, Document};
use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};
pub(crate) use app::a_claim_becomes_an_app;
use claim::Claim;

/// Claim, XR, RDS, Secret: the claim is Ready once the app has its credentials, and says where they are.
pub(crate) async fn a_claim_becomes_a_database(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("claimed").await?;
    let published = json!({"writeConnectionSecretToRef": {"name": "orders-db"}});
    let refused = Claim::apply(plane, &namespace, "orders-db", published).await.err();
    let refused = format!("{:#}", refused.context("a field without effect was accepted")?);
    ensure!(refused.contains("leave out spec.writeConnectionSecretToRef"), "{refused}");
    let claim = Claim::apply(plane, &namespace, "orders-db", json!({})).await?;
    claim.ready().await?;

    // What the database reports after it became Ready reaches the claim a moment later.
    let mirrored = ["phase", "identifier", "endpoint", "secretName", "engineVersion", "storage", "resources"];
    let agree = "the claim says what its database says";
    let (ready, database) = wait::until(agree, SHORT_LIMIT, async || {
        let database = claim.database().await?.context("no GoldenPathDatabase of the claim's name")?;
        let ready = claim.ready().await?;
        let (theirs, ours) = (&database.data["status"], &ready.data["status"]);
        for field in mirrored {
            ensure!(ours[field] == theirs[field], "{field} differs: {ours:#}\n{theirs:#}");
        }
        Ok(Some((ready, database)))
    })
    .await?;
    let identifier = database.data["status"]["identifier"].as_str().context("no identifier")?;
    let instance = plane.aws().instance(identifier).await?.context("no such instance in AWS")?;
    ensure!(instance.tags.get("goldenpath.io/team").is_some_and(|team| team == "payments"), "{instance:?}");
    let ours = &ready.data["status"];
    ensure!(ours["observedGeneration"].is_null(), "a generation of another object: {ours:#}");
    for condition in ["Accepted", "Available", "SecretSynced", "Synced"] {
        ensure!(objects::condition(&ready, condition) == Some("True"), "{condition}: {ours:#}");
    }
    let secret = ours["secretName"].as_str().context("no name of the Secret")?;
    let delivered = plane.secret(&namespace, secret).await?.context("no Secret in the namespace")?;
    let password = instance.password.context("AWS was given no password")?;
    ensure!(delivered.get("password").is_some_and(|p| *p == password.0), "not the database's password");

    documented::settles(Document::GoldenPaths, "get", async || {
        let get = ["get", "gpdb,databaseclaim", "--namespace", &namespace];
        let listed = plane.state().kubectl(&get).await?;
        Ok(format!("$ kubectl get gpdb,databaseclaim\n{}", without_ages(&listed)))
    })
    .await?;

    // A larger class costs downtime, so it waits for the window and stays to be seen; growth would be over at once.
    claim.change(json!({"spec": {"size": "medium"}})).await?;
    let planned = |claim: &DynamicObject| claim.data["status"]["pendingChanges"][0]["field"] == "spec.size";
    claim.until("tells what will change", READY_LIMIT, planned).await?;
    claim.remove().await?;
    ensure!(plane.aws().instance(identifier).await?.is_none(), "the instance outlived its claim");
    Ok(())
}

/// The last column, which no two runs have in common, as one and the same age.
fn without_ages(table: &str) -> String {
    let ageless = |line: &str| match line.rsplit_once(' ') {
        Some((row, age)) if age != "AGE" => format!("{row} 3d\n"),
        _ => format!("{}\n", line.trim_end()),
    };
    table.lines().map(ageless).collect()
}

/// A database that somebody has made already is left as it is; the claim of its name says so, and follows once the name
/// is free.
pub(crate) async fn a_name_that_is_taken_is_refused(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("taken").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    let before = database.ready().await?;
    let claim = Claim::apply(plane, &namespace, "orders-db", json!({"size": "large"})).await?;

    let refused = |claim: &DynamicObject| {
        let accepted = objects::condition_of(claim, "Accepted");
        accepted.is_some_and(|c| c["status"] == "False" && c["reason"] == "NameTaken")
    };
    let told = claim.until("is refused", SHORT_LIMIT, refused).await?;
    let problem = &told.data["status"]["problems"][0];
    ensure!(problem["code"] == "NameTaken" && problem["field"] == ".metadata.name", "{problem:#}");
    ensure!(problem["remedy"].as_str().is_some_and(|remedy| remedy.contains("under another name")));
    let after = claim.database().await?.context("the database is gone")?;
    ensure!(after.data["spec"] == before.data["spec"], "it was changed: {:#}", after.data["spec"]);
    ensure!(after.metadata.owner_references.is_none_or(|owners| owners.is_empty()), "it was taken over");

    database.remove().await?;
    // A claim that nobody touches follows within a minute.
    claim.change(json!({"spec": {"size": "small"}})).await?;
    claim.ready().await?;

    // Now the claim was first: it wins, and whoever applies the other manifest is told, on both.
    let manifest = plane.logs().join("second.json");
    let second = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathDatabase", "metadata": {"name": "orders-db"},
        "spec": {"version": "16", "size": "large"},
    });
    std::fs::write(&manifest, second.to_string())?;
    let manifest = manifest.to_string_lossy();
    plane.state().kubectl(&["apply", "--namespace", &namespace, "--filename", &manifest]).await?;
    let problem = database.problem("NameTaken", SHORT_LIMIT).await?;
    ensure!(problem["remedy"].as_str().is_some_and(|r| r.contains("change DatabaseClaim/orders-db instead")));
    let told = |claim: &DynamicObject| claim.data["status"]["problems"][0]["code"] == "NameTaken";
    claim.until("tells of the second manifest", SHORT_LIMIT, told).await?;
    let after = claim.database().await?.context("the database is gone")?;
    ensure!(after.data["spec"]["size"] == "small", "the second one won: {:#}", after.data["spec"]);
    let forget = "kubectl.kubernetes.io/last-applied-configuration-";
    plane.state().kubectl(&["annotate", "gpdb", "orders-db", "--namespace", &namespace, forget]).await?;
    database.without_problems(SHORT_LIMIT).await?;
    claim.remove().await
}

/// Deletion of a claim is refused for the reasons for which that of its database is, and finishes without them.
pub(crate) async fn what_keeps_the_database_keeps_its_claim(plane: &ControlPlane) -> Result<()> {
    let (namespace, guest) = (plane.namespace("kept").await?, plane.namespace("tenant").await?);
    let spec = json!({
        "deletion": {"protection": true}, "allowedNamespaces": [guest], "compositeDeletePolicy": "Foreground",
    });
    let claim = Claim::apply(plane, &namespace, "orders-db", spec).await?;
    let path = claim.ready().await?.data["status"]["secretPath"].clone();
    claim.blocked("Protected").await?;
    claim.refused("set .spec.deletion.protection to false first").await?;

    let consumer = json!({
        "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
        "metadata": {"name": "tracker-db", "labels": {
            "goldenpath.io/database": "orders-db", "goldenpath.io/database-namespace": namespace,
        }},
        "spec": {
            "refreshInterval": "1h0m0s",
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": "goldenpath"},
            "target": {"name": "tracker-db"},
            "dataFrom": [{"extract": {"key": path}}],
        },
    });
    plane.apply(&consumer.to_string(), &guest).await?;
    // Consumers are looked for when something changes, else every minute.
    claim.change(json!({"spec": {"deletion": {"protection": false}}})).await?;
    claim.blocked("HasConsumers").await?;
    claim.refused(&format!("it is used by {guest}/tracker-db")).await?;
    documented::settles(Document::GoldenPaths, "delete", async || {
        let delete = ["delete", "databaseclaim", "orders-db", "--namespace", &namespace];
        let refusal =
            plane.state().kubectl(&delete).await.err().context("the deletion was accepted")?.to_string();
        let refusal = refusal.replace(&namespace, "payments").replace(&guest, "shipping");
        let (_, words) = refusal.split_once("failed: ").context("kubectl says nothing")?;
        Ok(format!("$ kubectl delete databaseclaim orders-db\n{words}"))
    })
    .await?;

    plane.delete(&kinds::external_secret(), &guest, "tracker-db").await?;
    claim.change(json!({"spec": {"backup": {"retentionDays": 8}}})).await?;
    claim.unblocked().await?;
    claim.delete().await?;
    plane.until_gone(kinds::database_claim(), &namespace, "orders-db", READY_LIMIT).await?;
    let left = claim.database().await?;
    ensure!(left.is_none(), "in the foreground the claim goes last");
    Ok(())
}

/// Whichever of the three goes first, nothing is lost that is protected, and nothing is left that is not.
pub(crate) async fn deletion_in_any_order_ends_clean(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("order").await?;
    let protected = json!({"deletion": {"protection": true}});
    let claim = Claim::apply(plane, &namespace, "orders-db", protected).await?;
    claim.ready().await?;
    claim.blocked("Protected").await?;

    // The XR of the cluster first: the next one takes over what the last has left.
    let database = claim.database().await?.context("no database")?;
    let (uid, xr) = (database.metadata.uid, claim.composite().await?);
    plane.delete(&kinds::claimed_database(), "", &xr.name).await?;
    wait::until("another XR controls the same database", READY_LIMIT, async || {
        let database = claim.database().await?.context("the database is gone")?;
        ensure!(database.metadata.uid == uid, "the database was made anew");
        let owner = database.metadata.owner_references.unwrap_or_default().pop();
        Ok(owner.is_some_and(|owner| owner.uid != xr.uid).then_some(()))
    })
    .await?;

    // The database first: it would come back empty, so its claim is named instead.
    claim.change(json!({"spec": {"deletion": {"protection": false}}})).await?;
    claim.unblocked().await?;
    plane
        .until(kinds::usage(), &namespace, "orders-db.goldenpathdatabase", "is there", SHORT_LIMIT, |_| true)
        .await?;
    let asked = plane.delete(&kinds::database(), &namespace, "orders-db").await;
    let refusal = format!("{:#}", asked.err().context("the deletion was accepted")?);
    ensure!(refusal.contains("DatabaseClaim/orders-db makes it: delete that instead"), "{refusal}");
    claim.remove().await?;

    // The namespace first: it takes along what Crossplane refuses with, and then AWS's own protection holds.
    let protected = json!({"deletion": {"protection": true}});
    let claim = Claim::apply(plane, &namespace, "billing-db", protected).await?;
    claim.ready().await?;
    claim.blocked("Protected").await?;
    plane.delete(&kinds::namespace(), "", &namespace).await?;
    let held = |instance: &DynamicObject| instance.data["status"]["problem"]["code"] == "DeletionProtected";
    let what = "says that it is protected";
    plane.until(kinds::instance(), &namespace, "billing-db", what, READY_LIMIT, held).await?;
    // While it is there, what it asks for is applied again.
    plane.until_gone(kinds::database(), &namespace, "billing-db", READY_LIMIT).await?;
    let lift = json!({"spec": {"forProvider": {"deletionProtection": false}}});
    objects::merge(plane.client(), &kinds::instance(), &namespace, "billing-db", &lift).await?;
    plane.until_gone(kinds::namespace(), "", &namespace, READY_LIMIT).await
}

/// A claim's name is as long as what is made of it allows, which is less than its XR's, whose schema is the same.
pub(crate) async fn a_name_is_as_long_as_what_is_made_of_it_allows(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("long").await?;
    let asked = [
        (kinds::database_claim(), namespace.as_str(), 44, true),
        (kinds::database_claim(), namespace.as_str(), 45, false),
        (kinds::database_claim(), namespace.as_str(), 50, false),
        (kinds::database_claim(), namespace.as_str(), 51, false),
        (kinds::claimed_database(), "", 50, true),
        (kinds::claimed_database(), "", 51, false),
    ];
    let dry_run = PostParams { dry_run: true, ..PostParams::default() };
    for (kind, namespace, length, is_accepted) in asked {
        let object: DynamicObject = serde_json::from_value(json!({
            "apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": "n".repeat(length)},
            "spec": {"version": "16"},
        }))?;
        let answer = objects::scoped(plane.client(), &kind, namespace).create(&dry_run, &object).await;
        ensure!(answer.is_ok() == is_accepted, "{} of {length} characters: {answer:?}", kind.kind);
        let told = answer.err().map(|error| error.to_string());
        ensure!(
            told.as_ref().is_none_or(|told| told.contains("may not be longer than 44 characters")),
            "{told:?}"
        );
    }
    Ok(())
}

/// A claim that was made anew, as from a backup, while what it had become is still there: told with the command that
/// hands the database over, which is the same one afterwards.
pub(crate) async fn a_restored_claim_is_given_its_database_back(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("restored").await?;
    let claim = Claim::apply(plane, &namespace, "orders-db", json!({})).await?;
    claim.ready().await?;
    let uid = claim.database().await?.context("no database")?.metadata.uid;
    let before = claim.composite().await?;

    // The claim alone goes, without Crossplane's seeing it, which would take along what it became.
    claim.change(json!({"metadata": {"annotations": {"crossplane.io/paused": "true"}}})).await?;
    claim.delete().await?;
    claim.change(json!({"metadata": {"finalizers": null}})).await?;
    plane.until_gone(kinds::database_claim(), &namespace, "orders-db", SHORT_LIMIT).await?;
    let claim = Claim::apply(plane, &namespace, "orders-db", json!({})).await?;

    let told = |claim: &DynamicObject| claim.data["status"]["problems"][0]["code"] == "NameTaken";
    let told = claim.until("is told what holds its name", SHORT_LIMIT, told).await?;
    let remedy = told.data["status"]["problems"][0]["remedy"].as_str().context("no remedy")?.to_owned();
    let (_, command) = remedy.split_once(": kubectl ").context("no command")?;
    ensure!(command.contains(&before.name), "{remedy}");
    plane.state().kubectl(&command.split(' ').collect::<Vec<_>>()).await?;

    // A claim that nobody touches follows within a minute.
    claim.change(json!({"spec": {"backup": {"retentionDays": 8}}})).await?;
    claim.ready().await?;
    ensure!(claim.database().await?.context("no database")?.metadata.uid == uid, "it was made anew");
    ensure!(claim.composite().await?.uid != before.uid, "it is the XR from before");
    claim.remove().await
}
