//! Pages whose commands are typed as they stand, and print what the pages say. A page says why a block is not typed.

use std::time::Duration;

use anyhow::Result;
use goldenpath_tests::page::Page;
use goldenpath_tests::target::Target;
use goldenpath_tests::{ControlPlane, kinds, objects};
use serde_json::json;

use crate::request::Database;

const LIMIT: Duration = Duration::from_mins(2);

/// For who is on call, and for the platform team.
const OF_OTHERS: [&str; 5] =
    ["docs/runbooks.md", "docs/operations.md", "docs/monitoring.md", "docs/removing.md", "docs/teardown.md"];

/// For the platform team, typed amid a story of its own.
pub(crate) const CANARY: &str = "docs/canary.md";

/// The namespaces that the tutorial makes.
const MADE: [&str; 2] = ["payments", "shipping"];

pub(crate) async fn the_tutorial_goes_as_it_says(plane: &ControlPlane) -> Result<()> {
    Page::read("docs/tutorial.md")?.walk(&plane.shell("tutorial")?).await?;
    for namespace in MADE {
        objects::delete(plane.client(), &kinds::namespace(), "", namespace).await?;
        Target::new(kinds::namespace(), "", namespace).until_gone(plane.client(), LIMIT).await?;
    }
    Ok(())
}

/// With the database of a story in place of the words for one.
pub(crate) async fn what_operators_type_works(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("pages").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    database.ready().await?;
    let shell = plane.shell("operators")?.with("NAMESPACE", &namespace).with("NAME", "orders-db");
    for page in OF_OTHERS {
        Page::read(page)?.walk(&shell).await?;
    }
    database.remove().await
}
