"""Reading confirmations: for the secretariat all of them, for everybody else their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from app.access import Actor
from app.accounts.models import Account, RoleGrant
from app.confirmations.conversation import conversation, with_places
from app.confirmations.models import AskedPerson, Asking, ProposedPlace
from app.confirmations.proposals import Proposal, of_draft, proposals
from app.confirmations.standing import STANDINGS, standing_of
from app.errors import NotFound
from app.network.models import Organisation, Person, Venue
from app.planning.models import Draft, PlanningRound
from app.schedule.models import TeamPlace, WorkshopSession


@dataclass(frozen=True, slots=True)
class Row:
    """A place as the secretariat sees it: who, what it is now (`None`: out of the plan), where it stands."""

    place: ProposedPlace
    proposal: Proposal | None
    standing: str

    @property
    def asked(self) -> AskedPerson:
        return self.place.asked

    @property
    def person(self) -> Person:
        return self.place.asked.person

    @property
    def has_no_address(self) -> bool:
        return self.person.email is None


def askings(db: Session, *, actor: Actor) -> Sequence[tuple[Asking, Counter[str]]]:
    """Every asking, the newest first, with how many places of its people were answered how."""
    if not actor.is_coordinator:
        return []
    counts: dict[int, Counter[str]] = {}
    for asking_id, answer, number in db.execute(
        select(AskedPerson.asking_id, ProposedPlace.answer, func.count())
        .join(ProposedPlace.asked)
        .where(AskedPerson.asking_id.is_not(None), ProposedPlace.replaced_by_id.is_(None))
        .group_by(AskedPerson.asking_id, ProposedPlace.answer)
    ):
        counts.setdefault(asking_id or 0, Counter())[answer or "open"] = number
    rows = db.scalars(
        select(Asking).options(joinedload(Asking.planning_round)).order_by(Asking.id.desc())
    ).all()
    return [(asking, counts.get(asking.id, Counter())) for asking in rows]


def asking_for(db: Session, *, actor: Actor, asking_id: int) -> Asking:
    """One asking with its round and draft. Raises NotFound."""
    found = (
        db.scalars(
            select(Asking)
            .where(Asking.id == asking_id)
            .options(joinedload(Asking.planning_round), joinedload(Asking.draft))
        ).first()
        if actor.is_coordinator
        else None
    )
    if found is None:
        raise NotFound
    return found


def rows_of(db: Session, *, asking: Asking) -> list[Row]:
    """Every place of those who were last asked in an asking: who owes an answer first, then by time."""
    places = db.scalars(
        select(ProposedPlace)
        .join(ProposedPlace.asked)
        .where(AskedPerson.asking_id == asking.id)
        .options(*_shown())
    ).all()
    return _in_order(_rows(places, proposals(db, round_id=asking.round_id)))


def place_for(db: Session, *, actor: Actor, place_id: int) -> Row:
    """One place with all that was said of it. Raises NotFound."""
    place = (
        db.scalars(select(ProposedPlace).where(ProposedPlace.id == place_id).options(*_shown())).first()
        if actor.is_coordinator
        else None
    )
    if place is None:
        raise NotFound
    found = proposals(db, round_id=place.asked.round_id, codes=[place.workshop.code])
    [row] = _rows([place], found)
    return row


def conversation_for(db: Session, *, asked_id: int) -> AskedPerson:
    """One conversation, for whoever came by its link. Raises NotFound."""
    found = conversation(db, asked_id=asked_id)
    if found is None:
        raise NotFound
    return found


def conversations_of(db: Session, *, person_id: int | None, today: date) -> Sequence[AskedPerson]:
    """What somebody is or was asked about rounds that are not over, the earliest first."""
    return db.scalars(
        select(AskedPerson)
        .join(AskedPerson.planning_round)
        .where(AskedPerson.person_id == person_id, PlanningRound.last_day >= today)
        .order_by(PlanningRound.first_day, AskedPerson.id)
        .options(*with_places())
    ).all()


# -- Where a plan stands


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the confirmations of a draft stand: how many of its places have said yes, and who has not.

    `asked` is false while nobody of it has been asked. `missing` holds (name, workshop code, standing).
    """

    asked: bool = False
    places: int = 0
    accepted: int = 0
    missing: Sequence[tuple[str, str, str]] = field(default_factory=list)

    def named(self, standing: str) -> list[tuple[str, str, str]]:
        return [each for each in self.missing if each[2] == standing]

    @property
    def declined(self) -> list[tuple[str, str, str]]:
        return self.named("declined")

    @property
    def waiting(self) -> list[tuple[str, str, str]]:
        return [each for each in self.missing if each[2] != "declined"]


def standing_of_draft(db: Session, *, draft: Draft) -> Standing:
    """How the people of a draft have answered to what it says; who was never asked of it is waiting too."""
    places = {
        (place.workshop.code, place.asked.person.code, place.part): place
        for place in db.scalars(
            select(ProposedPlace)
            .join(ProposedPlace.asked)
            .where(AskedPerson.round_id == draft.round_id)
            .options(
                joinedload(ProposedPlace.workshop),
                joinedload(ProposedPlace.asked).joinedload(AskedPerson.person),
            )
        )
    }
    if not places:
        return Standing()
    names = {person["id"]: person["name"] for person in draft.round_document["people"]}
    proposed = of_draft(db, draft.round_document, draft.schedule_document, {})
    wanted = [(code, member, "team") for code, proposal in proposed.items() for member in proposal.team]
    wanted += [
        key
        for key, place in places.items()
        if key[2] == "host" and key[0] in proposed and proposed[key[0]].terms_for(place, key[1]) is not None
    ]
    accepted, missing = 0, []
    for code, member, part in wanted:
        place = places.get((code, member, part))
        stands = "open"
        if place is not None:
            stands = standing_of(place, proposed[code].terms_for(place, member))
            stands = "declined" if stands == "replaced" else stands  # replaced in another draft
        if stands == "accepted":
            accepted += 1
        else:
            name = place.asked.person.name if place is not None else names.get(member, member)
            missing.append((name, code, stands))
    return Standing(True, len(wanted), accepted, missing)


def withdrawals(
    db: Session, *, today: date, session_ids: Collection[int] | None = None
) -> Sequence[tuple[WorkshopSession, ProposedPlace]]:
    """Those who have said no to a coming session in whose team they are announced still, by session."""
    query = (
        select(WorkshopSession, ProposedPlace)
        .join(TeamPlace, TeamPlace.session_id == WorkshopSession.id)
        .join(ProposedPlace, ProposedPlace.workshop_id == WorkshopSession.workshop_id)
        .join(
            AskedPerson,
            and_(AskedPerson.id == ProposedPlace.asked_id, AskedPerson.person_id == TeamPlace.person_id),
        )
        .where(
            WorkshopSession.state == "confirmed",
            or_(WorkshopSession.last_day >= today, WorkshopSession.last_day.is_(None)),
            ProposedPlace.part == "team",
            ProposedPlace.answer == "declined",
        )
        .options(
            joinedload(WorkshopSession.workshop),
            joinedload(ProposedPlace.asked).joinedload(AskedPerson.person),
            joinedload(ProposedPlace.replaced_by),
            selectinload(ProposedPlace.answers),
        )
        .order_by(WorkshopSession.id, ProposedPlace.id)
    )
    if session_ids is not None:
        query = query.where(WorkshopSession.id.in_(session_ids))
    rows = db.execute(query).unique().all()
    return [(session, place) for session, place in rows if session.last >= today]


def declined_in_drafts(db: Session) -> Sequence[tuple[Asking, int]]:
    """Open askings with how many places were declined and are nobody else's yet."""
    found: Counter[int] = Counter()
    for asking_id, told in db.execute(
        select(AskedPerson.asking_id, ProposedPlace.told)
        .join(ProposedPlace.asked)
        .join(AskedPerson.asking)
        .where(
            Asking.closed_at.is_(None),
            ProposedPlace.answer == "declined",
            ProposedPlace.replaced_by_id.is_(None),
            ~_is_announced(),
        )
    ):
        found[asking_id] += not told.get("dropped")
    rows = db.scalars(
        select(Asking)
        .where(Asking.id.in_(found))
        .options(joinedload(Asking.planning_round))
        .order_by(Asking.id)
    )
    return [(asking, found[asking.id]) for asking in rows if found[asking.id]]


def answers_outstanding(db: Session) -> dict[int, tuple[int, int]]:
    """Round -> its open asking, and how many places wait for an answer; only where one does."""
    rows = db.execute(
        select(Asking.round_id, Asking.id, func.count())
        .join(AskedPerson, AskedPerson.asking_id == Asking.id)
        .join(ProposedPlace, ProposedPlace.asked_id == AskedPerson.id)
        .where(
            Asking.closed_at.is_(None),
            ProposedPlace.answer.in_(("", "unsure")),
            ProposedPlace.replaced_by_id.is_(None),
        )
        .group_by(Asking.round_id, Asking.id)
    )
    return {round_id: (asking_id, number) for round_id, asking_id, number in rows}


def places_to_answer(db: Session, *, person_id: int) -> int:
    """How many places wait for a person's answer."""
    return (
        db.scalar(
            select(func.count(ProposedPlace.id))
            .join(ProposedPlace.asked)
            .join(AskedPerson.asking)
            .where(
                AskedPerson.person_id == person_id,
                Asking.closed_at.is_(None),
                ProposedPlace.answer.in_(("", "unsure")),
                AskedPerson.answer_by.is_not(None),
            )
        )
        or 0
    )


def answers_of_team(db: Session, *, session: WorkshopSession) -> dict[int, ProposedPlace]:
    """Person id -> what they said to their place in the team of a session."""
    rows = db.scalars(
        select(ProposedPlace)
        .join(ProposedPlace.asked)
        .where(
            ProposedPlace.workshop_id == session.workshop_id,
            ProposedPlace.part == "team",
            AskedPerson.person_id.in_([place.person_id for place in session.team]),
        )
        .options(joinedload(ProposedPlace.asked))
    )
    return {place.asked.person_id: place for place in rows}


# -- Who can be asked for a room


@dataclass(frozen=True, slots=True)
class HostToAsk:
    """A room of a draft with those who could say that it is free: focal points first, `contact` the first
    of them (`None`: there is none, so the secretariat names somebody)."""

    venue: Venue
    sessions: int
    people: Sequence[Person]
    contact: Person | None


def hosts_to_ask(db: Session, *, proposed: Iterable[Proposal]) -> list[HostToAsk]:
    """The rooms of a draft, each with the people of the organisations in its town; two queries.

    A room belongs to nobody in our books. Who is likeliest to know stands first: the focal points of the
    organisations in its town.
    """
    venues: dict[int, Venue] = {}
    uses: Counter[int] = Counter()
    for proposal in proposed:
        if proposal.venue is not None:
            venues[proposal.venue.id] = proposal.venue
            uses[proposal.venue.id] += 1
    is_focal = exists().where(
        Account.person_id == Person.id, RoleGrant.account_id == Account.id, RoleGrant.role == "focal_point"
    )
    places = {venue.place_id for venue in venues.values()}
    rows = db.execute(
        select(Organisation.place_id, Person, is_focal)
        .join(Person.organisation)
        .where(Organisation.place_id.in_(places), Person.left_on.is_(None), Person.email.is_not(None))
        .options(joinedload(Person.organisation))
        .order_by(is_focal.desc(), Person.name)
    )
    people: dict[int, list[Person]] = {}
    contacts: dict[int, Person] = {}
    for place_id, person, holds_role in rows:
        people.setdefault(place_id or 0, []).append(person)
        if holds_role:
            contacts.setdefault(place_id or 0, person)
    return [
        HostToAsk(venue, uses[venue.id], people.get(venue.place_id, ())[:40], contacts.get(venue.place_id))
        for venue in sorted(venues.values(), key=lambda venue: (venue.place.name, venue.name))
    ]


def people_to_ask(db: Session, *, draft: Draft) -> dict[str, Person]:
    """Code -> person of everybody in a draft's teams, by name."""
    codes = {m["person"] for session in draft.schedule_document["sessions"] for m in session["team"]}
    found = db.scalars(
        select(Person)
        .where(Person.code.in_(codes))
        .options(joinedload(Person.organisation), joinedload(Person.place))
        .order_by(Person.name, Person.id)
    )
    return {person.code: person for person in found}


def people_by_code(db: Session, codes: Collection[str]) -> dict[str, Person]:
    """Code -> person with organisation."""
    query = select(Person).where(Person.code.in_(codes)).options(joinedload(Person.organisation))
    return {person.code: person for person in db.scalars(query)}


# -- Inside


def _shown() -> Iterable[Any]:
    asked = joinedload(ProposedPlace.asked, innerjoin=True)
    return (
        asked.joinedload(AskedPerson.person, innerjoin=True).joinedload(Person.organisation, innerjoin=True),
        asked.joinedload(AskedPerson.asking).options(defer(Asking.message)),
        asked.joinedload(AskedPerson.planning_round, innerjoin=True),
        joinedload(ProposedPlace.workshop, innerjoin=True),
        joinedload(ProposedPlace.replaced_by),
        selectinload(ProposedPlace.answers),
    )


def _rows(places: Iterable[ProposedPlace], proposed: Mapping[str, Proposal]) -> list[Row]:
    found = []
    for place in places:
        proposal = proposed.get(place.workshop.code)
        terms = proposal.terms_for(place, place.asked.person.code) if proposal is not None else None
        found.append(Row(place, proposal if terms is not None else None, standing_of(place, terms)))
    return found


def _in_order(rows: list[Row]) -> list[Row]:
    return sorted(
        rows,
        key=lambda row: (
            STANDINGS.index(row.standing),
            row.proposal.begins_at.isoformat() if row.proposal is not None else "",
            row.person.name,
            row.place.id,
        ),
    )


def _is_announced() -> Any:
    """Whether the person of a place stands in the team of its session in force."""
    return exists().where(
        WorkshopSession.workshop_id == ProposedPlace.workshop_id,
        WorkshopSession.state == "confirmed",
        TeamPlace.session_id == WorkshopSession.id,
        TeamPlace.person_id == AskedPerson.person_id,
    )
