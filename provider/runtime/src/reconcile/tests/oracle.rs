//! Every case of `tests/oracle/` again, with our own reconcile: it ends as in Crossplane, or as the list says.

mod differences;
mod replay;
mod vector;

use std::collections::{BTreeMap, HashMap};

use differences::{DIFFERENCES, Difference};
use replay::replay;
use vector::{Case, Outcome, Vector};

/// What Crossplane's reconciler does.
struct Oracle(HashMap<Case, Outcome>);

// === impl Oracle ===

impl Oracle {
    fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/oracle/vectors.jsonl");
        let mut cases = HashMap::new();
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let Vector { case, outcomes } = serde_json::from_str(line).unwrap();
            for group in outcomes {
                for policies in group.policies {
                    let case = Case { policies, ..case.clone() };
                    assert!(cases.insert(case, group.outcome.sorted()).is_none(), "twice: {line}");
                }
            }
        }
        Self(cases)
    }

    fn outcome(&self, case: &Case) -> Outcome {
        self.0.get(case).unwrap_or_else(|| panic!("the oracle knows no {case:?}")).clone()
    }

    /// What is expected of us, and the differences that made it of Crossplane's outcome.
    fn expected(&self, case: &Case) -> (Outcome, Vec<&'static Difference>) {
        let mut expected = self.outcome(case);
        let applied = DIFFERENCES.iter().filter(|difference| {
            let before = expected.clone();
            (difference.amend)(self, case, &mut expected);
            expected != before
        });
        let applied = applied.collect();
        (expected, applied)
    }
}

#[tokio::test(start_paused = true)]
async fn every_case_ends_as_in_crossplane_or_as_listed() {
    let oracle = Oracle::read();
    let (mut equal, mut unlisted, mut listed) = (0, Vec::new(), BTreeMap::<_, usize>::new());
    for case in oracle.0.keys() {
        let (expected, applied) = oracle.expected(case);
        let (expected, ours) = (expected.sorted(), replay(case).await.sorted());
        equal += usize::from(ours == oracle.outcome(case));
        for difference in &applied {
            *listed.entry(difference.row).or_default() += 1;
        }
        if ours != expected {
            let rows: Vec<_> = applied.iter().map(|difference| difference.row).collect();
            unlisted.push(format!("{case:?}\n  expected {expected:?}\n  ours     {ours:?}\n  by {rows:?}"));
        }
    }

    println!("{} cases, {equal} equal, {} on the list:", oracle.0.len(), oracle.0.len() - equal);
    for Difference { row, what, .. } in DIFFERENCES {
        println!("  {:>5}  {row}: {what}", listed.get(row).copied().unwrap_or_default());
    }
    assert!(unlisted.is_empty(), "{} differences are on no list, e.g.\n{}", unlisted.len(), unlisted[0]);
    let idle: Vec<_> = DIFFERENCES.iter().map(|d| d.row).filter(|row| !listed.contains_key(row)).collect();
    assert_eq!(idle, [""; 0], "these differences do not occur any more");
}
