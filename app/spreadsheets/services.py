"""Keeping an uploaded file until it is applied, and applying it: as a whole, once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.errors import Conflict
from app.facts import record
from app.spreadsheets.facts import SheetImported
from app.spreadsheets.models import Upload
from app.spreadsheets.plan import Plan, columns_of, make_plan
from app.spreadsheets.sheet import Entry, Sheet
from app.spreadsheets.table import Table

KEPT_FOR = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Applied:
    """The file has been applied as `plan` said."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Differs:
    """Nothing was done: the rows have changed since the reader looked, and the plan with them."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class AlreadyApplied:
    """Nothing was done: this file had been applied before."""


def keep_upload(
    db: Session, *, actor: Actor, sheet: Sheet, filename: str, table: Table, now: datetime
) -> Upload:
    """Keep a file that was read, for the actor alone, and drop those whose time is over.

    Raises Forbidden, and UnreadableFile when its headings do not fit the sheet.
    """
    require(actor.account_id is not None and sheet.may_import(actor))
    columns_of(sheet, table)
    discard_expired(db, now=now)
    upload = Upload(
        token=secrets.token_urlsafe(32),
        account_id=actor.account_id,
        sheet=sheet.name,
        filename=filename[:200],
        table=table.as_json(),
        uploaded_at=now,
        expires_at=now + KEPT_FOR,
    )
    db.add(upload)
    db.flush()
    return upload


def apply_upload(
    db: Session, *, actor: Actor, upload: Upload, sheet: Sheet, fingerprint: str, now: datetime
) -> Applied | Differs | AlreadyApplied:
    """Write all rows of a file that are not refused, provided that they still do what `fingerprint` saw.

    Raises Forbidden, Conflict("changed_meanwhile") when somebody else wrote at the very same time.
    """
    require(upload.account_id == actor.account_id and sheet.may_import(actor))
    claimed = db.execute(
        update(Upload).where(Upload.id == upload.id, Upload.applied_at.is_(None)).values(applied_at=now)
    )
    if claimed.rowcount == 0:  # type: ignore[attr-defined]
        return AlreadyApplied()
    ledger = sheet.open(db, actor)
    plan = make_plan(sheet, Table.from_json(upload.table), ledger)
    if plan.fingerprint() != fingerprint:
        upload.applied_at = None
        db.flush()
        return Differs(plan)
    entries = plan.to_write()
    try:
        ledger.write(entries, now)
    except IntegrityError:
        raise Conflict("changed_meanwhile") from None
    upload.outcome, upload.table = {str(state): count for state, count in plan.counts().items()}, {}
    db.flush()
    record(
        db,
        actor=actor,
        fact=SheetImported(upload.id, sheet.name, upload.filename),
        now=now,
        before={entry.code: _told(plan, entry, after=False) for entry in entries if entry.current},
        after={entry.code: _told(plan, entry, after=True) for entry in entries},
    )
    return Applied(plan)


def _told(plan: Plan, entry: Entry, *, after: bool) -> dict[str, Any]:
    """What the audit trail keeps of a row: all of a new one, of a changed one what changed."""
    if entry.current is None:
        return entry.values
    return {change.column.name: change.after if after else change.before for change in plan.changes(entry)}


def discard_expired(db: Session, *, now: datetime) -> None:
    """Drop the uploads whose time is over: they hold what people had not agreed to yet."""
    db.execute(delete(Upload).where(Upload.expires_at <= now))
