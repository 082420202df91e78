"""Sequences of calls about one database, its snapshots and groups."""

import random
from collections.abc import Iterator

from ..endpoint import ACCOUNT, REGION

READS = {
    "describe_db_instances", "describe_db_snapshots", "describe_db_subnet_groups", "describe_db_parameter_groups",
    "list_tags_for_resource",
}
_TAGS = [{"Key": "team", "Value": "payments"}, {"Key": "team", "Value": "orders"}, {"Key": "tier", "Value": "gold"}]


def calls(number: int, draw: random.Random) -> Iterator[tuple[str, str, dict]]:
    """The calls of one sequence; each mostly makes sense where it stands, and now and then does not."""
    name = f"diff-{number:05}"
    instance = {"DBInstanceIdentifier": name}
    snapshots = [f"{name}-s{n}" for n in range(2)]
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{name}"

    def maybe(chance: float, **members) -> dict:
        return members if draw.random() < chance else {}

    def create() -> dict:
        engine = draw.choice(["postgres", "postgres", "mysql"])
        return {
            **instance, "Engine": engine, "DBInstanceClass": draw.choice(["db.t4g.micro", "db.m6g.large", "db.nonsense"]
                if draw.random() < 0.1 else ["db.t4g.micro", "db.m6g.large"]),
            "AllocatedStorage": draw.choice([20, 100, 400]), "StorageType": draw.choice(["gp3", "gp2"]),
            "MasterUsername": "app", "MasterUserPassword": "correct-horse",
            **maybe(0.5, EngineVersion={"postgres": "16.4", "mysql": "8.0.40"}[engine]), **maybe(0.4, DBName="orders"),
            **maybe(0.5, BackupRetentionPeriod=draw.choice([0, 1, 7])), **maybe(0.3, DeletionProtection=True),
            **maybe(0.3, MultiAZ=True), **maybe(0.3, StorageEncrypted=True), **maybe(0.3, CopyTagsToSnapshot=True),
            **maybe(0.3, Tags=[draw.choice(_TAGS)]), **maybe(0.2, MaxAllocatedStorage=1000),
        }

    def modify() -> dict:
        change = draw.choice([
            {"DBInstanceClass": "db.t4g.small"}, {"AllocatedStorage": draw.choice([10, 40, 200, 500])},
            {"BackupRetentionPeriod": draw.choice([0, 3, 36])}, {"DeletionProtection": draw.choice([True, False])},
            {"MultiAZ": draw.choice([True, False])}, {"MasterUserPassword": draw.choice(["another-horse", "short"])},
            {"CopyTagsToSnapshot": True}, {"EngineVersion": draw.choice(["16.8", "17.5", "16.2"])}, {},
        ])
        return {**instance, **change, "ApplyImmediately": draw.random() < 0.7}

    def delete() -> dict:
        return {**instance, **maybe(0.5, SkipFinalSnapshot=True), **maybe(0.5, FinalDBSnapshotIdentifier=f"{name}-final")}

    actions = [
        (12, "modify_db_instance", modify), (3, "delete_db_instance", delete), (2, "reboot_db_instance", lambda: instance),
        (2, "stop_db_instance", lambda: instance), (2, "start_db_instance", lambda: instance),
        (3, "create_db_snapshot", lambda: {**instance, "DBSnapshotIdentifier": draw.choice(snapshots)}),
        (3, "describe_db_snapshots", lambda: {"DBSnapshotIdentifier": draw.choice(snapshots)}),
        (1, "delete_db_snapshot", lambda: {"DBSnapshotIdentifier": draw.choice(snapshots)}),
        (2, "add_tags_to_resource", lambda: {"ResourceName": arn, "Tags": [draw.choice(_TAGS)]}),
        (2, "remove_tags_from_resource", lambda: {"ResourceName": arn, "TagKeys": ["team"]}),
        (2, "list_tags_for_resource", lambda: {"ResourceName": arn}), (1, "create_db_instance", create),
    ]
    yield "rds", "create_db_instance", create()
    yield "rds", "describe_db_instances", dict(instance)
    for _ in range(draw.randint(3, 10)):
        _weight, operation, request = draw.choices(actions, [weight for weight, *_rest in actions])[0]
        yield "rds", operation, request()
        if operation not in READS:
            yield "rds", "describe_db_instances", dict(instance)


def chosen() -> Iterator[list[tuple[str, str, dict]]]:
    """Chance is enough here."""
    yield from ()
