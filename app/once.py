"""A form that is sent twice acts once: after a dropped line, a double tap, a reload.

The form carries a random key (`once_field()` of the form components). The first sending to be
committed keeps the key with the address of its answer; another one with the same key finds that
address and changes nothing:

    with unit_of_work() as db:
        if (earlier := once.earlier_answer(db)) is not None:
            return redirect(earlier, 303)
        …
        return once.answered(db, url_for("workshops.show", workshop_id=workshop.id))

Two sendings at the same instant follow one another: the second waits at the key of the first. Whoever
goes back, writes something else and sends that, sends another form: what is written belongs to the key.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta

from flask import redirect, request
from sqlalchemy import String, delete, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app import clock
from app.db import Base, insert_or_not

FIELD = "once"
KEY_BYTES = 16
KEPT_FOR = timedelta(days=30)
NEVER_ALIKE = frozenset({FIELD, "csrf_token"})
"""Fields that do not say what somebody wrote."""


class SentForm(Base):
    """A form that has been answered: the digest of its key and of what it said, and where the answer is."""

    __tablename__ = "sent_form"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str] = mapped_column(String(2000), default="")
    sent_at: Mapped[datetime] = mapped_column(index=True)


def key_of_form() -> str:
    """The key for a form: a new one, or on a page that shows a refused form again, the one it came with."""
    given = request.form.get(FIELD, "") if request else ""
    return given if _is_key(given) else secrets.token_hex(KEY_BYTES)


def earlier_answer(db: Session) -> str | None:
    """Where the answer to this very form is, if it has been sent before; else its key is taken.

    A form without a key (or with a wrong one) is taken as new. To be called first in a unit of work.
    """
    key = _key()
    if key is None:
        return None
    if insert_or_not(db, SentForm, ["key"], key=key, location="", sent_at=clock.now()):
        return None
    return db.get_one(SentForm, key, populate_existing=True).location


def answered(db: Session, location: str) -> Response:
    """The redirect that answers the form, kept with its key: the same for whoever sends it again."""
    if (key := _key()) is not None:
        db.execute(update(SentForm).where(SentForm.key == key).values(location=location))
    return redirect(location, 303)


def forget_old(db: Session, *, now: datetime) -> None:
    """Drop keys so old that nobody still has their form open."""
    db.execute(delete(SentForm).where(SentForm.sent_at < now - KEPT_FOR))


def _key() -> str | None:
    """What tells this form from all others: its key, where it was sent to, what it says, and its files."""
    given = request.form.get(FIELD, "")
    if not _is_key(given):
        return None
    said = sorted((name, request.form.getlist(name)) for name in request.form if name not in NEVER_ALIKE)
    said += sorted((name, [_digest(file) for file in files]) for name, files in request.files.lists())
    return hashlib.sha256(json.dumps([given, request.path, said]).encode()).hexdigest()


def _digest(file: FileStorage) -> str:
    """What stands in a file, which is left as if nobody had read it."""
    file.stream.seek(0)
    digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return digest


def _is_key(text: str) -> bool:
    return len(text) == 2 * KEY_BYTES and text.isascii() and text.isalnum()
