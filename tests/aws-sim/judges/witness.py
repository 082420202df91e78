"""Watches the clients of an endpoint: every answer they get is read strictly, and what was seen is counted."""

from collections import Counter

from . import wire


class Witness:
    """What all answers of an endpoint have shown."""

    def __init__(self):
        self.calls: Counter[str] = Counter()
        self.codes: set[tuple[str, str]] = set()
        self.members: set[str] = set()
        self.faults: dict[str, str] = {}

    def watch(self, client) -> None:
        """Reads every answer that this client gets from now on."""
        client.meta.events.register("after-call", self._read)

    def _read(self, http_response, model, **_rest) -> None:
        reading = wire.read(model, http_response.status_code, http_response.content)
        self.calls[f"{model.service_model.service_name} {model.name}"] += 1
        self.members |= reading.members
        if reading.code is not None:
            self.codes.add((model.name, reading.code))
        for fault in reading.faults:
            # Once per text: a wrong member in a list of a hundred is one fault. The answer may hold a secret.
            self.faults.setdefault(fault, model.name)

    def told(self) -> str:
        """The figures in one line."""
        return (
            f"{sum(self.calls.values())} answers of {len(self.calls)} operations read, {len(self.members)} members and "
            f"{len(self.codes)} errors of the model seen"
        )
