"""An answer without what two endpoints cannot have alike: times, random parts of names, addresses."""

import re
from datetime import datetime

from botocore.exceptions import ClientError

from .difference import Difference

_DRAWN = [
    (re.compile(r"(arn:aws:secretsmanager:[^:]+:\d+:secret:.+)-\w{6}\b"), r"\1-??????"),
    (re.compile(r"\bdb-[A-Z0-9]{26}\b"), "db-?"),
    (re.compile(r"(arn:aws:kms:[^:]+:\d+:key)/[0-9a-zA-Z-]+"), r"\1/?"),
]
# Drawn by each for itself, or of a data centre.
_PRESENCE = {
    "Address", "AvailabilityZone", "HostedZoneId", "NextToken", "PreferredBackupWindow", "PreferredMaintenanceWindow",
    "SecondaryAvailabilityZone", "VpcSecurityGroupId",
}
# What an item of a list goes by.
_NAMES = ["VersionId", "Key", "DBInstanceIdentifier", "DBSnapshotIdentifier", "Name"]
_ITEM = re.compile(r"\[[^\]]*\]")


class Answer:
    """The outcome of one call: a code with its text, or members by path."""

    def __init__(self, code: str, text: str = "", members: dict | None = None):
        self.code = code
        self.text = text
        self.members = members or {}


def ask(endpoint, service: str, operation: str, request: dict) -> Answer:
    """Sends a call."""
    try:
        answer = getattr(endpoint.client(service), operation)(**request)
    except ClientError as error:
        return Answer(error.response["Error"]["Code"], error.response["Error"]["Message"])
    answer.pop("ResponseMetadata")
    members: dict[str, str] = {}
    _flatten("", answer, members)
    return Answer("ok", "", members)


def differences(operation: str, sim: Answer, moto: Answer, is_read: bool) -> list[Difference]:
    """How two answers differ. Of a change only the outcome is compared: the next reading shows the rest."""
    if sim.code != moto.code:
        return [Difference(operation, None, sim.code, moto.code, sim.text or moto.text)]
    if not is_read:
        return []
    found = []
    for path in sorted(set(sim.members) | set(moto.members)):
        ours, theirs = sim.members.get(path, "nothing"), moto.members.get(path, "nothing")
        if ours != theirs:
            # Which item of a list it is says nothing about the difference.
            found.append(Difference(operation, _ITEM.sub("[]", path), ours, theirs))
    return found


def _flatten(path: str, value, members: dict[str, str]) -> None:
    match value:
        case dict() | list() if not value:
            members[path] = "empty"
        case dict():
            # The keys of this map are identifiers, so the map is a list.
            is_map = path.endswith(("VersionIdsToStages", "SecretVersionsToStages"))
            for name, inner in value.items():
                inside = f"{path}[{name}]" if is_map else f"{path}.{name}".lstrip(".")
                if name in _PRESENCE:
                    members[inside] = "there"
                else:
                    _flatten(inside, inner, members)
        case [dict(), *_]:
            # By their names, or else in the order of their texts, because AWS does not promise an order.
            for number, inner in enumerate(sorted(value, key=_text)):
                name = next((inner[name] for name in _NAMES if name in inner), number)
                _flatten(f"{path}[{name}]", inner, members)
        case list():
            members[path] = str(sorted(_text(inner) for inner in value))
        case datetime():
            members[path] = "there"
        case _:
            members[path] = _text(value)


def _text(value) -> str:
    if isinstance(value, dict):
        return str({k: _text(v) for k, v in sorted(value.items())})
    text = str(value)
    for pattern, replacement in _DRAWN:
        text = pattern.sub(replacement, text)
    return text
