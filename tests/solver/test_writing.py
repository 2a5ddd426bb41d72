"""What is written is read back the same, whatever it holds."""

import json
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from solver import read_round, read_schedule, write_round, write_schedule
from solver.round import (
    Fund,
    Organisation,
    Person,
    Pin,
    Place,
    PublishedSession,
    Round,
    Rules,
    SeatCount,
    Span,
    TeamSize,
    Venue,
    Weights,
    Workshop,
)
from solver.schedule import Reason, Schedule, Session, TeamMember, Unscheduled
from tests.solver.documents import full_document, full_round
from tests.solver.rounds import call, session, tiny_round

# -- any value of the format --------------------------------------------------------

texts = some.text(some.characters(exclude_categories=["Cs"]), max_size=8)
amounts = some.integers(0, 10**12)
dates = some.dates(date(1900, 1, 1), date(2199, 12, 31))
instants = some.builds(
    datetime.combine, dates, some.times().map(lambda at: at.replace(second=0, microsecond=0)), some.just(UTC)
)
spans = some.tuples(dates, dates).map(lambda pair: Span(min(pair), max(pair)))
closed = some.lists(spans, max_size=2, unique=True).map(tuple)
languages = some.sampled_from(["ar", "en", "es", "fr", "pt", "sw"])
countries = some.sampled_from(["FR", "SN", "WS"])
topics = some.sampled_from(["law", "tax", "water and soil", "{}"])


def ids(least: int = 1):
    return some.lists(texts, min_size=least, max_size=3, unique=True)


def some_of(values):
    return (
        some.lists(some.sampled_from(values), max_size=2, unique=True).map(tuple) if values else some.just(())
    )


@some.composite
def rounds(draw) -> Round:
    """Any round that the format allows, as far as a few rows of each kind go."""
    first_day = draw(some.dates(date(1900, 1, 1), date(2199, 6, 1)))
    last_day = first_day + timedelta(draw(some.integers(0, 200)))
    pick = lambda values: draw(some.sampled_from(values))  # noqa: E731
    place_ids, venue_ids, organisation_ids, person_ids, workshop_ids = (draw(ids()) for _ in range(5))

    places = {
        each: Place(
            each,
            draw(texts),
            pick(["SN", "WS", "FR"]),
            draw(some.floats(-90, 90)),
            draw(some.floats(-180, 180)),
            pick(["Africa/Dakar", "Pacific/Apia", "Asia/Kathmandu"]),
            draw(some.frozensets(dates, max_size=2)),
            draw(some.frozensets(some.integers(1, 7), max_size=3)),
        )
        for each in place_ids
    }
    venues = {
        each: Venue(each, draw(texts), pick(place_ids), draw(amounts), draw(amounts), draw(closed))
        for each in venue_ids
    }
    organisations = {
        each: Organisation(
            each, draw(texts), pick(["coalition", "platform", "member"]), draw(texts), pick(place_ids)
        )
        for each in organisation_ids
    }
    people = {
        each: Person(
            each,
            draw(texts),
            pick(organisation_ids),
            pick(place_ids),
            draw(some.frozensets(languages, max_size=2)),
            draw(closed),
            draw(closed),
            draw(some.dictionaries(topics, some.integers(2, 3), max_size=2)),
            draw(amounts),
            draw(amounts),
            draw(amounts),
            draw(some.dictionaries(topics, some.integers(1, 3), max_size=2)),
            draw(amounts),
            draw(some.booleans()),
            draw(closed),
            draw(some.frozensets(countries, max_size=2)),
            draw(some.dictionaries(countries, some.none() | dates, max_size=2)),
            draw(some.none() | dates),
        )
        for each in person_ids
    }
    workshops = {}
    for each in workshop_ids:
        online = draw(some.booleans())
        most, window_first = draw(some.integers(0, 9)), first_day - timedelta(draw(some.integers(0, 3)))
        hosts = draw(some.lists(some.sampled_from(venue_ids), min_size=1, max_size=2, unique=True))
        workshops[each] = Workshop(
            id=each,
            title=draw(texts),
            requested_by=pick(organisation_ids),
            topic=draw(texts),
            kind=pick(["peer_exchange", "training_of_trainers", "replication", "webinar"]),
            mode="online" if online else "in_person",
            window=Span(max(window_first, date(1900, 1, 1)), last_day),
            languages=tuple(draw(some.lists(languages, min_size=1, max_size=2, unique=True))),
            team=TeamSize(draw(some.integers(0, most)), most, draw(some.integers(0, most))),
            seats=SeatCount(draw(some.integers(0, most)), most),
            invited=draw(some_of(organisation_ids)),
            seats_per_organisation=draw(amounts),
            organisations_min=draw(amounts),
            priority=draw(some.integers(1, 5)),
            days=0 if online else draw(some.integers(1, 10)),
            minutes=30 * draw(some.integers(1, 32)) if online else 0,
            venues=() if online else tuple(hosts),
            budget=draw(some.none() | amounts),
            nominated=draw(
                some.none() | some.dictionaries(some.sampled_from(person_ids), some.integers(1, 3))
            ),
        )
    return Round(
        id=draw(texts),
        title=draw(texts),
        currency="XOF",
        first_day=first_day,
        last_day=last_day,
        rules=Rules(
            draw(amounts), draw(amounts), draw(amounts), Weights(*(draw(amounts) for _ in range(10)))
        ),
        places=places,
        venues=venues,
        organisations=organisations,
        people=people,
        workshops=workshops,
        funds={
            each: Fund(each, draw(texts), draw(some_of(workshop_ids)), draw(amounts)) for each in draw(ids(0))
        },
        pins=tuple(draw(some.lists(pins(workshops, person_ids), max_size=3))),
        published=draw(some.none() | published(workshop_ids, venue_ids, person_ids)),
    )


@some.composite
def pins(draw, workshops, person_ids) -> Pin:
    workshop = draw(some.sampled_from(list(workshops.values())))
    if draw(some.booleans()):
        return Pin(workshop.id, held=False)
    venue = draw(some.sampled_from([None, *workshop.venues]))
    start = draw(some.none() | (instants if workshop.online else dates))
    team, seats = draw(some_of(person_ids)), draw(some_of(person_ids))
    return Pin(workshop.id, venue, start, team, seats, held=draw(some.sampled_from([None, True])))


@some.composite
def published(draw, workshop_ids, venue_ids, person_ids) -> tuple[PublishedSession, ...]:
    return tuple(
        PublishedSession(
            workshop,
            draw(some.sampled_from([None, *venue_ids])),
            draw(dates | instants),
            draw(some_of(person_ids)),
            draw(some_of(person_ids)),
        )
        for workshop in draw(some_of(workshop_ids))
    )


@settings(max_examples=60, deadline=None)
@given(rounds())
def test_a_round_survives_being_written_and_read(round):
    data = write_round(round)
    assert read_round(data) == round
    assert write_round(read_round(data)) == data


ROUND = tiny_round()
some_people = some.lists(some.sampled_from(list(ROUND.people)), max_size=4).map(tuple)
some_teams = some.lists(
    some.builds(
        TeamMember, some.sampled_from(list(ROUND.people)), some.sampled_from(["lead", "facilitator"])
    ),
    max_size=4,
).map(tuple)
some_venues = some.sampled_from([None, "hall", "room"])
some_sessions = some.builds(
    Session, some.just("course"), some_venues, dates, some_teams, some_people
) | some.builds(Session, some.just("call"), some_venues, instants, some_teams, some_people)
some_reasons = some.builds(
    Reason,
    texts,
    some.lists(some.sampled_from(list(ROUND.people)), max_size=2, unique=True).map(tuple),
    some.lists(some.sampled_from(list(ROUND.workshops)), max_size=2, unique=True).map(tuple),
    texts,
)
schedules = some.builds(
    Schedule,
    texts,
    some.lists(some_sessions, max_size=3).map(tuple),
    some.lists(
        some.builds(
            Unscheduled,
            some.sampled_from(list(ROUND.workshops)),
            some.lists(some_reasons, max_size=2).map(tuple),
        ),
        max_size=2,
        unique_by=lambda each: each.workshop,
    ).map(tuple),
    some.integers(-(10**18), 10**18),
    some.none() | some.integers(-(10**18), 10**18),
    some.integers(0, 10**18),
)


@settings(max_examples=60, deadline=None)
@given(schedules)
def test_a_schedule_survives_being_written_and_read(schedule):
    data = write_schedule(schedule)
    assert read_schedule(data, ROUND) == schedule
    assert write_schedule(read_schedule(data, ROUND)) == data


# -- the written form -----------------------------------------------------------------


def test_equal_rounds_are_written_as_the_same_bytes():
    assert write_round(full_round()) == write_round(full_round())


def test_defaults_are_left_out_and_order_is_kept():
    lena, fred, *_ = full_document()["people"]
    assert list(lena) == ["id", "name", "organisation", "home", "languages", "teaches", "fee_per_day"]
    assert fred["online_only"] is True
    assert [row["id"] for row in full_document()["workshops"]] == ["course", "next", "call"]


def test_a_row_stands_on_a_line_of_its_own():
    lines = write_schedule(Schedule("tiny", (session(), call()))).decode().splitlines()
    rows = [json.loads(line.strip().removesuffix(",")) for line in lines if line.startswith("  {")]
    assert [row["workshop"] for row in rows] == ["course", "call"]


def test_text_is_written_as_it_is_in_utf8():
    assert "Développement".encode() in write_round(tiny_round(title="Développement"))
