use serde_json::json;

use super::*;
use crate::testing::{Thing, thing};

fn object(namespace: &str, uid: &str) -> Thing {
    let extra = json!({"metadata": {"namespace": namespace, "uid": uid}});
    serde_json::from_value(thing(&extra)).unwrap()
}

fn failed(times: u32) -> Memory<Thing> {
    Memory { failures: times, ..Memory::default() }
}

#[test]
fn one_name_in_two_namespaces_is_two_memories() {
    let memories = Memories::default();
    let (one, two) = (object("a", "u-1"), object("b", "u-2"));
    memories.put(&one, failed(1));
    memories.put(&two, failed(2));
    memories.forgive(&two);
    assert_eq!((memories.take(&one).failures, memories.take(&two).failures), (1, 0));
    assert_eq!(memories.take(&one).failures, 0, "it is taken out");
}

#[test]
fn an_object_under_the_name_of_an_earlier_one_begins_anew() {
    let memories = Memories::default();
    memories.put(&object("a", "u-1"), failed(1));
    assert_eq!(memories.take(&object("a", "u-2")).failures, 0);
    memories.put(&object("a", "u-1"), failed(1));
    memories.put(&object("a", "u-2"), failed(2));
    assert_eq!(memories.names().len(), 1, "the earlier one is forgotten");
}

#[test]
fn what_is_gone_is_forgotten() {
    let memories = Memories::default();
    let gone = object("a", "u-1");
    memories.put(&gone, failed(1));
    memories.forget(&ObjectName::of(&gone));
    assert!(memories.names().is_empty());
}
