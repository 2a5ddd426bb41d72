import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import write_round, write_schedule
from solver.__main__ import main
from solver.comparison import Figure, Moved, Reseated, Restaffed, RoleChange, Slot, compare
from solver.objective import objective
from solver.round import Weights
from solver.schedule import TeamMember
from tests.solver.rounds import (
    call,
    on,
    published,
    schedule,
    session,
    tiny_round,
    webinar,
    workshop,
)

ROUND = tiny_round(workshops=[workshop(), workshop("other"), webinar()])


def test_what_stays_is_no_difference_whatever_its_order():
    before = schedule(session(team=["fred"], seats=["sam", "sue"]), call())
    after = schedule(call(), session(team=["fred"], seats=["sue", "sam"]))
    found = compare(ROUND, before, after)
    assert found.same
    assert found.affected == ()
    assert {figure.difference for figure in found.terms.values()} == {0}


def test_new_and_cancelled_sessions_touch_everybody_in_them():
    gone, come = session(seats=["sam"]), session("other", seats=["sue"])
    found = compare(ROUND, schedule(gone), schedule(come))
    assert (found.new, found.cancelled) == ((come,), (gone,))
    assert (found.moved, found.restaffed, found.reseated) == ((), (), ())
    assert found.affected == ("lena", "sam", "sue")
    assert found.held == Figure(1, 1)


@pytest.mark.parametrize(
    ("venue", "start", "days"),
    [("room", "2027-03-01", 0), ("hall", "2027-03-10", 9), ("room", "2027-02-26", -3)],
)
def test_a_session_moves_in_space_or_time(venue, start, days):
    found = compare(
        ROUND, schedule(session(seats=["sam"])), schedule(session(venue=venue, start=start, seats=["sam"]))
    )
    assert found.moved == (Moved("course", Slot("hall", on("2027-03-01")), Slot(venue, on(start))),)
    assert found.moved[0].days == days
    assert found.affected == ("lena", "sam")
    assert not found.same


def test_a_call_moves_by_the_half_hour():
    found = compare(ROUND, schedule(call()), schedule(call(start="2027-03-01T10:30")))
    assert found.moved[0].days == 0
    assert found.as_data()["moved"] == [
        {
            "workshop": "call",
            "before": {"venue": None, "start": "2027-03-01T10:00Z"},
            "after": {"venue": None, "start": "2027-03-01T10:30Z"},
            "days": 0,
        }
    ]


def test_who_left_the_team_who_joined_it_and_who_changed_roles():
    before = schedule(session(lead="lena", team=["fred"]))
    after = schedule(session(lead="sue", team=["lena"]))
    found = compare(ROUND, before, after)
    assert found.restaffed == (
        Restaffed(
            "course",
            left=(TeamMember("fred", "facilitator"),),
            joined=(TeamMember("sue", "lead"),),
            roles=(RoleChange("lena", "lead", "facilitator"),),
        ),
    )
    assert found.affected == ("fred", "sue")  # another role takes nobody's day


def test_who_lost_a_seat_and_who_got_one():
    found = compare(ROUND, schedule(session(seats=["sam"])), schedule(session(seats=["sue"])))
    assert found.reseated == (Reseated("course", left=("sam",), joined=("sue",)),)
    assert found.restaffed == ()
    assert found.affected == ("sam", "sue")


def test_figures_are_of_the_schedules_themselves_whatever_they_claim():
    before = replace(schedule(session(seats=["sam"])), objective=1, cost=1)
    after = schedule(session(team=["fred"], seats=["sam", "sue"]), call(seats=["sam"]))
    found = compare(ROUND, before, after)
    assert found.objective == Figure(objective(ROUND, before), objective(ROUND, after))
    # The hall for two days and Lena's fee; then Fred and Sue from near: 140 for the way, 20 a day for four.
    assert found.cost == Figure(220, 220 + 2 * 220 + 10)
    assert (found.held, found.seats) == (Figure(1, 2), Figure(1, 3))
    assert (found.people, found.organisations) == (Figure(1, 2), Figure(1, 2))
    assert found.facilitators == Figure(1, 2)
    assert found.terms["need"] == Figure(400, 400 + 600 + 400)


def test_what_was_published_counts_in_the_terms():
    round = tiny_round(published=[published("course", "2027-03-01", "hall", team=["lena"])])
    found = compare(round, schedule(session()), schedule())
    assert found.terms["cancel"] == Figure(0, -6000)


def test_a_workshop_held_twice_counts_with_its_first_session():
    twice = schedule(session(), session(start="2027-03-08"))
    assert compare(ROUND, twice, schedule(session())).same


def test_the_data_is_json_and_has_every_field():
    found = compare(ROUND, schedule(session(team=["fred"])), schedule(call(), session(seats=["sam"])))
    data = json.loads(json.dumps(found.as_data()))
    assert data == found.as_data()
    assert set(data) == {"same", *found.__dataclass_fields__}
    assert data["objective"]["difference"] == found.objective.difference
    assert data["new"][0]["team"] == [{"person": "lena", "role": "lead"}]


sessions = st.builds(
    session,
    workshop=st.sampled_from(["course", "other"]),
    start=st.sampled_from(["2027-03-01", "2027-03-08"]),
    venue=st.sampled_from(["hall", "room"]),
    lead=st.sampled_from(["lena", "fred"]),
    seats=st.lists(st.sampled_from(["sam", "sue"]), unique=True),
)
schedules = st.lists(sessions, max_size=2, unique_by=lambda each: each.workshop).map(
    lambda chosen: schedule(*chosen)
)


@given(before=schedules, after=schedules)
def test_there_and_back_is_the_same_seen_from_the_other_side(before, after):
    there, back = compare(ROUND, before, after), compare(ROUND, after, before)
    assert there.same == back.same
    assert (there.new, there.cancelled) == (back.cancelled, back.new)
    assert there.affected == back.affected
    assert {each.workshop: each.days for each in there.moved} == {
        each.workshop: -each.days for each in back.moved
    }
    for name, figure in there.terms.items():
        assert figure.difference == -back.terms[name].difference
    assert sum(figure.difference for figure in there.terms.values()) == there.objective.difference


@given(before=schedules, after=schedules)
def test_nobody_is_affected_exactly_when_the_same_people_are_at_the_same_places(before, after):
    def days(each):
        return {(s.start, s.venue, s.workshop, person) for s in each.sessions for person in s.people}

    found = compare(ROUND, before, after)
    assert {person for *_, person in days(before) ^ days(after)} == set(found.affected)


def test_every_term_has_its_figure():
    assert set(compare(ROUND, schedule(), schedule()).terms) == set(Weights.__dataclass_fields__)


def test_the_command_prints_the_data(tmp_path, capsys):
    schedules = schedule(session()), schedule(session(start="2027-03-08"))
    files = [tmp_path / name for name in ("round.json", "a.json", "b.json")]
    for path, data in zip(files, [write_round(ROUND), *map(write_schedule, schedules)], strict=True):
        path.write_bytes(data)
    assert main(["compare", *map(str, files)]) == 0
    assert json.loads(capsys.readouterr().out) == compare(ROUND, *schedules).as_data()
    assert main(["compare", *map(str, files[:2]), str(tmp_path / "none.json")]) == 2
