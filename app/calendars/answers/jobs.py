"""Messages that reach us, taken in: from the mail server (LMTP), or from a mailbox that is looked into."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from flask import current_app

from app import clock
from app.calendars.answers import services
from app.db import unit_of_work
from app.mail import incoming, mailbox
from app.mail.tags import person_of
from config import Settings

log = logging.getLogger(__name__)


def take_in(octets: bytes, recipients: Sequence[str], via: str, *, is_cut: bool = False) -> str:
    """Take one message in; returns its outcome. Raises only what the database raises: then bring it again."""
    settings: Settings = current_app.extensions["baraza.settings"]
    mail = incoming.read(octets, is_cut=is_cut)
    addresses = [*recipients, *mail.to_addresses]
    found = (person_of(address, ours=str(settings.mail_sender)) for address in addresses)
    person_ids = [person_id for person_id in found if person_id is not None]
    with unit_of_work() as db:
        row = services.receive(db, mail=mail, person_ids=person_ids, via=via, now=clock.now())
        outcome, reason = row.outcome, row.reason
    log.info("message taken in", extra={"via": via, "outcome": outcome, "reason": reason})
    return outcome


def _from_mailbox(octets: bytes, is_cut: bool) -> str:
    return take_in(octets, (), "imap", is_cut=is_cut)


def look_into_mailbox(now: datetime) -> int:
    """Take in what is new in the mailbox that is set, if one is; a chore. Returns how many messages."""
    settings: Settings = current_app.extensions["baraza.settings"]
    if not settings.imap_server:
        return 0
    try:
        return mailbox.fetch_new(settings, _from_mailbox)
    except OSError as away:
        log.warning("the mailbox cannot be read", extra={"error": type(away).__name__})
        return 0
