"""The side path `/_goldenpath/`: what a test sees and does behind AWS's API.

GET state                 every instance, snapshot and secret of all regions, by the names of AWS's API; with passwords,
                          which exist here only
GET calls[?since=SECONDS] the calls so far
DELETE calls              empties the log
POST faults               a fault or a list of them (see faults.py)
GET faults, DELETE faults what is still ordered; withdraws all of it
POST drift                {region, instance | secret, set: {member: value}} by the names of AWS's API
POST maintenance          {region, instance} runs the maintenance window
POST timing               {creating, backing_up, modifying, deleting}
GET health                answers as soon as requests are served
"""

import json
from urllib.parse import parse_qs

from . import calls, faults, instances, names, view
from .timing import TIMING


def answer(environ, body: bytes, start_response):
    """One request of the side path; a mistake in it is a 400 with its reason."""
    name = environ["PATH_INFO"].removeprefix("/_goldenpath/").strip("/")
    handler = _HANDLERS.get((environ["REQUEST_METHOD"], name))
    query = {key: values[0] for key, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    try:
        if handler is None:
            status, result = "404 Not Found", {"error": f"no {environ['REQUEST_METHOD']} {name} here"}
        else:
            status, result = "200 OK", handler(json.loads(body or b"null"), query)
    except (KeyError, TypeError, ValueError, AttributeError) as mistake:
        status, result = "400 Bad Request", {"error": f"{type(mistake).__name__}: {mistake}"}
    encoded = json.dumps(result, default=str).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(encoded)))])
    return [encoded]


def state(_body, _query):
    """Everything there is."""
    return view.state()


def read_calls(_body, query):
    """The log from a moment on."""
    return calls.since(float(query.get("since", 0)))


def clear_calls(_body, _query):
    """Empties the log."""
    calls.clear()


def order_faults(body, _query):
    """One fault or several."""
    for fault in body if isinstance(body, list) else [body]:
        faults.order(fault)
    return faults.open_orders()


def clear_faults(_body, _query):
    """Withdraws all faults."""
    faults.clear()


def drift(body, _query):
    """Changes something without an API call, as another person with another tool would have."""
    if "secret" in body:
        target, name_of = view.secret(body["region"], body["secret"]), names.of_secret
    else:
        target, name_of = view.instance(body["region"], body["instance"]), names.of_instance
    for name, value in body.get("set", {}).items():
        if name == "SecretString":
            target.versions[target.default_version_id]["secret_string"] = value
        else:
            setattr(target, name_of(name), value)


def maintenance(body, _query):
    """Runs the maintenance window of an instance."""
    instances.run_maintenance(view.instance(body["region"], body["instance"]))


def timing(body, _query):
    """Changes how long things take from now on."""
    TIMING.update(body)
    return vars(TIMING)


_HANDLERS = {
    ("GET", "health"): lambda _body, _query: {"ok": True},
    ("GET", "state"): state,
    ("GET", "calls"): read_calls,
    ("DELETE", "calls"): clear_calls,
    ("GET", "faults"): lambda _body, _query: faults.open_orders(),
    ("POST", "faults"): order_faults,
    ("DELETE", "faults"): clear_faults,
    ("POST", "drift"): drift,
    ("POST", "maintenance"): maintenance,
    ("POST", "timing"): timing,
}
