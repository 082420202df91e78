"""Subnet and parameter groups: a modification keeps the group, and one that is in use cannot be deleted."""

from moto.rds.exceptions import DBSubnetGroupNotFoundError
from moto.rds.models import RDSBackend

from .errors import RdsError

_delete_subnet_group = RDSBackend.delete_subnet_group
_delete_parameter_group = RDSBackend.delete_db_parameter_group


def modify_subnet_group(self, subnet_name, description, subnets):
    """ModifyDBSubnetGroup, in place."""
    group = self.subnet_groups.get(subnet_name)
    if group is None:
        raise DBSubnetGroupNotFoundError(subnet_name)
    group.subnets = subnets
    if description is not None:
        group.description = description
    return group


def delete_subnet_group(self, subnet_name):
    """DeleteDBSubnetGroup, refused while an instance is in it."""
    for instance in self.databases.values():
        if str(getattr(instance, "_db_subnet_group_name", "")).lower() == subnet_name.lower():
            raise RdsError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{subnet_name}' because at least one database instance: "
                f"{instance.db_instance_identifier} is still using it.",
            )
    return _delete_subnet_group(self, subnet_name)


def delete_parameter_group(self, db_parameter_group_name):
    """DeleteDBParameterGroup, refused while an instance names it."""
    for instance in self.databases.values():
        if str(instance.db_parameter_group_name or "").lower() == db_parameter_group_name.lower():
            raise RdsError(
                "InvalidDBParameterGroupState",
                "One or more database instances are still members of this parameter group "
                f"{db_parameter_group_name}, so the group cannot be deleted",
            )
    return _delete_parameter_group(self, db_parameter_group_name)


def patch() -> None:
    """Puts all of this into moto."""
    RDSBackend.modify_db_subnet_group = modify_subnet_group
    RDSBackend.delete_subnet_group = delete_subnet_group
    RDSBackend.delete_db_parameter_group = delete_parameter_group
