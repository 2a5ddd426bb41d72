import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import read_round, read_schedule, write_round, write_schedule
from solver.__main__ import main
from solver.constraints import violations
from solver.derived import total_cost
from solver.objective import objective, terms
from solver.round import Fund, Pin, SeatCount, TeamSize
from solver.schedule import TeamMember
from solver.substitutes import substitutes
from tests.solver.public import needs_public_rounds, public
from tests.solver.rounds import (
    FRED,
    LENA,
    SAM,
    SUE,
    call,
    follows,
    person,
    published,
    schedule,
    session,
    span,
    tiny_round,
    webinar,
    workshop,
)

ADA = person("ada", "south", "near", teaches={"law": 3}, fee_per_day=5)
BEN = person("ben", teaches={"law": 2}, preferred=(span("2027-03-01", "2027-03-01"),))
EVA = person("eva", teaches={"law": 3}, languages=frozenset({"fr"}))
ROUND = tiny_round(workshops=[workshop(), webinar()], people=[LENA, ADA, BEN, EVA, FRED, SAM, SUE])
KEEP = schedule(session(team=["fred"], seats=["sam"]), call(start="2027-03-05T10:00", lead="ada"))


def found(round, keep, workshop, person):
    return [
        (each.person, each.role, each.objective, each.cost)
        for each in substitutes(round, keep, workshop, person)
    ]


def test_the_best_comes_first_with_what_it_costs():
    # Ben lives here and prefers the first day; Fred came from near for 2 * 70 + 4 * 20.
    # Ada comes from there too, for 2 * 5 more, and this is her second session.
    assert found(ROUND, KEEP, "course", "fred") == [
        ("ben", "facilitator", 220 + 100, -220),
        ("ada", "facilitator", -10 - 300, 10),
    ]


def test_a_lead_is_followed_by_who_may_lead():
    # Fred cannot lead, nor can Ben: only Ada can, who asks 5 a day where Lena asked 10, and has to travel.
    assert found(ROUND, KEEP, "course", "lena") == [("ada", "lead", 2 * 5 - 220 - 300, 210)]


def test_a_member_who_may_lead_takes_the_lead_over():
    keep = schedule(session(lead="lena", team=["ada"]))
    (ben, fred) = substitutes(ROUND, keep, "course", "lena")
    assert (ben.person, fred.person) == ("ben", "fred")
    assert ben.session.team == (TeamMember("ben", "facilitator"), TeamMember("ada", "lead"))
    assert ben.terms == {"preferred": 100, "cost": 20}


def test_who_was_told_of_costs_a_change_more():
    round = replace(
        ROUND, published=(published("course", "2027-03-01", "hall", team=["fred"], seats=["sam"]),)
    )
    assert [each[2] for each in found(round, KEEP, "course", "fred")] == [320 - 500, -310 - 500]
    back = replace(KEEP, sessions=(session(team=["ben"], seats=["sam"]), KEEP.sessions[1]))
    assert found(round, back, "course", "ben")[0] == ("fred", "facilitator", -320 + 500, 220)


def test_who_is_away_elsewhere_at_the_limit_or_pinned_out_is_no_substitute():
    def names(round, keep=KEEP):
        return [each.person for each in substitutes(round, keep, "course", "fred")]

    def with_ben(**fields):
        return replace(ROUND, people={**ROUND.people, "ben": replace(BEN, **fields)})

    assert names(ROUND) == ["ben", "ada"]
    assert names(with_ben(unavailable=(span("2027-03-02", "2027-03-02"),))) == ["ada"]
    assert names(with_ben(max_workshops=0)) == ["ada"]
    assert names(with_ben(online_only=True, home="near")) == ["ada"]
    busy = replace(KEEP, sessions=(KEEP.sessions[0], call(start="2027-03-03T10:00", lead="ada")))
    assert names(ROUND, busy) == ["ben"]
    assert names(replace(ROUND, pins=(Pin("course", team=("fred",)),))) == []
    assert names(replace(ROUND, pins=(Pin("course", team=("lena",)), Pin("call", held=False)))) == [
        "ben",
        "ada",
    ]


def test_money_is_minded():
    def names(**fields):
        return [each.person for each in substitutes(replace(ROUND, **fields), KEEP, "course", "fred")]

    cost = total_cost(ROUND, schedule(KEEP.sessions[0]))
    assert names(workshops={**ROUND.workshops, "course": workshop(budget=cost)}) == ["ben"]
    assert names(funds={"f": Fund("f", "Fund", ("course", "call"), total_cost(ROUND, KEEP))}) == ["ben"]
    assert names(funds={"f": Fund("f", "Fund", ("course", "call"), total_cost(ROUND, KEEP) + 10)}) == [
        "ben",
        "ada",
    ]


def test_a_graduate_may_replace_a_graduate():
    round = tiny_round(
        workshops=[
            workshop("tot", seats=SeatCount(1, 2)),
            workshop(
                "rep", team=TeamSize(2, 2, 1), seats=SeatCount(0, 0), follows=follows("tot", graduates=1)
            ),
        ],
        people=[LENA, FRED, SAM, SUE],
    )
    keep = schedule(session("tot", seats=["sam", "sue"]), session("rep", "2027-03-15", team=["sam"]))
    # Fred teaches law, but has no seat in the workshop that this one follows.
    assert [each.person for each in substitutes(round, keep, "rep", "sam")] == ["sue"]


def test_one_who_has_fallen_out_can_be_replaced():
    round = replace(
        ROUND, people={**ROUND.people, "fred": replace(FRED, unavailable=(span("2027-03-01", "2027-03-09"),))}
    )
    assert [each.person for each in substitutes(round, KEEP, "course", "fred")] == ["ben", "ada"]


def test_asking_about_what_is_not_there_is_an_error():
    with pytest.raises(LookupError, match="other has no session"):
        substitutes(ROUND, KEEP, "other", "lena")
    with pytest.raises(LookupError, match="sam is not in the team of course"):
        substitutes(ROUND, KEEP, "course", "sam")


@pytest.fixture
def files(tmp_path):
    """Paths of the round and the schedule."""
    (tmp_path / "round.json").write_bytes(write_round(ROUND))
    (tmp_path / "schedule.json").write_bytes(write_schedule(KEEP))
    return str(tmp_path / "round.json"), str(tmp_path / "schedule.json")


def test_the_command_lists_them_as_json(files, capsys):
    assert main(["substitutes", *files, "course", "fred"]) == 0
    ben, ada = json.loads(capsys.readouterr().out)
    assert ben == {
        "person": "ben",
        "role": "facilitator",
        "objective": 320,
        "cost": -220,
        "terms": {"preferred": 100, "cost": 220},
        "team": [{"person": "lena", "role": "lead"}, {"person": "ben", "role": "facilitator"}],
    }
    assert ada["person"] == "ada"
    assert main(["substitutes", *files, "call", "ada"]) == 0
    assert [each["person"] for each in json.loads(capsys.readouterr().out)] == ["lena"]


@pytest.mark.parametrize(
    ("workshop", "person", "error"),
    [("other", "lena", "other has no session"), ("course", "sue", "sue is not in the team of course")],
)
def test_the_command_says_what_is_not_there(files, capsys, workshop, person, error):
    assert main(["substitutes", *files, workshop, person]) == 2
    assert capsys.readouterr().err == f"{error}\n"


# -- against the definition --------------------------------------------------------


def breaches(round, keep):
    """What is broken in a whole schedule, person by person; funds aside."""
    return {
        (each.rule, each.breach, each.workshop, someone, frozenset(each.workshops) - {each.workshop})
        for each in violations(replace(round, funds={}), keep)
        for someone in each.people or (None,)
    }


def adds_none(before, after):
    """Whether every breach was there before, perhaps over more workshops."""
    return all(any(was[:4] == each[:4] and was[4] >= each[4] for was in before) for each in after)


def overdrawn(round, keep):
    costs = {each.workshop: total_cost(round, schedule(each)) for each in keep.sessions}
    return [
        max(0, sum(costs.get(w, 0) for w in fund.workshops) - fund.amount) for fund in round.funds.values()
    ]


def tried_one_by_one(round, keep, workshop, leaving):
    """Everybody in everybody's role tried on the whole schedule: who adds no breach, at what difference."""
    at = next(n for n, each in enumerate(keep.sessions) if each.workshop == workshop)
    place = next(member for member in keep.sessions[at].team if member.person == leaving)
    before, short = breaches(round, keep), overdrawn(round, keep)
    answer = {}
    for each in round.people.values():
        if each.id in keep.sessions[at].people:
            continue
        teaches = each.teaches.get(round.workshops[workshop].topic, 0)
        role = "lead" if place.role == "lead" and teaches == 3 else "facilitator"
        team = [TeamMember(each.id, role) if member is place else member for member in keep.sessions[at].team]
        for heir in [None, *range(len(team))]:
            if heir is not None and (team[heir].role == "lead" or place.role != "lead" or role == "lead"):
                continue
            named = [TeamMember(m.person, "lead") if n == heir else m for n, m in enumerate(team)]
            sessions = list(keep.sessions)
            sessions[at] = replace(sessions[at], team=tuple(named))
            after = replace(keep, sessions=tuple(sessions))
            poorer = any(a > b for a, b in zip(overdrawn(round, after), short, strict=True))
            if not poorer and adds_none(before, breaches(round, after)):
                gain = objective(round, after) - objective(round, keep)
                answer[each.id] = (gain, total_cost(round, after) - total_cost(round, keep))
    return answer


def assert_as_tried(round, keep, workshop, leaving):
    answer = substitutes(round, keep, workshop, leaving)
    tried = tried_one_by_one(round, keep, workshop, leaving)
    assert {each.person: (each.objective, each.cost) for each in answer} == tried
    assert answer == sorted(answer, key=lambda each: (-each.objective, each.cost, each.person))
    for each in answer:
        sessions = tuple(each.session if old.workshop == workshop else old for old in keep.sessions)
        whole = terms(round, replace(keep, sessions=sessions))
        was = terms(round, keep)
        assert each.terms == {name: whole[name] - was[name] for name in was if whole[name] != was[name]}
        assert adds_none(breaches(round, keep), breaches(round, replace(keep, sessions=sessions)))


starts = st.sampled_from(["2027-03-01", "2027-03-02", "2027-03-08", "2027-03-15"])
leads = st.sampled_from(["lena", "ada", "eva"])
teams = st.sets(st.sampled_from(["fred", "ben"]), max_size=2)
seats = st.sets(st.sampled_from(["sam", "sue"]))
rounds = st.builds(
    lambda away, limit, days, cost, fund, told: tiny_round(
        workshops=[
            workshop(),
            workshop("next", follows=follows("course", min_days=1, graduates=days % 2)),
            webinar(budget=cost),
        ],
        people=[
            replace(LENA, max_days_away=days),
            replace(ADA, max_workshops=limit),
            replace(BEN, unavailable=away),
            replace(EVA, languages=frozenset({"en", "fr"})),
            FRED,
            SAM,
            SUE,
        ],
        funds=[Fund("fund", "Fund", ("course", "next"), fund)],
        published=told,
    ),
    st.lists(
        st.builds(lambda day: span(f"2027-03-{day:02}", f"2027-03-{day + 3:02}"), st.integers(1, 20)),
        max_size=1,
    ).map(tuple),
    st.integers(0, 2),
    st.integers(0, 8),
    st.sampled_from([None, 5, 10]),
    st.integers(200, 1_200),
    st.sampled_from(
        [None, (published("course", "2027-03-01", "hall", team=["lena", "ben"], seats=["sam"]),)]
    ),
)
schedules = st.builds(
    lambda a, b, c, lead, other, third, team, second, seated: schedule(
        session("course", a, lead=lead, team=sorted(team), seats=sorted(seated)),
        session("next", b, "room", lead=other, team=sorted(second)),
        call("call", f"{c}T10:00", lead=third),
    ),
    starts, starts, starts, leads, leads, leads, teams, teams, seats,
)  # fmt: skip


@given(rounds, schedules, st.data())
def test_substitutes_are_all_who_add_no_breach_to_the_whole_schedule(round, keep, data):
    asked = data.draw(st.sampled_from(keep.sessions))
    assert_as_tried(round, keep, asked.workshop, data.draw(st.sampled_from(asked.facilitators)))


@needs_public_rounds
def test_substitutes_in_a_real_schedule_are_those_that_trying_finds():
    round = read_round(public("S-1.json"))
    keep = read_schedule(public("S-1.greedy-schedule.json"), round)
    for asked in keep.sessions[::4]:
        assert_as_tried(round, keep, asked.workshop, asked.facilitators[0])
