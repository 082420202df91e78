//! What one app team can do to another, tried with a team's own identity: a token of a service account that may do
//! anything in its namespace. Nothing here is asked in advance whether it would be allowed: it is done.

mod attack;
mod objects;
mod paths;
mod scene;
mod secrets;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, Tenant, kinds, manifest, repository, wait};
use kube::core::DynamicObject;
use serde_json::json;

use crate::documented::{self, Document};
use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};
use attack::Attack;
use scene::{DATABASE, Team};
use secrets::external_secret;

/// Two teams with a database each. One of them tries everything on the list, and has nothing of the other's afterwards.
pub(crate) async fn a_team_reaches_nothing_of_another_team(plane: &ControlPlane) -> Result<()> {
    let (victim, attacker) = (Team::settle(plane, "victim"), Team::settle(plane, "attacker"));
    let (victim, attacker) = tokio::try_join!(victim, attacker)?;
    let before = (victim.state(plane).await?, attacker.state(plane).await?);
    as_platform_of_its_namespace(&attacker.tenant).await?;
    scene::make_foreign(plane, &attacker.tenant).await?;

    let mut attacks = secrets::attacks(&attacker, &victim);
    attacks.extend(objects::attacks(&attacker, &victim));
    attacks.extend(paths::attacks(&attacker, &victim));
    let mut wrong = Vec::new();
    for attack in &attacks {
        wrong.extend(attack.fails(plane, &attacker.tenant).await);
    }
    ensure!(wrong.is_empty(), "{} of {} attacks:\n{}", wrong.len(), attacks.len(), wrong.join("\n"));

    let after = (victim.state(plane).await?, attacker.state(plane).await?);
    ensure!(before == after, "something has changed: {before:#?}\n{after:#?}");
    nothing_was_stolen(plane, &victim).await?;
    documented::compare(Document::Security, "attacks", &table(&attacks))?;

    paths::take_away(plane, &attacker).await?;
    scene::take_foreign(plane, &attacker.tenant).await?;
    for refused in ["restored", "adopting"] {
        Database::existing(plane, &attacker.tenant.namespace, refused).remove().await?;
    }
    attacker.leave(plane).await?;
    victim.leave(plane).await
}

/// Whoever may do anything in a namespace may bind the platform's role there, which is of no use: only a right of the
/// whole cluster counts. All that follows is tried with it.
async fn as_platform_of_its_namespace(attacker: &Tenant) -> Result<()> {
    let binding: DynamicObject = serde_json::from_value(json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "platform"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "goldenpath-platform"},
        "subjects": [{"kind": "ServiceAccount", "name": "team", "namespace": attacker.namespace}],
    }))?;
    goldenpath_tests::objects::apply(&attacker.client, &binding, Some(&attacker.namespace)).await?;
    Ok(())
}

/// The password is in its team's Secret and nowhere else.
async fn nothing_was_stolen(plane: &ControlPlane, victim: &Team<'_>) -> Result<()> {
    let theirs = plane.secret(&victim.tenant.namespace, DATABASE).await?.context("no Secret")?;
    let password = theirs.get("password").context("no password")?;
    let found = plane.scan(password).await?;
    ensure!(found.len() == 1, "the password is in {found:?}");
    Ok(())
}

fn table(attacks: &[Attack]) -> String {
    let width = attacks.iter().map(|attack| attack.what.len()).max().unwrap_or_default();
    let rows =
        attacks.iter().map(|Attack { what, act: _, stopped_by }| format!("{what:width$}   {stopped_by}\n"));
    format!("{:width$}   STOPPED BY\n{}", "A TEAM ...", rows.collect::<String>())
}

/// The example of a consumer, step by step: refused, let in by the database's owner, delivered; and nobody else is.
pub(crate) async fn a_database_is_read_by_those_whom_its_owner_lets(plane: &ControlPlane) -> Result<()> {
    let (owner, guest, stranger) =
        (plane.tenant("owner").await?, plane.tenant("guest").await?, plane.tenant("stranger").await?);
    let shared = json!({"allowedNamespaces": [guest.namespace]});
    let database = Database::apply(plane, &owner.namespace, DATABASE, shared).await?;
    database.ready().await?;
    let consumer = example("external-secret.yaml", &owner, &guest)?;
    let refusal = format!("{:#}", apply(&guest, &consumer).await.err().context("it was accepted")?);
    ensure!(refusal.contains("whose owner lets this namespace use it"), "{refusal}");

    apply(&owner, &example("access.yaml", &owner, &guest)?).await?;
    wait::until("the guest is let in", SHORT_LIMIT, async || Ok(apply(&guest, &consumer).await.ok())).await?;
    let delivered = wait::until("the guest has the credentials", SHORT_LIMIT, async || {
        plane.secret(&guest.namespace, DATABASE).await
    })
    .await?;
    let own = plane.secret(&owner.namespace, DATABASE).await?.context("no Secret at the owner's")?;
    ensure!(delivered.get("password") == own.get("password"), "the passwords differ");

    let path = database.secret_path().await?;
    let theft = external_secret(&json!({"dataFrom": [{"extract": {"key": path}}]}));
    ensure!(
        apply(&stranger, &[serde_json::from_value(theft.clone())?]).await.is_err(),
        "a stranger was let in"
    );
    // One right is for one database: nothing else comes along with it.
    let two = json!({"data": [
        {"secretKey": "a", "remoteRef": {"key": path}},
        {"secretKey": "b", "remoteRef": {"key": path.replace(DATABASE, "other-db")}},
    ]});
    ensure!(
        apply(&guest, &[serde_json::from_value(external_secret(&two))?]).await.is_err(),
        "the guest was let into a database that does not name it"
    );
    // Taking the right away refuses what comes; what is there is told on the database, and is the owner's to have removed.
    let binding = kinds::kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings");
    let name = format!("{DATABASE}-consumers");
    goldenpath_tests::objects::delete(&owner.client, &binding, &owner.namespace, &name).await?;
    let theft: DynamicObject = serde_json::from_value(theft)?;
    wait::until("the guest is let in no more", SHORT_LIMIT, async || {
        let again = apply(&guest, std::slice::from_ref(&theft)).await;
        plane.delete(&kinds::external_secret(), &guest.namespace, "attack").await?;
        Ok(again.err())
    })
    .await?;
    plane.delete(&kinds::external_secret(), &guest.namespace, DATABASE).await?;
    // Who uses a database is looked up once a minute; until then it is in use, and may not be deleted.
    let protection = format!("{DATABASE}-protection");
    plane.until_gone(kinds::usage(), &owner.namespace, &protection, READY_LIMIT).await?;
    database.remove().await
}

/// The second wall: even what passes every policy is refused by the store, where the platform has opened nothing.
pub(crate) async fn a_namespace_without_a_tier_reads_nothing(plane: &ControlPlane) -> Result<()> {
    let owner = plane.namespace("opened").await?;
    let database = Database::apply(plane, &owner, DATABASE, json!({})).await?;
    database.ready().await?;
    let closed = "closed-to-the-store";
    plane.apply(&format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {closed}}}"), "").await?;
    let path = database.secret_path().await?;
    let reading = external_secret(&json!({"dataFrom": [{"extract": {"key": path}}]}));
    plane.apply(&reading.to_string(), closed).await?;
    let refused =
        |object: &DynamicObject| goldenpath_tests::objects::condition(object, "Ready") == Some("False");
    plane.until(kinds::external_secret(), closed, "attack", "is refused", READY_LIMIT, refused).await?;
    ensure!(plane.secret(closed, "attack").await?.is_none(), "the Secret was written");
    plane.delete(&kinds::namespace(), "", closed).await?;
    database.remove().await
}

/// A file of examples/consumer, with the story's namespaces in place of its own.
fn example(file: &str, owner: &Tenant, guest: &Tenant) -> Result<Vec<DynamicObject>> {
    let path = repository::path(format!("examples/consumer/{file}"));
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    manifest::parse(&text.replace("payments", &owner.namespace).replace("shipping", &guest.namespace))
}

async fn apply(team: &Tenant, objects: &[DynamicObject]) -> Result<()> {
    goldenpath_tests::objects::apply_all(&team.client, objects, Some(&team.namespace)).await
}
