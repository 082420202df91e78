//! `DescribePendingMaintenanceActions`: what AWS will do by itself. It is announced over the side path.

use super::instance::Instance;
use super::{Rds, page, window};
use crate::{Call, Node, Refusal, Structure};

/// The actions of one instance or of all.
pub(crate) fn describe(rds: &Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    let asked = form.get("ResourceIdentifier");
    let filters = page::Filters::read(form, &["db-cluster-id", "db-instance-id"])?;
    let fits = |instance: &Instance| {
        !instance.maintenance.is_empty()
            && asked.is_none_or(|arn| arn == instance.arn)
            && filters.fit(|_| vec![instance.name.as_str(), instance.arn.as_str()])
    };
    let (found, marker) = page::of(&rds.instances, form, fits)?;
    let told = found.into_iter().map(|instance| node(instance, call));
    Ok(page::answer("PendingMaintenanceActions", "ResourcePendingMaintenanceActions", told, marker))
}

fn node(instance: &Instance, call: &Call<'_>) -> Structure {
    let next = window::next(&instance.settings.maintenance_window, call.now);
    let action = |action: &String| {
        Structure::new()
            .with("Action", action.as_str())
            .with_some("AutoAppliedAfterDate", next)
            .with_some("CurrentApplyDate", next)
            .with("Description", format!("{action} is available"))
    };
    let details = Node::list("PendingMaintenanceAction", instance.maintenance.iter().map(action));
    Structure::new()
        .with("ResourceIdentifier", instance.arn.as_str())
        .with("PendingMaintenanceActionDetails", details)
}
