//! The command line of the binary itself: help, variables, and what it says when it cannot start.

use std::process::{Command, Output};

fn provider(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provider-goldenpath-aws"));
    // Nothing of this machine is used: there is no such cluster.
    command.env_clear().env("KUBECONFIG", "/nonexistent").envs(variables.iter().copied());
    #[allow(clippy::unwrap_used, reason = "a test's own means")]
    command.args(arguments).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const NO_CLUSTER: &str =
    "provider-goldenpath-aws: error: Cannot find a cluster: set KUBECONFIG, or run in a pod";

#[test]
fn the_help_is_the_one_that_is_checked_in() {
    let output = provider(&["--help"], &[]);
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    let help: String = help.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/help.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &help).unwrap();
    }
    let listed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(listed, help, "help.txt is out of date; run `make update`");
}

#[test]
fn an_unknown_flag_ends_the_process() {
    let output = provider(&["--no-such-flag"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--no-such-flag"), "{}", stderr(&output));
}

#[test]
fn what_keeps_it_from_starting_is_told_in_one_plain_line() {
    let output = provider(&[], &[]);
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.lines().any(|line| line.starts_with(NO_CLUSTER)), "{told}");
}

#[test]
fn a_flag_may_come_from_the_environment_and_the_command_line_wins() {
    let told = stderr(&provider(&[], &[("PROVIDER_POLL", "soon")]));
    assert!(told.contains("'soon' for '--poll <DURATION>': not a duration"), "{told}");
    let told = stderr(&provider(&["--poll=1m"], &[("PROVIDER_POLL", "soon")]));
    assert!(told.contains(NO_CLUSTER), "{told}");
}

#[test]
fn an_empty_variable_is_not_set() {
    let told =
        stderr(&provider(&[], &[("PROVIDER_POLL", ""), ("LEADER_ELECTION", ""), ("PROVIDER_DEBUG", "1")]));
    assert!(told.contains(NO_CLUSTER), "{told}");
}

#[test]
fn flags_of_other_providers_do_not_keep_it_from_starting() {
    let output = provider(&["--terraform-version=1.5", "--sync", "1h"], &[("WEBHOOK_PORT", "9443")]);
    assert!(stderr(&output).contains(NO_CLUSTER), "{}", stderr(&output));
    let log = String::from_utf8(output.stdout).unwrap();
    for flag in ["--terraform-version", "--sync", "--webhook-port"] {
        let warned = log.lines().any(|line| line.contains("\"WARN\"") && line.contains(flag));
        assert!(warned, "{flag} in {log}");
    }
}

#[test]
fn times_that_do_not_fit_each_other_are_refused() {
    let output = provider(&["--leader-election-lease-duration=10s"], &[]);
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.starts_with("provider-goldenpath-aws: error: Cannot elect a leader:"), "{told}");
}

/// Crossplane gives the pod no arguments, and variables of which it is told only the namespace.
#[test]
fn what_crossplane_gives_the_pod_is_accepted_without_certificates_or_arguments() {
    let injected = [
        ("POD_NAMESPACE", "upbound-system"),
        ("PROVIDER_NAME", "provider-goldenpath-aws"),
        ("REVISION_NAME", "provider-goldenpath-aws-3d1f5c2b7a90"),
        ("REVISION_UID", "6f2d6b0e-3a52-4d35-a0b1-0c6b8e1a7f11"),
        ("TLS_SERVER_CERTS_DIR", "/tls/server"),
        ("TLS_CLIENT_CERTS_DIR", "/tls/client"),
        ("WEBHOOK_TLS_CERT_DIR", "/webhook/tls"),
    ];
    let output = provider(&[], &injected);
    assert!(stderr(&output).contains(NO_CLUSTER), "{}", stderr(&output));
    let log = String::from_utf8(output.stdout).unwrap();
    assert!(!log.contains("\"WARN\""), "nothing of it is an ignored flag: {log}");
}
