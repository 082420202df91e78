//! Installing for real: packages from a registry, Crossplane's package manager, Deployments, and processes in nothing but
//! their images; a database on them; and then everything is taken away again.
//!
//! Each story has a control plane of its own. `docs/install.md` tells a person to do the same.

mod story;

use goldenpath_tests::packaged::DefaultActivation;
use libtest_mimic::{Arguments, Trial};

use story::{Base, Story};

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
    let trials = stories.map(|(name, story)| Trial::test(name, move || Ok(story.tell()?)));
    libtest_mimic::run(&arguments, trials.into()).exit();
}
