"""Tiny rounds drawn at random (hypothesis), and the same round told differently: renamed, reordered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from solver.round import (
    Follows,
    Fund,
    Person,
    Pin,
    PublishedSession,
    Round,
    SeatCount,
    Span,
    TeamSize,
    Workshop,
)
from solver.schedule import Schedule, Session, TeamMember
from tests.solver.rounds import on, person, tiny_round, webinar, workshop

MONDAY = on("2027-03-01")

days = st.integers(0, 11).map(lambda n: MONDAY + timedelta(n))
spans = st.builds(lambda first, length: Span(first, first + timedelta(length)), days, st.integers(0, 4))


def people() -> st.SearchStrategy[list[Person]]:
    """Three to six people around law and art, Lena always able to lead."""
    drawn = st.builds(
        lambda **fields: fields,
        organisation=st.sampled_from(["north", "south"]),
        home=st.sampled_from(["here", "near", "far"]),
        languages=st.sampled_from([("en",), ("en", "fr")]),
        teaches=st.sampled_from([{}, {"law": 2}, {"law": 3}]),
        wants=st.sampled_from([{}, {"law": 1}, {"law": 3}, {"law": 2, "art": 1}]),
        unavailable=st.one_of(st.just(()), spans.map(lambda span: (span,))),
        preferred=st.one_of(st.just(()), spans.map(lambda span: (span,))),
        fee_per_day=st.sampled_from([0, 15]),
        max_workshops=st.integers(1, 3),
        max_seats=st.integers(1, 2),
        online_only=st.booleans(),
        if_need_be=st.one_of(st.just(()), spans.map(lambda span: (span,))),
        rather_not=st.sampled_from([frozenset(), frozenset(), frozenset({"NG"}), frozenset({"GH", "WS"})]),
        entry=st.one_of(
            st.just({}),
            st.dictionaries(st.sampled_from(["GH", "NG"]), st.one_of(st.none(), days), max_size=1),
        ),
        not_before=st.one_of(st.none(), st.none(), days),
    )
    lena = person("lena", teaches={"law": 3}, languages=("en", "fr"))
    return st.lists(drawn, min_size=2, max_size=5).map(
        lambda each: [lena, *(person(f"p{n}", **fields) for n, fields in enumerate(each))]
    )


def workshops() -> st.SearchStrategy[list[Workshop]]:
    """One to three of them, the last of which may follow the first."""
    fields: dict[str, st.SearchStrategy[Any]] = {
        "window": spans,
        "team": st.sampled_from([TeamSize(1, 1, 1), TeamSize(1, 2, 1)]),
        "seats": st.sampled_from([SeatCount(0, 2), SeatCount(1, 2), SeatCount(0, 1)]),
        "languages": st.sampled_from([("en",), ("en", "fr")]),
        "priority": st.integers(1, 4),
        "seats_per_organisation": st.integers(1, 2),
        "nominated": st.one_of(
            st.none(), st.none(), st.dictionaries(st.sampled_from(["p0", "p1"]), st.integers(1, 3))
        ),
    }
    in_person = st.builds(
        lambda **drawn: drawn,
        days=st.integers(1, 2),
        venues=st.sampled_from([("hall",), ("room",), ("hall", "room")]),
        budget=st.sampled_from([None, 400, 900]),
        **fields,
    )
    online = st.builds(lambda **drawn: drawn, minutes=st.sampled_from([60, 540]), **fields)

    def named(drawn: tuple[list[dict[str, Any]], list[dict[str, Any]], bool]) -> list[Workshop]:
        courses, calls, following = drawn
        found = [workshop(f"w{n}", **each) for n, each in enumerate(courses)]
        found += [webinar(f"c{n}", **each) for n, each in enumerate(calls)]
        if following and len(found) > 1:
            found[-1] = replace(found[-1], follows=Follows(found[0].id, 0, 20, 0))
        return found

    return st.tuples(
        st.lists(in_person, min_size=1, max_size=2), st.lists(online, max_size=1), st.booleans()
    ).map(named)


@st.composite
def rounds(draw: st.DrawFn) -> Round:
    """A tiny round, sometimes with a fund and with sessions that people have been told of."""
    asked, staff = draw(workshops()), draw(people())
    funds = []
    if draw(st.booleans()):
        amount = draw(st.sampled_from([300, 800]))
        funds = [Fund("f", "Fund", tuple(each.id for each in asked), amount)]
    told = None
    first = asked[0]
    if draw(st.booleans()):
        start = draw(days)
        told = [PublishedSession(first.id, first.venues[0], start, ("lena",), (staff[-1].id,))]
    return tiny_round(workshops=asked, people=staff, funds=funds, published=told, last_day=on("2027-04-30"))


@st.composite
def schedules(draw: st.DrawFn, round: Round) -> Schedule:
    """Sessions of a round, seldom right."""
    sessions = []
    for each in round.workshops.values():
        if each.online or draw(st.booleans()):
            continue
        names = draw(st.lists(st.sampled_from(sorted(round.people)), min_size=1, max_size=4))
        team = (TeamMember(names[0], "lead"), *(TeamMember(name, "facilitator") for name in names[3:]))
        venue = draw(st.sampled_from(sorted(round.venues)))
        sessions.append(Session(each.id, venue, draw(days), team, tuple(names[1:3])))
    return Schedule(round.id, tuple(sessions))


# -- the same, told differently --------------------------------------------------


def new_name(id: str) -> str:
    """Another name for anything; sorts the other way round more often than not."""
    return f"{chr(0x7A - ord(id[0]) % 26)}-{id[::-1]}"


def renamed(round: Round) -> Round:
    """The round with every id replaced by `new_name` of it."""

    def table(rows: Mapping[str, Any], *fields: str) -> dict[str, Any]:
        """Rows whose id and some fields are names."""
        names = ("id", *fields)
        return {
            new_name(id): replace(row, **{name: new_name(getattr(row, name)) for name in names})
            for id, row in rows.items()
        }

    def workshop_of(each: Workshop) -> Workshop:
        follows = each.follows
        return replace(
            each,
            venues=_names(each.venues),
            invited=_names(each.invited),
            follows=follows and replace(follows, workshop=new_name(follows.workshop)),
            nominated=each.nominated and {new_name(id): need for id, need in each.nominated.items()},
        )

    workshops = {id: workshop_of(each) for id, each in round.workshops.items()}
    return replace(
        round,
        places=table(round.places),
        venues=table(round.venues, "place"),
        organisations=table(round.organisations, "place"),
        people=table(round.people, "organisation", "home"),
        workshops=table(workshops, "requested_by"),
        funds={
            new_name(id): replace(fund, id=new_name(id), workshops=_names(fund.workshops))
            for id, fund in round.funds.items()
        },
        pins=tuple(_renamed_pin(pin) for pin in round.pins),
        published=round.published
        and tuple(
            replace(
                told,
                workshop=new_name(told.workshop),
                venue=told.venue and new_name(told.venue),
                team=_names(told.team),
                seats=_names(told.seats),
            )
            for told in round.published
        ),
    )


def renamed_schedule(schedule: Schedule) -> Schedule:
    """The schedule of the renamed round that means the same."""
    sessions = tuple(
        replace(
            session,
            workshop=new_name(session.workshop),
            venue=session.venue and new_name(session.venue),
            team=tuple(replace(member, person=new_name(member.person)) for member in session.team),
            seats=_names(session.seats),
        )
        for session in schedule.sessions
    )
    return replace(schedule, sessions=sessions)


def reordered(round: Round) -> Round:
    """The round with every list the other way round."""

    def table(rows: Mapping[str, Any]) -> dict[str, Any]:
        return dict(reversed(rows.items()))

    workshops = {
        id: replace(
            each,
            venues=each.venues[::-1],
            invited=each.invited[::-1],
            languages=each.languages[::-1],
        )
        for id, each in table(round.workshops).items()
    }
    return replace(
        round,
        places=table(round.places),
        venues=table(round.venues),
        organisations=table(round.organisations),
        people=table(round.people),
        workshops=workshops,
        funds=table(round.funds),
        pins=round.pins[::-1],
        published=round.published and round.published[::-1],
    )


def reordered_schedule(schedule: Schedule) -> Schedule:
    """The schedule with every list the other way round."""
    sessions = tuple(
        replace(session, team=session.team[::-1], seats=session.seats[::-1])
        for session in reversed(schedule.sessions)
    )
    return replace(schedule, sessions=sessions)


def _names(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(new_name(id) for id in ids)


def _renamed_pin(pin: Pin) -> Pin:
    return replace(
        pin,
        workshop=new_name(pin.workshop),
        venue=pin.venue and new_name(pin.venue),
        team=_names(pin.team),
        seats=_names(pin.seats),
    )


def broken(violations: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Breaches without their order and figures: rule, way, workshops and people."""
    return sorted(
        (v.rule, v.breach, tuple(sorted({v.workshop or "", *v.workshops})), tuple(sorted(v.people)))
        for v in violations
    )
