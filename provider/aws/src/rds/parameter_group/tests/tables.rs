//! Tables over the pure parts.

use std::collections::BTreeSet;

use rstest::rstest;

use super::super::known::{Applies, KnownParameter, KnownParameters};
use super::*;

fn known(names: &[String], applies: Applies, value: &str) -> KnownParameters {
    let one = |name: &String| {
        let known = KnownParameter { value: Some(value.into()), applies, is_set: true, is_modifiable: true };
        (name.clone(), known)
    };
    names.iter().map(one).collect()
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("p{number:03}")).collect()
}

fn wanting(names: &[String], value: &str) -> ParameterGroup {
    managed(&names.iter().map(|name| (name.as_str(), value)).collect::<Vec<_>>())
}

#[rstest]
#[case::none(0, &[])]
#[case::one(1, &[1])]
#[case::as_many_as_fit(20, &[20])]
#[case::one_more(21, &[20, 1])]
#[case::three_requests(41, &[20, 20, 1])]
fn a_request_takes_twenty_and_none_is_lost(#[case] count: usize, #[case] sizes: &[usize]) {
    let names = names(count);
    let asked = input::asked(&wanting(&names, "2"), &known(&names, Applies::AtOnce, "1"));
    let sent: Vec<_> =
        asked.modifications.into_iter().map(|r| r.build().unwrap().parameters.unwrap()).collect();
    assert_eq!(sent.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
    let all: BTreeSet<_> = sent.iter().flatten().filter_map(|p| p.parameter_name.clone()).collect();
    assert_eq!(all.len(), count);

    let asked = input::asked(&managed(&[]), &known(&names, Applies::AtOnce, "1"));
    let reset: Vec<_> =
        asked.resets.into_iter().map(|r| r.build().unwrap().parameters.unwrap().len()).collect();
    assert_eq!(reset, sizes, "and so do resets");
}

#[test]
fn parameters_that_depend_on_each_other_go_together() {
    // Sorted by name, the twentieth would be one of the pair and the other would come much later.
    let mut names = names(19);
    names.extend(["rds.accepted_password_auth_method".to_owned(), "password_encryption".to_owned()]);
    names.extend((0..10).map(|number| format!("q{number}")));
    let asked = input::asked(&wanting(&names, "2"), &known(&names, Applies::AtOnce, "1"));
    let sent: Vec<Vec<_>> = asked
        .modifications
        .into_iter()
        .map(|r| {
            r.build().unwrap().parameters.unwrap().into_iter().filter_map(|p| p.parameter_name).collect()
        })
        .collect();
    let with = |name: &str| sent.iter().position(|names| names.iter().any(|n| n == name)).unwrap();
    assert_eq!(with("password_encryption"), with("rds.accepted_password_auth_method"), "{sent:?}");
    assert!(sent.iter().all(|names| names.len() <= 20), "{sent:?}");
}

#[rstest]
#[case::dynamic(Applies::AtOnce, ApplyMethod::Immediate)]
#[case::fixed(Applies::AtReboot, ApplyMethod::PendingReboot)]
fn the_method_follows_from_the_type(#[case] applies: Applies, #[case] method: ApplyMethod) {
    let names = names(1);
    let asked = input::asked(&wanting(&names, "2"), &known(&names, applies, "1"));
    let request = asked.modifications[0].clone().build().unwrap();
    assert_eq!(request.parameters()[0].apply_method(), Some(&method));
}

#[test]
fn one_that_cannot_be_changed_is_reported_and_not_asked_for() {
    let names = names(2);
    let mut known = known(&names, Applies::AtOnce, "1");
    known.get_mut("p000").unwrap().is_modifiable = false;
    let asked = input::asked(&wanting(&names, "2"), &known);
    assert_eq!(asked.modifications[0].clone().build().unwrap().parameters().len(), 1);
    let fault = asked.refused.unwrap();
    assert_eq!(fault.message, "parameter \"p000\" of family postgres16 cannot be changed");
}

#[test]
fn a_group_of_another_family_would_have_to_be_replaced() {
    let other = DbParameterGroup::builder().db_parameter_group_family("postgres15").build();
    let managed = managed(&[]);
    let drift = delta::drift(
        &managed,
        testing::CLUSTER,
        &other,
        &crate::tags::desired(&managed, testing::CLUSTER),
        &KnownParameters::new(),
    );
    assert_eq!(drift.summary(), "family: postgres15 -> postgres16");
    assert_eq!(drift.actionable().count(), 0);
}
