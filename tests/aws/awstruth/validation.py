"""What AWS checks before it makes or changes an instance. Each check is one refusal with AWS's code."""

import re

from . import catalog
from .errors import invalid_combination, invalid_value

MINIMUM_STORAGE = {"gp2": 20, "gp3": 20, "io1": 100, "io2": 100, "standard": 5}
MAXIMUM_STORAGE = 65536
PASSWORD_LENGTH = {"postgres": (8, 128), "mysql": (8, 41), "mariadb": (8, 41)}
RESERVED_USERS = {
    "postgres": {"admin", "rdsadmin", "rds_superuser", "rdsrepladmin", "user"},
    "mysql": {"rdsadmin", "rdsrepladmin", "mysql.sys"},
    "mariadb": {"rdsadmin", "rdsrepladmin"},
}
RESERVED_DATABASES = {"postgres": {"db", "rdsadmin", "template0", "template1"}}


def password(engine: str, value: str) -> None:
    """Length and characters; the text never repeats the password."""
    shortest, longest = PASSWORD_LENGTH.get(engine, (8, 128))
    name = "The parameter MasterUserPassword is not a valid password"
    if len(value) < shortest:
        raise invalid_value(f"{name} because it is shorter than {shortest} characters.")
    if len(value) > longest:
        raise invalid_value(f"{name} because it is longer than {longest} characters.")
    if not re.fullmatch(r"[!-~]+", value) or set(value) & set('/@"'):
        raise invalid_value(f"{name}. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.")


def storage(engine: str, kind: str, size: int) -> None:
    """The smallest and largest size of a storage type."""
    if not MINIMUM_STORAGE.get(kind, 20) <= size <= MAXIMUM_STORAGE:
        raise invalid_value(f"Invalid storage size for engine name {engine} and storage type {kind}: {size}")


def backup_retention(days: int | None) -> None:
    """0 to 35 days."""
    if days is not None and not 0 <= days <= 35:
        raise invalid_value(f"Invalid backup retention period: {days}. Must be between 0 and 35.")


def credentials(engine: str, request: dict) -> None:
    """The master user and where its password comes from."""
    user = request.get("master_username")
    if not user:
        raise invalid_value("The parameter MasterUsername must be provided and must not be blank.")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", user):
        raise invalid_value("The parameter MasterUsername must begin with a letter and contain only alphanumerics.")
    if user.lower() in RESERVED_USERS.get(engine, set()):
        raise invalid_value(f"MasterUsername {user} cannot be used as it is a reserved word used by the engine")
    value = request.get("master_user_password")
    if request.get("manage_master_user_password"):
        if value:
            raise invalid_combination("You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.")
    elif not value:
        raise invalid_value("The parameter MasterUserPassword must be provided and must not be blank.")
    else:
        password(engine, value)


def database_name(engine: str, name: str | None) -> None:
    """The name of the first database."""
    if name is None:
        return
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", name):
        raise invalid_value("DBName must begin with a letter and contain only alphanumeric characters.")
    if name.lower() in RESERVED_DATABASES.get(engine, set()):
        raise invalid_value(f"DBName {name} cannot be used. It is a reserved word for this engine")


def create(request: dict) -> None:
    """Checks a CreateDBInstance and writes the version that AWS would have chosen into it."""
    engine = request["engine"]
    if engine not in catalog.VERSIONS:
        return
    request["engine_version"] = catalog.resolve_version(engine, request.get("engine_version"))
    catalog.check_class(request["db_instance_class"], engine, request["engine_version"])
    kind = request.get("storage_type") or ("io1" if request.get("iops") else "gp2")
    if request.get("allocated_storage") is None:
        raise invalid_value("Invalid storage size for engine name %s and storage type %s: null" % (engine, kind))
    storage(engine, kind, request["allocated_storage"])
    backup_retention(request.get("backup_retention_period"))
    credentials(engine, request)
    database_name(engine, request.get("db_name"))


def modify(instance, request: dict) -> None:
    """Checks a ModifyDBInstance against what the instance is and what already waits for its window."""
    engine = instance.engine
    if engine not in catalog.VERSIONS:
        return
    pending = instance.pending
    if request.get("engine_version"):
        request["engine_version"] = catalog.resolve_version(engine, request["engine_version"])
        catalog.check_upgrade(
            engine, instance.engine_version, request["engine_version"], bool(request.get("allow_major_version_upgrade"))
        )
    version = request.get("engine_version") or pending.get("engine_version") or instance.engine_version
    if request.get("db_instance_class"):
        catalog.check_class(request["db_instance_class"], engine, version)
    if request.get("allocated_storage") is not None:
        if request["allocated_storage"] < instance.allocated_storage:
            raise invalid_combination(
                f"Requested storage size ({request['allocated_storage']}) cannot be less than the current storage "
                f"size ({instance.allocated_storage})"
            )
        storage(engine, request.get("storage_type") or instance.storage_type, request["allocated_storage"])
    backup_retention(request.get("backup_retention_period"))
    if request.get("master_user_password"):
        password(engine, request["master_user_password"])
