"""Giving a seat up, being offered one, taking it or not, and what calendars make of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden, system
from app.accounts.identity import actor_of
from app.calendars.queries import shown_in
from app.calendars.services import feed_of_person
from app.db import unit_of_work
from app.errors import Conflict
from app.facts import AuditEntry
from app.mail.models import OutboxLetter
from app.nominations import queries as nominations
from app.nominations import services as naming
from app.nominations.models import Nomination
from app.nominations.rules import Named
from app.planning.commitments import commitments_of
from app.reactions import react_to
from app.schedule.models import Seat
from app.schedule.queries import changes_by_publishing
from app.schedule.services import publish_draft
from app.seats import jobs, queries, services
from app.seats.queries import SeatCounts
from app.travel.models import TravelCountry, TravelFacts
from app.travel.services import close_border
from tests.app.calendars.test_invitations import told
from tests.app.seats.arenas import Arena, make_arena
from tests.conftest import NOW
from tests.factories import make_account, make_actor, make_person

LATER = NOW + timedelta(days=1)


@pytest.fixture
def arena(db: Session) -> Arena:
    return make_arena(db)


def follow_up(db: Session) -> None:
    """Do what follows from all that was recorded, as after a commit."""
    db.commit()
    while pending := db.scalars(select(AuditEntry.id).where(AuditEntry.reactions_pending)).all():
        for entry in pending:
            react_to(entry)
        db.commit()


def counts(arena: Arena) -> SeatCounts:
    session_id = arena.session.id
    return queries.counts(arena.db, session_ids=[session_id])[session_id]


def test_a_seat_given_up_is_offered_to_the_substitute_of_the_same_organisation(
    arena: Arena, db: Session
) -> None:
    chidi = arena.season.chidi
    services.give_up(db, actor=arena.by_link(chidi), line=arena.line(chidi), now=LATER)
    offers = services.offer_next(db, session_id=arena.session.id, now=LATER)
    assert [(each.person.name, each.in_place_of_id) for each in offers] == [("Esi", chidi.id)]
    assert offers[0].until == LATER + services.OFFER_STANDS
    assert services.offer_next(db, session_id=arena.session.id, now=LATER) == []
    assert counts(arena) == SeatCounts(planned=2, held=1, offered=1, given_up=1, waiting=2)


def test_no_thank_you_and_silence_hand_the_seat_on_in_order(arena: Arena, db: Session) -> None:
    season = arena.season
    services.give_up(db, actor=arena.by_link(season.chidi), line=arena.line(season.chidi), now=LATER)
    services.offer_next(db, session_id=arena.session.id, now=LATER)
    services.decline(db, actor=arena.by_link(season.esi), line=arena.line(season.esi), now=LATER)
    [offer] = services.offer_next(db, session_id=arena.session.id, now=LATER)
    assert offer.person.name == "Faye"  # Togo's first choice, though Gana needs it more
    db.commit()
    jobs.hand_on(LATER + timedelta(days=4))
    assert arena.states()["Faye"] == "offered"
    jobs.hand_on(LATER + timedelta(days=5))
    follow_up(db)
    assert arena.states() == {
        "Chidi": "given_up", "Dede": "held", "Esi": "declined", "Faye": "lapsed", "Gana": "offered",
    }  # fmt: skip


def test_who_accepts_is_in_the_session_and_its_calendars(arena: Arena, db: Session) -> None:
    season = arena.season
    version = arena.session.version
    assert told(db, version, NOW) == [
        ("REQUEST", "Ama", 0), ("REQUEST", "Chidi", 0), ("REQUEST", "Dede", 0),
    ]  # fmt: skip
    services.give_up(db, actor=arena.by_link(season.chidi), line=arena.line(season.chidi), now=LATER)
    services.offer_next(db, session_id=arena.session.id, now=LATER)
    services.accept(db, actor=arena.by_link(season.esi), line=arena.line(season.esi), now=LATER)
    assert told(db, version, LATER) == [("CANCEL", "Chidi", 1), ("REQUEST", "Esi", 0)]
    assert told(db, version, LATER) == []
    for person, expected in ((season.esi, (False, 0)), (season.chidi, (True, 1))):
        account = make_account(db, person=person)
        feed = feed_of_person(db, account=account, now=LATER)
        shown = shown_in(db, feed=feed, reader=actor_of(db, account), now=LATER)
        assert [(one.is_cancelled, one.sequence) for one in shown] == [expected]
    assert counts(arena) == SeatCounts(planned=2, held=2, accepted=1, given_up=1, waiting=2)


def test_an_invitation_to_a_seat_carries_the_link_to_give_it_up_and_one_to_the_team_does_not(
    arena: Arena, db: Session
) -> None:
    told(db, arena.session.version, NOW)
    letters = {
        letter.to_name: letter
        for letter in db.scalars(select(OutboxLetter).where(OutboxLetter.calendar.is_not(None)))
    }
    assert "/seats/" in letters["Chidi"].text
    assert "/seats/" in letters["Chidi"].html
    assert "/seats/" not in letters["Ama"].text


def test_reactions_offer_write_and_invite_by_themselves(arena: Arena, db: Session) -> None:
    season = arena.season
    follow_up(db)
    with unit_of_work() as work:
        services.give_up(work, actor=arena.by_link(season.chidi), line=arena.line(season.chidi), now=LATER)
    follow_up(db)
    letter = db.scalars(select(OutboxLetter).where(OutboxLetter.kind == "seat")).one()
    assert letter.to_name == "Esi"
    assert "/seats/" in letter.text
    assert "Chidi" not in letter.text + letter.html


def test_answering_twice_does_nothing_twice_and_late_is_told_so(arena: Arena, db: Session) -> None:
    season = arena.season
    for _ in range(2):
        services.give_up(db, actor=arena.by_link(season.chidi), line=arena.line(season.chidi), now=LATER)
    services.offer_next(db, session_id=arena.session.id, now=LATER)
    too_late = LATER + services.OFFER_STANDS
    with pytest.raises(Conflict, match="offer_over"):
        services.accept(db, actor=arena.by_link(season.esi), line=arena.line(season.esi), now=too_late)
    for _ in range(2):
        services.accept(db, actor=arena.by_link(season.esi), line=arena.line(season.esi), now=LATER)
    facts = db.scalars(select(AuditEntry.fact).where(AuditEntry.fact.like("Seat%"))).all()
    assert sorted(facts) == ["SeatAccepted", "SeatGivenUp", "SeatOffered"]


def test_nobody_answers_for_others_but_those_who_look_after_them(arena: Arena, db: Session) -> None:
    chidi = arena.season.chidi
    strangers = [
        arena.by_link(arena.season.dede),
        Actor(name="Chidi", person_id=chidi.id, link=(queries.LINK, 999)),
        Actor(name="Chidi", person_id=chidi.id),
        make_actor(db, "officer"),
    ]
    for stranger in strangers:
        with pytest.raises(Forbidden):
            services.give_up(db, actor=stranger, line=arena.line(chidi), now=LATER)
    secretary = make_actor(db, "focal_point", organisation=chidi.organisation)
    services.give_up(db, actor=secretary, line=arena.line(chidi), now=LATER)
    services.offer_next(db, session_id=arena.session.id, now=LATER)
    with pytest.raises(Forbidden):  # a yes is for the person alone
        services.accept(db, actor=secretary, line=arena.line(arena.season.esi), now=LATER)


def test_who_cannot_come_on_these_days_or_speaks_no_language_is_passed_over(
    arena: Arena, db: Session
) -> None:
    season = arena.season
    season.esi.languages = ["pt"]
    season.publish(season.meets(), season.webinar_at("2027-03-09T14:00Z", seats=[season.esi]), now=NOW)
    found, people = queries.waiting_for(db, session=arena.session, today=NOW.date())
    barred = {people[one.candidate.person_id].name: one.candidate.bars for one in found.passed_over}
    assert barred == {"Esi": {"language", "elsewhere"} | {"organisation_full"}}
    assert [people[one.candidate.person_id].name for one in found.order] == ["Faye", "Gana"]


def test_who_needs_more_notice_or_cannot_enter_the_country_by_then_is_passed_over(
    arena: Arena, db: Session
) -> None:
    season, country = arena.season, arena.session.venue.place.country
    for person in (season.esi, arena.faye):
        person.place.country = "FJ"
    db.add(TravelFacts(person_id=arena.faye.id, notice_days=300, changed_at=NOW))
    db.add(TravelCountry(person_id=season.esi.id, country=country, answer="never"))
    db.flush()
    found, people = queries.waiting_for(db, session=arena.session, today=NOW.date())
    barred = {people[one.candidate.person_id].name: one.candidate.bars for one in found.passed_over}
    assert barred["Faye"] == {"notice"}
    assert "entry" in barred["Esi"]
    found, people = queries.waiting_for(db, session=arena.session, today=NOW.date() - timedelta(400))
    assert "Faye" in [people[one.candidate.person_id].name for one in found.order]


def test_who_would_cross_a_closed_border_is_passed_over(arena: Arena, db: Session) -> None:
    arena.season.esi.place.country = arena.faye.place.country = "FJ"
    arena.faye.place = arena.session.venue.place
    day = arena.session.day
    close_border(db, actor=system("test"), country="FJ", first_day=day, last_day=day, now=NOW)
    found, people = queries.waiting_for(db, session=arena.session, today=NOW.date())
    barred = {people[one.candidate.person_id].name: one.candidate.bars for one in found.passed_over}
    assert "entry" in barred["Esi"]
    assert "entry" not in barred.get("Faye", ()), "who lives where it is held crosses none"


def test_nothing_is_offered_so_late_that_nobody_could_travel(arena: Arena, db: Session) -> None:
    chidi = arena.season.chidi
    eve = datetime.fromisoformat("2027-03-07T08:00:00+00:00")
    services.give_up(db, actor=arena.by_link(chidi), line=arena.line(chidi), now=eve)
    assert services.offer_next(db, session_id=arena.session.id, now=eve) == []
    assert [free for _, _, free in queries.nobody_to_ask(db, today=eve.date())] == [1]
    after = datetime.fromisoformat("2027-03-20T08:00:00+00:00")
    dede = arena.season.dede
    with pytest.raises(Conflict, match="session_over"):
        services.give_up(db, actor=arena.by_link(dede), line=arena.line(dede), now=after)


def test_the_next_plan_starts_from_the_seats_as_they_are(arena: Arena, db: Session) -> None:
    season = arena.season
    services.give_up(db, actor=arena.by_link(season.chidi), line=arena.line(season.chidi), now=LATER)
    services.offer_next(db, session_id=arena.session.id, now=LATER)
    services.accept(db, actor=arena.by_link(season.esi), line=arena.line(season.esi), now=LATER)
    db.commit()
    found = commitments_of(db, season.round)
    assert found.published is not None
    assert [set(each.seats) for each in found.published] == [{season.dede.id, season.esi.id}]
    assert found.refused == {season.meeting.id: {season.chidi.id}}


def test_publishing_an_older_draft_undoes_nothing_that_was_agreed(arena: Arena, db: Session) -> None:
    season = arena.season
    older = season.draft(season.meets(seats=[season.chidi, arena.gana]))  # made before anything happened
    older.created_at = NOW
    db.commit()
    services.give_up(db, actor=arena.by_link(season.chidi), line=arena.line(season.chidi), now=LATER)
    services.offer_next(db, session_id=arena.session.id, now=LATER)
    services.accept(db, actor=arena.by_link(season.esi), line=arena.line(season.esi), now=LATER)
    db.commit()
    [change] = changes_by_publishing(db, draft=older)
    assert (change.took_seat, change.gave_up_seat) == (["Gana"], ["Dede"])
    with unit_of_work() as work:
        version = publish_draft(work, actor=system("test"), draft=older, note="", now=LATER)
    assert arena.states() == {"Chidi": "given_up", "Esi": "held", "Gana": "held"}
    assert counts(arena) == SeatCounts(planned=2, held=2, given_up=1, waiting=2)  # Dede and Faye
    sessions = version.schedule_document["sessions"]
    assert sessions[0]["seats"] == sorted([season.esi.code, arena.gana.code])


def test_where_there_is_no_room_those_give_way_who_were_told_nothing(arena: Arena, db: Session) -> None:
    season = arena.season
    older = season.draft(season.meets(seats=[season.dede, arena.gana]))
    older.created_at = NOW
    db.commit()
    services.give_up(db, actor=arena.by_link(season.chidi), line=arena.line(season.chidi), now=LATER)
    services.offer_next(db, session_id=arena.session.id, now=LATER)
    services.accept(db, actor=arena.by_link(season.esi), line=arena.line(season.esi), now=LATER)
    db.commit()
    assert changes_by_publishing(db, draft=older) == ()


def test_a_nomination_that_is_withdrawn_frees_the_seat_that_came_of_it(arena: Arena, db: Session) -> None:
    season = arena.season
    follow_up(db)
    nomination = nominations.nomination_of(db, workshop_id=season.meeting.id, person_id=season.chidi.id)
    assert nomination is not None
    secretary = make_actor(db, "focal_point", organisation=season.chidi.organisation)
    naming.withdraw(db, actor=secretary, nomination=nomination, now=NOW)
    follow_up(db)
    assert (arena.states()["Chidi"], arena.states()["Esi"]) == ("given_up", "offered")


def test_who_is_named_later_is_offered_what_is_free_within_a_minute(arena: Arena, db: Session) -> None:
    season = arena.season
    for person in (season.esi, arena.faye, arena.gana):
        db.add(Seat(session_id=arena.session.id, person_id=person.id, state="declined", planned=False))
    services.give_up(db, actor=arena.by_link(season.chidi), line=arena.line(season.chidi), now=LATER)
    db.commit()
    assert jobs.hand_on(LATER) == 0  # Togo has named people, so those whom it did not name are not asked
    call = nominations.call_for(db, actor=make_actor(db, "coordinator"), workshop_id=season.meeting.id)
    assert not naming.save_list(
        db, actor=system("test"), call=call, organisation=arena.togo,
        entries=[Named(arena.hawa.id, 2, "")], now=LATER,
    )  # fmt: skip
    db.commit()
    assert jobs.hand_on(LATER) == 1
    assert arena.states()["Hawa"] == "offered"


def test_counting_takes_two_statements_however_many_sessions(
    arena: Arena, db: Session, counted_statements: list[str]
) -> None:
    session_id = arena.session.id
    counted_statements.clear()
    queries.counts(db, session_ids=[session_id, 7, 8, 9])
    assert len(counted_statements) == 2


def test_the_waiting_list_takes_as_many_statements_however_many_wait(
    arena: Arena, db: Session, counted_statements: list[str]
) -> None:
    counted = []
    for more in (0, 20):
        for _ in range(more):
            person = make_person(db, organisation=arena.season.chidi.organisation)
            db.add(
                Nomination(
                    workshop_id=arena.season.meeting.id, person=person, organisation=person.organisation,
                    state="nominated", rank=3, need=2, created_at=NOW, changed_at=NOW,
                )
            )  # fmt: skip
        db.commit()
        db.expire_all()
        session = arena.session
        counted_statements.clear()
        found, _ = queries.waiting_for(db, session=session, today=NOW.date())
        assert len(found.order) + len(found.passed_over) == more + 3
        counted.append(len(counted_statements))
    assert counted[0] == counted[1]
