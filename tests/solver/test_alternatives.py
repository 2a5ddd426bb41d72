import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import alternatives, check, curve, read_schedule, write_round, write_schedule
from solver.__main__ import main
from solver.alternative import (
    ASPECTS,
    LEAST,
    changes_since,
    distance,
    distance_by_aspect,
    diverse,
    features,
    pareto,
)
from solver.objective import terms
from solver.schedule import Schedule
from tests.solver.drawn import rounds, schedules
from tests.solver.engine.small import ROUNDS
from tests.solver.rounds import (
    LENA,
    SAM,
    SUE,
    call,
    person,
    published,
    schedule,
    session,
    tiny_round,
    webinar,
    workshop,
)

ROUND = tiny_round(workshops=[workshop(), workshop("other", priority=1), webinar()])


# -- distance ---------------------------------------------------------------


def test_a_schedule_has_its_features_with_the_weight_of_their_workshops():
    found = features(ROUND, schedule(session(team=["fred"], seats=["sam"]), call(start="2027-03-08T10:00")))
    assert found == {
        ("held", "course"): 6,
        ("host", "course", "GH"): 3,
        ("week", "course", "2027-W09"): 3,
        ("team", "course", "lena"): 1.5,
        ("team", "course", "fred"): 1.5,
        ("held", "call"): 6,
        ("week", "call", "2027-W10"): 3,
        ("team", "call", "lena"): 3,
    }


@pytest.mark.parametrize(
    ("other", "aspects"),
    [
        (session(seats=["sue"]), set()),
        (session(start="2027-03-02"), set()),  # the same week
        (session(start="2027-03-08"), {"week"}),
        (session(venue="room"), {"host"}),
        (session(lead="fred"), {"team"}),
        (session("other"), {"held", "host", "week", "team"}),
    ],
)
def test_two_schedules_differ_in_what_people_see(other, aspects):
    a, b = (features(ROUND, schedule(each)) for each in (session(), other))
    assert {aspect for aspect, share in distance_by_aspect(a, b).items() if share} == aspects
    assert (distance(a, b) > 0) == bool(aspects)


def test_important_workshops_count_more():
    both = schedule(session(), session("other", start="2027-03-08"))
    without_course, without_other = (replace(both, sessions=(each,)) for each in both.sessions[::-1])
    whole, less, more = (features(ROUND, each) for each in (both, without_other, without_course))
    assert distance(whole, less) == pytest.approx(1 / 4)  # priorities 3 and 1
    assert distance(whole, more) == pytest.approx(3 / 4)
    assert distance(less, more) == 1


@given(data=st.data(), round=rounds())
def test_the_distance_is_a_metric(data, round):
    a, b, c = (features(round, data.draw(schedules(round))) for _ in range(3))
    assert distance(a, a) == 0
    assert distance(a, b) == distance(b, a)
    assert 0 <= distance(a, b) <= 1
    assert distance(a, c) <= distance(a, b) + distance(b, c) + 1e-9
    assert set(distance_by_aspect(a, b)) == set(ASPECTS)


# -- choosing -----------------------------------------------------------------


def test_the_farthest_are_chosen_one_after_the_other():
    def apart(a, b):
        return abs(a - b)

    assert diverse([0.0], [0.1, 0.9, 0.5, 0.95], 4, apart) == [0.0, 0.95, 0.5, 0.1]
    assert diverse([0.0], [0.1, 0.9, 0.5, 0.95], 2, apart) == [0.0, 0.95]
    assert diverse([0.0], [LEAST / 2, 0.0], 4, apart) == [0.0]
    assert diverse([0.0, 1.0], [], 4, apart) == [0.0, 1.0]


@given(points=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_what_nothing_beats_is_kept(points):
    found = pareto(points, cost=lambda each: each[0], gain=lambda each: each[1])
    assert set(found) <= set(points)
    assert [cost for cost, _ in found] == sorted({cost for cost, _ in found})
    for cost, gain in points:
        assert any(c <= cost and g >= gain for c, g in found)
    for cost, gain in found:
        assert not any(c <= cost and g >= gain and (c, g) != (cost, gain) for c, g in points)


def test_what_is_no_longer_as_told_is_counted():
    told = published("course", "2027-03-01", "hall", team=["lena", "fred"], seats=["sam"])
    round = tiny_round(published=[told])
    assert changes_since(round, schedule(session(team=["fred"], seats=["sam"]))) == 0
    assert changes_since(round, schedule(session(lead="fred", team=["lena"], seats=["sam", "sue"]))) == 0
    assert changes_since(round, schedule(session(start="2027-03-08", venue="room", seats=["sue"]))) == 3
    assert changes_since(round, schedule()) == 4
    assert changes_since(ROUND, schedule()) == 0


# -- for real -----------------------------------------------------------------

NAME = "a lead with one workshop left"


def test_alternatives_are_right_near_the_best_and_unlike_each_other():
    ada = person("ada", teaches={"law": 3}, fee_per_day=12)
    round = tiny_round(workshops=[workshop(), workshop("other")], people=[LENA, ada, SAM, SUE])
    found = alternatives(round, k=3, within=0.2, seconds=25, workers=1)
    assert 2 <= len(found) <= 3
    best = found[0]
    assert (best.emphasis, best.loss, best.comparison.same) == ("best", 0, True)
    assert best.schedule.objective == best.schedule.bound
    for each in found:
        assert check(round, each.schedule) == ()
        assert each.loss == pytest.approx(1 - each.schedule.objective / best.schedule.objective)
        assert each.loss <= 0.2
        json.dumps(each.as_data())
    seen = [features(round, each.schedule) for each in found]
    assert all(distance(a, b) >= LEAST for n, a in enumerate(seen) for b in seen[:n])
    assert all(not each.comparison.same and any(each.differences.values()) for each in found[1:])


def test_the_curve_goes_from_the_fewest_changes_to_the_most_that_can_be_served():
    name = "published, and the lead prefers other days"
    round = ROUNDS[name]
    found = curve(round, steps=2, seconds=8, workers=1)
    assert all(check(round, each.schedule) == () for each in found)
    assert found[0].changes == 0
    assert [each.changes for each in found] == sorted({each.changes for each in found})
    assert [each.served for each in found] == sorted({each.served for each in found})
    free = replace(round, published=())
    assert found[-1].served == max(sum(terms(free, each.schedule).values()) for each in found)
    assert len(found) == 2
    assert found[0].comparison.objective.after == found[0].schedule.objective


def test_without_anything_published_there_is_no_curve(tmp_path, capsys):
    with pytest.raises(ValueError, match="nothing has been published"):
        curve(ROUND)
    path = tmp_path / "round.json"
    path.write_bytes(write_round(ROUND))
    assert main(["curve", str(path), "-o", str(tmp_path)]) == 2
    assert "--published" in capsys.readouterr().err


def test_the_command_writes_a_file_for_each_and_what_sets_them_apart(tmp_path, capsys):
    round = ROUNDS[NAME]
    path, told, folder = tmp_path / "round.json", tmp_path / "told.json", tmp_path / "new" / "folder"
    path.write_bytes(write_round(round))
    told.write_bytes(write_schedule(Schedule(round.id, (session(seats=["sam"]),))))
    arguments = ["curve", str(path), "--published", str(told), "-o", str(folder)]
    assert main([*arguments, "--steps", "1", "--seconds", "4", "--workers", "1", "--progress"]) == 0
    printed = capsys.readouterr()
    said = json.loads((folder / "curve.json").read_text())
    assert [line.partition(":")[0] for line in printed.out.splitlines()] == [each["file"] for each in said]
    assert json.loads(printed.err.splitlines()[0])["phase"] == "reading the round"
    for each in said:
        found = read_schedule((folder / each["file"]).read_bytes(), round)
        assert check(round, found) == ()
        assert found.objective == each["objective"]
    assert said[0]["changes"] == 0


@pytest.mark.parametrize("percent", ["-1", "101", "x", "nan"])
def test_a_percentage_is_a_percentage(percent):
    with pytest.raises(SystemExit):
        main(["alternatives", "round.json", "-o", "x", "--within", percent])
