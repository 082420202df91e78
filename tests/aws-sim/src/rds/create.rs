//! `CreateDBInstance`.

use super::instance::{Applied, Instance, Pending};
use super::setting::{Change, Setting, Settings};
use super::value::Value;
use super::{Rds, catalog, check, describe, password, required, rules, storage, tag};
use crate::protocol::Form;
use crate::{Call, Refusal, Structure};

/// Makes an instance.
pub(crate) fn answer(rds: &mut Rds, call: &mut Call<'_>) -> Result<Structure, Refusal> {
    let name = check::identifier("DBInstanceIdentifier", required(call, "DBInstanceIdentifier")?)?;
    rds.admit_new(&name, call)?;
    let form = call.form();
    let engine = required(call, "Engine")?.to_owned();
    let version = catalog::resolve(&engine, form.get("EngineVersion"))?;
    let mut settings = defaults(&engine, version);
    read(&mut settings, form)?;
    version.clone_into(&mut settings.version);
    if form.get("DBInstanceClass").is_none() {
        return Err(rules::NOT_GIVEN.refuse(&["DBInstanceClass"]));
    }
    check_storage(&engine, &mut settings, form)?;
    check::settings(rds, &engine, &settings)?;
    let user = password::check_user(&engine, form.get("MasterUsername"))?;
    let managed = bool::read(form, "ManageMasterUserPassword")?.unwrap_or(false);
    check::credentials(&engine, form.get("MasterUserPassword"), managed)?;
    if let Some(database) = form.get("DBName") {
        password::check_database(&engine, database)?;
    }

    let mut made = instance(call, &name, &engine, settings);
    made.master_username = user;
    made.db_name = call.form().get("DBName").map(str::to_owned);
    made.tags = tag::read(call.form())?;
    made.storage_encrypted = bool::read(call.form(), "StorageEncrypted")?.unwrap_or(false);
    made.kms_key = made.storage_encrypted.then(|| key(call, call.form().get("KmsKeyId")));
    made.password = call.form().get("MasterUserPassword").map(str::to_owned);
    if managed {
        made.manage_password(call);
    }
    Ok(rds.welcome(made, call))
}

/// What AWS sets where nothing is asked for.
fn defaults(engine: &str, version: &str) -> Settings {
    Settings {
        allocated_storage: 0,
        auto_minor_version_upgrade: true,
        backup_retention_period: 1,
        ca_certificate: super::offer::CERTIFICATES[0].into(),
        copy_tags_to_snapshot: false,
        customer_owned_ip: false,
        database_insights_mode: "standard".into(),
        class: String::new(),
        parameter_group: format!("default.{}", catalog::family(engine, version)),
        subnet_group: None,
        dedicated_log_volume: false,
        deletion_protection: false,
        logs: Vec::new(),
        version: version.into(),
        iam_authentication: false,
        iops: None,
        license: catalog::license(engine).into(),
        ceiling: None,
        monitoring_interval: 0,
        monitoring_role: None,
        multi_az: false,
        network_type: "IPV4".into(),
        option_group: catalog::default_options(engine, version),
        insights: false,
        insights_key: None,
        insights_retention: None,
        port: catalog::port(engine),
        backup_window: "03:00-03:30".into(),
        maintenance_window: "sun:05:00-sun:05:30".into(),
        // In a default VPC, which is what no subnet group means, AWS makes the instance public.
        public: true,
        throughput: None,
        storage_type: "gp2".into(),
        security_groups: vec!["sg-0default".into()],
    }
}

/// Takes over what a request that makes an instance says.
pub(crate) fn read(settings: &mut Settings, form: &Form) -> Result<(), Refusal> {
    for setting in Setting::ALL {
        if let Some(change) = setting.asked(form)? {
            settings.set(change);
        }
    }
    if let Some(port) = u32::read(form, "Port")? {
        settings.set(Change::Port(port));
    }
    if form.get("DBSubnetGroupName").is_some() && form.get("PubliclyAccessible").is_none() {
        settings.public = false;
    }
    settings.maintenance_window.make_ascii_lowercase();
    settings.parameter_group.make_ascii_lowercase();
    settings.settle_insights();
    Ok(())
}

fn check_storage(engine: &str, settings: &mut Settings, form: &Form) -> Result<(), Refusal> {
    let asked = storage::Asked {
        size: u32::read(form, "AllocatedStorage")?,
        kind: form.get("StorageType").map(str::to_owned),
        iops: u32::read(form, "Iops")?,
        throughput: u32::read(form, "StorageThroughput")?,
    };
    if asked.kind.is_none() {
        settings.storage_type = if asked.iops.is_some() { "io1" } else { "gp2" }.into();
    }
    let kind = settings.storage_type.clone();
    let size = asked.size.ok_or_else(|| rules::STORAGE_SIZE.refuse(&[engine, &kind, "null"]))?;
    let required = matches!(kind.as_str(), "io1" | "io2") && asked.iops.is_none();
    rules::IOPS_REQUIRED.refuse_if(required, &[&kind])?;
    storage::check(engine, &kind, size, &asked)?;
    storage::ceiling(size, settings.ceiling, false)?;
    storage::settle(engine, settings);
    Ok(())
}

/// An instance with an identity of its own.
pub(crate) fn instance(call: &mut Call<'_>, name: &str, engine: &str, mut settings: Settings) -> Instance {
    let region = call.request.region.clone();
    if settings.insights {
        settings.insights_key.get_or_insert_with(|| key(call, None));
    }
    Instance {
        name: name.to_owned(),
        resource_id: format!("db-{}", call.chance.upper(26)),
        arn: call.arn(&format!("db:{name}")),
        status: "creating".into(),
        engine: engine.to_owned(),
        settings,
        pending: Pending::default(),
        master_username: String::new(),
        password: None,
        master_secret: None,
        db_name: None,
        storage_encrypted: false,
        kms_key: None,
        zone: format!("{region}a"),
        host: format!("{name}.{}.{region}.rds.amazonaws.com", call.chance.lower(12)),
        tags: std::collections::BTreeMap::new(),
        created: None,
        last_backup: None,
        storage_changed: None,
        unprotected: None,
        parameters: Applied::InSync,
        aws_backup: None,
        restart: None,
        maintenance: Vec::new(),
        step: 0,
        final_snapshot: None,
        deletes_backups: true,
        replica_of: None,
    }
}

/// The ARN of a KMS key: the one that is named, or the account's own for RDS.
pub(crate) fn key(call: &Call<'_>, named: Option<&str>) -> String {
    match named {
        Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
        named => {
            let id = named.unwrap_or("11111111-2222-3333-4444-555555555555");
            call.arn(&format!("key/{id}")).replacen(":rds:", ":kms:", 1)
        }
    }
}

// === impl Settings ===

impl Settings {
    /// Performance Insights keeps seven days where nothing is said, and nothing when off.
    pub(crate) fn settle_insights(&mut self) {
        if self.insights {
            self.insights_retention.get_or_insert(7);
        } else {
            (self.insights_retention, self.insights_key) = (None, None);
        }
    }
}

// === impl Instance ===

impl Instance {
    /// RDS makes the password and keeps it in a secret of its own.
    pub(crate) fn manage_password(&mut self, call: &mut Call<'_>) {
        self.password = Some(call.chance.mixed(28));
        let secret = format!("secret:rds!{}-{}", self.resource_id.to_lowercase(), call.chance.mixed(6));
        self.master_secret = Some(call.arn(&secret).replacen(":rds:", ":secretsmanager:", 1));
    }
}

// === impl Rds ===

impl Rds {
    /// Whether one more instance may be, under this name.
    pub(crate) fn admit_new(&self, name: &str, call: &Call<'_>) -> Result<(), Refusal> {
        rules::DB_INSTANCE_EXISTS.refuse_if(self.instances.contains_key(name), &[])?;
        rules::INSTANCE_QUOTA.refuse_if(self.instances.len() >= call.knobs.instance_quota, &[])
    }

    /// Starts the life of an instance, and tells of it.
    pub(crate) fn welcome(&mut self, made: Instance, call: &Call<'_>) -> Structure {
        let name = made.name.clone();
        let told = describe::node(self, &made, call);
        self.instances.insert(name.clone(), made);
        self.begin_creation(&name, call.now, call.knobs);
        Structure::new().with("DBInstance", told)
    }
}
