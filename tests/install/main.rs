//! Installing for real: packages from a registry, Crossplane's package manager, Deployments, and processes in nothing but
//! their images; a database on them; and then everything is taken away again.
//!
//! What is applied before them comes as a file and as a chart, and is the same. Each story has a control plane
//! of its own. `docs/install.md` tells a person to do the same.

mod alerts;
mod chart;
mod kyverno;
mod objects;
mod release;
mod story;

use anyhow::Result;
use goldenpath_tests::packaged::DefaultActivation;
use goldenpath_tests::progress::say;
use libtest_mimic::{Arguments, Trial};

use story::{Base, Story};

/// What is held against what it is made of.
type Check = fn() -> Result<()>;

fn main() {
    let mut arguments = Arguments::from_args();
    // Two control planes at once would need more than a small machine has.
    arguments.test_threads.get_or_insert(1);
    let stories = [
        (
            "install::from_a_flat_path_with_everything_activated",
            Story { path: "", activation: DefaultActivation::Everything, base: Base::Before },
        ),
        (
            "install::from_a_nested_path_with_nothing_activated",
            Story { path: "/a/b", activation: DefaultActivation::Nothing, base: Base::After },
        ),
    ];
    let checks: [(_, Check); 4] = [
        ("chart::has_what_base_yaml_has", chart::has_what_base_yaml_has),
        ("chart::has_what_the_example_for_kustomize_has", chart::has_what_the_example_for_kustomize_has),
        ("chart::does_as_its_values_say", chart::does_as_its_values_say),
        ("chart::refuses_values_that_it_does_not_have", chart::refuses_values_that_it_does_not_have),
    ];
    let judged: [(_, Check); 6] = [
        (
            "alerts::each_fires_when_it_should_and_not_before",
            alerts::each_fires_when_it_should_and_not_before,
        ),
        (
            "alerts::each_of_an_app_fires_when_it_should_and_not_before",
            alerts::each_of_an_app_fires_when_it_should_and_not_before,
        ),
        ("alerts::promtool_takes_all_that_apps_have", alerts::promtool_takes_all_that_apps_have),
        ("alerts::each_reaches_whom_it_should", alerts::each_reaches_whom_it_should),
        (
            "kyverno::refuses_what_it_should_with_the_same_words",
            kyverno::refuses_what_it_should_with_the_same_words,
        ),
        ("release::the_workflow_is_sound", release::the_workflow_is_sound),
    ];
    if !arguments.ignored && !arguments.include_ignored {
        say(
            "alerts, kyverno and release are for `make surroundings`: what judges them takes fifteen minutes to be built",
        );
    }
    let judged = judged.map(|(name, judge)| Trial::test(name, move || Ok(judge()?)).with_ignored_flag(true));
    let checks = checks.map(|(name, check)| Trial::test(name, move || Ok(check()?)));
    let stories = stories.map(|(name, story)| Trial::test(name, move || Ok(story.tell()?)));
    libtest_mimic::run(&arguments, checks.into_iter().chain(judged).chain(stories).collect()).exit();
}
