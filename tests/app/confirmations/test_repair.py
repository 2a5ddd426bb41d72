"""A no is repaired: who could take the place, and what becomes of the draft when one of them is asked."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Forbidden
from app.confirmations import asking, queries, repair
from app.confirmations.models import Asking, ProposedPlace
from app.confirmations.silence import ends_at
from app.db import unit_of_work
from app.errors import Conflict
from app.jobs.models import Job
from app.network.models import FACILITATES
from app.planning.draft_writer import document_bytes, verify
from app.planning.models import Draft
from app.planning.substituting import find_substitutes, plan_of_draft, save_draft_with
from app.schedule.models import Seat
from app.schedule.queries import latest_version
from app.schedule.services import publish_draft
from app.seats import services as seats
from solver import plan, read_round, write_schedule
from tests.app.confirmations.plans import CLOSES, SECRETARIAT, Asked, ask, draft_of, make_asked
from tests.app.schedule.seasons import make_season
from tests.app.seats.test_services import follow_up
from tests.conftest import NOW
from tests.factories import make_actor, make_person

DAY = timedelta(days=1)


@pytest.fixture
def asked(db: Session) -> Asked:
    """Ama has said no to the meeting; Cora, who is nearly as able as Binta, costs more."""
    season = make_season(db)
    make_person(
        db, name="Cora", code="cora", teaches={season.meeting.topic: 3}, fee_per_day=500,
        organisation=season.binta.organisation, place=season.binta.place,
    )  # fmt: skip
    asked = ask(season)
    asked.write()
    asked.says(season.ama, "declined", reason="dates")
    follow_up(db)
    asked.search()
    return asked


def hand_to(asked: Asked, code: str, **values: Any) -> ProposedPlace:
    with unit_of_work() as db:
        place = db.merge(asked.place(asked.season.ama))
        given = {"actor": SECRETARIAT, "now": NOW, **values}
        return repair.ask_substitute(db, place=place, code=code, **given)


def found(asked: Asked) -> repair.Found:
    return repair.substitutes_found(asked.db, place=asked.place(asked.season.ama))


def test_a_no_has_substitutes_found_at_once_with_what_each_costs(asked: Asked) -> None:
    known = found(asked)
    assert [each.person for each in known.substitutions] == [asked.season.binta.code, "cora"]
    cheap, dear = known.substitutions
    assert dear.cost - cheap.cost == 500 * asked.season.meeting.days
    assert cheap.objective > dear.objective
    assert not known.is_stale


def test_asking_one_makes_a_new_draft_and_leaves_the_old_one(asked: Asked, db: Session) -> None:
    season = asked.season
    old = asked.asking.draft_id
    place = hand_to(asked, season.binta.code)
    db.expire_all()
    asking_now = db.get_one(Asking, asked.asking.id)
    assert asking_now.draft_id != old
    before, after = db.get_one(Draft, old), db.get_one(Draft, asking_now.draft_id)
    teams = [
        {
            each["workshop"]: [m["person"] for m in each["team"]]
            for each in draft.schedule_document["sessions"]
        }
        for draft in (before, after)
    ]
    assert teams[0][season.meeting.code] == [season.ama.code]
    assert teams[1] == {**teams[0], season.meeting.code: [season.binta.code]}
    assert (place.asked.person, place.answer) == (season.binta, "")
    assert place.asked.answer_by == NOW.date() + 5 * DAY
    assert asked.place(season.ama).replaced_by == season.binta
    assert asked.write() == ["Binta"]  # nobody else hears of it
    [row] = [
        row for row in queries.rows_of(db, asking=asking_now) if row.place.id == asked.place(season.ama).id
    ]
    assert row.standing == "replaced"


def test_nobody_is_asked_twice_nor_for_a_plan_that_has_moved_on(asked: Asked, db: Session) -> None:
    season = asked.season
    with pytest.raises(Conflict, match="not_a_substitute"):
        hand_to(asked, season.chidi.code)
    with pytest.raises(Forbidden):
        hand_to(asked, "cora", actor=make_actor(db, "officer"))
    other = draft_of(season, season.meets("2027-03-16"))
    db.commit()
    with unit_of_work() as work:
        asking.move_to_draft(work, actor=SECRETARIAT, asking=work.merge(asked.asking), draft=other, now=NOW)
    with pytest.raises(Conflict, match="plan_changed"):
        hand_to(asked, "cora")
    with unit_of_work() as work:
        repair.look_for_substitutes(
            work, actor=SECRETARIAT, place=work.merge(asked.place(season.ama)), now=NOW, wake=lambda _: None
        )
    asked.search()
    hand_to(asked, "cora")
    with pytest.raises(Conflict, match="replaced"):
        hand_to(asked, season.binta.code)
    with pytest.raises(Conflict, match="replaced"):
        asked.says(season.ama, "accepted")


def test_a_substitute_who_says_no_is_followed_by_the_next(asked: Asked, db: Session) -> None:
    season = asked.season
    hand_to(asked, season.binta.code)
    asked.write()
    asked.says(season.binta, "declined")
    follow_up(db)
    asked.search()
    known = repair.substitutes_found(db, place=asked.place(season.binta))
    assert [each.person for each in known.substitutions] == ["cora"]  # not Ama again


def test_silence_hands_the_place_to_the_best_substitute_by_itself(db: Session) -> None:
    asked = make_asked(db, silence="substitute", remind_every=0)
    season = asked.season
    asked.write()
    asked.says(season.ama, "accepted", season.webinar)
    now = ends_at(CLOSES)
    asked.write(now)
    follow_up(db)
    asked.search()
    assert asked.place(season.ama).replaced_by == season.binta
    assert asked.write(now + DAY) == ["Binta"]


def test_the_draft_with_a_substitute_is_right_by_the_checker(db: Session) -> None:
    """What is written without reading the round holds against the round, objective and cost to the unit."""
    season = make_season(db)
    season.meeting.team_min = season.meeting.team_max = 2
    make_person(db, name="Cora", code="cora", teaches={season.meeting.topic: FACILITATES}, fee_per_day=90)
    for fee in (40, 70):
        make_person(db, place=season.dakar.place, teaches={season.meeting.topic: 3}, fee_per_day=fee)
    db.commit()
    document = season.draft().round_document
    planned = read_round(document_bytes(document))
    schedule = plan(planned, seconds=20, steps=50, workers=1)
    draft = Draft(
        round_id=season.round.id, created_at=NOW, objective=schedule.objective, bound=schedule.bound,
        cost=schedule.cost, held=len(schedule.sessions), seconds=1.0, round_document=document,
        schedule_document=json.loads(write_schedule(schedule)),
    )  # fmt: skip
    db.add(draft)
    db.flush()
    tried = 0
    for session in schedule.sessions:
        for member in session.team:
            for each in find_substitutes(
                plan_of_draft(draft), workshop=session.workshop, person=member.person
            ):
                changed = save_draft_with(
                    db,
                    actor=SECRETARIAT,
                    plan=plan_of_draft(draft),
                    workshop=session.workshop,
                    substitution=each,
                    now=NOW,
                )
                verify(changed.round_document, changed.schedule_document)
                tried += 1
    assert tried


# -- After the announcement


def test_a_late_withdrawal_is_seen_and_repaired_in_a_new_draft(db: Session) -> None:
    season = make_season(db)
    version = season.publish(season.meets("2027-03-16"), season.webinar_at())
    asked = Asked(season, None)  # type: ignore[arg-type] # announced without asking
    asked.says(season.ama, "declined", actor=SECRETARIAT, via="telephone", now=NOW + DAY, word="Ill")
    [(session, place)] = queries.withdrawals(db, today=NOW.date())
    assert session.workshop_id == season.meeting.id
    assert place.answers[0].notice_days == (date(2027, 3, 16) - (NOW + DAY).date()).days
    follow_up(db)
    asked.search()
    hand_to(asked, season.binta.code, now=NOW + 2 * DAY)
    draft = db.scalars(select(Draft).order_by(Draft.id.desc()).limit(1)).one()
    assert draft.id != version.draft_id
    assert asked.write(NOW + 2 * DAY) == ["Binta"]  # who was announced and is not touched hears nothing
    with unit_of_work() as work:
        publish_draft(work, actor=SECRETARIAT, draft=work.merge(draft), note="", now=NOW + 3 * DAY)
    db.expire_all()
    assert [member.person for member in season.session_of(season.meeting).team] == [season.binta]
    assert queries.withdrawals(db, today=NOW.date()) == []


def test_seats_that_changed_hands_since_the_version_stay_as_they_are(db: Session) -> None:
    """A draft made of a version knows the seats as of then: who took one since keeps it."""
    season = make_season(db)
    season.meeting.seats_max = 2
    season.publish(season.meets("2027-03-16"))
    session = season.session_of(season.meeting)
    line = next(each for each in session.ledger if each.person_id == season.chidi.id)
    seats.give_up(db, actor=SECRETARIAT, line=line, now=NOW + DAY)
    db.add(Seat(session=session, person=season.esi, state="held", planned=False, since=NOW + DAY))
    db.commit()
    asked = Asked(season, None)  # type: ignore[arg-type]
    asked.says(season.ama, "declined", actor=SECRETARIAT, via="telephone", now=NOW + 2 * DAY)
    follow_up(db)
    asked.search()
    hand_to(asked, season.binta.code, now=NOW + 3 * DAY)
    draft = db.scalars(select(Draft).order_by(Draft.id.desc()).limit(1)).one()
    with unit_of_work() as work:
        publish_draft(work, actor=SECRETARIAT, draft=work.merge(draft), note="", now=NOW + 4 * DAY)
    db.expire_all()
    version = latest_version(db, round_id=season.round.id)
    assert version is not None
    [held] = [s["seats"] for s in version.schedule_document["sessions"]]
    assert sorted(held) == sorted([season.dede.code, season.esi.code])


def test_planning_again_keeps_the_days_free_that_somebody_said_no_to(asked: Asked, db: Session) -> None:
    from app.planning.commitments import commitments_of

    season = asked.season
    taken = commitments_of(db, season.round).busy_people
    assert taken[season.ama.id] == ((date(2027, 3, 16), date(2027, 3, 16 + season.meeting.days - 1)),)
    assert season.binta.id not in taken


def test_a_search_that_cannot_be_made_says_why(asked: Asked, db: Session) -> None:
    season = asked.season
    without = draft_of(season, season.webinar_at())
    db.commit()
    with unit_of_work() as work:
        asking.move_to_draft(work, actor=SECRETARIAT, asking=work.merge(asked.asking), draft=without, now=NOW)
        repair.look_for_substitutes(
            work, actor=SECRETARIAT, place=work.merge(asked.place(season.ama)), now=NOW, wake=lambda _: None
        )
    asked.search()
    assert db.scalars(select(Job.error).order_by(Job.id.desc())).first() == "not_in_plan"
    assert found(asked).substitutions == ()
