"""Transitional statuses: what is under way with an instance or snapshot, and what happens when its time is over.

Nothing runs in the background. `settle` is called before every request and carries out what is due, so what a caller
sees depends on the clock alone and no status changes while a request is being answered.
"""

import dataclasses
from collections.abc import Callable

from .timing import TIMING, now


@dataclasses.dataclass
class Transition:
    """One step under way: at `due`, `finish` is called and may start the next one."""

    due: float
    finish: Callable[[], None]


_under_way: dict[int, Transition] = {}


def settle() -> None:
    """Finishes every transition that is due, including those that a finished one has started with no length."""
    while due := [key for key, transition in _under_way.items() if transition.due <= now()]:
        for key in due:
            _under_way.pop(key).finish()


def forget() -> None:
    """Drops everything under way; for a fresh state."""
    _under_way.clear()


def pass_through(thing, status: str, seconds: float, finish: Callable[[], None]) -> None:
    """Puts `thing` into a status for some seconds. A second call replaces the first: only one step is under way."""
    if seconds <= 0:
        _under_way.pop(id(thing), None)
        finish()
        return
    thing.status = status
    _under_way[id(thing)] = Transition(now() + seconds, finish)


def become_available(thing) -> None:
    """The end of most steps."""
    thing.status = "available"


def begin_creation(instance) -> None:
    """creating, then the first backup when backups are on, then available."""
    instance.created_once = False

    def created() -> None:
        instance.created_once = True
        instance.add_event("DB_INSTANCE_CREATE")
        if not instance.backup_retention_period:
            become_available(instance)
            return
        pass_through(instance, "backing-up", TIMING.backing_up, backed_up)

    def backed_up() -> None:
        instance.take_automated_backup()
        become_available(instance)

    pass_through(instance, "creating", TIMING.creating, created)


def begin_change(instance, status: str, apply: Callable[[], None]) -> None:
    """A modification or reboot: the new values are there when the status ends, as with AWS."""

    def changed() -> None:
        apply()
        become_available(instance)

    pass_through(instance, status, TIMING.modifying, changed)


def begin_deletion(instance, remove: Callable[[], None], snapshot=None) -> None:
    """deleting, while a final snapshot is being made; then both are as they will stay."""
    if snapshot is not None:
        snapshot.status = "creating"

    def deleted() -> None:
        if snapshot is not None:
            become_available(snapshot)
        remove()

    pass_through(instance, "deleting", TIMING.deleting, deleted)
