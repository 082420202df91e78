//! What can be ordered, as AWS tells it: versions with their upgrade targets, classes, certificates.

use std::collections::BTreeMap;

use super::catalog::{self, Line};
use super::{page, required, rules};
use crate::{Call, Node, Refusal, Structure};

/// Certificate authorities; the first is that of a new instance.
pub(crate) const CERTIFICATES: [&str; 3] = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];

/// `DescribeDBEngineVersions`.
pub(crate) fn versions(call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    let (engine, version) = (form.get("Engine"), form.get("EngineVersion"));
    let family = form.get("DBParameterGroupFamily");
    let default_only = form.get("DefaultOnly").is_some_and(|only| only == "true");
    let mut all = BTreeMap::new();
    for (at, line) in catalog::LINES.iter().enumerate() {
        let newest = line.versions.last().copied();
        for (place, own) in line.versions.iter().enumerate() {
            let fits = engine.is_none_or(|engine| engine == line.engine)
                && version.is_none_or(|version| version == *own || version == line.major)
                && family.is_none_or(|family| family == format!("{}{}", line.engine, line.major))
                && (!default_only || newest == Some(*own));
            if fits {
                all.insert(format!("{at:03}-{place:03}"), version_node(line, own));
            }
        }
    }
    let (found, marker) = page::of(&all, form, |_| true)?;
    Ok(page::answer("DBEngineVersions", "DBEngineVersion", found.into_iter().cloned(), marker))
}

fn version_node(line: &Line, version: &str) -> Structure {
    let newer = catalog::lines(line.engine).flat_map(|other| other.versions.iter().map(move |v| (other, *v)));
    let newer = newer.filter(|(_, other)| catalog::order(other) > catalog::order(version));
    let targets = newer.map(|(other, target)| {
        Structure::new()
            .with("Engine", line.engine)
            .with("EngineVersion", target)
            .with("Description", format!("{} {target}", line.engine))
            .with("AutoUpgrade", false)
            .with("IsMajorVersionUpgrade", other.major != line.major)
    });
    Structure::new()
        .with("Engine", line.engine)
        .with("MajorEngineVersion", line.major)
        .with("EngineVersion", version)
        .with("DBParameterGroupFamily", format!("{}{}", line.engine, line.major))
        .with("DBEngineDescription", line.engine)
        .with("DBEngineVersionDescription", format!("{} {version}", line.engine))
        .with("ValidUpgradeTarget", Node::list("UpgradeTarget", targets))
        .with("ExportableLogTypes", Node::list("member", catalog::logs(line.engine).iter().copied()))
        .with("SupportsLogExportsToCloudwatchLogs", true)
        .with("SupportsReadReplica", true)
        .with("Status", "available")
        .with("SupportsCertificateRotationWithoutRestart", line.engine == "postgres")
        .with("SupportedCACertificateIdentifiers", Node::list("member", CERTIFICATES))
}

/// `DescribeDBMajorEngineVersions`.
pub(crate) fn majors(call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    let (engine, major) = (form.get("Engine"), form.get("MajorEngineVersion"));
    let fits = |line: &&Line| {
        engine.is_none_or(|engine| engine == line.engine) && major.is_none_or(|major| major == line.major)
    };
    let node = |line: &Line| {
        let dates = |name: &str, start: &str, end: &str| {
            Structure::new()
                .with("LifecycleSupportName", name)
                .with("LifecycleSupportStartDate", start)
                .with("LifecycleSupportEndDate", end)
        };
        let lifecycles = [
            dates("open-source-rds-standard-support", "2023-02-27T00:00:00Z", "2029-02-28T23:59:59Z"),
            dates("open-source-rds-extended-support", "2029-03-01T00:00:00Z", "2032-02-29T23:59:59Z"),
        ];
        Structure::new()
            .with("Engine", line.engine)
            .with("MajorEngineVersion", line.major)
            .with("SupportedEngineLifecycles", Node::list("SupportedEngineLifecycle", lifecycles))
    };
    let all = catalog::LINES.iter().filter(fits).map(node).enumerate();
    let all = all.map(|(at, node)| (format!("{at:03}"), node)).collect();
    let (found, marker) = page::of(&all, form, |_| true)?;
    Ok(page::answer("DBMajorEngineVersions", "DBMajorEngineVersion", found.into_iter().cloned(), marker))
}

/// `DescribeOrderableDBInstanceOptions`.
pub(crate) fn options(call: &Call<'_>) -> Result<Structure, Refusal> {
    let (form, engine) = (call.form(), required(call, "Engine")?);
    rules::ENGINE.refuse_if(catalog::lines(engine).next().is_none(), &[engine])?;
    let (version, class) = (form.get("EngineVersion"), form.get("DBInstanceClass"));
    let mut all = BTreeMap::new();
    for line in catalog::lines(engine) {
        for own in line.versions.iter().filter(|own| version.is_none_or(|version| version == **own)) {
            for offered in catalog::classes().filter(|c| class.is_none_or(|class| class == c)) {
                for (kind, iops) in [("gp2", false), ("gp3", true), ("io1", true), ("io2", true)] {
                    let key = format!("{own} {offered} {kind}");
                    all.insert(key, option(call, engine, own, &offered, (kind, iops)));
                }
            }
        }
    }
    let (found, marker) = page::of(&all, form, |_| true)?;
    let item = "OrderableDBInstanceOption";
    Ok(page::answer("OrderableDBInstanceOptions", item, found.into_iter().cloned(), marker))
}

fn option(call: &Call<'_>, engine: &str, version: &str, class: &str, storage: (&str, bool)) -> Structure {
    let zone = |letter: &str| Structure::new().with("Name", format!("{}{letter}", call.request.region));
    let (kind, iops) = storage;
    Structure::new()
        .with("Engine", engine)
        .with("EngineVersion", version)
        .with("DBInstanceClass", class)
        .with("LicenseModel", catalog::license(engine))
        .with("AvailabilityZones", Node::list("AvailabilityZone", ["a", "b", "c"].map(zone)))
        .with("MultiAZCapable", true)
        .with("ReadReplicaCapable", true)
        .with("Vpc", true)
        .with("SupportsStorageEncryption", true)
        .with("StorageType", kind)
        .with("SupportsIops", iops)
        .with("SupportsEnhancedMonitoring", true)
        .with("SupportsIAMDatabaseAuthentication", true)
        .with("SupportsPerformanceInsights", class != "db.t3.micro")
        .with("MinStorageSize", if kind.starts_with("io") { 100_u32 } else { 20 })
        .with("MaxStorageSize", 65_536_u32)
        .with("SupportsStorageAutoscaling", true)
        .with("SupportedNetworkTypes", Node::list("member", ["IPV4", "DUAL"]))
        .with("SupportsStorageThroughput", kind == "gp3")
}

/// `DescribeCertificates`.
pub(crate) fn certificates(call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    let asked = form.get("CertificateIdentifier");
    let missing = asked.filter(|asked| !CERTIFICATES.contains(asked));
    if let Some(missing) = missing {
        return Err(rules::CERTIFICATE_NOT_FOUND.refuse(&[missing]));
    }
    let told = CERTIFICATES.iter().filter(|name| asked.is_none_or(|asked| asked == **name)).map(|name| {
        Structure::new()
            .with("CertificateIdentifier", *name)
            .with("CertificateType", "CA")
            .with("ValidFrom", "2021-05-21T22:23:47Z")
            .with("ValidTill", "2061-05-21T23:23:47Z")
            .with("CertificateArn", call.arn(&format!("cert:{name}")))
            .with("CustomerOverride", false)
    });
    let told = page::answer("Certificates", "Certificate", told, None);
    Ok(told.with("DefaultCertificateForNewLaunches", CERTIFICATES[0]))
}
