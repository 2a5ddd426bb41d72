"""What happened, in the past tense: the audit trail, and what reactions start from.

A service records exactly one fact for what it changed, in the same transaction. A fact
names its subject, and may say how things were before and after; it never holds secrets.
Which fact leads to which next step stands in `app.reactions`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.access import Actor
from app.db import Base, after_commit


@dataclass(frozen=True, slots=True)
class Fact:
    """Base of all facts: `subject` names the kind of thing that `subject_id` points to."""

    subject: ClassVar[str]

    subject_id: int


class AuditEntry(Base):
    """One recorded fact: who, what, when, before and after."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    happened_at: Mapped[datetime] = mapped_column(index=True)
    actor_account_id: Mapped[int | None]  # no foreign key: the trail outlives an account
    actor_name: Mapped[str] = mapped_column(String(200))
    fact: Mapped[str] = mapped_column(String(80), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    facts: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reactions_pending: Mapped[bool] = mapped_column(default=False, index=True)


_listeners: list[Callable[[int], None]] = []


def on_recorded(listener: Callable[[int], None]) -> None:
    """Have `listener` called with the entry's id after the commit of each fact that has reactions."""
    if listener not in _listeners:
        _listeners.append(listener)


_with_reactions: set[str] = set()


def awaits_reactions(fact: type[Fact]) -> None:
    """Declare that `fact` has reactions, so that its entries are kept pending until they are done."""
    _with_reactions.add(fact.__name__)


def record(
    db: Session,
    *,
    actor: Actor,
    fact: Fact,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Store `fact` as done by `actor`; only what differs between `before` and `after` is kept."""
    old, new = dict(before or {}), dict(after or {})
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    name = type(fact).__name__
    entry = AuditEntry(
        happened_at=now,
        actor_account_id=actor.account_id,
        actor_name=actor.name,
        fact=name,
        subject_kind=fact.subject,
        subject_id=fact.subject_id,
        facts={
            f.name: _plain(getattr(fact, f.name)) for f in dataclasses.fields(fact) if f.name != "subject_id"
        },
        before={key: _plain(old[key]) for key in sorted(changed & old.keys())},
        after={key: _plain(new[key]) for key in sorted(changed & new.keys())},
        reactions_pending=name in _with_reactions,
    )
    db.add(entry)
    db.flush()
    if entry.reactions_pending:
        for listener in _listeners:
            after_commit(db, partial(listener, entry.id))
    return entry


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        parts = [_plain(part) for part in value]
        return sorted(parts, key=str) if isinstance(value, set | frozenset) else parts
    return value
