//! End-to-end stories on one real control plane: one file a story, one namespace a story, all at once.
//!
//! `cargo test -p goldenpath-tests --test e2e -- NAME` runs those whose name contains it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use anyhow::{Result, anyhow};
use goldenpath_tests::{ControlPlane, Options, Tools};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;
use tokio::sync::RwLock;

mod admission;
mod adoption;
mod again;
mod app;
mod attacks;
mod budget;
mod canary;
mod claims;
mod consumers;
mod control_plane;
mod crash;
mod database;
mod deletion;
mod described;
mod documented;
mod edits;
mod example;
mod features;
mod gate;
mod gateway;
mod golden;
mod groups;
mod kept;
mod leak;
mod managed;
mod metrics;
mod names;
mod nested;
mod pages;
mod parameters;
mod rbac;
mod refused;
mod release;
mod releases;
mod repeated;
mod replicas;
mod request;
mod restore;
mod rotation;
mod routes;
mod scan;
mod seeds;
mod sync;
mod teardown;
mod tenancy;
mod upgrade;
mod whole;
mod wrong_input;
mod xr;

/// Stories wait most of their time, so many fit on few cores.
const AT_ONCE: usize = 8;
/// How much of a failure is printed once more at the end, where it is seen: the objects and logs come before.
const SUMMARY: usize = 700;

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    if !arguments.ignored && !arguments.include_ignored {
        eprintln!(
            "long stories are for `make long-stories`: they take minutes each, and cores from all others"
        );
    }
    if !releases::is_named() {
        eprintln!("no earlier release is named: `make upgrade-test FROM=v0.1.0` walks from one to this one");
    }
    let Ok(runtime) = Runtime::new() else { std::process::exit(101) };
    let (plane, failures) = (OnceLock::new(), Mutex::default());
    let stage = Arc::new(Stage { runtime, plane, turn: RwLock::new(()), failures });
    let conclusion = libtest_mimic::run(&arguments, stories(&stage));
    stage.summarize();
    // Before the exit, which runs no destructors: the control plane must be gone when the command is.
    drop(stage);
    conclusion.exit();
}

#[allow(clippy::too_many_lines, reason = "a line for each story")]
fn stories(stage: &Arc<Stage>) -> Vec<Trial> {
    /// `parallel`, `serial` for stories that break what all share, or `long` for those of `make long-stories`; the name is the
    /// function's.
    macro_rules! trials {
        ($($order:ident $file:ident::$story:ident,)*) => {
            vec![$(Stage::$order(
                stage,
                concat!(stringify!($file), "::", stringify!($story)),
                |plane| Box::pin($file::$story(plane)),
            ),)*]
        };
    }
    let of_two_releases = if releases::is_named() {
        trials![serial releases::every_state_between_two_of_them_works,]
    } else {
        Vec::new()
    };
    let all = trials![
        // The longest first.
        parallel gateway::in_no_order_of_events_is_a_route_open,
        parallel app::each_feature_of_a_route_brings_what_is_its_own_and_takes_it_along,
        parallel features::each_field_brings_what_is_its_own_and_takes_it_along,
        parallel pages::the_tutorial_goes_as_it_says,
        parallel pages::what_operators_type_works,
        parallel canary::one_namespace_has_a_change_first,
        parallel features::a_database_at_rest_is_not_written,
        parallel features::what_the_platform_says_of_its_network_comes_and_goes,
        parallel features::what_costs_something_waits_for_its_window_or_for_consent,
        parallel control_plane::a_deployment_becomes_available,
        parallel control_plane::a_secret_arrives_from_aws,
        parallel control_plane::a_deleted_owner_takes_what_it_owns_along,
        parallel metrics::crossplane_serves_what_the_rules_ask_for,
        parallel scan::a_planted_leak_is_found,
        parallel sync::a_database_lends_its_credentials_to_a_namespace_that_it_lists,
        parallel sync::secrets_of_the_store_become_one_secret_that_follows_them,
        parallel admission::the_xrd_of_secret_syncs_accepts_and_rejects,
        parallel admission::the_xrd_accepts_and_rejects,
        parallel admission::the_xrd_of_apps_accepts_and_rejects,
        parallel admission::the_xrd_of_routes_accepts_and_rejects,
        parallel adoption::a_database_made_by_hand_is_taken_over,
        parallel adoption::a_database_made_by_hand_keeps_its_password,
        parallel app::an_app_comes_up_is_changed_and_says_what_is_wrong,
        parallel again::a_database_that_is_deleted_and_applied_at_once_comes_up,
        parallel again::a_claim_that_is_deleted_and_applied_at_once_comes_up,
        parallel again::a_namespace_that_is_deleted_and_applied_at_once_comes_up,
        parallel rotation::what_is_rotated_in_aws_arrives_without_the_refresh_interval,
        parallel nested::an_app_has_a_database_of_its_own,
        parallel nested::every_way_to_end_an_app_with_a_database_ends_clean,
        parallel nested::an_app_uses_databases_that_are_there_already,
        parallel release::a_release_gates_the_deployment,
        parallel sync::a_changed_secret_rolls_the_app_that_is_listed_once,
        parallel app::lost_owners_change_no_number_of_pods,
        parallel app::each_feature_of_an_app_brings_what_is_its_own_and_takes_it_along,
        parallel app::a_changed_secret_rolls_the_pods_once,
        parallel app::the_number_of_pods_changes_hands_without_a_wrong_one,
        parallel golden::every_object_of_an_app_and_a_route_is_taken_as_it_is,
        parallel gateway::the_guards_of_an_app_come_change_and_go_and_it_is_never_open,
        parallel gateway::two_apps_swap_their_hosts_in_one_commit,
        parallel gateway::a_consumer_of_a_route_has_a_key_of_the_secret_store,
        parallel gateway::a_route_to_a_service_is_made_as_it_was_asked_for,
        parallel database::an_xr_becomes_a_database,
        parallel database::an_xr_becomes_a_database_of_mysql,
        parallel database::a_newer_minor_version_stays,
        parallel restore::a_database_begins_with_a_snapshot_of_its_namespace,
        parallel database::drift_is_put_back_and_reported,
        parallel database::deletion_keeps_what_can_be_needed,
        parallel database::an_instance_removed_by_others_is_reported,
        parallel consumers::a_protected_database_refuses_deletion,
        parallel consumers::a_consumer_blocks_deletion_until_it_leaves,
        parallel consumers::a_consumer_that_came_first_has_all_or_nothing,
        parallel claims::a_claim_becomes_a_database,
        parallel claims::a_claim_becomes_an_app,
        parallel claims::a_name_that_is_taken_is_refused,
        parallel claims::what_keeps_the_database_keeps_its_claim,
        parallel claims::deletion_in_any_order_ends_clean,
        parallel claims::a_name_is_as_long_as_what_is_made_of_it_allows,
        parallel claims::a_restored_claim_is_given_its_database_back,
        parallel names::what_was_there_first_is_left_as_it_is,
        parallel names::what_was_there_before_an_app_or_a_route_is_left_as_it_is,
        parallel names::a_secret_is_taken_over_where_that_is_asked_for,
        parallel names::two_databases_of_one_secret_are_reported,
        parallel refused::whatever_refuses_is_reported_and_heals,
        parallel described::five_broken_ones_name_field_and_remedy,
        parallel described::eight_broken_ones_of_a_team_name_field_and_remedy,
        parallel example::a_file_is_kept_as_its_object_asks,
        parallel routes::a_golden_path_of_ones_own_shrinks_waits_and_counts_all,
        parallel groups::a_subnet_group_takes_a_member_and_stays_while_it_is_in_use,
        parallel groups::a_parameter_group_follows_its_list_and_names_what_waits_for_a_reboot,
        parallel parameters::parameters_come_change_and_go_and_follow_an_upgrade,
        parallel deletion::twenty_four_ways_and_none_gets_stuck,
        parallel deletion::two_that_wait_for_each_other_both_go,
        parallel deletion::what_is_to_stay_stays,
        parallel rbac::the_provider_has_its_generated_role_only,
        parallel rbac::the_generated_role_is_enough,
        parallel leak::a_password_is_in_its_one_secret_only,
        parallel attacks::a_team_reaches_nothing_of_another_team,
        parallel attacks::a_database_is_read_by_those_whom_its_owner_lets,
        parallel attacks::a_namespace_without_a_tier_reads_nothing,
        parallel tenancy::one_name_in_two_namespaces_is_two_databases,
        parallel tenancy::names_at_the_limit_work,
        parallel tenancy::deleting_a_namespace_finishes,
        parallel tenancy::deleting_the_namespace_of_a_protected_database_ends_once_it_may,
        parallel wrong_input::an_unknown_version_is_reported,
        parallel wrong_input::a_refused_class_is_reported,
        parallel wrong_input::a_foreign_instance_is_never_touched,
        parallel wrong_input::rejected_credentials_are_reported,
        parallel wrong_input::an_unreachable_aws_is_reported,
        long edits::what_somebody_does_to_an_object_is_put_back_or_left,
        long teardown::in_whatever_order_an_environment_goes_it_ends_clean,
        long again::a_managed_secret_that_is_deleted_alone_is_made_again,
        long again::an_instance_that_is_deleted_alone_is_made_again,
        long again::a_configuration_that_is_deleted_and_applied_at_once_comes_up,
        serial gateway::what_is_made_again_while_the_gateway_is_held_is_never_open,
        serial gateway::a_controller_that_begins_anew_is_counted_apart,
        serial seeds::the_examples_of_the_requirement_come_up_as_they_stand,
        serial wrong_input::a_typo_in_the_platform_input_is_reported,
        serial crash::a_kill_around_create_secret_loses_nothing,
        serial crash::a_kill_around_create_db_instance_loses_nothing,
        serial crash::a_termination_waits_for_the_create,
        serial refused::a_missing_operator_is_reported_and_heals,
        serial upgrade::a_function_newer_than_the_xrds_reports_what_they_know,
        serial gate::the_others_go_on_while_a_crd_is_away,
        serial budget::a_resource_comes_up_with_four_writes_and_rests_with_none,
        serial kept::a_provider_that_loses_its_lease_is_started_again,
        serial replicas::a_rolling_restart_under_load_makes_nothing_twice,
        serial replicas::a_leader_that_was_stopped_changes_nothing_afterwards,
        serial replicas::a_starved_leader_keeps_or_cleanly_loses_its_lease,
    ];
    all.into_iter().chain(of_two_releases).collect()
}

/// One story on a control plane.
type Story = fn(&ControlPlane) -> Pin<Box<dyn Future<Output = Result<()>> + '_>>;

/// The control plane, started by the first story that needs it.
struct Stage {
    // Dropped before the runtime whose threads it uses.
    plane: OnceLock<Result<Arc<ControlPlane>, String>>,
    runtime: Runtime,
    /// Held for reading by parallel stories, for writing by a serial one; fair, so that none waits for ever.
    turn: RwLock<()>,
    /// Stories that failed and their reasons, the first one first.
    failures: Mutex<Vec<(&'static str, String)>>,
}

// === impl Stage ===

impl Stage {
    fn parallel(stage: &Arc<Self>, name: &'static str, story: Story) -> Trial {
        let stage = Arc::clone(stage);
        Trial::test(name, move || {
            let _turn = stage.runtime.block_on(stage.turn.read());
            stage.run(name, story)
        })
    }

    /// As a parallel one, and only where it is asked for.
    fn long(stage: &Arc<Self>, name: &'static str, story: Story) -> Trial {
        Self::parallel(stage, name, story).with_ignored_flag(true)
    }

    fn serial(stage: &Arc<Self>, name: &'static str, story: Story) -> Trial {
        let stage = Arc::clone(stage);
        Trial::test(name, move || {
            let _turn = stage.runtime.block_on(stage.turn.write());
            // It counts what all do, so what a failed one left behind would be counted as well.
            match stage.first_failure() {
                Some(failed) => Err(format!("not run: {failed} failed before, and left its objects").into()),
                None => stage.run(name, story),
            }
        })
    }

    fn run(&self, name: &'static str, story: Story) -> Result<(), Failed> {
        let plane = self.plane().map_err(|error| format!("{error:#}"))?;
        let ended = self.runtime.block_on(story(&plane));
        ended.map_err(|error| {
            let reason = format!("{error:#}\nall logs: {}", plane.logs().display());
            self.failures().push((name, reason.clone()));
            reason.into()
        })
    }

    fn failures(&self) -> MutexGuard<'_, Vec<(&'static str, String)>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn first_failure(&self) -> Option<&'static str> {
        self.failures().first().map(|(name, _)| *name)
    }

    /// Prints how each failure begins, in the order in which they happened.
    fn summarize(&self) {
        for (name, reason) in self.failures().iter() {
            eprintln!("{name} failed: {}\n", reason.chars().take(SUMMARY).collect::<String>());
        }
    }

    fn plane(&self) -> Result<Arc<ControlPlane>> {
        let started = self.plane.get_or_init(|| {
            let start = async {
                let tools = Tools::prepare_stories()?;
                ControlPlane::start(&tools, &Options { kong: true, ..Options::default() }).await
            };
            self.runtime.block_on(start).map(Arc::new).map_err(|error| format!("{error:#}"))
        });
        started.clone().map_err(|error| anyhow!(error))
    }
}
