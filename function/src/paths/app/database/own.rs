//! A database of the app's own: made when it is asked for, and let go when it is asked for no longer, as far as that is allowed.

use crate::composition::Composition;
use crate::observed::Observed;
use crate::paths::app::api::{self, AppSpec};
use crate::paths::app::database::protection::{self, Says};
use crate::paths::app::database::{Which, child, name_of};
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::secrets;
use crate::paths::app::{DATABASE, USAGE_DATABASE};
use crate::problems::Problem;

/// The database and its `Usage`s.
pub(super) fn compose(
    composition: Composition,
    which: &Which<'_>,
    spec: &AppSpec,
    identity: &Identity,
    policy: &AppPolicy,
    observed: Observed<'_>,
) -> Composition {
    let composition = protection::of_app(composition, identity, observed);
    let usage = protection::is_in_use(observed).then(|| protection::of_database(identity));
    match which {
        Which::Own => composition
            .with(DATABASE, &child::database(&spec.database, identity, policy, observed))
            .with_optional(USAGE_DATABASE, usage.as_ref()),
        Which::Kept => composition.keeping(DATABASE).with_optional(USAGE_DATABASE, usage.as_ref()),
        Which::None | Which::Lent(_) => let_go(composition, &spec.database, identity, observed),
    }
}

/// What becomes of a database that is asked for no longer.
fn let_go(
    composition: Composition,
    asked: &api::Database,
    identity: &Identity,
    observed: Observed<'_>,
) -> Composition {
    if !observed.contains(DATABASE) {
        return composition.removing(DATABASE).removing(USAGE_DATABASE);
    }
    if secrets::are_named(&name_of(identity), observed) {
        let waiting_for = format!("waiting for Deployment/{} to name its Secret no longer", identity.name);
        return composition.holding(DATABASE, waiting_for).keeping(USAGE_DATABASE);
    }
    let composition = composition.removing(USAGE_DATABASE);
    let is_let_go = asked.deletion.as_ref().is_some_and(|deletion| deletion.protection == Some(false));
    match Says::of(observed) {
        // Its Usage goes first: what is in use is not deleted.
        Says::Free => composition.removing_after(DATABASE, USAGE_DATABASE),
        says if is_let_go => match child::unprotected(observed) {
            // Others may use it all the same.
            Some(database) => composition.with(DATABASE, &database).with_problems(problem(&says, identity)),
            None => composition.keeping(DATABASE),
        },
        says => composition.keeping(DATABASE).with_problems(problem(&says, identity)),
    }
}

fn problem(says: &Says, identity: &Identity) -> Option<Problem> {
    match says {
        Says::Blocked(why) => Some(protection::stays(identity, why)),
        Says::Free | Says::Nothing => None,
    }
}
