"""The requests of AWS's own documentation, as botocore ships them, sent to the simulation.

What an example speaks about is made first, under the example's own names. Examples are old: what AWS no longer offers
in them is written in today's terms (`TODAY`). Those of operations that the simulation does not have are counted, no more.
"""

import copy
import json
import pathlib
from dataclasses import dataclass, field

import botocore
from botocore.exceptions import ClientError

from .endpoint import Sim

_DATA = pathlib.Path(botocore.__file__).parent / "data"
_MODELS = {"rds": "2014-10-31", "secretsmanager": "2017-10-17", "sts": "2011-06-15"}
_UNKNOWN = {"InvalidAction", "UnknownOperationException"}

# What the examples name and AWS no longer offers.
TODAY = {
    "MySQL": "mysql",
    "rds:mysqldb-2014-04-22-08-15": "mydbsnapshot",
    "db.t2.micro": "db.t4g.micro",
    "db.t2.small": "db.t4g.small",
    "mysql5.6": "mysql8.0",
    "5.6.27": "8.0.40",
    "5.6": "8.0",
    "rds-ca-2015": "rds-ca-rsa2048-g1",
    "2016-09-13T18:45:00Z": None,
}
_TODAY_OF = {
    # Twenty GiB is the least of every storage type that is offered.
    "CreateDBInstance": {"AllocatedStorage": 20},
    "ModifyDBInstance": {"AllocatedStorage": 40},
    "RestoreDBInstanceToPointInTime": {"UseLatestRestorableTime": True},
    # The ARNs are those of the example's account and region, and of option groups: here, of what there is.
    "AddTagsToResource": {"ResourceName": "arn:aws:rds:eu-central-1:123456789012:db:mymysqlinstance"},
    "RemoveTagsFromResource": {"ResourceName": "arn:aws:rds:eu-central-1:123456789012:db:mymysqlinstance"},
    "ListTagsForResource": {"ResourceName": "arn:aws:rds:eu-central-1:123456789012:db:mymysqlinstance"},
    "DescribePendingMaintenanceActions": {
        "ResourceIdentifier": "arn:aws:rds:eu-central-1:123456789012:db:mymysqlinstance"
    },
}


@dataclass
class Figures:
    """What became of the examples."""

    accepted: int = 0
    operations: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def judge(sim: Sim) -> Figures:
    """Sends every example of an operation that the simulation has."""
    figures = Figures()
    for service, version in _MODELS.items():
        client = sim.client(service)
        examples = json.loads((_DATA / service / version / "examples-1.json").read_text())["examples"]
        for operation, several in examples.items():
            for number, example in enumerate(several):
                _send(sim, client, operation, number, example, figures)
    return figures


def _send(sim: Sim, client, operation: str, number: int, example: dict, figures: Figures) -> None:
    service = client.meta.service_model.service_name
    if operation in figures.left_out:
        return
    request = _today(operation, example.get("input") or {})
    try:
        _prepare(sim, service, operation, number)
        _call(client, operation, request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _UNKNOWN:
            figures.left_out.add(operation)
        else:
            figures.wrong.append(f"example {operation} {example['id']}: {error}")
        return
    figures.accepted += 1
    figures.operations.add(operation)


def _today(operation: str, request: dict) -> dict:
    request = {k: TODAY.get(v, v) if isinstance(v, str) else v for k, v in copy.deepcopy(request).items()}
    return {k: v for k, v in (request | _TODAY_OF.get(operation, {})).items() if v is not None}


def _call(client, operation: str, request: dict):
    from botocore import xform_name

    return getattr(client, xform_name(operation))(**request)


# === What the examples speak about ===


def _prepare(sim: Sim, service: str, operation: str, number: int) -> None:
    if service == "secretsmanager":
        _prepare_secret(sim.client(service), operation, number)
    elif service == "rds":
        _prepare_database(sim, sim.client(service), operation)


def _prepare_secret(client, operation: str, number: int) -> None:
    for name in ("MyTestDatabaseSecret", "MyTestDatabaseSecret1", "MyExampleSecret"):
        client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    if operation == "CreateSecret":
        return
    first, second = "EXAMPLE1-90ab-cdef-fedc-ba987SECRET1", "EXAMPLE2-90ab-cdef-fedc-ba987SECRET2"
    for name in ("MyTestDatabaseSecret", "MyTestDatabaseSecret1", "MyExampleSecret"):
        client.create_secret(Name=name, SecretString="{}", ClientRequestToken=first)
    secret = {"SecretId": "MyTestDatabaseSecret"}
    if operation == "RestoreSecret":
        client.delete_secret(**secret)
    elif operation == "UntagResource":
        client.tag_resource(**secret, Tags=[{"Key": "FirstTag", "Value": "x"}])
    elif operation == "UpdateSecretVersionStage":
        client.put_secret_value(**secret, SecretString="x", ClientRequestToken=second, VersionStages=["AWSPENDING"])
        if number == 1:
            client.update_secret_version_stage(**secret, VersionStage="STAGINGLABEL1", MoveToVersionId=first)
    elif operation in ("GetResourcePolicy", "DeleteResourcePolicy"):
        statement = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                     "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
        client.put_resource_policy(
            **secret, ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        )


def _prepare_database(sim: Sim, client, operation: str) -> None:
    _sweep(sim, client)
    creates = {"CreateDBInstance", "CreateDBParameterGroup", "CreateDBSubnetGroup", "CreateDBSnapshot"}
    if operation != "CreateDBInstance":
        _instance(client, "mymysqlinstance")
        if operation in ("RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime"):
            _instance(client, "mysql-sample")
    sim.advance(3600)
    if operation not in creates:
        client.create_db_snapshot(DBInstanceIdentifier="mymysqlinstance", DBSnapshotIdentifier="mydbsnapshot")
        for name in ("mymysqlparametergroup", "mydbparamgroup3", "mydbparametergroup"):
            client.create_db_parameter_group(
                DBParameterGroupName=name, DBParameterGroupFamily="mysql8.0", Description="x"
            )
        client.create_db_subnet_group(
            DBSubnetGroupName="mydbsubnetgroup", DBSubnetGroupDescription="x",
            SubnetIds=["subnet-1fab8a69", "subnet-d43a468c"],
        )
    sim.advance(3600)
    if operation == "StartDBInstance":
        client.stop_db_instance(DBInstanceIdentifier="mymysqlinstance")
        sim.advance(3600)


def _instance(client, name: str) -> None:
    client.create_db_instance(
        DBInstanceIdentifier=name, DBInstanceClass="db.t4g.micro", Engine="mysql", AllocatedStorage=20,
        MasterUsername="MyUser", MasterUserPassword="MyPassword", BackupRetentionPeriod=7,
    )


def _sweep(sim: Sim, client) -> None:
    sim.advance(3600)
    for instance in client.describe_db_instances()["DBInstances"]:
        client.delete_db_instance(DBInstanceIdentifier=instance["DBInstanceIdentifier"], SkipFinalSnapshot=True)
    sim.advance(3600)
    for snapshot in client.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]:
        client.delete_db_snapshot(DBSnapshotIdentifier=snapshot["DBSnapshotIdentifier"])
    for group in client.describe_db_parameter_groups()["DBParameterGroups"]:
        if not group["DBParameterGroupName"].startswith("default."):
            client.delete_db_parameter_group(DBParameterGroupName=group["DBParameterGroupName"])
    for group in client.describe_db_subnet_groups()["DBSubnetGroups"]:
        if group["DBSubnetGroupName"] != "default":
            client.delete_db_subnet_group(DBSubnetGroupName=group["DBSubnetGroupName"])
