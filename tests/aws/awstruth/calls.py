"""The log of AWS calls as the endpoint saw them: what a test counts. Never a password, never a secret value."""

import json
import re
import time
from urllib.parse import parse_qs

# Parameters that name what a call is about, in the order they are looked for.
_RDS_RESOURCE = ("DBInstanceIdentifier", "DBSnapshotIdentifier", "ResourceName", "DBSubnetGroupName", "DBParameterGroupName")
_LOG: list[dict] = []


class Call:
    """One request, read without changing it: who is called, what for, on which object, with which key."""

    def __init__(self, environ: dict, body: bytes):
        authorization = environ.get("HTTP_AUTHORIZATION", "")
        scope = re.search(r"Credential=([^/,\s]+)/\d+/([^/]+)/([^/]+)/", authorization)
        self.access_key, self.region, self.service = scope.groups() if scope else ("", "", "")
        self.time = time.time()
        target = environ.get("HTTP_X_AMZ_TARGET")
        if target:
            self.action = target.rsplit(".", 1)[-1]
            request = _json(body)
            self.resource = request.get("SecretId") or request.get("Name") or ""
        else:
            form = request = parse_qs(body.decode("utf-8", "replace"))
            self.action = form.get("Action", [""])[0]
            self.resource = next((form[name][0] for name in _RDS_RESOURCE if name in form), "")
        # Names alone: a modification is understood by what it names, and values may be secrets.
        self.parameters = sorted(set(request) - {"Action", "Version", "ClientRequestToken"})

    def record(self, status: int | None, error: str | None, fault: str | None) -> None:
        """Writes the line; a call whose answer was withheld has no status."""
        line = {
            "time": self.time,
            "service": self.service,
            "region": self.region,
            "action": self.action,
            "resource": self.resource,
            "status": status,
            "error": error,
            "fault": fault,
            "parameters": self.parameters,
        }
        _LOG.append(line)
        print(json.dumps(line), flush=True)


def _json(body: bytes) -> dict:
    try:
        return json.loads(body or b"{}")
    except ValueError:
        return {}


def error_code(status: int, body: bytes) -> str | None:
    """The AWS code inside an error answer of either protocol."""
    if status < 400:
        return None
    if match := re.search(rb"<Code>([^<]+)</Code>", body):
        return match.group(1).decode()
    return str(_json(body).get("__type") or "Unknown").split("#")[-1]


def since(moment: float) -> list[dict]:
    """The calls from a moment on, in seconds of the epoch."""
    return [call for call in _LOG if call["time"] >= moment]


def clear() -> None:
    """Empties the log."""
    _LOG.clear()
