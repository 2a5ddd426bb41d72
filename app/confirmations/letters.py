"""The letter that asks somebody about all that is proposed to them, reminds them, says what has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.accounts.queries import language_of, reader_of, zone_of
from app.confirmations.conversation import Item, items_of
from app.confirmations.models import AskedPerson, Asking
from app.confirmations.proposals import Proposal
from app.confirmations.services import LINK
from app.confirmations.silence import ends_at
from app.mail.rendering import Rendered, path_for, render
from app.mail.services import queue_letter
from app.mail.subscriptions import stop_path
from app.network.models import Person
from app.personal_links import link_token

MOST = 10
"""So many sessions one letter asks about in full; whoever has more finds the rest on their page."""


def link_of(asked: AskedPerson) -> str:
    """The path of somebody's own page; it lets them in until the round is over."""
    over = datetime.combine(asked.planning_round.last_day + timedelta(days=2), time(), UTC)
    return path_for("confirmations.by_link", token=link_token(LINK, {"asked": asked.id}, over))


def letter_to(
    db: Session,
    *,
    person: Person,
    asking: Asking | None,
    items: Sequence[Item],
    answer_by: date | None,
    link: str,
    is_reminder: bool = False,
    stop_path: str = "",
) -> Rendered:
    """The words of a letter, in the language and the zone of who is asked."""
    reader = reader_of(db, person)
    return render(
        "confirmation",
        language=language_of(reader),
        person=person,
        asking=asking,
        open=[item for item in items if item.awaits_answer],
        settled=[
            item
            for item in items
            if item.terms and not item.awaits_answer and item.place.answer == "accepted"
        ],
        dropped=[item for item in items if item.terms is None and item.is_news],
        answer_by=answer_by,
        most=MOST,
        zone=zone_of(reader),
        is_reminder=is_reminder,
        link=link,
        stop_path=stop_path,
    )


def write_letter(db: Session, *, asked: AskedPerson, proposed: Mapping[str, Proposal], now: datetime) -> None:
    """Ask, remind or tell somebody, and say when the next letter is due.

    Nothing is written to who has no address or has left, nor when there is nothing to say: everything has
    been answered, and nothing is otherwise than they know.
    """
    person, asking = asked.person, asked.asking
    items = items_of(db, asked=asked, proposed=proposed, today=now.date())
    owes = any(item.awaits_answer for item in items)
    is_awaited = owes and asking is not None and asking.is_open and not _is_over(asked, now)
    news = [item for item in items if item.is_news]
    gone = person.left_on is not None and person.left_on <= now.date()
    asked.due_at = None
    if person.email is None or gone or not (is_awaited or news):
        return
    language = language_of(reader_of(db, person))
    kind = "confirmation" if news else "confirmation_reminder"
    words = letter_to(
        db,
        person=person,
        asking=asking,
        items=items,
        answer_by=asked.answer_by,
        link=link_of(asked),
        is_reminder=not news,
        stop_path=stop_path(db, kind=kind, address=person.email, language=language, now=now),
    )
    letter = queue_letter(
        db,
        key=f"confirmation/{asked.id}/{asked.letters}",
        kind=kind,
        to_name=person.name,
        to_address=person.email,
        language=language,
        now=now,
        **asdict(words),
    )
    if not letter.is_unwanted:
        for item in items:
            item.place.told = dict(item.terms) if item.terms is not None else {"dropped": True}
        asked.letters += 1
        asked.written_at = now
    if is_awaited and asking is not None and asking.remind_every:
        following = now + timedelta(days=asking.remind_every)
        asked.due_at = following if asked.answer_by and following < ends_at(asked.answer_by) else None


def _is_over(asked: AskedPerson, now: datetime) -> bool:
    return asked.answer_by is not None and ends_at(asked.answer_by) <= now
