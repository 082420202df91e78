"""Runs the sequences on both endpoints and holds the differences against the list."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import databases, secrets
from .answer import ask, differences
from .difference import Difference, Listed, listed

# What `make test` runs: so many sequences of secrets, and half as many of databases, whose calls take longer. Every
# listed difference is met in them.
SEED = 1
SEQUENCES = 160
# Longer than anything that AWS keeps in a state, and than the six hours between two changes of storage.
_SETTLED = 8 * 3600


@dataclass
class Outcome:
    """What a run has compared."""

    seed: int
    # Whether it is long enough, and of the seed that the list was made with, to say that a difference is gone.
    is_whole: bool = False
    sequences: int = 0
    calls: int = 0
    listed: list[Listed] = field(default_factory=list)
    # One that is not listed, with the first sequence that shows it.
    unlisted: dict[Difference, str] = field(default_factory=dict)

    @property
    def wrong(self) -> list[str]:
        """What makes the run fail."""
        unseen = [entry for entry in self.listed if not entry.seen] if self.is_whole else []
        gone = [f"listed, and no longer so: {entry}" for entry in unseen]
        return [f"not listed: {difference}\n    {how}" for difference, how in self.unlisted.items()] + gone


def judge(sim, moto, seed: int = SEED, sequences: int = SEQUENCES) -> Outcome:
    """Sends the same calls to both."""
    is_whole = seed == SEED and sequences >= SEQUENCES
    outcome = Outcome(seed, is_whole, listed=listed())
    for kind in (secrets, databases):
        for calls in kind.chosen():
            _run(sim, moto, kind, calls, outcome)
    for number in range(sequences):
        for kind in (secrets, databases) if number % 2 == 0 else (secrets,):
            draw = random.Random(f"{seed} {kind.__name__} {number}")
            _run(sim, moto, kind, kind.calls(number, draw), outcome)
    return outcome


def _run(sim, moto, kind, calls: Iterable[tuple[str, str, dict]], outcome: Outcome) -> None:
    """One sequence, until the two have nothing more to compare."""
    outcome.sequences += 1
    history: list[str] = []
    for service, operation, request in calls:
        is_read = operation in kind.READS
        history.append(f"{operation}({_shown(request)})")
        ours, theirs = ask(sim, service, operation, request), ask(moto, service, operation, request)
        outcome.calls += 1
        if not is_read and service == "rds":
            sim.advance(_SETTLED)
        if not _compare(differences(operation, ours, theirs, is_read), history, outcome):
            return


def _compare(found: list[Difference], history: list[str], outcome: Outcome) -> bool:
    """Notes differences, and says whether the sequence goes on."""
    goes_on = True
    for difference in found:
        known = next((entry for entry in outcome.listed if entry.fits(difference)), None)
        if known is None:
            outcome.unlisted.setdefault(difference, " -> ".join(history[-8:]))
            goes_on = False
        else:
            known.seen += 1
            # Once one has done what the other has refused, they have different things.
            goes_on &= not (known.apart or difference.member is None)
    return goes_on


def _shown(request: dict) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in request.items() if name not in ("SecretId", "DBInstanceIdentifier"))
