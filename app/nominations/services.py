"""What people change about nominations: opening them, naming, putting oneself forward, taking back.

Everything about one workshop's nominations first locks its call, so that two lists sent in at once are
two lists one after the other. After the closing date a list can only get shorter; coordinators, who
answer for the round, may still change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access import Actor, require
from app.errors import Conflict, Invalid
from app.facts import record
from app.network.models import Organisation, Person
from app.nominations import queries
from app.nominations.facts import (
    ClosingDateMoved,
    NobodyNominated,
    NominationsOpened,
    NominationWithdrawn,
    OrganisationsReminded,
    PeopleInvitedForward,
    PeopleNominated,
    PutForward,
    PutForwardAnswered,
)
from app.nominations.models import AskedOrganisation, Nomination, NominationCall
from app.nominations.rules import Named, Problem, problems_of, reminders_due
from app.workshops.models import Workshop

# -- Calls


def open_nominations(
    db: Session, *, actor: Actor, workshop: Workshop, closes_on: date, note: str = "", now: datetime
) -> NominationCall:
    """Ask the organisations that a workshop invites to name people, until a day; or move that day.

    Raises Forbidden, Conflict("not_approved"), Invalid("closes_on", "already_over" | "after_window").
    """
    require(queries.oversees(actor, workshop))
    db.refresh(workshop, with_for_update=True)
    if workshop.state != "approved":
        raise Conflict("not_approved")
    if closes_on < now.date():
        raise Invalid("closes_on", "already_over")
    if closes_on > workshop.window_last:
        raise Invalid("closes_on", "after_window")
    call = db.scalars(select(NominationCall).where(NominationCall.workshop_id == workshop.id)).first()
    if call is None:
        call = NominationCall(workshop=workshop, closes_on=closes_on, note=note.strip(), opened_at=now)
        db.add(call)
        db.flush()
        after = {"closes_on": closes_on}
        record(db, actor=actor, fact=NominationsOpened(workshop.id), now=now, after=after)
    elif (call.closes_on, call.note) != (closes_on, note.strip()):
        before = {"closes_on": call.closes_on}
        call.closes_on, call.note = closes_on, note.strip()
        db.flush()
        after = {"closes_on": closes_on}
        record(db, actor=actor, fact=ClosingDateMoved(workshop.id), now=now, before=before, after=after)
    return call


def count_reminders(
    db: Session, *, actor: Actor, call: NominationCall, organisation_ids: Iterable[int], now: datetime
) -> None:
    """Note that these organisations are reminded now. Raises Forbidden."""
    require(queries.oversees(actor, call.workshop))
    reminded = sorted(organisation_ids)
    for organisation_id in reminded:
        asked = _asked(db, call, organisation_id)
        asked.reminders += 1
        asked.reminded_at = now
    db.flush()
    record(db, actor=actor, fact=OrganisationsReminded(call.workshop_id, tuple(reminded)), now=now)


def to_be_reminded(db: Session, *, now: datetime) -> list[tuple[NominationCall, list[Organisation]]]:
    """The open calls with those organisations that have not answered and are due a reminder."""
    due = []
    for glance in queries.calls(db, actor=Actor(is_system=True), since=now.date()):
        wanted = reminders_due((glance.call.closes_on - now.date()).days)
        late = [a.organisation for a in glance.answers if a.state == "open" and a.reminders < wanted]
        if late and (now - glance.call.opened_at).days >= 1:
            due.append((glance.call, late))
    return due


# -- An organisation's list


def save_list(
    db: Session,
    *,
    actor: Actor,
    call: NominationCall,
    organisation: Organisation,
    entries: Sequence[Named],
    seen: str | None = None,
    now: datetime,
) -> list[Problem]:
    """Make an organisation's list what was sent in: in order of rank, who is left out is withdrawn.

    Returns what is wrong with it; then nothing was changed. `seen` is the stamp of the list that the
    form was made of.

    Raises Forbidden, Conflict("nominations_closed" | "changed_meanwhile").
    """
    require(actor.acts_for(organisation.id) and organisation in call.workshop.invited)
    _lock(db, call)
    _require_open(actor, call, now)
    present = queries.list_of(db, workshop_id=call.workshop_id, organisation_id=organisation.id)
    if seen is not None and seen != present.stamp:
        raise Conflict("changed_meanwhile")
    people = queries.people_to_name(db, organisation_id=organisation.id, today=now.date())
    found = problems_of(
        list(entries), allowed=(person.id for person in people), quota=queries.quota(call.workshop)
    )
    if found:
        return found
    before = _as_told(present)
    rows = {
        row.person_id: row
        for row in db.scalars(
            select(Nomination).where(
                Nomination.workshop_id == call.workshop_id,
                Nomination.person_id.in_([entry.person_id for entry in entries]),
            )
        )
    }
    ranks = {False: 0, True: 0}
    for entry in entries:
        ranks[entry.is_substitute] += 1
        row = rows.get(entry.person_id)
        if row is None:
            row = Nomination(
                workshop_id=call.workshop_id,
                person_id=entry.person_id,
                state="",
                created_at=now,
                changed_at=now,
            )
            db.add(row)
        row.organisation_id = organisation.id
        _nominate(row, entry, ranks[entry.is_substitute], now)
    kept = {entry.person_id for entry in entries}
    for row in (*present.nominees, *present.substitutes):
        if row.person_id not in kept:
            _take_back(db, actor, row, now)
    asked = db.get(AskedOrganisation, (call.workshop_id, organisation.id))
    if asked is not None and entries:
        asked.names_nobody = False
    db.flush()
    after = _as_told(queries.list_of(db, workshop_id=call.workshop_id, organisation_id=organisation.id))
    if before != after:
        fact = PeopleNominated(call.workshop_id, organisation.id)
        record(db, actor=actor, fact=fact, now=now, before=before, after=after)
    return []


def name_nobody(
    db: Session, *, actor: Actor, call: NominationCall, organisation: Organisation, now: datetime
) -> None:
    """Say that an organisation names nobody this time: it is not reminded any more.

    Raises Forbidden, Conflict("nominations_closed" | "people_named").
    """
    require(actor.acts_for(organisation.id) and organisation in call.workshop.invited)
    _lock(db, call)
    _require_open(actor, call, now)
    present = queries.list_of(db, workshop_id=call.workshop_id, organisation_id=organisation.id)
    if present.nominees or present.substitutes:
        raise Conflict("people_named")
    asked = _asked(db, call, organisation.id)
    if asked.names_nobody:
        return
    asked.names_nobody = True
    db.flush()
    record(db, actor=actor, fact=NobodyNominated(call.workshop_id, organisation.id), now=now)


def invite_forward(
    db: Session, *, actor: Actor, call: NominationCall, organisation: Organisation, now: datetime
) -> list[Person]:
    """Let an organisation's people who want the topic know that they may put themselves forward.

    Returns whom to write to. Raises Forbidden, Conflict("nominations_closed").
    """
    require(actor.acts_for(organisation.id) and organisation in call.workshop.invited)
    _require_open(actor, call, now)
    people = queries.people_to_invite_forward(
        db, call=call, organisation_id=organisation.id, today=now.date()
    )
    if people:
        record(db, actor=actor, fact=PeopleInvitedForward(call.workshop_id, organisation.id), now=now)
    return people


# -- One nomination


def put_forward(
    db: Session, *, actor: Actor, call: NominationCall, person: Person, need: int, purpose: str, now: datetime
) -> Nomination:
    """Put oneself forward; the organisation answers. Saying more while it has not answered is welcome.

    Raises Forbidden, Conflict("nominations_closed" | "already_answered"), Invalid("need").
    """
    require(actor.person_id == person.id)
    require(actor.is_signed_in or actor.came_by(queries.LINK, call.workshop_id))
    require(person.organisation in call.workshop.invited)
    if need not in (1, 2, 3):
        raise Invalid("need", "need_missing")
    _lock(db, call)
    if not queries.is_open(call, now.date()):
        raise Conflict("nominations_closed")
    row = queries.nomination_of(db, workshop_id=call.workshop_id, person_id=person.id)
    if row is not None and row.state in ("nominated", "declined"):
        raise Conflict("already_answered")
    is_new = row is None or row.state != "proposed"
    if row is None:
        row = Nomination(
            workshop_id=call.workshop_id,
            person_id=person.id,
            created_at=now,
            changed_at=now,
            state="proposed",
        )
        db.add(row)
    if is_new:
        row.changed_at = now
    row.state, row.rank, row.by_themselves = "proposed", None, True
    row.organisation_id, row.need, row.purpose = person.organisation_id, need, purpose.strip()
    db.flush()
    if is_new:
        record(db, actor=actor, fact=PutForward(row.id, call.workshop_id), now=now, after={"need": need})
    return row


def answer_put_forward(
    db: Session, *, actor: Actor, nomination: Nomination, yes: bool, word: str = "", now: datetime
) -> Nomination:
    """Say yes or no to somebody who put themselves forward: yes puts them at the end of the list.

    Where the list of nominees is full they become a substitute.

    Raises Forbidden, Conflict("already_answered" | "nominations_closed" | "list_full").
    """
    require(actor.acts_for(nomination.organisation_id))
    call = _call_of(db, nomination)
    _lock(db, call)
    db.refresh(nomination)
    if nomination.state != "proposed":
        raise Conflict("already_answered")
    if yes:
        _require_open(actor, call, now)
        present = queries.list_of(
            db, workshop_id=nomination.workshop_id, organisation_id=nomination.organisation_id
        )
        quota = queries.quota(call.workshop)
        substitute = len(present.nominees) >= quota
        there = present.substitutes if substitute else present.nominees
        if len(there) >= quota:
            raise Conflict("list_full")
        entry = Named(nomination.person_id, nomination.need, nomination.purpose, substitute)
        _nominate(nomination, entry, len(there) + 1, now)
        asked = db.get(AskedOrganisation, (call.workshop_id, nomination.organisation_id))
        if asked is not None:
            asked.names_nobody = False
    else:
        nomination.state, nomination.word, nomination.changed_at = "declined", word.strip(), now
    db.flush()
    fact = PutForwardAnswered(nomination.id, nomination.workshop_id)
    record(db, actor=actor, fact=fact, now=now, after={"state": nomination.state})
    return nomination


def withdraw(db: Session, *, actor: Actor, nomination: Nomination, now: datetime) -> None:
    """Take a nomination back, as the person or for the organisation; doing it twice does nothing twice.

    Raises Forbidden.
    """
    require(queries.is_about(actor, nomination) or actor.acts_for(nomination.organisation_id))
    _lock(db, _call_of(db, nomination))
    db.refresh(nomination)
    if nomination.state not in ("proposed", "nominated"):
        return
    _take_back(db, actor, nomination, now)
    _close_ranks(db, nomination)
    db.flush()


# -- Parts


def _lock(db: Session, call: NominationCall) -> None:
    db.refresh(call, ["closes_on"], with_for_update=True)


def _require_open(actor: Actor, call: NominationCall, now: datetime) -> None:
    if not (actor.is_coordinator or queries.is_open(call, now.date())):
        raise Conflict("nominations_closed")


def _call_of(db: Session, nomination: Nomination) -> NominationCall:
    return db.scalars(
        select(NominationCall)
        .where(NominationCall.workshop_id == nomination.workshop_id)
        .options(joinedload(NominationCall.workshop))
    ).one()


def _asked(db: Session, call: NominationCall, organisation_id: int) -> AskedOrganisation:
    row = db.get(AskedOrganisation, (call.workshop_id, organisation_id))
    if row is None:
        row = AskedOrganisation(
            workshop_id=call.workshop_id, organisation_id=organisation_id, names_nobody=False, reminders=0
        )
        db.add(row)
    return row


def _nominate(row: Nomination, entry: Named, rank: int, now: datetime) -> None:
    if row.state != "nominated" or row.is_substitute != entry.is_substitute:
        row.changed_at = now
    row.state, row.rank, row.is_substitute = "nominated", rank, entry.is_substitute
    row.need, row.purpose, row.word = entry.need, entry.purpose.strip(), ""


def _take_back(db: Session, actor: Actor, row: Nomination, now: datetime) -> None:
    before = {"state": row.state, "rank": row.rank}
    row.state, row.rank, row.changed_at = "withdrawn", None, now
    db.flush()
    fact = NominationWithdrawn(row.id, row.workshop_id)
    record(db, actor=actor, fact=fact, now=now, before=before, after={"state": "withdrawn", "rank": None})


def _close_ranks(db: Session, gone: Nomination) -> None:
    present = queries.list_of(db, workshop_id=gone.workshop_id, organisation_id=gone.organisation_id)
    for part in (present.nominees, present.substitutes):
        for rank, row in enumerate(part, start=1):
            row.rank = rank


def _as_told(named: queries.NamedList) -> dict[str, object]:
    return {
        "nominees": [[row.person.code, row.need] for row in named.nominees],
        "substitutes": [[row.person.code, row.need] for row in named.substitutes],
    }
