use super::*;

fn parse(flags: &[&str]) -> Result<Args, clap::Error> {
    let arguments = ["provider"].iter().chain(flags).map(OsString::from);
    let matches = command().try_get_matches_from(without_negations(arguments))?;
    Args::from_arg_matches(&matches)
}

#[test]
fn the_defaults_are_those_of_crossplane_with_leader_election() {
    let Args {
        debug,
        poll,
        min_poll_interval,
        max_reconcile_rate,
        leader_election,
        leader_election_lease_duration,
        leader_election_renew_deadline,
        leader_election_retry_period,
        leader_election_namespace,
        metrics_bind_address,
        upjet_metrics,
        health_probe_bind_addr,
        cluster_id,
        enable_up_to_date_condition,
        enable_changelogs,
        changelogs_socket_path,
        ignored,
    } = parse(&[]).unwrap();
    assert_eq!((debug, leader_election, upjet_metrics, enable_changelogs), (false, true, true, false));
    assert_eq!(cluster_id, None, "the cluster is asked");
    assert!(!enable_up_to_date_condition, "Crossplane's own reconciler does not tell it yet");
    assert_eq!((poll, min_poll_interval), (Duration::from_mins(10), Duration::from_secs(1)));
    assert_eq!(max_reconcile_rate, 100);
    assert_eq!(leader_election_lease_duration, Duration::from_mins(1));
    assert_eq!(leader_election_renew_deadline, Duration::from_secs(50));
    assert_eq!(leader_election_retry_period, Duration::from_secs(2));
    assert_eq!(leader_election_namespace, "crossplane-system");
    assert_eq!(metrics_bind_address, Bind(Some("0.0.0.0:8080".parse().unwrap())));
    assert_eq!(health_probe_bind_addr, Bind(Some("0.0.0.0:8081".parse().unwrap())));
    assert_eq!(changelogs_socket_path, PathBuf::from("/var/run/changelogs/changelogs.sock"));
    assert_eq!(ignored.given(), [""; 0]);
}

#[test]
fn durations_are_written_as_in_go() {
    assert_eq!(parse(&["--poll", "1h30m"]).unwrap().poll, Duration::from_mins(90));
    assert_eq!(parse(&["--poll=300ms"]).unwrap().poll, Duration::from_millis(300));
    assert!(parse(&["--poll", "90"]).is_err());
    assert!(parse(&["--poll", "0s"]).is_err());
}

#[test]
fn booleans_are_written_as_in_go() {
    for on in [&["--debug"][..], &["-d"], &["--debug=true"], &["--debug=1"], &["--debug=T"]] {
        assert!(parse(on).unwrap().debug, "{on:?}");
    }
    for off in [&["--no-leader-election"][..], &["--leader-election=false"], &["--leader-election=F"]] {
        assert!(!parse(off).unwrap().leader_election, "{off:?}");
    }
    assert!(parse(&["-l"]).unwrap().leader_election);
    assert!(!parse(&["--no-upjet-metrics"]).unwrap().upjet_metrics);
    assert!(parse(&["--debug=yes"]).is_err());
    assert!(parse(&["--no-poll"]).is_err());
}

#[test]
fn a_lease_outlasts_its_renewal_and_that_the_retries() {
    let validate = |flag: &str| parse(&[flag]).unwrap().validate();
    assert!(validate("--leader-election-retry-period=3s").is_ok());
    for wrong in [
        "--leader-election-retry-period=50s",
        "--leader-election-renew-deadline=60s",
        "--leader-election-lease-duration=50s",
    ] {
        assert!(validate(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_endpoint_can_be_turned_off() {
    assert_eq!(parse(&["--metrics-bind-address=0"]).unwrap().metrics_bind_address, Bind(None));
    assert_eq!(
        parse(&["--health-probe-bind-addr=127.0.0.1:9"]).unwrap().health_probe_bind_addr,
        Bind(Some("127.0.0.1:9".parse().unwrap()))
    );
    assert!(parse(&["--metrics-bind-address=metrics"]).is_err());
}

#[test]
fn flags_of_other_providers_are_accepted_and_named() {
    let foreign = [
        "--sync=1h",
        "--poll-state-metric=5s",
        "--poll-jitter-percentage=10",
        "--skip-default-tags",
        "--enable-management-policies",
        "--enable-secret-cache",
        "--webhook-port=9443",
        "--certs-dir=/tls/server",
        "--provider-ttl=100",
        "--terraform-version=1.5.5",
        "--terraform-provider-version=5.0.0",
        "--terraform-native-provider-path=/terraform",
        "--terraform-provider-source=hashicorp/aws",
    ];
    let names: Vec<_> = foreign.iter().map(|flag| flag.split('=').next().unwrap()).collect();
    assert_eq!(parse(&foreign).unwrap().ignored.given(), names);
    assert!(parse(&["--no-such-flag"]).is_err());
}

/// Every flag has a variable: its own, or `PROVIDER_` and its name.
#[test]
fn every_flag_has_a_variable() {
    let own = [
        "CERTS_DIR",
        "CHANGELOGS_SOCKET_PATH",
        "ENABLE_CHANGE_LOGS",
        "ENABLE_MANAGEMENT_POLICIES",
        "ENABLE_SECRET_CACHE",
        "HEALTH_PROBE_BIND_ADDRESS",
        "LEADER_ELECTION",
        "METRICS_BIND_ADDRESS",
        "POD_NAMESPACE",
        "TERRAFORM_NATIVE_PROVIDER_PATH",
        "TERRAFORM_PROVIDER_SOURCE",
        "TERRAFORM_PROVIDER_VERSION",
        "TERRAFORM_VERSION",
        "WEBHOOK_PORT",
    ];
    let mut found = Vec::new();
    for arg in command().get_arguments() {
        let variable = arg.get_env().unwrap_or_else(|| panic!("{}", arg.get_id())).to_str().unwrap();
        let flag = arg.get_long().unwrap();
        if variable != format!("PROVIDER_{}", flag.to_uppercase().replace('-', "_")) {
            found.push(variable.to_owned());
        }
    }
    found.sort();
    assert_eq!(found, own);
}
