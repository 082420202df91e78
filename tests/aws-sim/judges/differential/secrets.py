"""Sequences of calls about one secret."""

import json
import random
from collections.abc import Iterator

from ..endpoint import ACCOUNT, REGION

_STAGES = ["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", "MINE"]
_VALUES = ['{"username":"app"}', '{"username":"app","password":"correct-horse"}', "plain"]
_TAGS = [{"Key": "team", "Value": "payments"}, {"Key": "team", "Value": "orders"}, {"Key": "tier", "Value": "gold"}]
READS = {"describe_secret", "get_secret_value", "list_secrets", "list_secret_version_ids", "get_resource_policy"}


def calls(number: int, draw: random.Random) -> Iterator[tuple[str, str, dict]]:
    """The calls of one sequence; each mostly makes sense where it stands, and now and then does not."""
    name = f"diff/{number:05}"
    secret = {"SecretId": name}
    tokens = [f"{number:08}-0000-4000-8000-{n:012}" for n in range(5)]
    policy = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
              "Action": "secretsmanager:GetSecretValue", "Resource": "*"}

    def maybe(chance: float, **members) -> dict:
        return members if draw.random() < chance else {}

    def create() -> dict:
        return {
            "Name": name, "ClientRequestToken": draw.choice(tokens[:2]),
            **maybe(0.9, SecretString=draw.choice(_VALUES)), **maybe(0.3, Description="made here"),
            **maybe(0.2, KmsKeyId="alias/mine"), **maybe(0.4, Tags=draw.sample(_TAGS[:1] + _TAGS[2:], 1)),
        }

    def put() -> dict:
        return {
            **secret, "ClientRequestToken": draw.choice(tokens[:4]), "SecretString": draw.choice(_VALUES),
            **maybe(0.4, VersionStages=draw.sample(_STAGES, draw.randint(1, 2))),
        }

    def get() -> dict:
        return {**secret, **maybe(0.4, VersionId=draw.choice(tokens)), **maybe(0.4, VersionStage=draw.choice(_STAGES))}

    def update() -> dict:
        return {
            **secret, **maybe(0.5, Description=draw.choice(["other", "once more"])), **maybe(0.2, KmsKeyId="alias/other"),
            **maybe(0.4, SecretString=draw.choice(_VALUES), ClientRequestToken=draw.choice(tokens)),
        }

    def stage() -> dict:
        move, remove = {"MoveToVersionId": draw.choice(tokens[:3])}, {"RemoveFromVersionId": draw.choice(tokens[:3])}
        return {**secret, "VersionStage": draw.choice(_STAGES), **draw.choice([move, remove, move | remove, move | remove])}

    def delete() -> dict:
        return {**secret, **maybe(0.5, RecoveryWindowInDays=draw.choice([6, 7, 30, 31])),
                **maybe(0.3, ForceDeleteWithoutRecovery=True)}

    actions = [
        (14, "put_secret_value", put), (10, "get_secret_value", get), (14, "describe_secret", lambda: secret),
        (10, "update_secret_version_stage", stage), (6, "update_secret", update), (4, "delete_secret", delete),
        (4, "restore_secret", lambda: secret), (3, "create_secret", create),
        (3, "tag_resource", lambda: {**secret, "Tags": [draw.choice(_TAGS)]}),
        (3, "untag_resource", lambda: {**secret, "TagKeys": [draw.choice(["team", "absent"])]}),
        (5, "list_secret_version_ids", lambda: secret | maybe(0.5, IncludeDeprecated=True)),
        (5, "list_secrets", lambda: {"Filters": [{"Key": "name", "Values": [name]}], **maybe(0.3, IncludePlannedDeletion=True)}),
        (2, "put_resource_policy", lambda: {
            **secret, "ResourcePolicy": json.dumps({"Version": "2012-10-17", "Statement": [policy]})}),
        (2, "get_resource_policy", lambda: secret), (2, "delete_resource_policy", lambda: secret),
    ]
    if draw.random() < 0.05:
        secret = {"SecretId": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}"}
    yield "secretsmanager", "create_secret", create()
    for _ in range(draw.randint(4, 16)):
        _weight, operation, request = draw.choices(actions, [weight for weight, *_rest in actions])[0]
        yield "secretsmanager", operation, request()
        if operation not in READS:
            yield "secretsmanager", "describe_secret", {"SecretId": name}


def chosen() -> Iterator[list[tuple[str, str, dict]]]:
    """Sequences in which moto is wrong in ways that chance seldom meets."""
    for number, puts in enumerate([
        # A version that has AWSPENDING is written over.
        [("one", 1, ["AWSPENDING"]), ("two", 1, ["AWSPENDING"])],
        # AWSPENDING stays where it was when a new version has it along with AWSCURRENT.
        [("one", 1, ["AWSPENDING", "MINE"]), ("two", 2, ["AWSCURRENT", "AWSPENDING"])],
    ]):
        name = f"chosen/{number}"
        tokens = [f"{number:08}-0000-4000-8000-{n:012}" for n in range(3)]
        sequence = [("create_secret", {"Name": name, "SecretString": "zero", "ClientRequestToken": tokens[0]})]
        for value, token, stages in puts:
            put = {"SecretId": name, "SecretString": value, "ClientRequestToken": tokens[token], "VersionStages": stages}
            sequence += [("put_secret_value", put), ("describe_secret", {"SecretId": name})]
        yield [("secretsmanager", *call) for call in sequence]
    yield [("secretsmanager", "list_secret_version_ids", {"SecretId": "chosen/nobody"})]
