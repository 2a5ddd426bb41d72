"""Which fact leads to which next step: the after-story at a glance.

Each reaction runs after the commit of its fact, in a unit of work of its own: one that
fails undoes nothing, is logged, and stays pending until the worker's sweep has done it.
So every reaction can be run twice: it brings about a state, and does nothing when the
state is there. What takes long is not done here but handed to a job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, facts
from app.accounts.facts import AccountOpened, ProfileChanged
from app.calendars import reactions as calendars
from app.calendars.answers import reactions as answers
from app.calendars.facts import ToldHowToJoin
from app.confirmations import reactions as confirmations
from app.confirmations.facts import PlaceDeclined
from app.db import unit_of_work
from app.facts import AuditEntry, Fact
from app.mail.facts import AddressBounced, AddressWorks
from app.network.facts import PersonChanged
from app.nominations import reactions as nominations
from app.nominations.facts import (
    NominationsOpened,
    NominationWithdrawn,
    PeopleNominated,
    PutForward,
    PutForwardAnswered,
)
from app.planning import reactions as planning
from app.planning.facts import (
    DraftDiscarded,
    DraftSaved,
    PlanningStarted,
    RoundClosed,
    RoundOpened,
    RoundOpenedToPublic,
)
from app.schedule.facts import SchedulePublished
from app.seats import reactions as seats
from app.seats.facts import SeatAccepted, SeatDeclined, SeatGivenUp, SeatLapsed, SeatOffered
from app.webhooks import reactions as webhooks
from app.workshops.facts import RequestWithdrawn, VisibilityChanged

log = logging.getLogger(__name__)

Reaction = Callable[[Session, AuditEntry, datetime], None]

REACTIONS: Mapping[type[Fact], tuple[Reaction, ...]] = {
    AccountOpened: (calendars.open_own_feed,),
    ProfileChanged: (calendars.refresh_feeds_of_account,),
    PersonChanged: (answers.write_what_was_missed,),
    AddressBounced: (answers.forget_what_was_not_heard,),
    AddressWorks: (answers.write_to_everybody_who_missed_it,),
    RequestWithdrawn: (planning.take_out_withdrawn_request,),
    NominationsOpened: (nominations.ask_organisations,),
    PeopleNominated: (nominations.tell_nominees,),
    PutForward: (nominations.tell_organisation,),
    PutForwardAnswered: (nominations.tell_of_answer,),
    NominationWithdrawn: (nominations.tell_of_withdrawal, seats.free_seat_of_withdrawn),
    SchedulePublished: (
        calendars.refresh_feeds_touched,
        calendars.queue_invitations,
        webhooks.tell,
    ),
    ToldHowToJoin: (calendars.refresh_feeds_touched, calendars.queue_invitations_of_session),
    PlaceDeclined: (confirmations.look_for_substitutes_of,),
    VisibilityChanged: (calendars.refresh_feeds_touched,),
    RoundOpenedToPublic: (calendars.refresh_feeds_touched,),
    RoundOpened: (webhooks.tell,),
    RoundClosed: (webhooks.tell,),
    PlanningStarted: (webhooks.tell,),
    DraftSaved: (webhooks.tell,),
    DraftDiscarded: (webhooks.tell,),
    SeatGivenUp: (
        seats.hand_on,
        calendars.refresh_feeds_touched,
        calendars.queue_invitations_of_session,
        webhooks.tell,
    ),
    SeatOffered: (seats.write_offer,),
    SeatAccepted: (
        calendars.refresh_feeds_touched,
        calendars.queue_invitations_of_session,
        webhooks.tell,
    ),
    SeatDeclined: (seats.hand_on,),
    SeatLapsed: (seats.hand_on,),
}

SWEEP_AFTER = timedelta(minutes=2)


def connect() -> None:
    """Have facts lead to their reactions. Called once by `create_app`."""
    for fact in REACTIONS:
        facts.awaits_reactions(fact)
    facts.on_recorded(react_to)


def react_to(entry_id: int) -> None:
    """Do what follows from one recorded fact, once, in order."""
    with unit_of_work() as db:
        entry = db.get(AuditEntry, entry_id, with_for_update=True)
        if entry is None or not entry.reactions_pending:
            return
        for fact, reactions in REACTIONS.items():
            if fact.__name__ == entry.fact:
                for reaction in reactions:
                    reaction(db, entry, clock.now())
        entry.reactions_pending = False


def sweep(now: datetime) -> int:
    """Do the reactions that a crash or a failure left pending; returns how many facts."""
    with unit_of_work() as db:
        left = db.scalars(
            select(AuditEntry.id)
            .where(AuditEntry.reactions_pending, AuditEntry.happened_at < now - SWEEP_AFTER)
            .order_by(AuditEntry.id)
        ).all()
    for entry_id in left:
        try:
            react_to(entry_id)
        except Exception:
            log.exception("reactions to entry %s failed again", entry_id)
    return len(left)
