"""What people say to a place, whichever way it comes: by link, by account, from a calendar, by telephone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden, system
from app.accounts.personal_data import personal_data
from app.confirmations.models import AskedPerson, Asking, PlaceAnswer, ProposedPlace
from app.confirmations.proposals import digest
from app.confirmations.services import LINK, take_answer
from app.errors import Conflict, Invalid, NotFound
from app.facts import AuditEntry
from app.network.models import Person
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import make_account, make_actor, make_workshop

CALENDAR = system("calendar")


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


def say(season: Season, answer: str, person: Person | None = None, **values: object) -> ProposedPlace:
    given = {
        "actor": CALENDAR,
        "workshop_id": season.meeting.id,
        "person_id": (person or season.ama).id,
        "answer": answer,
        "word": "",
        "via": "calendar",
        "now": NOW,
    }
    return take_answer(season.db, **{**given, **values})


def test_whoever_was_announced_can_answer_without_having_been_asked(season: Season, db: Session) -> None:
    season.publish(season.meets())
    place = say(season, "accepted", word="See you there")
    assert (place.answer, place.answered_at, place.asked.person) == ("accepted", NOW, season.ama)
    [said] = place.answers
    assert (said.via, said.answered_by, said.word) == ("calendar", "calendar", "See you there")
    assert place.agreed["first_day"] == "2027-03-09"
    entry = db.scalars(select(AuditEntry).where(AuditEntry.fact == "PlaceAccepted")).one()
    assert entry.facts == {"workshop_id": season.meeting.id, "person_id": season.ama.id, "via": "calendar"}


def test_a_withdrawal_keeps_when_how_much_notice_and_why(season: Season) -> None:
    season.publish(season.meets())
    later = NOW + timedelta(days=100)
    place = say(season, "declined", reason="personal", word="I am ill", could_if="It is online", now=later)
    said = place.answers[0]
    assert said.was_announced
    assert said.notice_days == (date(2027, 3, 9) - later.date()).days == 8
    assert (said.reason, said.word, said.could_if) == ("personal", "I am ill", "It is online")


def test_the_same_answer_again_changes_nothing_and_another_one_is_added(season: Season, db: Session) -> None:
    season.publish(season.meets())
    for _ in range(2):
        say(season, "declined", word="Sorry")
    say(season, "declined")  # says less: adds nothing
    say(season, "declined", reason="dates")
    place = say(season, "accepted", now=NOW + timedelta(hours=1))
    assert [each.answer for each in place.answers] == ["accepted", "declined", "declined"]
    told = select(AuditEntry.fact).where(AuditEntry.fact.like("Place%")).order_by(AuditEntry.id)
    facts = db.scalars(told).all()
    assert facts == ["PlaceDeclined", "PlaceDeclined", "PlaceAccepted"]


def test_an_answer_to_a_draft_is_about_the_draft(season: Season, db: Session) -> None:
    season.publish(season.meets())
    draft = season.draft(season.meets("2027-03-16", team=[season.binta]))
    asking = Asking(
        round_id=season.round.id, draft=draft, draft_since=NOW + timedelta(hours=1), opened_at=NOW,
        closes_on=date(2026, 12, 1),
    )  # fmt: skip
    db.add(asking)
    db.flush()
    place = say(season, "accepted", season.binta)
    assert place.agreed["first_day"] == "2027-03-16"
    assert not place.answers[0].was_announced
    withdrawn = say(season, "declined", season.ama)  # not in the draft, but announced
    assert withdrawn.answers[0].was_announced
    season.publish(season.meets("2027-03-23", team=[season.binta]), now=NOW + timedelta(hours=2))
    assert say(season, "accepted", season.binta).agreed["first_day"] == "2027-03-23"


def test_the_person_answers_by_account_or_link_and_nobody_else_for_them(season: Season, db: Session) -> None:
    season.publish(season.meets())
    db.add(AskedPerson(round_id=season.round.id, person=season.binta, asked_at=NOW))
    mine = AskedPerson(round_id=season.round.id, person=season.ama, asked_at=NOW)
    db.add(mine)
    db.flush()
    own = Actor(name="Ama", person_id=season.ama.id, account_id=7)
    by_link = Actor(name="Ama", person_id=season.ama.id, link=(LINK, mine.id))
    assert say(season, "accepted", actor=own, via="account").answer == "accepted"
    assert say(season, "declined", actor=by_link, via="link").answer == "declined"
    make_account(db, person=season.binta)
    strangers = [
        Actor(name="Binta", person_id=season.binta.id, account_id=8),
        Actor(name="Ama", person_id=season.ama.id, link=(LINK, mine.id + 1)),
        Actor(name="Ama", person_id=season.ama.id, link=("seats", mine.id)),
        Actor(name="Ama", person_id=season.ama.id),
        make_actor(db, "officer"),
    ]
    for stranger in strangers:
        with pytest.raises(Forbidden):
            say(season, "accepted", actor=stranger)
    assert len(db.scalars(select(PlaceAnswer)).all()) == 2


def test_what_is_not_proposed_over_or_other_than_was_read_is_refused(season: Season, db: Session) -> None:
    season.publish(season.meets())
    with pytest.raises(Conflict, match="not_proposed"):
        say(season, "accepted", season.binta)
    with pytest.raises(Conflict, match="not_proposed"):
        say(season, "accepted", workshop_id=season.webinar.id)
    with pytest.raises(NotFound):
        say(season, "accepted", workshop_id=make_workshop(db).id)
    with pytest.raises(Conflict, match="session_over"):
        say(season, "declined", now=NOW + timedelta(days=200))
    with pytest.raises(Conflict, match="changed_meanwhile"):
        say(season, "accepted", seen=digest({"first_day": "2027-03-02"}))
    assert db.scalars(select(AskedPerson)).all() == []


def test_not_sure_until_a_day_that_is_still_to_come_and_before_answers_close(
    season: Season, db: Session
) -> None:
    season.publish(season.meets())
    day = date(2026, 12, 1)
    db.add(AskedPerson(round_id=season.round.id, person=season.ama, asked_at=NOW, answer_by=day))
    db.flush()
    assert say(season, "unsure", until=day).unsure_until == day
    for until, refusal in ((day + timedelta(days=1), "too_late"), (date(2026, 11, 1), "already_over")):
        with pytest.raises(Invalid, match=refusal) as refused:
            say(season, "unsure", until=until)
        assert refused.value.field == "until"
    assert say(season, "accepted").unsure_until is None


def test_what_somebody_answered_is_among_what_they_can_take_with_them(season: Season, db: Session) -> None:
    """Their own answers, and not the places of others that they were asked to take."""
    season.publish(season.meets())
    place = say(season, "declined", word="I am ill")
    place.replaced_by = season.binta
    db.flush()
    for person, has_said in ((season.ama, True), (season.binta, False)):
        account = make_account(db, person=person)
        actor = Actor(name=person.name, person_id=person.id, account_id=account.id)
        taken = personal_data(db, actor=actor, account=account)
        assert ("place_answer" in taken, "proposed_place" in taken) == (has_said, has_said)
        if has_said:
            assert [each["word"] for each in taken["place_answer"]] == ["I am ill"]
