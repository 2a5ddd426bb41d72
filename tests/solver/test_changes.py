from dataclasses import replace

import pytest

from solver import MalformedDocument, read_round, write_round
from solver.changes import (
    BudgetSet,
    Dropped,
    FundSet,
    Unavailable,
    VenueLost,
    announced,
    changed,
    read_changes,
)
from solver.check import check
from solver.constraints import violations
from solver.objective import objective
from solver.round import Fund, Pin, PublishedSession
from tests.solver.rounds import (
    FRED,
    HALL,
    LENA,
    SAM,
    SUE,
    call,
    on,
    published,
    schedule,
    session,
    span,
    tiny_round,
    webinar,
    workshop,
)

ROUND = tiny_round(
    workshops=[workshop(), webinar()],
    funds=[Fund("fund", "Fund", ("course",), 4000)],
    pins=[Pin("course", "hall"), Pin("course", seats=("sam",)), Pin("call", held=True)],
)
KEEP = schedule(session(seats=["sam"]), call(start="2027-03-05T10:00"))


def broken(change):
    """Rule and workshop of every breach of `KEEP` once a change has happened."""
    return {(each.rule, each.workshop) for each in violations(changed(ROUND, [change]), KEEP)}


def test_nothing_is_broken_before():
    assert list(violations(ROUND, KEEP)) == []


@pytest.mark.parametrize(
    ("change", "breaches"),
    [
        (Unavailable("lena"), {("available", "course"), ("available", "call")}),
        (Unavailable("lena", span("2027-03-02", "2027-03-02")), {("available", "course")}),
        (Unavailable("lena", span("2027-03-05", "2027-03-09")), {("available", "call")}),
        (Unavailable("lena", span("2027-03-03", "2027-03-04")), set()),
        (VenueLost("hall"), {("venue", "course")}),
        (VenueLost("hall", span("2027-02-01", "2027-03-01")), {("venue", "course")}),
        (VenueLost("hall", span("2027-03-03", "2027-06-01")), set()),
        (VenueLost("room"), set()),
        (FundSet("fund", 219), {("budget", None)}),
        (FundSet("fund", 220), set()),
        (BudgetSet("course", 219), {("budget", "course")}),
        (BudgetSet("course", 220), set()),
        (Dropped("course"), {("pins", "course")}),
    ],
)
def test_a_change_breaks_what_it_touches_and_nothing_else(change, breaches):
    assert broken(change) == breaches


def test_without_dates_nobody_comes_on_any_day_that_a_session_can_touch():
    # In Honolulu the first evening of the round's UTC days still belongs to the day before it.
    far = replace(ROUND.places["here"], timezone="Pacific/Honolulu", weekend=frozenset())
    round = replace(ROUND, places={**ROUND.places, "here": far}, pins=())
    early = schedule(call(start="2027-03-01T07:00"))
    assert list(violations(round, early)) == []
    assert [each.rule for each in violations(changed(round, [Unavailable("lena")]), early)] == ["available"]


def test_a_dropped_workshop_loses_its_pins_and_others_keep_theirs():
    assert changed(ROUND, [Dropped("course")]).pins == (Pin("call", held=True), Pin("course", held=False))


def test_the_round_itself_and_all_else_in_it_stay_as_they_were():
    before = write_round(ROUND)
    after = changed(ROUND, [Unavailable("sam", span("2027-03-01", "2027-03-02")), VenueLost("hall")])
    assert write_round(ROUND) == before
    assert list(after.people) == list(ROUND.people)
    assert {**after.people, "sam": SAM} == {"lena": LENA, "fred": FRED, "sam": SAM, "sue": SUE}
    assert after.venues["hall"] == replace(HALL, closed=(span("2027-02-28", "2027-07-01"),))
    assert read_round(write_round(after)) == after


def test_changes_add_up():
    away = (
        Unavailable("lena", span("2027-03-01", "2027-03-01")),
        Unavailable("lena", span("2027-03-04", "2027-03-04")),
    )
    assert len(changed(ROUND, away).people["lena"].unavailable) == 2
    assert changed(ROUND, [FundSet("fund", 9), FundSet("fund", 5)]).funds["fund"].amount == 5


def test_what_the_round_does_not_have_cannot_change():
    with pytest.raises(KeyError):
        changed(ROUND, [Unavailable("nobody")])


# -- announced -------------------------------------------------------------------


def test_an_announced_schedule_is_what_people_have_been_told():
    round = announced(
        replace(ROUND, published=(published("call", "2027-04-01T08:00"),)), schedule(KEEP.sessions[0])
    )
    assert round.published == (PublishedSession("course", "hall", on("2027-03-01"), ("lena",), ("sam",)),)


def test_keeping_what_was_told_costs_nothing_and_a_change_of_it_does():
    round = announced(ROUND, KEEP)
    assert objective(round, KEEP) == objective(ROUND, KEEP)
    moved = schedule(session(start="2027-03-03"), KEEP.sessions[1])
    assert objective(round, moved) == objective(ROUND, moved) - 2 * 500  # the start, and Sam's seat
    assert objective(round, schedule()) == -2 * 6000


def test_a_schedule_that_breaks_every_habit_can_be_announced():
    odd = schedule(session(team=["lena"], seats=["sam", "sam"]), session(start="2027-03-09"))
    round = announced(ROUND, odd)
    assert [(each.start, each.team, each.seats) for each in round.published] == [
        (on("2027-03-01"), ("lena",), ("sam",))
    ]
    assert read_round(write_round(round)) == round
    assert check(round, odd)


# -- as texts ----------------------------------------------------------------------


def test_changes_are_read_from_texts():
    texts = [
        "unavailable:lena",
        "unavailable:lena:2027-03-01:2027-03-10",
        "venue:hall",
        "venue:hall:2027-04-01:2027-04-01",
        "fund:fund:1000",
        "budget:course:0",
        "drop:call",
    ]
    assert read_changes(texts, ROUND) == (
        Unavailable("lena"),
        Unavailable("lena", span("2027-03-01", "2027-03-10")),
        VenueLost("hall"),
        VenueLost("hall", span("2027-04-01", "2027-04-01")),
        FundSet("fund", 1000),
        BudgetSet("course", 0),
        Dropped("call"),
    )


def test_ids_may_hold_colons():
    people = [replace(LENA, id="lena:of:accra"), replace(FRED, id="fred:2027-03-01:2027-03-02")]
    round = tiny_round(people=people, funds=[Fund("a:1", "A", (), 5)])
    texts = [
        "unavailable:lena:of:accra",
        "unavailable:lena:of:accra:2027-03-01:2027-03-02",
        "unavailable:fred:2027-03-01:2027-03-02",
        "fund:a:1:7",
    ]
    assert read_changes(texts, round) == (
        Unavailable("lena:of:accra"),
        Unavailable("lena:of:accra", span("2027-03-01", "2027-03-02")),
        Unavailable("fred:2027-03-01:2027-03-02"),
        FundSet("a:1", 7),
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "changes[1]: '' is none of unavailable:…, venue:…, fund:…, budget:…, drop:…"),
        ("strike", "changes[1]: 'strike' is none of unavailable:…, venue:…, fund:…, budget:…, drop:…"),
        ("away:lena", "changes[1]: 'away:lena' is none of unavailable:…, venue:…, fund:…, budget:…, drop:…"),
        ("unavailable:nobody", "changes[1].person: no person 'nobody'"),
        ("unavailable:lena:2027-03-01", "changes[1].person: no person 'lena:2027-03-01'"),
        (
            "unavailable:lena:2027-03-02:2027-03-01",
            "changes[1].days[1]: ends on 2027-03-01, before it starts on 2027-03-02",
        ),
        ("unavailable:lena:monday:2027-03-01", "changes[1].days[0]: 'monday' is not a date (YYYY-MM-DD)"),
        ("venue:attic", "changes[1].venue: no venue 'attic'"),
        ("fund:fund", "changes[1].amount: an amount is wanted"),
        ("fund:fund:-1", "changes[1].amount: '-1' is not an amount"),
        ("fund:fund:1e3", "changes[1].amount: '1e3' is not an amount"),
        ("fund:fund:2000000000000", "changes[1].amount: 2000000000000 is more than 10^12"),
        ("fund:gold:5", "changes[1].fund: no fund 'gold'"),
        ("budget:corse:5", "changes[1].workshop: no workshop 'corse'"),
        ("drop:corse", "changes[1].workshop: no workshop 'corse'"),
    ],
)
def test_a_malformed_change_is_named_with_its_place(text, error):
    with pytest.raises(MalformedDocument) as refused:
        read_changes(["drop:call", text], ROUND)
    assert [str(each) for each in refused.value.errors] == [error]


def test_every_error_of_every_change_is_told():
    with pytest.raises(MalformedDocument) as refused:
        read_changes(["fund:gold:much", "drop:"], ROUND)
    assert [each.place for each in refused.value.errors] == [
        "changes[0].fund",
        "changes[0].amount",
        "changes[1].workshop",
    ]


def test_what_was_known_before_is_listed_once():
    days = span("2027-03-01", "2027-03-02")
    changes = [Unavailable(LENA.id, days), VenueLost(HALL.id, days)] * 2
    found = changed(ROUND, changes)
    assert read_round(write_round(found)) == found
    assert found.people[LENA.id].unavailable.count(days) == found.venues[HALL.id].closed.count(days) == 1
