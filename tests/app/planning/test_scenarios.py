"""Planning on with other weights, drafts measured side by side, and the one that is chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden, system
from app.facts import AuditEntry
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.network.models import MAY_LEAD
from app.planning.commitments import commitments_of
from app.planning.draft_reading import DraftReading
from app.planning.leaning import PRESETS, SLIDERS, leant
from app.planning.models import DEFAULT_WEIGHTS, Draft
from app.planning.scenarios import CO2_KG_PER_KM, from_west_to_east, hours_elsewhere, measured
from app.planning.services import choose_draft
from app.schedule.services import publish_draft
from app.stages import JOBS
from app.workshops.models import Workshop
from tests.app.planning.rounds import SmallRound, make_small_round
from tests.conftest import NOW
from tests.factories import (
    Planned,
    make_account,
    make_draft,
    make_person,
    make_place,
    make_round,
    make_workshop,
)
from tests.pages import Page

SignIn = Callable[[Any], FlaskClient]


# -- Sliders


def test_sliders_move_every_weight_once_and_presets_move_only_sliders() -> None:
    moved = [name for names in SLIDERS.values() for name in names]
    assert sorted(moved) == sorted(DEFAULT_WEIGHTS)
    assert all(slider in SLIDERS for preset in PRESETS.values() for slider in preset)


def test_weights_lean_without_fractions_and_keep_their_proportions() -> None:
    weights = {"held": 50, "need": 2, "reach": 5, "cost": 1}
    assert leant(weights, {}) == weights
    assert leant(weights, {"money": 1}) == {**weights, "cost": 2}
    assert leant(weights, {"money": -1}) == {"held": 100, "need": 4, "reach": 10, "cost": 1}
    assert leant(weights, {"learning": -2, "reach": 2}) == {"held": 25, "need": 1, "reach": 40, "cost": 2}


def test_a_draft_is_planned_on_with_other_weights_as_a_new_draft(db: Session, sign_in_as: SignIn) -> None:
    small = make_small_round(db)
    meets = Planned(small.workshop, "2027-03-03", [small.lena], [small.sam], small.hall)
    draft = make_draft(db, small.planning_round, [meets])
    client = sign_in_as(make_account(db, role="coordinator"))
    address = f"/rounds/drafts/{draft.id}/onward"
    page = Page(client.get(f"{address}?preset=frugal").text)
    assert (page.field("money"), page.field("reach")) == ("2", "0")
    assert "Needs served: as much as €50" in page.text  # two points of €100, and money four times as dear
    assert "Needs served: as much as €200" in Page(client.get(address).text).text
    sliders = {**dict.fromkeys(SLIDERS, 0), "money": 2}
    response = client.post(address, data={**sliders, "seconds": 10})
    assert response.location == f"/rounds/{small.planning_round.id}"
    job = db.scalars(select(Job)).one()
    assert job.parameters["round_document"]["rules"]["weights"]["cost"] == 4
    run_job(job.id, JOBS)
    db.expire_all()
    newest = db.scalars(select(Draft).order_by(Draft.id.desc()).limit(1)).one()
    assert newest.origin == {"why": "weights", "draft": draft.id, "leans": {"money": 2}}
    assert newest.seats_as_of == draft.knows_seats_of, "it was made of what that draft knew"
    listed = client.get(f"/rounds/{small.planning_round.id}").text
    assert f"draft {draft.id} with other weights: Thrift four times" in Page(listed).text


@pytest.mark.parametrize("wrong", [{"money": 3}, {"money": "much"}, {"seconds": 7}])
def test_a_slider_stands_at_one_of_its_steps(db: Session, sign_in_as: SignIn, wrong: dict[str, Any]) -> None:
    small = make_small_round(db)
    draft = make_draft(db, small.planning_round, [])
    client = sign_in_as(make_account(db, role="coordinator"))
    data = {**dict.fromkeys(SLIDERS, 0), "seconds": 10, **wrong}
    assert client.post(f"/rounds/drafts/{draft.id}/onward", data=data).status_code == 422
    assert db.query(Job).count() == 0


# -- Side by side


def at_home(small: SmallRound) -> SmallRound:
    """Lena and Sam live in Dakar, Sue in Accra."""
    small.lena.place = small.sam.place = small.dakar
    small.sue.place = small.accra
    return small


def test_a_draft_is_measured_by_hand(db: Session) -> None:
    """Sue travels Accra-Dakar and back: 2 × 2,144 km (2,143.6 rounded up); Lena and Sam are at home."""
    small = at_home(make_small_round(db))
    meets = Planned(small.workshop, "2027-03-03", [small.lena], [small.sam, small.sue], small.hall)
    reading = DraftReading(make_draft(db, small.planning_round, [meets]), {})
    found = measured(reading, reading.round.rules.weights, {"sam": "man", "sue": "woman"})
    assert (found.held, found.seats, found.people, found.organisations, found.need) == (1, 2, 2, 2, 5)
    assert (found.kilometres, round(found.co2_tonnes, 3)) == (4288, round(4.288 * CO2_KG_PER_KM, 3))
    assert (found.facilitators, found.most_sessions, found.most_days_away) == (1, 1, 0)
    assert found.terms["need"] == 100 * 2 * 5
    assert found.countries["GH"].share == 1.0
    assert found.least_served == ("Coast", 1.0)
    assert found.languages["fr"].need == 5, "both speak French"
    assert {name: (each.need, each.seats) for name, each in found.genders.items()} == {
        name: (found.countries[country].need, 1) for name, country in (("woman", "GH"), ("man", "SN"))
    }


def test_who_gets_up_early_is_counted_by_time_zone(db: Session) -> None:
    """At 07:30 UTC it is 07:30 in Dakar, too early by half an hour, and 10:30 in Nairobi."""
    small = make_small_round(db)
    nairobi = make_place(db, code="nairobi", country="KE", timezone="Africa/Nairobi")
    kate = make_person(
        db, code="kate", organisation=small.south, place=nairobi, teaches={small.topic: MAY_LEAD}
    )
    call = make_workshop(
        db,
        code="call",
        mode="online",
        days=None,
        minutes=60,
        venues=[],
        topic=small.topic,
        requested_by=small.union,
        invited=[small.north],
        window_first=date(2027, 3, 1),
        window_last=date(2027, 3, 31),
    )
    planning_round = make_round(db, workshops=[call])
    draft = make_draft(db, planning_round, [Planned(call, "2027-03-03T07:30Z", [kate], [small.sam])])
    zones = measured(*(lambda r: (r, r.round.rules.weights, {}))(DraftReading(draft, {}))).zones
    assert from_west_to_east(zones, date(2027, 3, 1)) == ["Africa/Dakar", "Africa/Nairobi"]
    assert (zones["Africa/Dakar"].outside, zones["Africa/Dakar"].earliest) == (1, 1)
    assert (zones["Africa/Nairobi"].outside, zones["Africa/Nairobi"].earliest) == (0, 0)


def test_who_gets_up_early_for_other_rounds_too_is_told_of(db: Session, sign_in_as: SignIn) -> None:
    """At 07:00 UTC it is 07:00 in Dakar too, where both live: in March for one, in May for another round."""
    small = at_home(make_small_round(db))

    def call(code: str, first: date, last: date) -> Workshop:
        return make_workshop(
            db,
            code=code,
            mode="online",
            days=None,
            minutes=60,
            venues=[],
            topic=small.topic,
            requested_by=small.union,
            invited=[small.north],
            window_first=first,
            window_last=last,
        )

    march = call("march", date(2027, 3, 1), date(2027, 3, 31))
    earlier = make_round(db, code="earlier", workshops=[march])
    told = make_draft(db, earlier, [Planned(march, "2027-03-03T07:00Z", [small.lena], [small.sam])])
    may = call("may", date(2027, 5, 3), date(2027, 5, 28))
    later = make_round(
        db, code="later", workshops=[may], first_day=date(2027, 5, 1), last_day=date(2027, 5, 31)
    )
    drafts = [
        make_draft(db, later, [Planned(may, start, [small.lena], [small.sam])])
        for start in ("2027-05-05T07:00Z", "2027-05-05T09:00Z")
    ]
    client = sign_in_as(make_account(db, role="coordinator"))
    address = f"/rounds/{later.id}/scenarios?draft={drafts[0].id}&draft={drafts[1].id}"
    assert "Published in other rounds" not in client.get(address).text
    publish_draft(db, actor=system("test"), draft=told, note="", now=NOW)
    db.commit()
    page = Page(client.get(address).text)
    (row,) = [row for row in page.rows() if row[0] == "Africa/Dakar"]
    assert row[1] == "2 hours, 2 people before 8: 2 people; with other rounds up to 2 times"
    assert row[2] == "0 hours, 2 people"
    assert row[3] == "2 hours, 2 people before 8: 2 people"
    calls = commitments_of(db, later).calls
    assert hours_elsewhere(calls, date(2028, 3, 1))["Africa/Dakar"].outside == 2
    assert hours_elsewhere(calls, date(2028, 3, 2)) == {}, "a year is enough"
    assert hours_elsewhere(calls, date(2027, 3, 2)) == {}


def test_two_drafts_stand_side_by_side_and_one_is_chosen(db: Session, sign_in_as: SignIn) -> None:
    small = at_home(make_small_round(db))
    both = Planned(small.workshop, "2027-03-03", [small.lena], [small.sam, small.sue], small.hall)
    one = Planned(small.workshop, "2027-03-10", [small.lena], [small.sue], small.hall)
    first, second = (make_draft(db, small.planning_round, [each]) for each in (both, one))
    client = sign_in_as(make_account(db, role="coordinator"))
    address = f"/rounds/{small.planning_round.id}/scenarios?draft={first.id}&draft={second.id}"
    page = Page(client.get(address).text)
    assert ["Needs served", "5", "3"] in page.rows()
    assert ["Needs served", "10.00", "6.00"] in page.rows()
    assert ["Kilometres travelled, there and back", "4,288", "4,288"] in page.rows()
    assert f"What draft {second.id} does otherwise than draft {first.id}" in page.text
    assert client.post(f"/rounds/drafts/{second.id}/choose").location == f"/rounds/drafts/{second.id}"
    assert client.post(f"/rounds/drafts/{first.id}/choose").status_code == 303
    db.expire_all()
    assert (first.chosen_at is not None, second.chosen_at) == (True, None)
    assert db.query(AuditEntry).filter_by(fact="DraftChosen").count() == 2
    assert "Chosen" in Page(client.get(f"/rounds/{small.planning_round.id}").text).text


def test_only_coordinators_choose(db: Session) -> None:
    draft = make_draft(db, make_small_round(db).planning_round, [])
    with pytest.raises(Forbidden):
        choose_draft(db, actor=Actor(account_id=1), draft=draft, now=NOW)
    assert draft.chosen_at is None


def test_a_round_with_one_draft_has_nothing_to_compare(db: Session, sign_in_as: SignIn) -> None:
    small = make_small_round(db)
    make_draft(db, small.planning_round, [], created_at=datetime(2026, 11, 1, tzinfo=UTC))
    client = sign_in_as(make_account(db, role="coordinator"))
    page = Page(client.get(f"/rounds/{small.planning_round.id}/scenarios").text)
    assert "There are no two drafts to compare yet." in page.text
