//! Two releases, part by part, while teams work: every state that an upgrade or its way back can be in.
//!
//! `UPGRADE_FROM` names a checkout of the earlier release that has been built; `make upgrade-test FROM=v0.1.0` makes one.

mod checkout;
mod seen;
mod team;

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::{Result, ensure};
use goldenpath_tests::{ControlPlane, Function, kinds, objects};
use kube::core::ApiResource;
use serde_json::json;

use crate::whole;
use crate::xr::{Xr, composed_kinds};
use checkout::Checkout;
use seen::{Seen, Sights};
use team::Team;

pub(crate) use checkout::is_named;

/// What has a version of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// With its CRDs.
    Provider,
    Function,
    /// XRDs and Compositions.
    Configuration,
}

/// Of which release a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Release {
    Earlier,
    Later,
}

/// Up in the order of `docs/upgrade.md` and down in its order, then in another one: each of the eight states is among them. A function
/// is never newer than an XRD because the XRD goes back, which no release can notice.
const WALK: [(Part, Release); 12] = [
    (Part::Provider, Release::Later),
    (Part::Function, Release::Later),
    (Part::Configuration, Release::Later),
    (Part::Function, Release::Earlier),
    (Part::Configuration, Release::Earlier),
    (Part::Provider, Release::Earlier),
    (Part::Function, Release::Later),
    (Part::Configuration, Release::Later),
    (Part::Provider, Release::Later),
    (Part::Function, Release::Earlier),
    (Part::Provider, Release::Earlier),
    (Part::Configuration, Release::Earlier),
];

/// What works goes on working, what a team asks for is done, and nothing is made twice, whichever part comes first.
pub(crate) async fn every_state_between_two_of_them_works(plane: &ControlPlane) -> Result<()> {
    let both = Both::start(plane).await?;
    let walked = walk(plane, &both).await;
    both.end().await?;
    walked
}

async fn walk(plane: &ControlPlane, both: &Both<'_>) -> Result<()> {
    let mut state = [Release::Earlier; 3];
    for part in [Part::Configuration, Part::Function, Part::Provider] {
        both.set(part, Release::Earlier).await?;
    }
    let resting = rest(plane, &both.earlier).await?;
    let mut team = Team::settle(plane).await?;
    let seen = Seen::begin(plane.client(), &kinds_of_a_team(), &resting).await?;
    row(&["provider", "function", "XRDs", "not as it was", "told", "changed"])?;
    let mut amiss = 0;
    for (part, release) in WALK {
        both.set(part, release).await?;
        state[part as usize] = release;
        team.works().await?;
        let told = told(plane, &[&resting, team.namespace()]).await?;
        let Sights { amiss: gone_wrong, changed } = seen.take();
        let [provider, function, xrds] = state.map(Release::name);
        let (wrong, changed) = (gone_wrong.len().to_string(), changed.join(", "));
        row(&[provider, function, xrds, &wrong, &told.join(", "), &changed])?;
        gone_wrong.iter().try_for_each(|what| tell(&format!("  {what}")))?;
        amiss += gone_wrong.len();
    }
    team.made_each_once(&resting).await?;
    ensure!(amiss == 0, "what nobody touched was {amiss} times not as it was");
    team.leaves().await
}

/// What two teams have of whatever the earlier release knows, all Ready; nobody touches it.
async fn rest(plane: &ControlPlane, earlier: &Checkout) -> Result<String> {
    let namespace = plane.namespace("resting").await?;
    whole::prepare(plane, &namespace, &["shop", "door"]).await?;
    let mut asked = Vec::new();
    let plain = [
        Xr::database("plain-db", json!({"version": "16", "deletion": {"protection": false}})),
        Xr::app("plain", json!({"image": whole::IMAGE})),
    ];
    let everything = plain.into_iter().chain(whole::everything(&namespace));
    for xr in everything.filter(|xr| earlier.defines(&xr.kind)) {
        match xr.apply(plane, &namespace).await {
            Ok(()) => asked.push(xr),
            Err(refused) => {
                let why = match refused.downcast_ref() {
                    Some(kube::Error::Api(refusal)) => refusal.message.clone(),
                    _ => format!("{refused:#}"),
                };
                tell(&format!("{} {} is more than the earlier release knows: {why}", xr.kind.kind, xr.name))?;
            }
        }
    }
    for xr in &asked {
        xr.ready(plane, &namespace).await?;
    }
    Ok(namespace)
}

/// Golden paths but for the database, which an app composes as well.
fn xrs() -> [ApiResource; 3] {
    [kinds::app(), kinds::ingress_request(), kinds::secret_sync()]
}

fn kinds_of_a_team() -> Vec<ApiResource> {
    let managed = [kinds::instance(), kinds::managed_secret()];
    xrs().into_iter().chain(managed).chain(composed_kinds()).collect()
}

/// The codes of the problems that XRs tell.
async fn told(plane: &ControlPlane, namespaces: &[&str]) -> Result<Vec<String>> {
    let mut codes = BTreeSet::new();
    for namespace in namespaces {
        for kind in xrs().into_iter().chain([kinds::database()]) {
            for xr in objects::list(plane.client(), &kind, namespace).await? {
                let problems = xr.data["status"]["problems"].as_array().into_iter().flatten();
                codes.extend(problems.filter_map(|problem| problem["code"].as_str().map(str::to_owned)));
            }
        }
    }
    Ok(codes.into_iter().collect())
}

/// Both releases on one control plane.
struct Both<'a> {
    plane: &'a ControlPlane,
    earlier: Checkout,
    later: Checkout,
    /// Beside the control plane's own, so that there is no moment without one, as there is none with Deployments.
    function: Function,
}

// === impl Both ===

impl<'a> Both<'a> {
    async fn start(plane: &'a ControlPlane) -> Result<Self> {
        let (earlier, later) = (Checkout::named()?, Checkout::this());
        let function =
            plane.start_function("function-earlier", earlier.program("function-goldenpath")?).await?;
        Ok(Self { plane, earlier, later, function })
    }

    /// Gives the control plane its own parts back.
    async fn end(self) -> Result<()> {
        for part in [Part::Provider, Part::Function, Part::Configuration] {
            self.set(part, Release::Later).await?;
        }
        Ok(())
    }

    /// Puts a part of a release in the place of the other.
    async fn set(&self, part: Part, release: Release) -> Result<()> {
        let Self { plane, earlier, later, function } = self;
        let checkout = match release {
            Release::Earlier => earlier,
            Release::Later => later,
        };
        match (part, release) {
            (Part::Provider, _) => checkout.provider(plane).await,
            (Part::Function, Release::Earlier) => plane.register(function).await,
            (Part::Function, Release::Later) => plane.register_own_function().await,
            (Part::Configuration, _) => checkout.configuration(plane).await,
        }
    }
}

// === impl Release ===

impl Release {
    fn name(self) -> &'static str {
        match self {
            Self::Earlier => "earlier",
            Self::Later => "later",
        }
    }
}

fn row([provider, function, xrds, amiss, told, changed]: &[&str; 6]) -> Result<()> {
    tell(&format!("{provider:<10}{function:<10}{xrds:<9}{amiss:<16}{told:<34}{changed}"))
}

fn tell(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "    {}", line.trim_end())?)
}
