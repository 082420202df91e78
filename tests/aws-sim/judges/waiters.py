"""boto3's own waiters, which many tools stand on, come to their end against the simulation.

A waiter sleeps between its looks. Here each sleep lets as much virtual time pass, so that half an hour takes no time.
"""

import contextlib
import types

import botocore.waiter
from botocore.exceptions import WaiterError

from .endpoint import Sim


def judge(sim: Sim) -> tuple[int, list[str]]:
    """How many waiters ended as they should, and what was wrong."""
    rds = sim.client("rds")
    wrong: list[str] = []
    ended = 0
    instance = {"DBInstanceIdentifier": "waited-for"}
    snapshot = {"DBSnapshotIdentifier": "waited-for-s"}

    def ends(name: str, well: bool = True, **request) -> None:
        nonlocal ended
        looks = _wait(sim, name, request)
        if (looks is not None) != well:
            wrong.append(f"waiter {name}: {'does not end' if well else 'ends well, where it should fail'}")
        else:
            ended += 1

    rds.create_db_instance(
        **instance, Engine="postgres", DBInstanceClass="db.t4g.micro", AllocatedStorage=20, MasterUsername="app",
        MasterUserPassword="correct-horse", BackupRetentionPeriod=1,
    )
    # An instance that is being created is none that is going: the waiter has to fail at once.
    ends("db_instance_deleted", well=False, **instance)
    ends("db_instance_available", **instance)
    rds.modify_db_instance(**instance, DBInstanceClass="db.t4g.small", ApplyImmediately=True)
    sim.advance(120)
    ends("db_instance_available", **instance)
    rds.create_db_snapshot(**instance, **snapshot)
    ends("db_snapshot_available", **snapshot)
    ends("db_snapshot_completed", **snapshot)
    ends("db_instance_available", **instance)
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="waited-for-r", **snapshot)
    ends("db_instance_available", DBInstanceIdentifier="waited-for-r")
    rds.reboot_db_instance(**instance)
    ends("db_instance_available", **instance)
    rds.delete_db_instance(**instance, FinalDBSnapshotIdentifier="waited-for-final")
    ends("db_instance_available", well=False, **instance)
    ends("db_instance_deleted", **instance)
    ends("db_snapshot_available", DBSnapshotIdentifier="waited-for-final")
    rds.delete_db_snapshot(**snapshot)
    ends("db_snapshot_deleted", **snapshot)
    rds.delete_db_instance(DBInstanceIdentifier="waited-for-r", SkipFinalSnapshot=True)
    ends("db_instance_deleted", DBInstanceIdentifier="waited-for-r")
    return ended, wrong


def _wait(sim: Sim, name: str, request: dict) -> int | None:
    """The number of pauses until a waiter has ended well; none when it gave up."""
    pauses = 0

    def pause(seconds: float) -> None:
        nonlocal pauses
        pauses += 1
        sim.advance(seconds)

    with _sleeping(pause):
        try:
            sim.client("rds").get_waiter(name).wait(**request)
        except WaiterError:
            return None
    return pauses


@contextlib.contextmanager
def _sleeping(pause):
    """botocore's waiters with another sleep."""
    real = botocore.waiter.time
    botocore.waiter.time = types.SimpleNamespace(sleep=pause)
    try:
        yield
    finally:
        botocore.waiter.time = real
