//! How soon a password that was rotated in AWS is where it is used.

use std::time::Instant;

use anyhow::Result;
use goldenpath_tests::{ControlPlane, wait};
use serde_json::json;

use crate::request::{Database, READY_LIMIT};

const NAME: &str = "orders-db";
const ROTATED: &str = "rotated-by-somebody";

/// A new version in Secrets Manager reaches the database and the namespace when the provider has looked at the secret, and
/// not only when External Secrets Operator reads the store anew, an hour later.
pub(crate) async fn what_is_rotated_in_aws_arrives_without_the_refresh_interval(
    plane: &ControlPlane,
) -> Result<()> {
    let namespace = plane.namespace("rotation").await?;
    let database = Database::apply(plane, &namespace, NAME, json!({})).await?;
    database.ready().await?;
    let identifier = database.identifier().await?;
    database.rotate(ROTATED).await?;
    let since = Instant::now();
    wait::until("the rotated password is everywhere", READY_LIMIT, async || {
        let delivered = plane.secret(&namespace, NAME).await?.unwrap_or_default();
        let set = plane.aws().instance(&identifier).await?.and_then(|instance| instance.password);
        let everywhere = delivered.get("password").is_some_and(|password| password == ROTATED)
            && set.is_some_and(|password| password.0 == ROTATED);
        Ok(everywhere.then_some(()))
    })
    .await?;
    eprintln!("a rotation in AWS arrived after {:.1} s, polling every 2 s", since.elapsed().as_secs_f64());
    database.ready().await?;
    database.remove().await
}
