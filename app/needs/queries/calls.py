"""Reading calls: the list, one of them, whom it asks and who has answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor
from app.accounts.models import Account, RoleGrant
from app.errors import NotFound
from app.i18n import LANGUAGES
from app.needs.models import NeedsAnswer, NeedsCall, NeedsLine
from app.needs.queries.scope import answers_seen_by, calls_seen_by
from app.network.models import Group, Organisation, Person, Topic, group_person


@dataclass(frozen=True, slots=True)
class CallStanding:
    """A call and, among the answers that the reader sees, how many are asked for and handed in."""

    call: NeedsCall
    asked: int
    handed_in: int
    begun: int


def calls(db: Session, *, actor: Actor) -> Sequence[CallStanding]:
    """The calls that the actor sees, newest first."""
    rows = db.scalars(
        select(NeedsCall).where(calls_seen_by(actor)).order_by(NeedsCall.created_at.desc(), NeedsCall.id)
    ).all()
    counted: dict[int, dict[str, int]] = {}
    for call_id, state, number in db.execute(
        select(NeedsAnswer.call_id, NeedsAnswer.state, func.count())
        .where(answers_seen_by(actor))
        .group_by(NeedsAnswer.call_id, NeedsAnswer.state)
    ):
        counted.setdefault(call_id, {})[state] = number
    return [
        CallStanding(
            call,
            sum(counted.get(call.id, {}).values()),
            counted.get(call.id, {}).get("handed_in", 0),
            counted.get(call.id, {}).get("begun", 0),
        )
        for call in rows
    ]


def call_for(db: Session, *, actor: Actor, call_id: int) -> NeedsCall:
    """A call that the actor sees, with its topics, their areas and whom it asks by name. Raises NotFound."""
    call = db.scalars(
        select(NeedsCall)
        .where(NeedsCall.id == call_id, calls_seen_by(actor))
        .options(
            selectinload(NeedsCall.topics).joinedload(Topic.area),
            selectinload(NeedsCall.chosen),
            joinedload(NeedsCall.group),
        )
    ).first()
    if call is None:
        raise NotFound
    return call


def organisations_asked(db: Session, call: NeedsCall) -> Sequence[Organisation]:
    """Whom a call asks, by region and name, as its region, group and choice say; see `NeedsCall`."""
    chosen = {organisation.id for organisation in call.chosen}
    platforms = select(Organisation.id).where(Organisation.kind == "platform")
    if call.region:
        platforms = platforms.where(Organisation.region == call.region)
    if call.group_id:
        represented = (
            select(Person.organisation_id)
            .join(group_person, group_person.c.person_id == Person.id)
            .where(group_person.c.group_id == call.group_id)
        )
        platforms = platforms.where(Organisation.id.in_(represented))
    by_rule = call.region or call.group_id or not chosen
    wanted = [Organisation.id.in_(platforms)] if by_rule else []
    if chosen:
        wanted.append(Organisation.id.in_(chosen))
    return db.scalars(
        select(Organisation).where(or_(*wanted)).order_by(Organisation.region, Organisation.name)
    ).all()


@dataclass(frozen=True, slots=True)
class Asked:
    """One organisation that a call asks: its answer, of how many topics it speaks, whom one can write to."""

    answer: NeedsAnswer
    lines: int
    recipients: Sequence[Recipient]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom letters about an answer go to; `key` names them for ever: 'p' and a person, 'a' and an account."""

    key: str
    name: str
    email: str
    language: str
    person_id: int | None = None


def asked(db: Session, *, actor: Actor, call: NeedsCall) -> Sequence[Asked]:
    """The answers that the actor sees, by region and name, with what the list shows."""
    answers = db.scalars(
        select(NeedsAnswer)
        .join(NeedsAnswer.organisation)
        .where(NeedsAnswer.call_id == call.id, answers_seen_by(actor))
        .options(
            joinedload(NeedsAnswer.organisation),
            joinedload(NeedsAnswer.contact),
            selectinload(NeedsAnswer.letters),
        )
        .order_by(Organisation.region, Organisation.name)
    ).all()
    lines = dict(
        db.execute(
            select(NeedsLine.answer_id, func.count())
            .join(NeedsLine.answer)
            .where(NeedsAnswer.call_id == call.id)
            .group_by(NeedsLine.answer_id)
        ).all()
    )
    recipients = recipients_of(db, answers)
    return [Asked(answer, lines.get(answer.id, 0), recipients.get(answer.id, ())) for answer in answers]


def recipients_of(db: Session, answers: Collection[NeedsAnswer]) -> dict[int, Sequence[Recipient]]:
    """By answer id, whom to write to: the contact chosen for it, else the focal points by role.

    Organisations and contacts of the answers have to be loaded.
    """
    by_role: dict[int, list[Recipient]] = {}
    without = {answer.organisation_id for answer in answers if answer.contact is None}
    for organisation_id, account in db.execute(
        select(RoleGrant.organisation_id, Account)
        .join(RoleGrant.account)
        .where(RoleGrant.role == "focal_point", RoleGrant.organisation_id.in_(without), Account.is_active)
        .order_by(Account.id)
    ):
        by_role.setdefault(organisation_id, []).append(_account(account))
    found: dict[int, Sequence[Recipient]] = {}
    for answer in answers:
        if answer.contact is None:
            found[answer.id] = by_role.get(answer.organisation_id, ())
        elif answer.contact.email and answer.contact.left_on is None:
            found[answer.id] = (_person(answer.contact, answer.organisation),)
    return found


def recipient_named(db: Session, key: str) -> Recipient | None:
    """Whom a link was made for; `None` when they are not there any more."""
    if key.startswith("p") and key[1:].isdigit():
        person = db.scalars(
            select(Person).where(Person.id == int(key[1:])).options(joinedload(Person.organisation))
        ).first()
        return None if person is None else _person(person, person.organisation)
    if key.startswith("a") and key[1:].isdigit():
        account = db.get(Account, int(key[1:]))
        return None if account is None else _account(account)
    return None


def _account(account: Account) -> Recipient:
    return Recipient(f"a{account.id}", account.name, account.email, account.language, account.person_id)


def _person(person: Person, organisation: Organisation) -> Recipient:
    spoken = [*person.languages, *organisation.languages]
    language = next((code for code in spoken if code in LANGUAGES), "en")
    return Recipient(f"p{person.id}", person.name, person.email or "", language, person.id)


# -- What the form offers


def topics_by_area(db: Session) -> Sequence[tuple[Topic, Sequence[Topic]]]:
    """Each area with its topics; an area without topics stands for itself."""
    areas = db.scalars(
        select(Topic).where(Topic.area_id.is_(None)).options(selectinload(Topic.topics)).order_by(Topic.code)
    ).all()
    return [(area, area.topics or [area]) for area in areas]


def regions_of_platforms(db: Session) -> Sequence[str]:
    """The regions that have a platform."""
    return db.scalars(
        select(Organisation.region)
        .where(Organisation.kind == "platform", Organisation.region != "")
        .distinct()
        .order_by(Organisation.region)
    ).all()


def groups(db: Session) -> Sequence[Group]:
    return db.scalars(select(Group).order_by(Group.code)).all()


def organisations_to_ask(db: Session) -> Sequence[Organisation]:
    """Platforms and member organisations, by region and name: platforms first."""
    return db.scalars(
        select(Organisation)
        .where(Organisation.kind.in_(("platform", "member", "coalition")))
        .order_by(Organisation.region, Organisation.kind.desc(), Organisation.name)
    ).all()


def languages_of_platforms(db: Session) -> Sequence[str]:
    """The languages that platforms work in."""
    found = db.scalars(select(Organisation.languages).where(Organisation.kind == "platform"))
    return sorted({code for codes in found for code in codes})


def calls_over(db: Session, *, now: datetime) -> Sequence[NeedsCall]:
    """The open calls whose last day is over everywhere on earth."""
    return [
        call
        for call in db.scalars(select(NeedsCall).where(NeedsCall.state == "open"))
        if not call.takes_answers(now)
    ]
