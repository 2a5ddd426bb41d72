"""Changing a draft by hand: what may be done is right, what may not be is refused, and nothing is lost."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.access import system
from app.accounts.models import Account
from app.errors import Conflict
from app.facts import AuditEntry
from app.jobs.models import Job
from app.network.models import MAY_LEAD
from app.planning.draft_writer import document_bytes
from app.planning.models import Draft
from app.planning.room import editing, services
from app.planning.room.editing import Edit, Refused
from app.planning.room.models import DraftEdit
from app.planning.room.opened import Opened, opened
from app.schedule.models import Version
from solver import check, read_round, read_schedule
from solver.constraints import violations
from solver.round import Pin
from solver.schedule import Reason, Schedule, Unscheduled
from tests.app.planning.rounds import SmallRound, make_small_round
from tests.app.planning.test_planning_pages import course, make_draft
from tests.conftest import NOW
from tests.factories import make_account, make_person, make_venue
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]
ACTOR = system("test")


@dataclass
class Room:
    """A draft of the small round; the course could also be held in Accra, and Kofi could lead it too."""

    db: Session
    small: SmallRound
    draft: Draft
    client: FlaskClient

    @property
    def state(self) -> Opened:
        self.db.expire_all()
        return opened(self.draft)

    def post(self, what: str, **fields: Any) -> TestResponse:
        fields.setdefault("revision", self.draft.revision)
        answer = self.client.post(f"/rounds/drafts/{self.draft.id}/{what}", data=fields)
        self.db.expire_all()
        return answer

    def page(self, what: str = "room/course") -> Page:
        answer = self.client.get(f"/rounds/drafts/{self.draft.id}/{what}")
        assert answer.status_code == 200
        return Page(answer.text)

    @property
    def session(self) -> dict[str, Any]:
        self.db.expire_all()
        [found] = self.draft.schedule_document["sessions"]
        return dict(found)

    @property
    def pins(self) -> list[dict[str, Any]]:
        self.db.expire_all()
        return list(self.draft.round_document.get("pins", []))

    def assert_right(self) -> None:
        """The draft breaks no rule, keeps its pins, and claims nothing that is not so."""
        self.db.expire_all()
        planned = read_round(document_bytes(self.draft.round_document))
        schedule = read_schedule(document_bytes(self.draft.schedule_document), planned)
        assert check(planned, schedule) == ()
        claimed = (schedule.objective, schedule.bound, schedule.cost, len(schedule.sessions))
        assert (self.draft.objective, self.draft.bound, self.draft.cost, self.draft.held) == claimed


@pytest.fixture
def room(db: Session, sign_in_as: SignIn) -> Room:
    small = make_small_round(db, days=2)
    inn = make_venue(db, code="inn", name="The inn", place=small.accra, seats=10, cost_per_day=80)
    small.workshop.venues.append(inn)
    make_person(
        db,
        code="kofi",
        name="Kofi",
        organisation=small.south,
        teaches={small.topic: MAY_LEAD},
        fee_per_day=10,
    )
    make_person(db, code="sia", name="Sia", organisation=small.north, wants={small.topic: 1})
    client = sign_in_as(make_account(db, name="Amina", role="coordinator"))
    return Room(db, small, make_draft(db, small, course()), client)


# -- What the finder says is so


def test_whatever_is_offered_is_right_and_whatever_is_impossible_breaks_a_rule(room: Room) -> None:
    state = room.state
    moves = state.moves("course")
    assert {move.state for move in moves} >= {"free", "impossible"}
    for move in moves:
        if move.session is not None:
            edit = editing.move_to(state, "course", move.venue, move.start)
            assert isinstance(edit, Edit)
            changed = editing.made(state, edit, bound=None)
            assert check(changed.round, changed.schedule) == ()
            assert changed.schedule.objective - state.schedule.objective == move.difference
        else:
            there = replace(state.sessions["course"], venue=move.venue, start=move.start)
            broken = {each.rule for each in violations(state.round, Schedule(state.round.id, (there,)))}
            assert broken
            assert {clash.rule for clash in move.clashes} & broken


# -- Moving


def test_a_session_moves_and_is_fixed_there(room: Room) -> None:
    answer = room.post("room/course/move", venue="inn", start="2027-03-16")
    assert answer.status_code == 303
    assert (room.session["venue"], room.session["start"]) == ("inn", "2027-03-16")
    assert room.pins == [{"workshop": "course", "venue": "inn", "start": "2027-03-16"}]
    assert room.draft.revision == 1
    room.assert_right()
    [entry] = room.db.scalars(select(AuditEntry).where(AuditEntry.fact == "DraftEdited"))
    assert (entry.subject_id, entry.actor_name) == (room.draft.id, "Amina")
    page = room.page()
    assert "Fixed by hand" in page.text
    assert "Moved to Accra, The inn: 16–17 Mar 2027" in page.text


def test_a_fixed_session_may_still_be_moved_by_hand(room: Room) -> None:
    room.post("room/course/move", venue="inn", start="2027-03-16")
    assert room.post("room/course/move", venue="hall", start="2027-03-23").status_code == 303
    assert room.pins == [{"workshop": "course", "venue": "hall", "start": "2027-03-23"}]
    room.assert_right()


def test_before_a_move_its_page_says_what_it_does(room: Room) -> None:
    page = room.page("room/course/move?venue=inn&start=2027-03-16")
    assert page.heading == "Accra, The inn: 16–17 Mar 2027"
    assert "Free: with the same team and the same seats." in page.text
    effects = page.root.one("ul", class_="effects").text
    now, cost = room.draft.objective, room.draft.cost
    room.post("room/course/move", venue="inn", start="2027-03-16")
    assert f"Cost {'+' if room.draft.cost > cost else '−'}€{abs(room.draft.cost - cost)}" in effects
    assert f"{abs(room.draft.objective - now) / 100:.2f}" in effects


def test_where_it_cannot_be_is_explained_and_changes_nothing(room: Room) -> None:
    saturday = {"venue": "hall", "start": "2027-03-06"}
    page = room.page("room/course/move?venue=hall&start=2027-03-06")
    assert "It cannot be there while all else stands." in page.text
    assert "A weekend or a holiday" in page.text
    before = copy.deepcopy(room.draft.schedule_document)
    answer = room.post("room/course/move", **saturday)
    assert answer.status_code == 422
    assert "A weekend or a holiday" in Page(answer.text).text
    assert (room.draft.schedule_document, room.draft.revision) == (before, 0)


@pytest.mark.parametrize("start", ["2027-05-30", "nonsense", "2027-03-03T10:00Z"])
def test_there_is_no_such_place_or_day(room: Room, start: str) -> None:
    url = f"/rounds/drafts/{room.draft.id}/room/course/move?venue=hall&start={start}"
    assert room.client.get(url).status_code == 404


def test_the_board_says_where_a_session_can_go(room: Room) -> None:
    answer = room.client.get(f"/rounds/drafts/{room.draft.id}/room/course/moves.json")
    moves = answer.json["moves"]
    here = next(move for move in moves if move["here"])
    assert (here["venue"], here["start"], here["place"]) == ("hall", "2027-03-03", "dakar")
    saturday = next(move for move in moves if move["start"] == "2027-03-06")
    assert saturday["state"] == "impossible"
    assert saturday["words"].endswith("Not possible. A weekend or a holiday")


def test_a_workshop_is_left_out_and_held_again(room: Room) -> None:
    assert room.post("room/course/leave-out").status_code == 303
    assert room.draft.held == 0
    assert room.pins == [{"workshop": "course", "held": False}]
    room.assert_right()
    assert "it is left out" in room.page().text
    assert room.post("room/course/move", venue="hall", start="2027-03-10").status_code == 303
    assert room.draft.held == 1
    room.assert_right()
    assert "Put into the plan" in room.page().text


# -- Fixing and letting go


def test_what_was_fixed_is_let_go(room: Room) -> None:
    room.post("room/course/pin")
    assert room.pins == [{"workshop": "course", "venue": "hall", "start": "2027-03-03"}]
    room.post("room/course/unpin")
    assert room.pins == []
    assert (room.draft.bound, room.draft.revision) == (room.draft.objective + 1000, 2)
    room.assert_right()


@pytest.mark.parametrize(
    ("pin", "planned", "still"),
    [
        (Pin("w", venue="a"), None, True),
        (None, Pin("w", venue="a"), False),
        (Pin("w", venue="a", team=("x", "y")), Pin("w", venue="a", team=("x",)), True),
        (Pin("w", venue="b"), Pin("w", venue="a"), False),
        (Pin("w", start=date(2027, 3, 1)), Pin("w"), True),
        (Pin("w", held=False), Pin("w", venue="a"), False),
        (Pin("w", held=False), Pin("w", held=False), True),
        (Pin("w", seats=("x",)), Pin("w", seats=("x", "y")), False),
    ],
)
def test_a_bound_holds_while_what_it_was_proven_under_is_kept(
    pin: Pin | None, planned: Pin | None, still: bool
) -> None:
    assert editing.implies(pin, planned) is still


# -- People


def test_somebody_else_takes_a_place_in_the_team(room: Room) -> None:
    page = room.page("room/course/team?person=lena")
    assert "Kofi" in page.rows()[-1][0]
    answer = room.post("room/course/team", person="lena", by="kofi")
    assert answer.status_code == 303
    assert room.session["team"] == [{"person": "kofi", "role": "lead"}]
    assert room.pins == [{"workshop": "course", "team": ["kofi"]}]
    room.assert_right()


def test_who_may_not_take_a_place_is_refused(room: Room) -> None:
    assert room.post("room/course/team", person="lena", by="sam").status_code == 422
    assert room.client.get(f"/rounds/drafts/{room.draft.id}/room/course/team?person=sam").status_code == 404


def test_seats_are_given_and_taken_by_the_rules(room: Room) -> None:
    # Both seats are taken, and North may have one only: Sia's way is barred twice over.
    refused = room.post("room/course/seats", give="sia")
    assert refused.status_code == 422
    said = Page(refused.text).text
    assert "The seats cannot be filled like this" in said
    assert "Too many seats for one organisation" in said
    assert room.post("room/course/seats", take="sam").status_code == 303
    assert room.session["seats"] == ["sue"]
    assert room.post("room/course/seats", give="sia").status_code == 303
    assert room.session["seats"] == ["sue", "sia"]
    assert room.pins == [{"workshop": "course", "seats": ["sia"]}]
    room.assert_right()
    room.post("room/course/seats", take="sia")
    assert room.pins == []
    assert room.post("room/course/seats", take="sue").status_code == 422  # one seat must be filled
    room.assert_right()


def test_who_could_have_a_seat_is_told_or_why_not(room: Room) -> None:
    room.post("room/course/seats", take="sam")
    assert "Seat Sia" in room.page("room/course/seats").text


# -- Undoing


def test_undo_and_redo_give_back_exactly_what_was(room: Room) -> None:
    first = copy.deepcopy((room.draft.schedule_document, room.draft.round_document, room.draft.objective))
    room.post("room/course/move", venue="inn", start="2027-03-16")
    room.post("room/course/team", person="lena", by="kofi")
    second = copy.deepcopy((room.draft.schedule_document, room.draft.round_document, room.draft.objective))
    room.post("undo")
    room.post("undo")
    assert room.session == first[0]["sessions"][0]
    assert (room.pins, room.draft.objective) == (first[1].get("pins", []), first[2])
    room.assert_right()
    room.post("redo")
    room.post("redo")
    assert (room.draft.schedule_document, room.draft.round_document, room.draft.objective) == second
    assert room.draft.revision == 6
    room.assert_right()


def test_what_is_left_out_comes_back_with_the_planners_reasons(room: Room) -> None:
    reasons = (Unscheduled("course", (Reason("not_worth_it", text="by 12"),)),)
    room.draft = make_draft(room.db, room.small, unscheduled=reasons)
    room.post("room/course/move", venue="hall", start="2027-03-10")
    room.post("undo")
    assert room.draft.schedule_document["unscheduled"][0]["reasons"][0]["rule"] == "not_worth_it"
    room.assert_right()


def test_after_a_new_change_what_was_undone_stays_undone(room: Room) -> None:
    room.post("room/course/move", venue="inn", start="2027-03-16")
    room.post("undo")
    room.post("room/course/pin")
    with pytest.raises(Conflict, match="nothing_to_redo"):
        services.redo(room.db, actor=ACTOR, draft=room.draft, revision=3, now=NOW)
    history = room.page("changes").text
    assert "taken back by Amina" in history
    assert "Fixed where and when it is" in history


def test_with_nothing_to_undo_nothing_happens(room: Room) -> None:
    answer = room.post("undo")
    assert (answer.status_code, room.draft.revision) == (303, 0)


# -- Two at once


def test_who_saw_an_older_draft_is_told_what_the_other_did_and_may_apply_again(
    room: Room, sign_in_as: SignIn
) -> None:
    bela = sign_in_as(make_account(room.db, name="Bela", role="coordinator"))
    room.post("room/course/move", venue="inn", start="2027-03-16")
    mine = {"revision": 0, "person": "lena", "by": "kofi"}
    stale = bela.post(f"/rounds/drafts/{room.draft.id}/room/course/team", data=mine)
    assert stale.status_code == 409
    page = Page(stale.text)
    assert "The draft has changed" in page.heading
    assert "Moved to Accra, The inn: 16–17 Mar 2027" in page.text
    assert "Amina" in page.text
    assert room.session["venue"] == "inn"  # nothing of Bela's yet
    form = next(each for each in page.root.all("form") if each.attributes.get("action", "").endswith("/team"))
    again = {
        each.attributes["name"]: each.attributes["value"]
        for each in form.all("input")
        if "name" in each.attributes
    }
    assert again["revision"] == "1"
    assert bela.post(form.attributes["action"], data=again).status_code == 303
    assert (room.session["venue"], room.session["team"][0]["person"]) == ("inn", "kofi")
    edits = room.db.scalars(select(DraftEdit).order_by(DraftEdit.number)).all()
    assert [(each.made_by, each.kind) for each in edits] == [("Amina", "move"), ("Bela", "swap")]


def test_others_changes_are_told_to_who_has_the_page_open(room: Room) -> None:
    quiet = room.client.get(f"/rounds/drafts/{room.draft.id}/news?revision=0")
    assert Page(quiet.text).root.text == ""
    room.post("room/course/move", venue="inn", start="2027-03-16")
    news = Page(room.client.get(f"/rounds/drafts/{room.draft.id}/news?revision=0").text)
    assert "Somebody else has changed this draft." in news.root.text
    assert "Moved to Accra, The inn: 16–17 Mar 2027" in news.root.text


def test_a_closed_round_is_left_alone(room: Room) -> None:
    room.small.planning_round.state = "closed"
    room.db.commit()
    assert room.post("room/course/move", venue="inn", start="2027-03-16").status_code == 303
    assert room.draft.revision == 0


def test_only_coordinators_change_a_draft(room: Room, sign_in_as: SignIn) -> None:
    officer = sign_in_as(make_account(room.db, role="officer", organisation=room.small.union))
    data = {"venue": "inn", "start": "2027-03-16", "revision": 0}
    assert officer.post(f"/rounds/drafts/{room.draft.id}/room/course/move", data=data).status_code == 403


# -- The planner around it


def test_the_planner_mends_the_rest_around_what_is_fixed(room: Room) -> None:
    room.post("room/course/move", venue="inn", start="2027-03-16")
    answer = room.post("mend")
    assert (answer.status_code, answer.location) == (303, f"/rounds/{room.small.planning_round.id}")
    [job] = room.db.scalars(select(Job).where(Job.kind == "plan_round"))
    assert job.parameters["round_document"]["pins"] == room.pins
    planned = read_round(document_bytes(job.parameters["round_document"]))
    start = read_schedule(document_bytes(job.parameters["start"]), planned)
    assert [(each.venue, each.start) for each in start.sessions] == [("inn", date(2027, 3, 16))]


def test_what_the_network_does_not_know_any_more_is_not_handed_to_the_planner(room: Room) -> None:
    room.post("room/course/seats", take="sam")
    room.post("room/course/seats", give="sia")
    sia = room.db.scalars(select(Account.id)).first()
    assert sia
    room.small.workshop.venues.remove(room.small.hall)
    room.db.commit()
    room.post("mend")
    [job] = room.db.scalars(select(Job).where(Job.kind == "plan_round"))
    planned = read_round(document_bytes(job.parameters["round_document"]))
    assert planned.pins == (Pin("course", seats=("sia",)),)
    assert read_schedule(document_bytes(job.parameters["start"]), planned).sessions == ()


def test_a_refusal_is_a_value(room: Room) -> None:
    refused = services.move_session(
        room.db, actor=ACTOR, draft=room.draft, revision=0, workshop="course", venue="hall",
        start=date(2027, 3, 6), now=NOW,
    )  # fmt: skip
    assert isinstance(refused, Refused)
    assert [clash.rule for clash in refused.clashes] == ["working_days"]


def test_a_draft_that_changed_meanwhile_is_not_published_unseen(room: Room) -> None:
    url = f"/schedule/publish/{room.draft.id}"
    seen = Page(room.client.get(url).text).field("revision")
    room.post("room/course/move", venue="inn", start="2027-03-16")
    answer = room.client.post(url, data={"note": "", "revision": seen})
    assert (answer.status_code, answer.location) == (303, url)
    page = Page(room.client.get(url).text)
    assert "changed by hand since" in page.text
    assert room.client.post(url, data={"note": "", "revision": page.field("revision")}).status_code == 303
    assert room.db.scalars(select(Version)).one().schedule_document["sessions"][0]["venue"] == "inn"
