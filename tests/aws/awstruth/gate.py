"""The way in for every request: credentials, faults, the call log, and one request at a time inside moto."""

import io
import json
import socket
import threading
import uuid

from . import calls, faults, lifecycle, side

PREFIX = "/_goldenpath/"
REJECTED_KEY = "REJECT"


class Gate:
    """WSGI middleware around moto's application."""

    def __init__(self, application):
        self.application = application
        # moto's backends are plain dictionaries: two creates of one name at once must be one create and one refusal.
        self.lock = threading.RLock()

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if environ["PATH_INFO"].startswith(PREFIX):
            with self.lock:
                lifecycle.settle()
                return side.answer(environ, body, start_response)
        call = calls.Call(environ, body)
        if REJECTED_KEY in call.access_key:
            return self.respond(call, *rejection(call), None, start_response)

        fault = faults.take(call)
        if fault is not None and fault.when == "before":
            ended = self.suffer(call, fault, environ, start_response)
            if ended is not None:
                return ended
        with self.lock:
            lifecycle.settle()
            status, headers, answer = self.inner(environ)
        if fault is not None and fault.when == "after":
            ended = self.suffer(call, fault, environ, start_response)
            if ended is not None:
                return ended
        return self.respond(call, status, headers, answer, fault, start_response)

    def inner(self, environ):
        """moto's answer, whole, so that it can still be withheld."""
        seen = {}

        def start(status, headers, exc_info=None):
            seen.update(status=status, headers=headers)
            return lambda data: None

        answer = b"".join(self.application(environ, start))
        return seen["status"], seen["headers"], answer

    def suffer(self, call, fault, environ, start_response):
        """Carries out a fault; None means that the call goes on."""
        faults.wait(fault)
        if fault.kind == "error":
            return self.respond(call, *error(call, fault.status, fault.code, fault.message), fault, start_response)
        if fault.kind in ("drop", "hang"):
            # A call that hung is not carried out late: by then its client has given up and may have tried again.
            call.record(None, None, f"{fault.kind} {fault.when}")
            connection = environ.get("werkzeug.socket")
            if connection is not None:
                connection.shutdown(socket.SHUT_RDWR)
            start_response("500 Dropped", [])
            return [b""]
        return None

    def respond(self, call, status, headers, answer, fault, start_response):
        """Logs and answers."""
        number = int(status.split()[0])
        call.record(number, calls.error_code(number, answer), fault and f"{fault.kind} {fault.when}")
        start_response(status, headers)
        return [answer]


def rejection(call):
    """What AWS says to an unknown access key."""
    message = "The security token included in the request is invalid."
    if call.service == "secretsmanager":
        return error(call, 400, "UnrecognizedClientException", message)
    return error(call, 403, "InvalidClientTokenId", message)


def error(call, status: int, code: str, message: str):
    """An error answer in the protocol of the service."""
    request_id = str(uuid.uuid4())
    if call.service == "secretsmanager":
        answer = json.dumps({"__type": code, "message": message}).encode()
        kind = "application/x-amz-json-1.1"
    else:
        answer = (
            f'<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        ).encode()
        kind = "text/xml"
    headers = [("Content-Type", kind), ("Content-Length", str(len(answer))), ("x-amzn-RequestId", request_id)]
    return f"{status} Fault", headers, answer
