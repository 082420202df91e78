//! What the templates of Backstage write is what the XRDs accept.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value as Word};
use serde_json::{Map, Value, json};

use crate::{schema, tree};

/// What somebody has filled in.
type Answers = Map<String, Value>;

const TEMPLATES: [&str; 2] = ["app", "database"];

fn template(name: &str) -> Value {
    tree::documents(&format!("package/backstage/{name}/template.yaml")).remove(0)
}

/// The fields of all pages of a template.
fn fields(template: &Value) -> Map<String, Value> {
    let pages = template["spec"]["parameters"].as_array().unwrap();
    pages.iter().flat_map(|page| page["properties"].as_object().unwrap().clone()).collect()
}

/// What everybody has to fill in, and what the fields say otherwise.
fn answers(template: &Value) -> Answers {
    let defaults =
        fields(template).into_iter().filter_map(|(name, field)| Some((name, field.get("default")?.clone())));
    let required = json!({
        "name": "orders",
        "namespace": "payments",
        "owner": "group:default/payments",
        "image": "registry.example/orders:1.2.3",
        "repoUrl": "github.com?owner=acme&repo=golden-paths",
    });
    let has = fields(template);
    let required =
        required.as_object().unwrap().clone().into_iter().filter(|(name, _)| has.contains_key(name));
    defaults.chain(required).collect()
}

/// Backstage's syntax and filters. What a template names and nobody has said is an error.
fn backstage() -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().variable_delimiters("${{", "}}").build().unwrap();
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("dump", |value: Word| serde_json::to_string(&value).unwrap());
    environment.add_filter("parseEntityRef", |reference: String| reference);
    environment.add_filter("pick", |reference: String, part: String| {
        assert_eq!(part, "name");
        reference.rsplit('/').next().unwrap_or_default().to_owned()
    });
    environment
}

/// A text of a template, filled.
fn filled(text: &str, context: &Value) -> String {
    backstage().render_str(text, Serde(context)).unwrap_or_else(|e| panic!("{e:#}: {text}"))
}

/// What the first step hands to the files: an expression that is alone keeps its type.
fn values(template: &Value, answers: &Answers) -> Answers {
    let step = &template["spec"]["steps"][0];
    assert_eq!(step["action"], "fetch:template");
    let value = |expression: &Value| {
        let expression = expression.as_str().unwrap();
        let alone = expression.strip_prefix("${{ parameters.").and_then(|rest| rest.strip_suffix(" }}"));
        match alone.and_then(|name| answers.get(name)) {
            Some(answer) => answer.clone(),
            None => filled(expression, &json!({"parameters": answers})).into(),
        }
    };
    let handed = step["input"]["values"].as_object().unwrap();
    handed.iter().map(|(name, expression)| (name.clone(), value(expression))).collect()
}

/// The objects of the files that a template writes.
fn written(name: &str, answers: &Answers) -> Vec<Value> {
    let context = json!({"values": values(&template(name), answers)});
    let folder = tree::path(&format!("package/backstage/{name}/skeleton"));
    let mut objects = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let file_name = filled(file.file_name().unwrap().to_str().unwrap(), &context);
        assert!(file_name.starts_with(answers["name"].as_str().unwrap()), "{file_name} may be another's");
        let text = filled(&fs::read_to_string(&file).unwrap(), &context);
        objects.extend(tree::parsed(&text).unwrap_or_else(|e| panic!("{e}: {text}")));
    }
    objects
}

/// The schemas of specs, by kind.
static SCHEMAS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let definitions = tree::files("xrds", ".yaml").into_iter().map(|file| tree::documents(&file).remove(0));
    let spec = |definition: Value| {
        let kind = definition["spec"]["names"]["kind"].as_str().unwrap().to_owned();
        let schema = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
        (kind, schema["properties"]["spec"].clone())
    };
    definitions.map(spec).collect()
});

fn schema(kind: &str) -> &'static Value {
    &SCHEMAS[kind]
}

/// What the XRD finds wrong with an object.
fn mistakes(object: &Value) -> Vec<String> {
    let mut mistakes = Vec::new();
    schema::check(&object["spec"], schema(object["kind"].as_str().unwrap()), ".spec", &mut mistakes);
    mistakes
}

/// Every field once at each of its values, and both ends of what a number may be.
fn variants(template: &Value) -> Vec<Answers> {
    let usual = answers(template);
    let mut variants = vec![usual.clone()];
    for (name, field) in fields(template) {
        let values = match field["type"].as_str().unwrap() {
            "boolean" => vec![true.into(), false.into()],
            "integer" => vec![field["minimum"].clone(), field["maximum"].clone()],
            _ => field["enum"].as_array().cloned().unwrap_or_default(),
        };
        variants.extend(values.into_iter().map(|value| {
            let mut answers = usual.clone();
            answers.insert(name.clone(), value);
            answers
        }));
    }
    variants
}

#[test]
fn whatever_is_filled_in_the_xrds_accept_what_is_written() {
    for name in TEMPLATES {
        let variants = variants(&template(name));
        assert!(variants.len() > 10, "{name}");
        for answers in variants {
            for object in written(name, &answers) {
                assert_eq!(mistakes(&object), Vec::<String>::new(), "{name} with {answers:?}: {object:#}");
                assert_eq!(object["metadata"]["namespace"], answers["namespace"]);
                assert_eq!(object["metadata"]["labels"]["goldenpath.io/team"], "payments");
                assert_eq!(object["metadata"]["labels"]["goldenpath.io/tier"], answers["tier"]);
            }
        }
    }
}

#[test]
fn what_an_xrd_refuses_is_found() {
    let mut answers = answers(&template("database"));
    answers.insert("size".into(), "huge".into());
    assert_eq!(mistakes(&written("database", &answers)[0]).len(), 1);
    let unknown =
        json!({"kind": "GoldenPathDatabase", "spec": {"version": "16", "storage": {"sise": "20Gi"}}});
    assert_eq!(mistakes(&unknown).len(), 1);
}

/// What is chosen in the form is what the object asks for.
#[test]
fn the_form_decides_what_is_written() {
    let mut answers = answers(&template("database"));
    for (field, value) in
        [("version", json!("16.4")), ("highAvailability", json!(true)), ("retentionDays", json!(14))]
    {
        answers.insert(field.into(), value);
    }
    let objects = written("database", &answers);
    let [database] = objects.as_slice() else { panic!("{objects:?}") };
    let expected = json!({
        "engine": "postgresql", "version": "16.4", "size": "small", "storage": {"size": "20Gi"}, "highAvailability": true,
        "backup": {"retentionDays": 14},
    });
    assert_eq!(database["spec"], expected);
    assert_eq!(database["metadata"]["annotations"]["terasky.backstage.io/owner"], "group:default/payments");
}

/// With a database, an app reads the Secret of that database, and comes after it.
#[test]
fn an_app_comes_after_its_database_and_reads_its_secret() {
    let mut answers = answers(&template("app"));
    answers.insert("database".into(), true.into());
    let objects = written("app", &answers);
    let [app, database] = objects.as_slice() else { panic!("{objects:?}") };
    let secret = &database["metadata"]["name"];
    for variable in app["spec"]["env"].as_array().unwrap() {
        assert_eq!(&variable["secretKeyRef"]["name"], secret);
    }
    assert_eq!(app["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"], "1");
    assert_eq!(database["metadata"]["annotations"]["argocd.argoproj.io/sync-options"], "Prune=false");
}

/// Where a field of a form ends up, and keywords in which it is narrower on purpose.
const FIELDS: &[(&str, &str, &str, &[&str])] = &[
    ("app", "image", "image", &[]),
    ("app", "kind", "kind", &[]),
    ("app", "port", "port", &[]),
    // One replica is no service.
    ("app", "replicas", "replicas", &["default"]),
    ("database", "engine", "engine", &[]),
    ("database", "size", "size", &[]),
    ("database", "storage", "storage.size", &[]),
    ("database", "highAvailability", "highAvailability", &[]),
    // Without backups is no choice of a form.
    ("database", "retentionDays", "backup.retentionDays", &["minimum"]),
];

/// A form that refuses what the XRD accepts, or the other way round, sends people in circles.
#[test]
fn the_form_has_the_limits_of_the_xrd() {
    for (name, field, path, narrower) in FIELDS {
        let kind = format!("GoldenPath{}{}", name[..1].to_uppercase(), &name[1..]);
        let schema = schema(&kind);
        let of_xrd = path.split('.').fold(schema, |at, key| &at["properties"][key]);
        let of_form = &fields(&template(name))[*field];
        for keyword in ["type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "default"]
        {
            if !narrower.contains(&keyword) {
                assert_eq!(of_form[keyword], of_xrd[keyword], "{name}: {keyword} of {field}");
            }
        }
    }
}

/// The required inputs of the action that opens a pull request, and the folder that Argo CD looks into.
#[test]
fn the_pull_request_goes_where_argo_cd_looks() {
    for name in TEMPLATES {
        let template = template(name);
        let step = &template["spec"]["steps"][1];
        assert_eq!(step["action"], "publish:github:pull-request");
        for input in ["repoUrl", "branchName", "title", "description"] {
            assert!(step["input"][input].is_string(), "{name}: {input}");
        }
        let folder = step["input"]["targetPath"].as_str().unwrap();
        let folder = filled(folder, &json!({"parameters": answers(&template)}));
        assert_eq!(folder, "teams/payments");
    }
    let set = &tree::documents("package/argocd/applicationset.yaml")[0]["spec"];
    assert_eq!(set["generators"][0]["git"]["directories"][0]["path"], "teams/*");
}

/// The plugin takes in what has the annotation, and ours have it.
#[test]
fn the_plugin_finds_the_xrds() {
    let settings = &tree::documents("package/backstage/app-config.yaml")[0];
    assert_eq!(settings["kubernetesIngestor"]["crossplane"]["xrds"]["ingestAllXRDs"], false);
    for file in tree::files("xrds", ".yaml") {
        let annotations = &tree::documents(&file)[0]["metadata"]["annotations"];
        assert_eq!(annotations["terasky.backstage.io/add-to-catalog"], "true", "{file}");
    }
    for location in settings["catalog"]["locations"].as_array().unwrap() {
        let (_, path) = location["target"].as_str().unwrap().split_once("/blob/main/").unwrap();
        assert!(tree::path(path).exists(), "{path}");
    }
}
