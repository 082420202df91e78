"""How long AWS takes for things. Fractions of a second in tests, longer where a person is watching."""

import dataclasses
import time


@dataclasses.dataclass
class Timing:
    """Seconds an instance stays in each transitional status; zero skips the status."""

    creating: float = 2.0
    backing_up: float = 0.0
    modifying: float = 1.0
    deleting: float = 1.0

    def update(self, changes: dict) -> None:
        """Takes over the named values and refuses names it does not know, so that a typo in a test is seen."""
        known = {field.name for field in dataclasses.fields(self)}
        unknown = set(changes) - known
        if unknown:
            raise KeyError(f"unknown timing {sorted(unknown)}, known are {sorted(known)}")
        for name, seconds in changes.items():
            setattr(self, name, float(seconds))


TIMING = Timing()


def now() -> float:
    """The clock of all transitions; not wall time, so that a clock step does not end a creation."""
    return time.monotonic()
