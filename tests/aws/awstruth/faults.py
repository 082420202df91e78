"""Faults a test orders: the next calls of an action fail, are slow, hang, or lose their answer."""

import dataclasses
import threading
import time

KINDS = {"error", "latency", "drop", "hang"}
MOMENTS = {"before", "after"}


@dataclasses.dataclass
class Fault:
    """One order. `when` says whether AWS carries out the call first: a lost answer is a drop after the effect."""

    kind: str
    service: str = "*"
    action: str = "*"
    resource: str = ""
    times: int = 1
    when: str = "before"
    code: str = "InternalFailure"
    message: str = "An injected failure."
    status: int = 400
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.when not in MOMENTS:
            raise ValueError(f"kind must be one of {sorted(KINDS)}, when one of {sorted(MOMENTS)}")

    def fits(self, call) -> bool:
        """Whether this call is meant; the resource is a part of the identifier."""
        return (
            self.times > 0
            and self.service in ("*", call.service)
            and self.action in ("*", call.action)
            and self.resource in call.resource
        )


_lock = threading.Lock()
_ordered: list[Fault] = []
_released = threading.Event()


def order(description: dict) -> None:
    """Adds a fault; an unknown field is an error."""
    fault = Fault(**description)
    with _lock:
        _ordered.append(fault)


def take(call) -> Fault | None:
    """The fault for this call, if any, counted down."""
    with _lock:
        for fault in _ordered:
            if fault.fits(call):
                fault.times -= 1
                return fault
    return None


def open_orders() -> list[dict]:
    """What has not been used up."""
    with _lock:
        return [dataclasses.asdict(fault) for fault in _ordered if fault.times > 0]


def clear() -> None:
    """Withdraws every fault and lets hanging calls go."""
    global _released
    with _lock:
        _ordered.clear()
        _released.set()
        _released = threading.Event()


def wait(fault: Fault) -> None:
    """Latency is a pause; a hang lasts until the faults are cleared, or for its seconds, and ends without an answer."""
    if fault.kind == "latency":
        time.sleep(fault.seconds)
    elif fault.kind == "hang":
        _released.wait(fault.seconds or None)
