"""Reads raw answers strictly: what botocore's own parsers forgive (an unknown member, a wrong type, a missing wrapper)
is a fault here. The model is the only authority."""

import base64
import binascii
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from datetime import datetime

from . import errors

_INTEGER = re.compile(r"-?\d+")


@dataclass
class Reading:
    """What an answer says, against what it may say."""

    code: str | None = None
    members: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def fault(self, path: str, text: str) -> None:
        """Notes one deviation from the model."""
        self.faults.append(f"{path}: {text}")


def read(operation, status: int, body: bytes) -> Reading:
    """Reads the answer to a call of an operation, good or bad."""
    protocol = operation.service_model.protocol
    reading = Reading()
    if protocol == "json":
        _read_json(operation, status, body, reading)
    else:
        _read_query(operation, status, body, reading)
    return reading


# === JSON ===


def _read_json(operation, status: int, body: bytes, reading: Reading) -> None:
    try:
        answer = json.loads(body or b"{}")
    except ValueError as error:
        return reading.fault(operation.name, f"is no JSON: {error}")
    if status >= 300:
        return _read_json_error(operation, status, answer, reading)
    if operation.output_shape is None:
        if answer:
            reading.fault(operation.name, f"has no output, yet {sorted(answer)} is answered")
        return None
    return _json(operation.output_shape, answer, operation.name, reading)


def _read_json_error(operation, status: int, answer, reading: Reading) -> None:
    reading.code = str(answer.get("__type", "")).rsplit("#", 1)[-1] or None
    if reading.code is None:
        return reading.fault(operation.name, f"an error of status {status} has no __type")
    errors.check(operation, reading.code, status, reading)
    known = {"__type", "Message", "message"}
    if unknown := set(answer) - known:
        reading.fault(f"{operation.name} {reading.code}", f"unknown members {sorted(unknown)}")
    declared = errors.declared(operation).get(reading.code)
    name = next(iter(declared.members), "message") if declared is not None else "message"
    if declared is not None and name not in answer:
        reading.fault(f"{operation.name} {reading.code}", f"has no {name}")
    return None


def _json(shape, value, path: str, reading: Reading) -> None:
    if value is None:
        return reading.fault(path, "is null, where AWS leaves a member out")
    match shape.type_name:
        case "structure":
            if not isinstance(value, dict):
                return reading.fault(path, f"is no object but {type(value).__name__}")
            members = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
            for name, inner in value.items():
                if name not in members:
                    reading.fault(f"{path}.{name}", "is no member of the model")
                    continue
                reading.members.add(f"{shape.name}.{members[name][0]}")
                _json(members[name][1], inner, f"{path}.{name}", reading)
            _require(shape, set(value), path, reading)
        case "list":
            if not isinstance(value, list):
                return reading.fault(path, f"is no list but {type(value).__name__}")
            _size(shape, len(value), path, reading)
            for inner in value:
                _json(shape.member, inner, f"{path}[]", reading)
        case "map":
            if not isinstance(value, dict):
                return reading.fault(path, f"is no object but {type(value).__name__}")
            for key, inner in value.items():
                _text(shape.key, key, f"{path}.key", reading)
                _json(shape.value, inner, f"{path}{{}}", reading)
        case "string" | "character":
            if not isinstance(value, str):
                return reading.fault(path, f"is no string but {type(value).__name__}")
            _text(shape, value, path, reading)
        case "integer" | "long":
            if not isinstance(value, int) or isinstance(value, bool):
                return reading.fault(path, f"is no integer but {value!r}")
        case "boolean":
            if not isinstance(value, bool):
                return reading.fault(path, f"is no boolean but {value!r}")
        case "timestamp":
            if not isinstance(value, (int, float)) or isinstance(value, bool):
                return reading.fault(path, f"is no time in seconds but {value!r}")
        case "blob":
            try:
                base64.b64decode(value, validate=True)
            except (binascii.Error, TypeError, ValueError):
                reading.fault(path, "is no base64")
        case "float" | "double":
            if not isinstance(value, (int, float)):
                return reading.fault(path, f"is no number but {value!r}")
        case other:
            reading.fault(path, f"has the type {other}, which this judge does not know")
    return None


# === Query ===


def _read_query(operation, status: int, body: bytes, reading: Reading) -> None:
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        return reading.fault(operation.name, f"is no XML: {error}")
    namespace = operation.service_model.metadata["xmlNamespace"]
    if status >= 300:
        return _read_query_error(operation, status, root, namespace, reading)
    if root.tag != f"{{{namespace}}}{operation.name}Response":
        reading.fault(operation.name, f"the root is {root.tag}, not {operation.name}Response of {namespace}")
    children = {_local(child): child for child in root}
    if "ResponseMetadata" not in children or children["ResponseMetadata"].find(f"{{{namespace}}}RequestId") is None:
        reading.fault(operation.name, "has no RequestId in its ResponseMetadata")
    shape = operation.output_shape
    if shape is None:
        if unknown := set(children) - {"ResponseMetadata"}:
            reading.fault(operation.name, f"has no output, yet {sorted(unknown)} is answered")
        return None
    wrapper = shape.serialization.get("resultWrapper")
    if wrapper not in children:
        return reading.fault(operation.name, f"has no {wrapper}")
    return _xml(shape, children[wrapper], operation.name, reading)


def _read_query_error(operation, status: int, root, namespace: str, reading: Reading) -> None:
    if root.tag != f"{{{namespace}}}ErrorResponse":
        reading.fault(operation.name, f"the root of an error is {root.tag}, not ErrorResponse of {namespace}")
    error = root.find(f"{{{namespace}}}Error")
    if error is None:
        return reading.fault(operation.name, "an error has no Error element")
    children = {_local(child): child.text or "" for child in error}
    reading.code = children.get("Code") or None
    if reading.code is None or "Message" not in children:
        return reading.fault(operation.name, f"an error has {sorted(children)}, not Type, Code and Message")
    sender = "Sender" if status < 500 else "Receiver"
    if children.get("Type") != sender:
        reading.fault(f"{operation.name} {reading.code}", f"Type is {children.get('Type')}, not {sender}")
    if root.find(f"{{{namespace}}}RequestId") is None:
        reading.fault(f"{operation.name} {reading.code}", "has no RequestId")
    errors.check(operation, reading.code, status, reading)
    return None


def _xml(shape, element, path: str, reading: Reading) -> None:
    match shape.type_name:
        case "structure":
            members = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
            seen = set()
            for child in element:
                name = _local(child)
                if name not in members:
                    reading.fault(f"{path}.{name}", "is no member of the model")
                    continue
                if name in seen and not members[name][1].serialization.get("flattened"):
                    reading.fault(f"{path}.{name}", "is there twice")
                seen.add(name)
                reading.members.add(f"{shape.name}.{members[name][0]}")
                _xml(members[name][1], child, f"{path}.{name}", reading)
            _require(shape, {members[name][0] for name in seen}, path, reading)
        case "list":
            wanted = shape.member.serialization.get("name", "member")
            _size(shape, len(element), path, reading)
            for child in element:
                if _local(child) != wanted:
                    reading.fault(path, f"holds {_local(child)}, where the model has {wanted}")
                    continue
                _xml(shape.member, child, f"{path}[]", reading)
        case "map":
            reading.fault(path, "is a map, which this judge does not read")
        case "string" | "character":
            if len(element):
                return reading.fault(path, "is no text but has elements")
            _text(shape, element.text or "", path, reading)
        case "integer" | "long":
            if not _INTEGER.fullmatch(element.text or ""):
                reading.fault(path, f"is no integer but {element.text!r}")
        case "boolean":
            if element.text not in ("true", "false"):
                reading.fault(path, f"is no boolean but {element.text!r}")
        case "timestamp":
            try:
                moment = datetime.fromisoformat(element.text or "")
            except ValueError:
                return reading.fault(path, f"is no time but {element.text!r}")
            if moment.tzinfo is None:
                reading.fault(path, f"has no time zone: {element.text}")
        case "float" | "double":
            try:
                float(element.text or "")
            except ValueError:
                reading.fault(path, f"is no number but {element.text!r}")
        case other:
            reading.fault(path, f"has the type {other}, which this judge does not know")
    return None


# === Both ===


def _local(element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _require(shape, given: set[str], path: str, reading: Reading) -> None:
    for name in shape.required_members:
        if name not in given:
            reading.fault(f"{path}.{name}", "is required and is missing")


def _size(shape, length: int, path: str, reading: Reading) -> None:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    if length < least or most is not None and length > most:
        reading.fault(path, f"has the length {length}, outside of {least} to {most}")


def _text(shape, text: str, path: str, reading: Reading) -> None:
    _size(shape, len(text), path, reading)
    if (enum := shape.metadata.get("enum")) and text not in enum:
        reading.fault(path, f"is {text!r}, not one of {enum}")
    # The patterns are Java's; Python reads all but its classes of characters alike.
    pattern = shape.metadata.get("pattern")
    if pattern and "\\p{" not in pattern and "\\u" not in pattern and not re.fullmatch(pattern, text):
        reading.fault(path, f"{text!r} is not like {pattern}")
