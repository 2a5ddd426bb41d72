"""The letters around nominations: to those who answer for organisations, and to the people named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import Account
from app.mail.models import OutboxLetter
from app.mail.rendering import Rendered, path_for, render
from app.mail.services import queue_letter
from app.mail.subscriptions import stop_path
from app.network.models import Organisation, Person
from app.nominations import queries
from app.nominations.models import Nomination, NominationCall
from app.personal_links import link_token
from app.workshops.models import Workshop

Wanted = Sequence[tuple[NominationCall, Sequence[Organisation]]]
"""Calls, each with the organisations that are asked."""


def link_of(workshop: Workshop, person_id: int) -> str:
    """The path of a person's own page about a workshop; it lets them in until the workshop may be over."""
    end = datetime.combine(workshop.window_last + timedelta(days=1), time(), UTC)
    token = link_token(queries.LINK, {"workshop": workshop.id, "person": person_id}, end)
    return path_for("nominations.by_link", token=token)


def write_names_wanted(db: Session, *, wanted: Wanted, is_reminder: bool, now: datetime) -> int:
    """Ask those in charge of these organisations to name people: one letter each, about all of them.

    Returns how many letters go out. The same letter on the same day goes out once.
    """
    kind, written = "names_wanted_reminder" if is_reminder else "names_wanted", 0
    in_charge = queries.in_charge(db, {each.id: None for _, asked in wanted for each in asked})
    by_account: dict[int, tuple[Account, list[tuple[NominationCall, list[Organisation]]]]] = {}
    for call, asked in wanted:
        for organisation in asked:
            for account in in_charge[organisation.id]:
                _, mine = by_account.setdefault(account.id, (account, []))
                if not mine or mine[-1][0] is not call:
                    mine.append((call, []))
                mine[-1][1].append(organisation)
    for account, mine in by_account.values():
        words = render(
            "names_wanted",
            language=account.language,
            name=account.name,
            wanted=mine,
            is_reminder=is_reminder,
            stop_path=stop_path(db, kind=kind, address=account.email, language=account.language, now=now),
        )
        subjects = "-".join(str(call.workshop_id) for call, _ in mine)
        occasion = "reminder" if is_reminder else "opened"
        key = f"nominations/{occasion}/{account.id}/{now.date()}/{subjects}"[:200]
        written += _goes_out(_queue(db, kind, account.email, account.name, account.language, key, words, now))
    return written


def write_put_yourself_forward(
    db: Session, *, call: NominationCall, organisation: Organisation, people: Iterable[Person], now: datetime
) -> int:
    """Let people know that they may put themselves forward; returns how many letters go out."""
    kind, number = "put_yourself_forward", 0
    for person in people:
        if person.email is None:
            continue
        language = accounts.language_of(person)
        words = render(
            "put_yourself_forward",
            language=language,
            name=person.name,
            call=call,
            organisation=organisation,
            path=link_of(call.workshop, person.id),
            stop_path=stop_path(db, kind=kind, address=person.email, language=language, now=now),
        )
        key = f"nominations/forward/{call.id}/{person.id}"
        number += _goes_out(_queue(db, kind, person.email, person.name, language, key, words, now))
    return number


def write_to_nominee(db: Session, *, nomination: Nomination, now: datetime) -> None:
    """Tell a person how their nomination stands, once for each time that it changes."""
    person = nomination.person
    language = accounts.language_of(accounts.reader_of(db, person))
    words = render(
        "nomination",
        language=language,
        nomination=nomination,
        path=link_of(nomination.workshop, person.id),
    )
    key = f"nominations/told/{nomination.id}/{nomination.state}/{nomination.changed_at.isoformat()}"
    _queue(db, "nomination", person.email, person.name, language, key, words, now)


def write_news(db: Session, *, nomination: Nomination, now: datetime) -> None:
    """Tell those in charge that one of theirs put themselves forward, or withdrew."""
    accounts_told = queries.in_charge(db, [nomination.organisation_id])[nomination.organisation_id]
    for account in accounts_told:
        words = render(
            "nomination_news",
            language=account.language,
            name=account.name,
            nomination=nomination,
            stop_path=stop_path(
                db, kind="nomination_news", address=account.email, language=account.language, now=now
            ),
        )
        key = (
            f"nominations/news/{nomination.id}/{nomination.state}/{nomination.changed_at.isoformat()}"
            f"/{account.id}"
        )
        _queue(db, "nomination_news", account.email, account.name, account.language, key, words, now)


def _goes_out(letter: OutboxLetter | None) -> bool:
    return letter is not None and not letter.is_unwanted


def _queue(
    db: Session,
    kind: str,
    address: str | None,
    name: str,
    language: str,
    key: str,
    words: Rendered,
    now: datetime,
) -> OutboxLetter | None:
    if address is None:
        return None
    return queue_letter(
        db, key=key, kind=kind, to_name=name, to_address=address, language=language, now=now,
        **asdict(words),
    )  # fmt: skip
