"""Reading what is kept of uploads, and the plan of one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import NotFound
from app.spreadsheets.models import Upload
from app.spreadsheets.plan import Plan, make_plan
from app.spreadsheets.sheet import Sheet
from app.spreadsheets.table import Table


def upload_of(db: Session, *, actor: Actor, token: str, now: datetime) -> Upload:
    """The actor's own upload; NotFound for another's, an expired one and one that never was."""
    upload = db.scalars(
        select(Upload).where(
            Upload.token == token, Upload.account_id == actor.account_id, Upload.expires_at > now
        )
    ).first()
    if upload is None:
        raise NotFound
    return upload


def plan_of(db: Session, *, actor: Actor, upload: Upload, sheet: Sheet) -> Plan:
    """What the upload would do now."""
    return make_plan(sheet, Table.from_json(upload.table), sheet.open(db, actor))


def exported(db: Session, *, actor: Actor, sheet: Sheet) -> list[list[object]]:
    """The sheet with its headings in the reader's language and every row within the actor's reach."""
    rows: list[list[object]] = [[str(column.title) for column in sheet.columns]]
    rows += (
        [column.write(values[column.name]) for column in sheet.columns]
        for values in sheet.open(db, actor).in_reach()
    )
    return rows
