"""Whether people have been told of a workshop's session, as the stages after this one know it.

Workshops may not import the schedule: it asks through `is_announced`, and the schedule answers
with the function that it hands to `provide` when it is imported.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

Provider = Callable[[Session, int], bool]
"""From the id of a workshop to whether a session of it is in force."""

_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Have `is_announced` ask `provider`."""
    _providers[:] = [provider]


def is_announced(db: Session, workshop_id: int) -> bool:
    """Whether a session of this workshop is in force; none is, as long as nobody provides an answer."""
    return any(provider(db, workshop_id) for provider in _providers)
