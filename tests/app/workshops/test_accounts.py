"""What is left of a fund, and what of it a round may take, worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.access import system
from app.planning.round_builder import build_round, window_of
from app.workshops import services
from app.workshops.accounts import FundAccount, account_of, accounts_of
from app.workshops.models import Fund
from app.workshops.services import Told
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import make_fund, make_initiative, make_round, make_topic, make_workshop

AFTER = NOW.replace(year=2027, month=12)


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


@pytest.fixture
def fund(db: Session) -> Fund:
    return make_fund(db, code="fund", title="The fund", amount=10_000)


def figures(account: FundAccount) -> tuple[int, int, int, int]:
    """Promised, planned, spent, left."""
    return account.promised, account.planned, account.spent, account.left


def report(db: Session, season: Season, spent: int | None, currency: str = "EUR") -> None:
    told = Told(first_day=date(2027, 3, 9), last_day=date(2027, 3, 10), came=2, spent=spent)
    services.report_workshop(
        db, actor=system("test"), workshop=season.meeting, told=told, currency=currency, now=AFTER
    )


def for_round(db: Session, planning_round: object) -> dict[str, int]:
    return {each.id: each.amount for each in build_round(db, planning_round).round.funds.values()}  # type: ignore[arg-type]


def test_a_request_takes_nothing_until_it_is_published_then_what_the_plan_says_then_what_was_spent(
    season: Season, db: Session, fund: Fund
) -> None:
    season.meeting.funds, season.meeting.budget = [fund], 4_000
    db.flush()
    before = account_of(db, fund)
    assert (figures(before), before.asked, before.asking) == ((0, 0, 0, 10_000), 4_000, 1)
    season.publish(season.meets())
    cost = season.session_of(season.meeting).cost
    assert cost > 0
    planned = account_of(db, fund)
    assert (figures(planned), planned.asked) == ((0, cost, 0, 10_000 - cost), 0)
    report(db, season, None)
    assert figures(account_of(db, fund)) == (0, cost, 0, 10_000 - cost), "not counted yet: the plan stands"
    report(db, season, 777)
    assert figures(account_of(db, fund)) == (0, 0, 777, 9_223)


def test_a_promise_is_kept_and_what_its_workshops_take_is_not_counted_twice(
    season: Season, db: Session, fund: Fund
) -> None:
    initiative = make_initiative(db, promises={fund: 6_000})
    season.meeting.funds, season.meeting.initiative = [fund], initiative
    db.flush()
    assert figures(account_of(db, fund)) == (6_000, 0, 0, 4_000)
    season.publish(season.meets())
    cost = season.session_of(season.meeting).cost
    account = account_of(db, fund)
    assert figures(account) == (6_000, cost, 0, 4_000)
    assert account.reserved == 6_000 - cost
    assert [(pot.planned, pot.left) for pot in account.pots] == [(cost, 6_000 - cost)]


def test_of_an_initiative_that_is_over_only_what_it_used_stays_promised(
    season: Season, db: Session, fund: Fund
) -> None:
    initiative = make_initiative(db, promises={fund: 6_000})
    season.meeting.funds, season.meeting.initiative = [fund], initiative
    season.publish(season.meets())
    report(db, season, 1_000)
    initiative.state = "ended"
    db.flush()
    assert figures(account_of(db, fund)) == (1_000, 0, 1_000, 9_000)


def test_what_exceeds_a_promise_is_taken_from_what_is_left(season: Season, db: Session, fund: Fund) -> None:
    initiative = make_initiative(db, promises={fund: 500})
    season.meeting.funds, season.meeting.initiative = [fund], initiative
    season.publish(season.meets())
    report(db, season, 800)
    account = account_of(db, fund)
    assert figures(account) == (800, 0, 800, 9_200)
    assert account.pots[0].left == -300


def test_amounts_in_another_currency_are_told_and_not_counted(
    season: Season, db: Session, fund: Fund
) -> None:
    fund.currency = "XOF"
    season.meeting.funds = [fund]
    season.publish(season.meets())
    account = account_of(db, fund)
    assert (figures(account), account.uncounted) == ((0, 0, 0, 10_000), 1)


def test_thirty_funds_are_counted_in_as_many_queries_as_one(season: Season, db: Session, fund: Fund) -> None:
    season.meeting.funds = [fund]
    season.publish(season.meets())
    with queries_made() as for_one:
        accounts_of(db, [fund])
    more = [make_fund(db, workshops=[make_workshop(db)]) for _ in range(29)]
    db.flush()
    with queries_made() as for_thirty:
        accounts_of(db, [fund, *more])
    assert len(for_one) == len(for_thirty)


# -- What a round may take


def test_another_round_finds_what_an_earlier_one_has_left(season: Season, db: Session, fund: Fund) -> None:
    season.meeting.funds = [fund]
    season.publish(season.meets())
    cost = season.session_of(season.meeting).cost
    later = make_round(db, workshops=[make_workshop(db, funds=[fund], topic=season.meeting.topic)])
    assert for_round(db, later) == {"fund": 10_000 - cost}
    assert for_round(db, season.round) == {"fund": 10_000}, "its own sessions the planner counts itself"
    report(db, season, 3_000)
    assert for_round(db, later) == {"fund": 7_000}
    assert for_round(db, season.round) == {"fund": 10_000 - (3_000 - cost)}, "more than the plan said"


def test_promises_are_kept_from_all_but_their_own_workshops(season: Season, db: Session, fund: Fund) -> None:
    own = make_initiative(db, code="own", titles={"en": "Own"}, promises={fund: 2_000})
    make_initiative(db, promises={fund: 3_000})
    season.meeting.funds, season.meeting.initiative = [fund], own
    season.webinar.funds = [fund]
    db.flush()
    funds = build_round(db, season.round).round.funds
    assert {each.title: (each.amount, each.workshops) for each in funds.values()} == {
        "The fund": (5_000, (season.webinar.code,)),
        "The fund: Own": (2_000, (season.meeting.code,)),
    }


def test_an_initiative_finds_what_its_workshops_of_another_round_have_left_of_its_part(
    season: Season, db: Session, fund: Fund
) -> None:
    own = make_initiative(db, code="own", promises={fund: 2_000})
    season.meeting.funds, season.meeting.initiative = [fund], own
    season.publish(season.meets())
    cost = season.session_of(season.meeting).cost
    another = make_workshop(db, funds=[fund], initiative=own, topic=season.meeting.topic)
    assert for_round(db, make_round(db, workshops=[another])) == {"fund--own": 2_000 - cost}


def test_what_will_be_called_off_takes_nothing_from_its_own_round(
    season: Season, db: Session, fund: Fund
) -> None:
    season.meeting.funds = season.webinar.funds = [fund]
    season.publish(season.meets())
    cost = season.session_of(season.meeting).cost
    season.meeting.state = "withdrawn"
    db.flush()
    later = make_round(db, workshops=[make_workshop(db, funds=[fund], topic=season.meeting.topic)])
    assert for_round(db, season.round) == {"fund": 10_000}
    assert for_round(db, later) == {"fund": 10_000 - cost}, "people still count on it"


def test_a_workshop_is_held_within_the_period_of_its_funds(season: Season, db: Session, fund: Fund) -> None:
    fund.first_day, fund.last_day = date(2027, 3, 10), date(2027, 4, 1)
    season.meeting.funds = [fund]
    db.flush()
    assert window_of(season.meeting) == (date(2027, 3, 10), date(2027, 4, 1))
    built = build_round(db, season.round)
    window = built.round.workshops[season.meeting.code].window
    assert (window.first, window.last, built.set_aside, built.defects) == (
        date(2027, 3, 10),
        date(2027, 4, 1),
        (),
        (),
    )


def test_a_workshop_outside_the_period_of_its_fund_is_set_aside(
    season: Season, db: Session, fund: Fund
) -> None:
    fund.first_day = date(2027, 6, 1)
    season.meeting.funds = [fund]
    db.flush()
    aside = build_round(db, season.round).set_aside
    assert [(each.workshop.id, each.reason) for each in aside] == [(season.meeting.id, "outside_fund")]


def test_a_round_with_parts_of_funds_is_one_that_the_format_takes(
    season: Season, db: Session, fund: Fund
) -> None:
    long = make_initiative(db, code="a" * 60, area=make_topic(db), promises={fund: 10})
    fund.code = "b" * 60
    season.meeting.funds, season.meeting.initiative = [fund], long
    db.flush()
    assert build_round(db, season.round).defects == ()
