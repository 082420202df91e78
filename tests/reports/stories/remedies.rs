//! Every remedy that the provider tells is carried out, and leads to what is ready, gone as asked, or told otherwise.

mod configuration;
mod deletion;
mod groups;
mod identity;
mod instance;
mod secret;
mod source;

use std::fs;
use std::pin::Pin;

use anyhow::{Context, Result, bail, ensure};
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_aws::Session;
use goldenpath_provider_core::{External, Fault, Problem, Readiness};
use goldenpath_reports::{Aws, Cluster, Outcome};

use source::Written;

/// A remedy, and what carries it out. One that leaves a choice is here once a choice.
struct Remedy {
    code: &'static str,
    /// Words of its `[field] text` that no other remedy of the code has.
    which: &'static str,
    by: By,
}

enum By {
    Story(Story),
    /// A test of another crate: `path::name`. For what this AWS cannot be brought to.
    Test(&'static str),
}

type Story = fn() -> Pin<Box<dyn Future<Output = Result<Cured>>>>;

/// What was told, and what came of the remedy.
struct Cured {
    told: Problem,
    then: Outcome,
}

/// A line of the table whose story is an `async fn`.
macro_rules! remedies {
    ($($code:literal, $which:literal => $($story:ident)::+ ($($argument:expr)?) ;)*) => {
        vec![$(Remedy {
            code: $code,
            which: $which,
            by: By::Story(|| Box::pin($($story)::+($($argument)?))),
        }),*]
    };
}

fn carried_out() -> Vec<Remedy> {
    remedies! {
        "AWSUnavailable", "network" => configuration::unreachable();
        "AccessDenied", "" => configuration::denied();
        "CredentialsInvalid", "correct the credentials" => configuration::no_credentials();
        "CredentialsInvalid", "namespace" => configuration::no_namespace();
        "EndpointInvalid", "write it as https" => configuration::no_address();
        "EndpointInvalid", "use a region" => configuration::another_partition();
        "EndpointInvalid", "as in an ARN" => configuration::no_partition();
        "InvalidSpec", "correct it, or set endpoint" => configuration::no_region();
        "ProviderConfigInvalid", "" => configuration::no_such_kind();
        "ProviderConfigNotFound", "" => configuration::no_such_name();

        "ExternalResourceMissing", "" => identity::missing();
        "ExternallyDeleted", "restore it" => identity::restored();
        "ExternallyDeleted", "recreateWhenMissing" => identity::made_anew();
        "IdentityChanged", "" => identity::another();
        "NotOwned", "choose another" => identity::another_name();
        "NotOwned", "to take it over" => identity::adopted();
        "Renamed", "rename it back" => identity::renamed_back();
        "Renamed", "set the annotation" => identity::followed();
        "WrongPlace", "region" => identity::another_region();
        "WrongPlace", "account" => identity::another_account();

        "BackupsOwnedByAWSBackup", "" => instance::backed_up_by_aws();
        "DependencyNotFound", "[]" => instance::refused("OptionGroupNotFoundFault");
        "DependencyNotFound", "parameterGroupName" => instance::no_parameter_group();
        "DependencyNotFound", "dbSubnetGroupName" => instance::no_subnet_group();
        "DependencyNotFound", "vpcSecurityGroupIds" => instance::refused("DBSecurityGroupNotFound");
        "DependencyNotFound", "snapshotIdentifier" => instance::no_snapshot();
        "InsufficientCapacity", "" => instance::no_capacity();
        "KMSKeyNotAccessible", "check that the key" => instance::refused("KMSKeyNotAccessibleFault");
        "MajorUpgradeNotAllowed", "to true" => instance::allowed();
        "MajorUpgradeNotAllowed", "keep the version" => instance::kept();
        "NotYetSupported", "take one by hand" => instance::no_snapshot_of_its_own();
        "PasswordNotKnown", "Keep" => secret::not_known("Keep");
        "PasswordNotKnown", "Set" => secret::not_known("Set");
        "QuotaExceeded", "" => instance::quota();
        "RebootPending", "" => groups::rebooted();
        "ReplacementRefused", "" => instance::put_back();
        "ServiceLinkedRole", "" => instance::no_role();
        "SubnetsCoverTooFewAZs", "dbSubnetGroupName" => instance::too_few_zones();
        "TagsNotVisible", "" => instance::hidden_tags();
        "UpgradePathInvalid", "" => instance::no_path();

        "DeletionProtected", "to let it be deleted" => deletion::protected();
        "DeletionProtected", "first" => deletion::protected_by_aws();
        "FinalSnapshotMissing", "" => deletion::snapshot_missing();
        "InstanceStopped", "" => deletion::stopped();
        "KMSKeyNotAccessible", "let AWS use the key" => deletion::key_is_back();
        "KMSKeyNotAccessible", "skipFinalSnapshot to true" => deletion::without_a_key();
        "NoFinalSnapshot", "have AWS repair it" => deletion::repaired();
        "NoFinalSnapshot", "to true" => deletion::without_a_snapshot();
        "SnapshotExists", "choose another name" => deletion::name_is_taken("another");
        "SnapshotExists", "leave it unset" => deletion::name_is_taken("");
        "SnapshotExists", "a name that is free" => deletion::names_are_taken();

        "InUse", "keep the subnet" => groups::subnet_in_use();
        "InUse", "that are in it" => groups::subnet_group_in_use();
        "InUse", "that use it" => groups::parameter_group_in_use();
        "InvalidSpec", "correct its name" => groups::no_such_parameter();
        "NetworkInvalid", "" => groups::no_such_subnet();
        "SubnetsCoverTooFewAZs", "list subnets" => groups::too_few_zones();

        "ExternallyDeleted", "create it in AWS" => secret::made_by_hand();
        "ExternallyDeleted", "delete this object" => secret::made_again();
        "InvalidSpec", "write it as {\"username" => secret::invalid("secretStringTemplate");
        "InvalidSpec", "name it, e.g." => secret::invalid("generateStringKey");
        "InvalidSpec", "set 41 or less" => secret::invalid("passwordLength");
        "InvalidSpec", "exclude fewer" => secret::invalid("excludeCharacters");
        "KMSKeyNotAccessible", "check that the key" => secret::no_key();
        "NotYetSupported", "leave it out, and rotate" => secret::rules();
        "NotYetSupported", "remove it, and rotate" => secret::requested();
        "RotationInProgress", "" => secret::rotation();
        "SecretNotJSON", "" => secret::no_json();
        "SecretVersionsTaken", "" => secret::taken_versions();
        "SecretVersionsLimit", "" => secret::too_many_versions();
    }
}

/// What needs a state that this AWS cannot be brought to, or the runtime.
fn elsewhere() -> Vec<Remedy> {
    let test = |code, which, test| Remedy { code, which, by: By::Test(test) };
    vec![
        test(
            "AWSError",
            "",
            "provider/aws/src/fault/tests.rs::a_request_that_cannot_be_made_says_what_to_look_at",
        ),
        test(
            "BackupStale",
            "",
            "provider/aws/src/rds/instance/notices.rs::backups_that_stand_still_are_reported",
        ),
        test(
            "CertificateExpiring",
            "",
            "provider/aws/src/rds/instance/notices.rs::a_certificate_that_ends_is_reported",
        ),
        test(
            "DiffNotConverging",
            "",
            "provider/runtime/src/reconcile/tests/drift.rs::an_update_without_effect_is_not_repeated_for_ever",
        ),
        test(
            "EnvironmentInvalid",
            "name a file",
            "provider/aws/src/client/environment.rs::a_bundle_that_holds_no_certificates_is_named",
        ),
        test(
            "EnvironmentInvalid",
            "true or false",
            "provider/aws/src/client/environment.rs::a_switch_is_on_or_off",
        ),
        test(
            "FinalSnapshotFailed",
            "",
            "provider/aws/src/rds/instance/tests/deletion.rs::a_snapshot_that_was_asked_for_has_to_be_there",
        ),
        test(
            "Forbidden",
            "",
            "provider/runtime/src/reconcile/tests/delete.rs::another_refusal_of_a_usage_is_reported_even_while_the_object_is_deleted",
        ),
        test(
            "KindNotServed",
            "",
            "provider/runtime/src/objects.rs::a_reference_to_a_kind_that_is_absent_is_reported_and_tried_again",
        ),
        test(
            "Panic",
            "",
            "provider/runtime/src/reconcile/tests/failure.rs::a_panic_is_reported_without_its_words",
        ),
        test(
            "UsageNotControlled",
            "",
            "provider/runtime/src/usage/tracking/tests.rs::what_cannot_be_recorded_is_refused",
        ),
    ]
}

/// Reconciles an object until something is told, carries out a remedy, and reconciles it again.
async fn cured<M: AwsManaged>(
    cluster: &Cluster,
    aws: &Aws,
    name: &str,
    remedy: impl AsyncFnOnce() -> Result<()>,
) -> Result<Cured>
where
    Session<Cluster>: External<M>,
{
    let told = match cluster.settle::<M>(name, aws).await? {
        Outcome::Told(fault) => fault.problem(),
        other => bail!("nothing is told: {other:?}"),
    };
    remedy().await?;
    Ok(Cured { told, then: cluster.settle::<M>(name, aws).await? })
}

/// The same of a notice, which is in the status of what is in sync.
async fn noticed<M: AwsManaged>(
    cluster: &Cluster,
    aws: &Aws,
    name: &str,
    notices: impl Fn(&M) -> Vec<Problem>,
    remedy: impl AsyncFnOnce() -> Result<()>,
) -> Result<Cured>
where
    Session<Cluster>: External<M>,
{
    cluster.settle::<M>(name, aws).await?;
    let told = notices(&cluster.object::<M>(name)?).into_iter().next().context("nothing is told")?;
    remedy().await?;
    let then = cluster.settle::<M>(name, aws).await?;
    let still = notices(&cluster.object::<M>(name)?);
    ensure!(still.iter().all(|notice| notice.code != told.code), "it is still told: {still:?}");
    Ok(Cured { told, then })
}

fn notices(instance: &Instance) -> Vec<Problem> {
    instance.status.iter().flat_map(|status| status.at_provider.notices.clone()).collect()
}

/// Whether what was told is of this remedy of the code, and whether it helps.
fn helps(remedy: &Remedy, written: &Written, cured: &Cured) -> Result<()> {
    let Cured { told, then } = cured;
    let Problem { code, remedy: words, field, .. } = told;
    ensure!(code == remedy.code, "{code} is told: {}", told.message);
    let words = words.as_deref().unwrap_or_default();
    let mut rest = words;
    for part in written.words.split(['{', '}']).step_by(2) {
        let at = rest.find(part).with_context(|| format!("it is told as {words:?}"))?;
        rest = &rest[at + part.len()..];
    }
    let is_of_field = written.field.is_empty() || field.as_ref() == Some(&written.field);
    ensure!(is_of_field, "it is told of {field:?}, and not of {}", written.field);
    match then {
        Outcome::Rests(Readiness::Available) | Outcome::LetGo => Ok(()),
        Outcome::Told(Fault { reason, .. }) if reason != code => Ok(()),
        other => bail!("it does not help: {other:?}"),
    }
}

/// What the words of a line stand for.
fn written_of<'a>(remedy: &Remedy, all: impl IntoIterator<Item = &'a Written>) -> Vec<&'a Written> {
    let is_it = |written: &&Written| {
        let Written { code, field, words } = written;
        code == remedy.code && format!("[{field}] {words}").contains(remedy.which)
    };
    all.into_iter().filter(is_it).collect()
}

#[test]
fn every_remedy_has_a_test_that_carries_it_out() {
    let (all, remedies) =
        (source::written(), carried_out().into_iter().chain(elsewhere()).collect::<Vec<_>>());
    let has_one = |written: &&Written| remedies.iter().any(|r| !written_of(r, [*written]).is_empty());
    let without: Vec<_> = all.iter().filter(|written| !has_one(written)).collect();
    assert!(without.is_empty(), "nothing carries out {without:#?}");
    for remedy in &remedies {
        let Remedy { code, which, by } = remedy;
        let of = written_of(remedy, &all);
        assert_eq!(of.len(), 1, "{code} {which:?} is to be one remedy: {of:#?}");
        if let By::Test(test) = by {
            let (path, name) = test.rsplit_once("::").unwrap();
            let text = fs::read_to_string(source::repository(path)).unwrap_or_default();
            assert!(text.contains(&format!("fn {name}(")), "there is no {test}");
        }
    }
}

#[test]
fn every_code_with_a_remedy_is_documented() {
    let documented = fs::read_to_string(source::repository("docs/problems.md")).unwrap();
    let rows: String =
        documented.lines().filter_map(|row| row.strip_prefix("| ")?.split('|').next()).collect();
    let mut codes: Vec<_> = source::written().into_iter().map(|written| written.code).collect();
    codes.retain(|code| !rows.contains(&format!("`{code}`")));
    codes.dedup();
    assert_eq!(codes, [""; 0], "docs/problems.md");
}

#[tokio::test]
async fn every_remedy_helps() {
    let all = source::written();
    let (mut carried, mut wrong) = (0_u32, Vec::new());
    for remedy in carried_out() {
        let By::Story(story) = remedy.by else { continue };
        let Some(&written) = written_of(&remedy, &all).first() else { continue };
        let told = story().await.and_then(|cured| helps(&remedy, written, &cured));
        carried += 1;
        wrong.extend(told.err().map(|why| format!("{} {:?}: {why:#}", remedy.code, remedy.which)));
    }
    eprintln!("{carried} remedies carried out");
    assert_eq!(wrong, [""; 0]);
}
