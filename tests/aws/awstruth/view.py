"""moto's state as plain values by AWS's names, for the side path."""

from moto.rds.models import rds_backends
from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

from . import names, pending


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
    return {
        "region": item.region,
        **{name: getattr(item, attribute, None) for name, attribute in names.INSTANCE.items()},
        "PendingModifiedValues": pending.shown(item.pending),
        "tags": _tags(item.tags),
        # The one place where a test can read what RDS was given.
        "MasterUserPassword": getattr(item, "_master_user_password", None),
    }


def _snapshot(item) -> dict:
    return {
        "region": item.region,
        "DBSnapshotIdentifier": item.db_snapshot_identifier,
        "DBInstanceIdentifier": item.db_instance_identifier,
        "Status": item.status,
        "SnapshotType": item.snapshot_type,
        "Encrypted": bool(item.encrypted),
        "DbiResourceId": item.dbi_resource_id,
        "tags": _tags(item.tags),
    }


def _secret(item) -> dict:
    current = item.versions.get(item.default_version_id) or {}
    return {
        "region": item.region,
        "Name": item.name,
        "ARN": item.arn,
        "Description": item.description,
        "KmsKeyId": item.kms_key_id,
        "DeletedDate": item.deleted_date,
        "tags": _tags(item.tags),
        "VersionId": item.default_version_id,
        "VersionIdsToStages": {version: value["version_stages"] for version, value in item.versions.items()},
        "SecretString": current.get("secret_string"),
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
