"""moto's state as plain values, for the side path."""

from moto.rds.models import rds_backends
from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

from . import pending


def _regions(backends):
    """Every backend that was ever used; asking moto for all regions would make them."""
    for account in list(backends.values()):
        for backend in list(account.values()):
            yield backend


def instance(region: str, identifier: str):
    """One instance; KeyError when there is none."""
    for backend in _regions(rds_backends):
        if backend.region_name == region and identifier in backend.databases:
            return backend.databases[identifier]
    raise KeyError(f"no instance {identifier} in {region}")


def secret(region: str, name: str):
    """One secret; KeyError when there is none."""
    for backend in _regions(secretsmanager_backends):
        if backend.region_name == region and name in backend.secrets:
            return backend.secrets[name]
    raise KeyError(f"no secret {name} in {region}")


def _tags(tags) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def _instance(item) -> dict:
    fields = (
        "status engine engine_version db_instance_class allocated_storage max_allocated_storage storage_type iops "
        "storage_throughput storage_encrypted kms_key_id multi_az publicly_accessible backup_retention_period "
        "deletion_protection copy_tags_to_snapshot auto_minor_version_upgrade master_username db_name port "
        "dbi_resource_id ca_certificate_identifier db_parameter_group_name vpc_security_group_ids "
        "preferred_backup_window preferred_maintenance_window iam_database_authentication_enabled "
        "performance_insights_enabled performance_insights_retention_period enabled_cloudwatch_logs_exports "
        "network_type monitoring_interval license_model"
    ).split()
    return {
        "region": item.region,
        "identifier": item.db_instance_identifier,
        **{field: getattr(item, field, None) for field in fields},
        "db_subnet_group_name": getattr(item, "_db_subnet_group_name", None),
        "endpoint": item.endpoint,
        "pending": pending.shown(item.pending),
        "tags": _tags(item.tags),
        # The one place where a test can read what RDS was given.
        "password": getattr(item, "_master_user_password", None),
    }


def _snapshot(item) -> dict:
    return {
        "region": item.region,
        "identifier": item.db_snapshot_identifier,
        "instance": item.db_instance_identifier,
        "status": item.status,
        "type": item.snapshot_type,
        "encrypted": bool(item.encrypted),
        "dbi_resource_id": item.dbi_resource_id,
        "tags": _tags(item.tags),
    }


def _secret(item) -> dict:
    current = item.versions.get(item.default_version_id) or {}
    return {
        "region": item.region,
        "name": item.name,
        "arn": item.arn,
        "description": item.description,
        "kms_key_id": item.kms_key_id,
        "deleted_date": item.deleted_date,
        "tags": _tags(item.tags),
        "current_version": item.default_version_id,
        "versions": {version: value["version_stages"] for version, value in item.versions.items()},
        "value": current.get("secret_string"),
    }


def state() -> dict:
    """All instances, snapshots and secrets."""
    databases = list(_regions(rds_backends))
    return {
        "instances": [_instance(item) for backend in databases for item in backend.databases.values()],
        "snapshots": [_snapshot(item) for backend in databases for item in backend.database_snapshots.values()],
        "secrets": [
            _secret(item)
            for backend in _regions(secretsmanager_backends)
            for item in backend.secrets.values()
            if isinstance(item, FakeSecret)
        ],
    }
