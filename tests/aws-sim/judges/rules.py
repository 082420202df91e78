"""The rules of the simulation as a table: each has a page of AWS's, and a code that one of the service models has."""

import botocore.session

from . import errors
from .endpoint import Sim

_SERVICES = ("rds", "secretsmanager", "sts")


def judge(sim: Sim) -> tuple[int, list[str]]:
    """How many rules there are, and what is wrong with any."""
    codes = _codes()
    rules = sim.request("GET", "_goldenpath/rules")
    wrong = []
    for rule in rules:
        statuses = codes.get(rule["code"])
        # What is not simulated is said so, in a way that no client takes for an answer of AWS.
        if rule["status"] == 501:
            continue
        if statuses is None:
            wrong.append(f"rule {rule['id']}: {rule['code']} is no error of any service")
        elif rule["status"] not in statuses:
            wrong.append(f"rule {rule['id']}: {rule['code']} has the status {rule['status']}, not one of {sorted(statuses)}")
        # Words that AWS does not publish are where they were seen.
        if not rule["page"].startswith(("https://docs.aws.amazon.com/", "https://github.com/")):
            wrong.append(f"rule {rule['id']}: {rule['page']} is no page of AWS's documentation, and no public report")
    return len(rules), wrong


def _codes() -> dict[str, set[int]]:
    """Every code of the services with its HTTP statuses."""
    session = botocore.session.get_session()
    codes: dict[str, set[int]] = {}
    for service in _SERVICES:
        model = session.get_service_model(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            for code in errors.allowed(operation):
                codes.setdefault(code, set()).add(errors.status(operation, code))
    return codes
