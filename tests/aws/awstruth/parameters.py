"""Parameters of parameter groups: which a family has, when they take effect, and what the instances of a group have yet.

DescribeDBParameters shows every parameter of the family with its source; a group has values of its own for some. Sources:
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html and API_ResetDBParameterGroup.html.
"""

import fnmatch

from moto.core.responses import ActionResult, PaginatedResult
from moto.rds.exceptions import DBParameterGroupNotFoundError
from moto.rds.models import DBInstance, DBParameterGroup, RDSBackend
from moto.rds.responses import RDSResponse

from .errors import invalid_combination, invalid_value

_reboot = RDSBackend.reboot_db_instance

# Name: default, apply type, modifiable. A sample of each engine's, with some of each sort.
POSTGRES = {
    "autovacuum_naptime": ("15", "dynamic", True),
    "deadlock_timeout": ("1000", "dynamic", True),
    "effective_cache_size": (None, "dynamic", True),
    "idle_in_transaction_session_timeout": ("86400000", "dynamic", True),
    "lock_timeout": ("0", "dynamic", True),
    "log_connections": ("0", "dynamic", True),
    "log_disconnections": ("0", "dynamic", True),
    "log_lock_waits": ("0", "dynamic", True),
    "log_min_duration_statement": ("-1", "dynamic", True),
    "log_statement": ("none", "dynamic", True),
    "maintenance_work_mem": (None, "dynamic", True),
    "max_connections": ("LEAST({DBInstanceClassMemory/9531392},5000)", "static", True),
    "max_locks_per_transaction": ("64", "static", True),
    "max_parallel_workers": ("8", "dynamic", True),
    "max_wal_size": ("2048", "dynamic", True),
    "password_encryption": ("md5", "dynamic", True),
    "random_page_cost": ("4", "dynamic", True),
    "rds.accepted_password_auth_method": ("md5+scram", "dynamic", True),
    "rds.force_ssl": ("0", "dynamic", True),
    "rds.logical_replication": ("0", "static", True),
    "server_version": (None, "dynamic", False),
    "shared_buffers": ("{DBInstanceClassMemory/32768}", "static", True),
    "shared_preload_libraries": ("pg_stat_statements", "static", True),
    "ssl_max_protocol_version": (None, "dynamic", True),
    "ssl_min_protocol_version": ("TLSv1.2", "dynamic", True),
    "statement_timeout": ("0", "dynamic", True),
    "timezone": ("UTC", "dynamic", True),
    "track_activity_query_size": ("4096", "static", True),
    "work_mem": ("4096", "dynamic", True),
}
MYSQL = {
    "character_set_server": (None, "dynamic", True),
    "collation_server": (None, "dynamic", True),
    "innodb_buffer_pool_size": ("{DBInstanceClassMemory*3/4}", "dynamic", True),
    "innodb_lock_wait_timeout": ("50", "dynamic", True),
    "interactive_timeout": ("28800", "dynamic", True),
    "long_query_time": ("10", "dynamic", True),
    "lower_case_table_names": ("0", "static", True),
    "max_allowed_packet": (None, "dynamic", True),
    "max_connections": ("{DBInstanceClassMemory/12582880}", "dynamic", True),
    "performance_schema": ("0", "static", True),
    "require_secure_transport": ("0", "dynamic", True),
    "slow_query_log": ("0", "dynamic", True),
    "sql_mode": (None, "dynamic", True),
    "time_zone": ("UTC", "dynamic", True),
    "version": (None, "static", False),
    "wait_timeout": ("28800", "dynamic", True),
}
# PostgreSQL refuses plain connections by itself from this version on.
FORCES_SSL_FROM = 15
AT_ONCE = 20


def of_family(family: str) -> dict:
    """The parameters of a family, with their defaults."""
    if family.startswith("mysql"):
        return MYSQL
    major = int(family.removeprefix("aurora-postgresql").removeprefix("postgres") or 0)
    force_ssl = ("1" if major >= FORCES_SSL_FROM else "0", "dynamic", True)
    return {**POSTGRES, "rds.force_ssl": force_ssl}


def group_of(backend, name: str) -> DBParameterGroup:
    """A group by its name, as AWS finds it."""
    group = backend.db_parameter_groups.get(str(name).lower())
    if group is None:
        raise DBParameterGroupNotFoundError(name)
    return group


def describe(self) -> PaginatedResult:
    """DescribeDBParameters, with defaults, sources and filters."""
    group = group_of(self.backend, self.params.get("DBParameterGroupName"))
    source = self.params.get("Source")
    patterns = [value for one in self.params.get("Filters", []) for value in one["Values"]]
    parameters = []
    for name, (default, apply_type, modifiable) in sorted(of_family(group.family).items()):
        own = group.parameters.get(name)
        parameter = {
            "ParameterName": name,
            "ParameterValue": own["ParameterValue"] if own else default,
            "Source": "user" if own else "engine-default",
            "ApplyType": apply_type,
            "IsModifiable": modifiable,
            "ApplyMethod": own.get("ApplyMethod", "pending-reboot") if own else "pending-reboot",
        }
        if source in (None, parameter["Source"]) and (
            not patterns or any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
        ):
            parameters.append(parameter)
    return PaginatedResult({"Parameters": parameters})


def check(group: DBParameterGroup, parameters: list) -> None:
    """Refuses the whole request for one wrong parameter of it."""
    if len(parameters) > AT_ONCE:
        raise invalid_value(f"Only {AT_ONCE} parameters can be modified in a single request.")
    known = of_family(group.family)
    for parameter in parameters:
        name = parameter["ParameterName"]
        if name not in known:
            raise invalid_value(f"Could not find parameter with name: {name}")
        _, apply_type, modifiable = known[name]
        if not modifiable:
            raise invalid_value(f"The parameter {name} cannot be modified.")
        if apply_type == "static" and parameter.get("ApplyMethod") == "immediate":
            raise invalid_combination(f"cannot use immediate apply method for static parameter {name}")


def note(backend, group: DBParameterGroup, parameters: list) -> None:
    """Static parameters wait for a reboot of each instance that uses the group."""
    if any(of_family(group.family)[parameter["ParameterName"]][1] == "static" for parameter in parameters):
        for instance in backend.databases.values():
            if str(instance.db_parameter_group_name or "").lower() == group.name:
                instance.awaits_reboot = True


def modify(self, db_parameter_group_name, db_parameter_group_parameters):
    """ModifyDBParameterGroup."""
    group, parameters = group_of(self, db_parameter_group_name), list(db_parameter_group_parameters)
    check(group, parameters)
    group.update_parameters(parameters)
    note(self, group, parameters)
    return group


def reset(self) -> ActionResult:
    """ResetDBParameterGroup, which moto does not have."""
    group = group_of(self.backend, self.params.get("DBParameterGroupName"))
    parameters = [parameter.original_dict() for parameter in self.params.get("Parameters", [])]
    if str(self.params.get("ResetAllParameters", True)).lower() == "true":
        parameters = [{"ParameterName": name} for name in group.parameters]
    else:
        check(group, parameters)
    for parameter in parameters:
        group.parameters.pop(parameter["ParameterName"], None)
    note(self.backend, group, parameters)
    return ActionResult({"DBParameterGroupName": group.name})


def reboot(self, db_instance_identifier):
    """RebootDBInstance, after which every parameter is in effect."""
    instance = _reboot(self, db_instance_identifier)
    instance.awaits_reboot = False
    return instance


def status(self):
    """Whether an instance has the parameters of its group."""
    groups = self.db_parameter_groups()
    for group in groups:
        group.ParameterApplyStatus = "pending-reboot" if getattr(self, "awaits_reboot", False) else "in-sync"
    return groups


def patch() -> None:
    """Puts all of this into moto, on top of what the other modules have put there."""
    global _reboot
    _reboot = RDSBackend.reboot_db_instance
    RDSBackend.modify_db_parameter_group = modify
    RDSBackend.reboot_db_instance = reboot
    RDSResponse.describe_db_parameters = describe
    RDSResponse.reset_db_parameter_group = reset
    DBInstance.db_parameter_group_status_list = property(status)
