//! Reads the cases.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use function_sdk_rust::proto::v1::{RunFunctionRequest, RunFunctionResponse};
use goldenpath_function::service::run;
use serde_json::{Map, Value, json};

/// One request.
#[allow(dead_code, reason = "only the goldens ask for everything")]
pub(crate) struct Case {
    pub(crate) folder: PathBuf,
    pub(crate) name: String,
    pub(crate) request: RunFunctionRequest,
    /// The observed resources that the spec asks to let go; every other one must stay.
    pub(crate) drops: BTreeSet<String>,
}

// === impl Case ===

impl Case {
    /// Every one, read once: that takes longer than all that is asked of them.
    #[allow(dead_code, reason = "benches ask for one, the goldens for all")]
    pub(crate) fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Case>> = LazyLock::new(Case::read_all);
        &ALL
    }

    fn read_all() -> Vec<Self> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        let folders =
            fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
        let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
        let mut files: Vec<PathBuf> = files
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
            .collect();
        files.sort();
        files.iter().map(|file| Self::read(file)).collect()
    }

    /// One of the database's.
    #[allow(dead_code, reason = "benches ask for one, the goldens for all")]
    pub(crate) fn named(name: &str) -> Self {
        Self::read(
            &PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/database/{name}.yaml")),
        )
    }

    fn read(file: &Path) -> Self {
        let folder = file.parent().unwrap().to_owned();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut request = without_nulls(document(&folder, &name));
        let drops = request.as_object_mut().and_then(|r| r.remove("drops")).unwrap_or_else(|| json!([]));
        let drops = serde_json::from_value(drops).unwrap_or_else(|e| panic!("{name}: {e}"));
        let request = serde_json::from_value(request).unwrap_or_else(|e| panic!("{name}: {e}"));
        Self { folder, name, request, drops }
    }

    /// The kind of the XR.
    #[allow(dead_code, reason = "only the goldens ask for everything")]
    pub(crate) fn kind(&self) -> String {
        let xr = self.request.observed.as_ref().and_then(|state| state.composite.as_ref()?.resource.as_ref());
        let xr = xr.map(function_sdk_rust::resource::struct_to_json).unwrap_or_default();
        xr["kind"].as_str().unwrap_or_default().to_owned()
    }

    #[allow(dead_code, reason = "only the goldens ask for everything")]
    pub(crate) fn response(&self) -> RunFunctionResponse {
        run(&self.request)
    }
}

fn document(folder: &Path, name: &str) -> Value {
    let text =
        fs::read_to_string(folder.join(format!("{name}.yaml"))).unwrap_or_else(|e| panic!("{name}: {e}"));
    let mut own: Map<String, Value> = serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
    match own.remove("extends") {
        Some(base) => {
            let mut whole = document(folder, base.as_str().unwrap());
            lay_over(&mut whole, Value::Object(own));
            whole
        }
        None => Value::Object(own),
    }
}

/// Lays one document over another: objects are merged key by key, anything else replaces.
fn lay_over(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                lay_over(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, v)| !v.is_null());
            Value::Object(kept.map(|(k, v)| (k, without_nulls(v))).collect())
        }
        other => other,
    }
}
