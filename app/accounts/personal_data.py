"""Everything that is stored about one person, as data that they can take with them.

What belongs to an account or a person points to it by a foreign key, so the tables themselves tell where to
look: a table that a later stage adds is exported from its first day. What belongs to such a row says so with
`info=PART_OF` on the column that points to it; `info=OF_ANOTHER` stands where a row is about somebody else.
Secrets are left out, they are of use to nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, RowMapping, Table, and_, false, or_, select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.accounts.models import Account, SignInCode
from app.db import Base
from app.facts import AuditEntry
from app.mail.models import OutboxLetter, Subscription
from app.network.models import Person

PART_OF: dict[str, Any] = {"about": "part_of"}
OF_ANOTHER: dict[str, Any] = {"about": "of_another"}

_SECRETS = ("_hash", "nonce", "_sealed")
_LABELS = ("code", "uid", "name")
"""What stands for a row that is pointed to, in order of preference."""

Labels = Mapping[Table | None, Mapping[Any, str]]


def personal_data(db: Session, *, actor: Actor, account: Account) -> dict[str, list[dict[str, Any]]]:
    """Table -> rows, of all that is stored about the actor's own account and person. Raises Forbidden.

    Values are JSON's own; instants and dates are ISO 8601. A reference to something else is given by its
    code."""
    require(actor.account_id == account.id)
    found: dict[Table, Sequence[RowMapping]] = {}
    for table in Base.metadata.sorted_tables:
        if mine := list(_about(table, account)):
            found[table] = db.execute(select(table).where(or_(*mine))).mappings().all()
    labels = _labels(db, found)
    return {
        table.name: [
            {
                column.name: _plain(row[column], labels.get(_target(column)))
                for column in table.columns
                if not column.name.endswith(_SECRETS)
            }
            for row in rows
        ]
        for table, rows in found.items()
        if rows
    }


def _about(table: Table, account: Account) -> Iterator[ColumnElement[bool]]:
    """What makes a row of this table one about the account or its person."""
    if table is Account.__table__:
        yield table.c.id == account.id
    elif table is Person.__table__:
        yield table.c.id == account.person_id
    elif table is AuditEntry.__table__:
        yield table.c.actor_account_id == account.id
        yield and_(table.c.subject_kind == "account", table.c.subject_id == account.id)
        yield and_(table.c.subject_kind == "person", table.c.subject_id == account.person_id)
    elif table is OutboxLetter.__table__:
        yield table.c.to_address == account.email
    elif table is Subscription.__table__:
        yield table.c.address.in_(account.letters_go_to)
    elif table is SignInCode.__table__:
        yield table.c.email == account.email
    else:
        owners: dict[Any, int | None] = {Account.__table__: account.id, Person.__table__: account.person_id}
        for column in table.columns:
            if column.info == OF_ANOTHER:
                continue
            if (owner := owners.get(_target(column))) is not None:
                yield column == owner
            elif column.info == PART_OF and (whole := _target(column)) is not None:
                yield column.in_(select(whole.c.id).where(or_(false(), *_about(whole, account))))


def _target(column: Column[Any]) -> Table | None:
    """The table that a column points to."""
    return next((key.column.table for key in column.foreign_keys), None)


def _labels(db: Session, found: Mapping[Table, Sequence[RowMapping]]) -> Labels:
    """What is pointed to from the rows: table -> key -> code. One query per table."""
    keys: dict[Table, set[Any]] = {}
    for table, rows in found.items():
        for column in table.columns:
            if (target := _target(column)) is not None:
                keys.setdefault(target, set()).update(row[column] for row in rows)
    labels: dict[Table | None, dict[Any, str]] = {}
    for target, wanted in keys.items():
        label = next((target.c[name] for name in _LABELS if name in target.c), None)
        if label is not None:
            named = db.execute(select(target.c.id, label).where(target.c.id.in_(wanted)))
            labels[target] = dict(named.all())
    return labels


def _plain(value: Any, labels: Mapping[Any, str] | None) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return labels.get(value, value) if labels else value
