"""DB instances as AWS has them: with a life, an identity of their own, pending changes and refusals."""

import secrets
import string
from datetime import datetime, timezone

from moto.rds.exceptions import DBInstanceAlreadyExists
from moto.rds.models import DBInstance, RDSBackend

from . import defaults, lifecycle, pending, validation
from .errors import invalid_combination, invalid_state

_create = RDSBackend.create_db_instance
_restore_from_snapshot = RDSBackend.restore_db_instance_from_db_snapshot
_restore_to_time = RDSBackend.restore_db_instance_to_point_in_time
_modify = RDSBackend.modify_db_instance
_delete = RDSBackend.delete_db_instance
_initialise = DBInstance.__init__


def new_resource_id() -> str:
    """AWS's identity of an instance: it survives a rename and is never used twice."""
    return "db-" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(26))


def initialise(self, backend, *args, **request) -> None:
    """The constructor; what moto leaves the same for all instances, or empty where AWS has a default, is set here."""
    self.pending = {}
    self.created_once = True
    _initialise(self, backend, *args, **request)
    self.dbi_resource_id = new_resource_id()
    if self.db_cluster_identifier is None and self.storage_encrypted and not str(self.kms_key_id).startswith("arn:"):
        given = request.get("kms_key_id")
        key = given if given else "11111111-2222-3333-4444-555555555555"
        self.kms_key_id = f"arn:aws:kms:{self.region}:{self.account_id}:key/{key}"
    if self.publicly_accessible is None:
        # In a default VPC, which is what no subnet group means, AWS makes the instance public.
        self.publicly_accessible = request.get("db_subnet_group_name") is None
    defaults.fill_in(self, request)


def create(self, request):
    """CreateDBInstance: checked, unique, and `creating` first."""
    if request["db_instance_identifier"] in self.databases:
        raise DBInstanceAlreadyExists()
    if request.get("db_cluster_identifier") is None:
        validation.create(request)
    return start(self, request)


def start(self, request):
    """Makes the instance and starts its life; also the end of every restore, which AWS does not validate again."""
    instance = _create(self, request)
    lifecycle.begin_creation(instance)
    return instance


def restoring(restore):
    """A restore builds a request from the source and creates from it; the check of a create would refuse that."""

    def wrapped(self, *args, **kwargs):
        self.create_db_instance = lambda request: start(self, request)
        try:
            return restore(self, *args, **kwargs)
        finally:
            del self.create_db_instance

    return wrapped


def modify(self, db_instance_identifier, request):
    """ModifyDBInstance: what is deferred waits, unless it shall not; the answer still has the old values."""
    instance = self.describe_db_instances(db_instance_identifier)[0]
    if instance.status not in {"available", "storage-optimization", "backing-up"}:
        raise invalid_state()
    validation.modify(instance, request)
    wanted = {
        field: value for field, value in request.items() if field not in pending.OPERATION and value is not None
    }
    if "db_port_number" in wanted:
        wanted["port"] = wanted.pop("db_port_number")
    immediately = bool(request.get("apply_immediately"))
    if not wanted and not immediately:
        raise invalid_combination("No modifications were requested")
    waiting = {field: value for field, value in wanted.items() if pending.is_deferred(instance, field, value)}
    now_applied = {field: value for field, value in wanted.items() if field not in waiting}
    password = now_applied.pop("master_user_password", None)
    _modify(self, db_instance_identifier, now_applied | {"apply_immediately": immediately})
    defaults.settle_performance_insights(instance)

    for field, value in waiting.items():
        instance.pending.pop(field, None)
        if getattr(instance, field, None) != value:
            instance.pending[field] = value
    if password is not None:
        instance.pending["master_user_password"] = password
        lifecycle.begin_change(instance, "resetting-master-credentials", lambda: apply(instance, immediately))
    elif immediately and (instance.pending or now_applied):
        status = "upgrading" if "engine_version" in instance.pending else "modifying"
        lifecycle.begin_change(instance, status, lambda: apply(instance, True))
    elif now_applied:
        lifecycle.begin_change(instance, "modifying", lambda: None)
    return instance


def apply(instance, everything: bool) -> None:
    """Ends the waiting of pending values: of all of them, or of the password alone."""
    due = dict(instance.pending) if everything else {
        field: value for field, value in instance.pending.items() if field == "master_user_password"
    }
    for field in due:
        del instance.pending[field]
    if "allocated_storage" in due:
        # The setter of the maximum compares with the size, so the size goes first and alone.
        instance.allocated_storage = due.pop("allocated_storage")
        if instance._max_allocated_storage < instance.allocated_storage:
            instance._max_allocated_storage = instance.allocated_storage
    instance.update(**due)
    defaults.settle_storage(instance)


def run_maintenance(instance) -> None:
    """The maintenance window: everything that waited is applied."""
    lifecycle.begin_change(instance, "modifying", lambda: apply(instance, True))


def delete(
    self,
    db_instance_identifier,
    final_db_snapshot_identifier=None,
    skip_final_snapshot=False,
    delete_automated_backups=True,
):
    """DeleteDBInstance: refused without a decision about the last snapshot; gone only after `deleting`."""
    instance = self.describe_db_instances(db_instance_identifier)[0]
    if instance.status == "deleting":
        raise invalid_state(f"Instance {instance.db_instance_identifier} is already being deleted.")
    if instance.deletion_protection:
        raise invalid_combination(
            "Cannot delete protected DB Instance, please disable deletion protection and try again."
        )
    if skip_final_snapshot and final_db_snapshot_identifier:
        raise invalid_combination("FinalDBSnapshotIdentifier can not be specified when deleting with SkipFinalSnapshot")
    if not skip_final_snapshot and not final_db_snapshot_identifier:
        raise invalid_combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
    snapshot = None
    if final_db_snapshot_identifier:
        if not instance.created_once:
            raise invalid_state(
                f"Cannot create a snapshot because the database instance {instance.db_instance_identifier} is not "
                "currently in the available state."
            )
        snapshot = self.create_db_snapshot(db_instance_identifier, final_db_snapshot_identifier, snapshot_type="manual")

    def remove() -> None:
        _delete(self, db_instance_identifier, None, True, delete_automated_backups)

    lifecycle.begin_deletion(instance, remove, snapshot)
    return instance


def reboot(self, db_instance_identifier):
    """RebootDBInstance."""
    instance = self.describe_db_instances(db_instance_identifier)[0]
    if instance.status != "available":
        raise invalid_state()
    lifecycle.begin_change(instance, "rebooting", lambda: None)
    return instance


def take_automated_backup(self) -> None:
    """The first automated snapshot; its name has seconds so that a database made twice in a minute can have two."""
    stamp = datetime.now(timezone.utc).strftime("%Y-%m-%d-%H-%M-%S-%f")
    self.backend.create_auto_snapshot(self.db_instance_identifier, f"rds:{self.db_instance_identifier}-{stamp}")


def endpoint(self):
    """AWS has no endpoint for an instance that is still being created."""
    return {"Address": self.address, "Port": self.port} if self.created_once else None


def patch() -> None:
    """Puts all of this into moto."""
    DBInstance.__init__ = initialise
    DBInstance.take_automated_backup = take_automated_backup
    DBInstance.save_automated_backup = lambda self: None
    DBInstance.endpoint = property(endpoint)
    DBInstance.pending_modified_values = property(lambda self: pending.shown(self.pending))
    RDSBackend.create_db_instance = create
    RDSBackend.restore_db_instance_from_db_snapshot = restoring(_restore_from_snapshot)
    RDSBackend.restore_db_instance_to_point_in_time = restoring(_restore_to_time)
    RDSBackend.modify_db_instance = modify
    RDSBackend.delete_db_instance = delete
    RDSBackend.reboot_db_instance = reboot
