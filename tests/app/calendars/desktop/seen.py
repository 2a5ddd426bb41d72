"""What desktop clients show, in one form for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Protocol, Self


class Seen(NamedTuple):
    """One occurrence on the screen.

    `starts` and `ends` are days, the end exclusive, or what the reader's clock shows, with how far it is
    from UTC: `2027-03-28T03:30:00+02:00`.
    """

    uid: str
    title: str
    is_cancelled: bool
    starts: str
    ends: str


class Client(Protocol):
    """A calendar program that runs, with at most one feed subscribed to."""

    def subscribe(self, address: str) -> None:
        """Subscribe to the feed at `address`, in the place of what was before."""

    def refresh(self) -> None:
        """What its button does; returns when all that came is shown."""

    def shows(self, zone: str) -> list[Seen]:
        """Every occurrence from 2026 to 2029, to who reads in `zone` (IANA)."""

    def is_off(self, moment: date, zone: str) -> bool:
        """Whether it is known to show this moment wrongly to who reads in `zone`, whoever says it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *fault: object) -> None: ...


def in_order(told: Iterable[Iterable[object]]) -> list[Seen]:
    return sorted(Seen(*one) for one in told)  # type: ignore[arg-type]
