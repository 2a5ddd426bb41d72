"""What an organisation says to a call: saved topic by topic, handed in, confirmed.

Saying again what has been said changes nothing and records nothing, so that a form which is sent twice,
because its answer was lost on the way, acts once. A topic that somebody else has changed since the page
was read is not overwritten: `Saved.overtaken` names it. The page itself is known by its key: what it
brought before is its own to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.errors import Conflict, Invalid
from app.facts import record
from app.needs.facts import AnswerConfirmed, AnswerHandedIn, AnswerSaved, ContactChosen
from app.needs.models import NOT_NOW, NeedsAnswer, NeedsLine, NeedsOffer
from app.needs.queries.scope import looks_after, may_answer, speaks_for_itself
from app.network.models import Person

NAME_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a page says of one topic. `how_much` or `level` of `None` leaves what is there; a `level` of 0
    takes an offer back."""

    how_much: int | None = None
    people: int | None = None
    languages: tuple[str, ...] = ()
    words: str = ""
    level: int | None = None
    offer_languages: tuple[str, ...] = ()
    offer_words: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """The ids of the topics that were changed, and of those that were not because somebody else had."""

    changed: tuple[int, ...] = ()
    overtaken: tuple[int, ...] = ()


def save_answer(
    db: Session,
    *,
    actor: Actor,
    answer: NeedsAnswer,
    said: Mapping[int, Said],
    seen: int,
    page: str,
    now: datetime,
    way: str = "",
) -> Saved:
    """Keep what a page says of some topics; `seen` is the answer's version that the page was made from,
    `page` its key.

    Raises Forbidden, Conflict("call_closed"), Invalid(topic, "unknown").
    """
    require(may_answer(actor, answer))
    lock(db, answer, now)
    asked = {topic.id: topic for topic in answer.call.topics}
    if not said.keys() <= asked.keys():
        raise Invalid("topic", "unknown")
    lines = {line.topic_id: line for line in answer.lines}
    offers = {offer.topic_id: offer for offer in answer.offers}
    version = answer.version + 1
    changed, overtaken = [], []
    for topic_id, new in said.items():
        line, offer = lines.get(topic_id), offers.get(topic_id)
        if not _differs(line, offer, new):
            continue
        if any(row is not None and row.version > seen and row.page != page for row in (line, offer)):
            overtaken.append(topic_id)
            continue
        _write(answer, topic_id, line, offer, new, version=version, page=page)
        changed.append(topic_id)
    if changed:
        answer.version = version
        if answer.state == "not_begun":
            answer.state = "begun"
        speak(answer, actor, way=way, now=now)
        db.flush()
        codes = tuple(asked[topic_id].code for topic_id in changed)
        record(db, actor=actor, fact=AnswerSaved(answer.id, codes), now=now)
    return Saved(tuple(changed), tuple(overtaken))


def hand_in(
    db: Session, *, actor: Actor, answer: NeedsAnswer, name: str, remark: str, now: datetime
) -> NeedsAnswer:
    """Say that an answer is complete; until the call closes it can still be changed.

    Raises Forbidden, Conflict("call_closed"), Invalid(name, "missing"), Invalid(remark, "nothing_said").
    """
    require(may_answer(actor, answer))
    lock(db, answer, now)
    if not name.strip():
        raise Invalid("name", "missing")
    if not answer.lines and not answer.offers:
        raise Invalid("remark", "nothing_said")
    before = {"state": answer.state, "answered_by": answer.answered_by}
    answer.remark = remark.strip()
    answer.state, answer.handed_in_at = "handed_in", now
    speak(answer, actor, name=name.strip(), now=now)
    db.flush()
    after = {"state": answer.state, "answered_by": answer.answered_by}
    record(db, actor=actor, fact=AnswerHandedIn(answer.id), now=now, before=before, after=after)
    return answer


def confirm_answer(
    db: Session, *, actor: Actor, answer: NeedsAnswer, name: str, now: datetime
) -> NeedsAnswer:
    """Agree, as the organisation's focal point, with what somebody else has answered for it; once.

    Raises Forbidden, Conflict("nothing_to_confirm"). A closed call can still be confirmed.
    """
    require(speaks_for_itself(actor, answer))
    db.refresh(answer, ["state", "answered_for", "confirmed_at"], with_for_update=True)
    if answer.confirmed_at is not None:
        return answer
    if not answer.awaits_confirmation:
        raise Conflict("nothing_to_confirm")
    answer.confirmed_at, answer.confirmed_by = now, (name.strip() or actor.name)[:NAME_LENGTH]
    db.flush()
    record(
        db,
        actor=actor,
        fact=AnswerConfirmed(answer.id),
        now=now,
        after={"confirmed_by": answer.confirmed_by},
    )
    return answer


def choose_contact(
    db: Session, *, actor: Actor, answer: NeedsAnswer, person_id: int | None, now: datetime
) -> NeedsAnswer:
    """Have letters go to this person of the organisation (`None`: to its focal points by role); links
    that others hold stop working.

    Raises Forbidden, Invalid(person_id, "unknown").
    """
    require(looks_after(actor, answer))
    db.refresh(answer, ["contact_id", "link_number"], with_for_update=True)
    person = db.get(Person, person_id) if person_id is not None else None
    if person_id is not None and (
        person is None or person.organisation_id != answer.organisation_id or not person.email
    ):
        raise Invalid("person_id", "unknown")
    if answer.contact_id == person_id:
        return answer
    before = {"contact": answer.contact_id}
    answer.contact = person
    answer.link_number += 1
    db.flush()
    record(
        db,
        actor=actor,
        fact=ContactChosen(answer.id),
        now=now,
        before=before,
        after={"contact": person_id},
    )
    return answer


def lock(db: Session, answer: NeedsAnswer, now: datetime) -> None:
    """See an answer as it is, and let nobody else write to it meanwhile. Raises Conflict("call_closed")."""
    db.refresh(answer, ["state", "version"], with_for_update=True)
    db.refresh(answer, ["lines", "offers"])
    if not answer.call.takes_answers(now):
        raise Conflict("call_closed")


def speak(answer: NeedsAnswer, actor: Actor, *, now: datetime, name: str = "", way: str = "") -> None:
    """Note who answered last, and whether they are the organisation's own; a new word of somebody else has
    to be confirmed anew."""
    own = speaks_for_itself(actor, answer) and way != "sheet"
    answer.answered_by = (name or actor.name)[:NAME_LENGTH]
    answer.answered_for = not own
    answer.way = way or ("link" if actor.link else "account" if own else "secretary")
    answer.confirmed_at, answer.confirmed_by = None, ""
    answer.changed_at = now


def _differs(line: NeedsLine | None, offer: NeedsOffer | None, said: Said) -> bool:
    """Whether what is said is other than what is there."""
    if said.how_much is not None and (line is None or _line_says(line) != _line_of(said)):
        return True
    if said.level is None:
        return False
    if said.level == 0 or offer is None:
        return (said.level == 0) != (offer is None)
    return (offer.level, list(offer.languages), offer.words) != (
        said.level,
        list(said.offer_languages),
        said.offer_words,
    )


def _line_of(said: Said) -> tuple[Any, ...]:
    languages = [] if said.how_much == NOT_NOW else list(said.languages)
    return (said.how_much, said.people, languages, said.words)


def _line_says(line: NeedsLine) -> tuple[Any, ...]:
    return (line.how_much, line.people, list(line.languages), line.words)


def _write(
    answer: NeedsAnswer,
    topic_id: int,
    line: NeedsLine | None,
    offer: NeedsOffer | None,
    said: Said,
    *,
    version: int,
    page: str,
) -> None:
    if said.how_much is not None and (line is None or _line_says(line) != _line_of(said)):
        if line is None:
            line = NeedsLine(topic_id=topic_id)
            answer.lines.append(line)
        line.how_much, line.people, line.languages, line.words = _line_of(said)
        line.version, line.page = version, page
    if said.level == 0 and offer is not None:
        answer.offers.remove(offer)
    elif said.level:
        if offer is None:
            offer = NeedsOffer(topic_id=topic_id)
            answer.offers.append(offer)
        offer.level, offer.languages = said.level, list(said.offer_languages)
        offer.words, offer.version, offer.page = said.offer_words, version, page
