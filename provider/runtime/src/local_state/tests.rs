use serde_json::json;

use super::*;
use crate::testing::{Thing, thing};

fn object(namespace: &str, uid: &str) -> Thing {
    let extra = json!({"metadata": {"namespace": namespace, "uid": uid}});
    serde_json::from_value(thing(&extra)).unwrap()
}

fn failed(times: u32) -> LocalState<Thing> {
    LocalState { failures: times, ..LocalState::default() }
}

#[test]
fn one_name_in_two_namespaces_has_two_states() {
    let local_states = LocalStates::default();
    let (one, two) = (object("a", "u-1"), object("b", "u-2"));
    local_states.put(&one, failed(1));
    local_states.put(&two, failed(2));
    local_states.reset_backoff(&two);
    assert_eq!((local_states.take(&one).failures, local_states.take(&two).failures), (1, 0));
    assert_eq!(local_states.take(&one).failures, 0, "it is taken out");
}

#[test]
fn an_object_under_the_name_of_an_earlier_one_begins_anew() {
    let local_states = LocalStates::default();
    local_states.put(&object("a", "u-1"), failed(1));
    assert_eq!(local_states.take(&object("a", "u-2")).failures, 0);
    local_states.put(&object("a", "u-1"), failed(1));
    local_states.put(&object("a", "u-2"), failed(2));
    assert_eq!(local_states.names().len(), 1, "the earlier one is forgotten");
}

#[test]
fn what_is_gone_is_forgotten() {
    let local_states = LocalStates::default();
    let gone = object("a", "u-1");
    local_states.put(&gone, failed(1));
    local_states.forget(&ObjectName::of(&gone));
    assert!(local_states.names().is_empty());
}
