"""What can differ between two answers, and the list of what is known to."""

import json
import pathlib
import re
from dataclasses import dataclass

_FILE = pathlib.Path(__file__).with_name("differences.json")
_MEMBERS = {"operation", "member", "sim", "moto", "says", "because", "page", "apart"}


@dataclass(frozen=True)
class Difference:
    """One difference as it was seen. Without a member it is about the outcome: a code, or `ok`."""

    operation: str
    member: str | None
    sim: str
    moto: str
    text: str = ""

    def __str__(self) -> str:
        where = f"{self.operation} {self.member}" if self.member else self.operation
        return f"{where}: the simulation has {self.sim}, moto {self.moto}" + (f" ({self.text})" if self.text else "")


@dataclass
class Listed:
    """A difference that is known: which it is, as patterns of what is compared, what AWS says about it, and whether
    the two have nothing to compare after it."""

    operation: str
    because: str
    page: str
    member: str | None = None
    sim: str | None = None
    moto: str | None = None
    says: str = ""
    apart: bool = False
    seen: int = 0

    def fits(self, difference: Difference) -> bool:
        """Whether it is this difference; what is left out stands for everything, but a member for the outcome."""
        return (
            (self.member is None) == (difference.member is None)
            and _like(self.operation, difference.operation)
            and _like(self.member, difference.member)
            and _like(self.sim, difference.sim)
            and _like(self.moto, difference.moto)
            and self.says in difference.text
        )

    def __str__(self) -> str:
        return str(Difference(self.operation, self.member, self.sim or "anything", self.moto or "anything", self.says))


def _like(pattern: str | None, text: str | None) -> bool:
    return pattern is None or re.fullmatch(pattern, text or "") is not None


def listed() -> list[Listed]:
    """The list; one without a reason or a page is an error."""
    entries = []
    for entry in json.loads(_FILE.read_text()):
        if unknown := set(entry) - _MEMBERS:
            raise ValueError(f"differences.json: unknown members {sorted(unknown)}")
        if not entry["page"].startswith("https://docs.aws.amazon.com/"):
            raise ValueError(f"differences.json: {entry['page']} is no page of AWS's documentation")
        entries.append(Listed(**entry))
    return entries
