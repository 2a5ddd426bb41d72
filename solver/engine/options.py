"""The sets of the model: for each workshop its options O_w, and who can be in each of them.

An *option* o is a venue and a first day in person, a start slot online. O_w keeps only what
the rules `window`, `working_days` (of the place), `venue` (closures), `start_grid` and `pins`
allow, what leaves enough people for a team and the seats, and, for a workshop that follows
another, what some option of the other reaches.

For each workshop and role, `Candidates` says who may fill it and in which options. What a candidate
is worth there is a constant: no products appear in any model built on these sets. Online starts that
another makes superfluous are left out (`dominance`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from solver.engine.arrays import SLOT_MINUTES, SLOTS_PER_DAY, Arrays, Bools, Floats, Ints
from solver.engine.candidates import (
    Candidates,
    eligible,
    in_person_candidates,
    online_candidates,
    places_of_venues,
)
from solver.engine.dominance import undominated
from solver.round import Pin, Span, Workshop

NOWHERE = -1


@dataclass(slots=True)
class Options:
    """O_w: the ways to hold workshop `w`, with its candidates; O options.

    venue, start, first, last: [O]; `start` is a first day in person and a slot online, first and last are
    day numbers.
    value: [O] of the session without its people; cost: [O] money of the venue.
    cost_column: [O] the column of `Candidates.cost`, one per place.
    held_value: what holding it brings. must: whether pins demand it.
    by_organisation: [G, m] the seat rows of each organisation, -1 where it has no more.
    """

    w: int
    workshop: Workshop
    topic: int
    languages: Ints
    venue: Ints
    start: Ints
    first: Ints
    last: Ints
    value: Floats
    cost: Ints
    cost_column: Ints
    team: Candidates
    seats: Candidates
    held_value: float
    must: bool
    pinned_team: frozenset[int]
    pinned_seats: frozenset[int]
    by_organisation: Ints

    @property
    def online(self) -> bool:
        return self.workshop.online

    @property
    def slots(self) -> int:
        """Length in slots (online)."""
        return self.workshop.minutes // SLOT_MINUTES

    def __len__(self) -> int:
        return len(self.start)

    def keep(self, kept: Ints) -> None:
        """Restrict to some options, in order."""
        if kept.size == len(self):
            return
        for name in ("venue", "start", "first", "last", "value", "cost", "cost_column"):
            setattr(self, name, getattr(self, name)[kept])
        self.team.keep(kept)
        self.seats.keep(kept)


def demanded(arrays: Arrays) -> set[int]:
    """Workshops that pins want held, and what those follow (`follows` makes the wish hereditary)."""
    wanted: set[int] = set()
    for pin in arrays.round.pins:
        workshop: str | None = pin.workshop if pin.demands_session else None
        while workshop is not None and arrays.workshop_number[workshop] not in wanted:
            wanted.add(arrays.workshop_number[workshop])
            follows = arrays.round.workshops[workshop].follows
            workshop = follows.workshop if follows else None
    return wanted


Kept = Mapping[str, date | datetime]  # workshop id -> a start that must not be given up as dominated


def all_options(arrays: Arrays, kept: Kept | None = None) -> list[Options]:
    """The options of every workshop, in document order; `kept` as in `options_of`."""
    must = demanded(arrays)
    kept = kept or {}
    pins: dict[str, list[Pin]] = {}
    for pin in arrays.round.pins:
        pins.setdefault(pin.workshop, []).append(pin)
    sets = [
        options_of(arrays, id, pins.get(id, []), must=w in must, kept=kept.get(id))
        for w, id in enumerate(arrays.workshop_ids)
    ]
    for options in in_order_of_following(sets, arrays):
        _reachable(options, sets, arrays)
    for options in reversed(in_order_of_following(sets, arrays)):
        if options.must:
            _preceding(options, sets, arrays)
    return sets


def in_order_of_following(sets: list[Options], arrays: Arrays) -> list[Options]:
    """Parents before those that follow them."""

    def depth(options: Options) -> int:
        found, follows = 0, options.workshop.follows
        while follows:
            found, follows = found + 1, arrays.round.workshops[follows.workshop].follows
        return found

    return sorted(sets, key=depth)


def _reachable(options: Options, sets: list[Options], arrays: Arrays) -> None:
    """Drop options that no option of the workshop followed can precede (rule `follows`)."""
    follows = options.workshop.follows
    if follows is None or not len(options):
        return
    ends = np.unique(sets[arrays.workshop_number[follows.workshop]].last)
    before = np.searchsorted(ends, options.first - follows.max_days, side="left")
    until = np.searchsorted(ends, options.first - follows.min_days, side="right")
    options.keep(np.flatnonzero(until > before))


def _preceding(options: Options, sets: list[Options], arrays: Arrays) -> None:
    """Drop options of the workshop followed that this one, which must be held, cannot come after."""
    follows = options.workshop.follows
    if follows is None:
        return
    parent = sets[arrays.workshop_number[follows.workshop]]
    starts = np.unique(options.first)
    after = np.searchsorted(starts, parent.last + follows.min_days, side="left")
    until = np.searchsorted(starts, parent.last + follows.max_days, side="right")
    parent.keep(np.flatnonzero(until > after))


def options_of(
    arrays: Arrays, id: str, pins: list[Pin], *, must: bool, kept: date | datetime | None = None
) -> Options:
    """O_w of one workshop with its candidates; empty where nothing can be held.

    An online start that was published, or is `kept`, stays even where another dominates it.
    """
    workshop = arrays.round.workshops[id]
    w = arrays.workshop_number[id]
    topic = arrays.topic_number[workshop.topic]
    languages = np.array([arrays.language_number[code] for code in workshop.languages])
    venue, start = (
        _starts_online(arrays, workshop) if workshop.online else _starts_in_person(arrays, workshop)
    )
    allowed = _as_pinned(arrays, workshop, pins, venue, start)
    venue, start = venue[allowed], start[allowed]
    team_people, seat_people = eligible(arrays, workshop, topic, languages)
    if workshop.online:
        homes = np.unique(arrays.home[np.concatenate([team_people, seat_people])])
        told = [told.start for told in arrays.round.published or () if told.workshop == id]
        wanted = [arrays.slot(each) for each in (*told, kept) if isinstance(each, datetime)]
        best = undominated(arrays, workshop, homes, start)
        best = np.union1d(best, np.flatnonzero(np.isin(start, [s for s in wanted if s is not None])))
        venue, start = venue[best], start[best]
        first = start // SLOTS_PER_DAY + arrays.day(arrays.round.first_day)
        end = start + workshop.minutes // SLOT_MINUTES - 1
        last = end // SLOTS_PER_DAY + arrays.day(arrays.round.first_day)
        cost = np.zeros(len(start), dtype=np.int64)
        cost_column = np.zeros(len(start), dtype=np.int64)
    else:
        first, last = start, start + workshop.days - 1
        per_day = np.array([arrays.round.venues[v].cost_per_day for v in arrays.venue_ids], dtype=np.int64)
        cost = workshop.days * per_day[venue]
        _, cost_column = np.unique(places_of_venues(arrays)[venue], return_inverse=True)

    people = online_candidates if workshop.online else in_person_candidates
    weights = arrays.weights
    pinned_team = frozenset(arrays.person_number[p] for pin in pins for p in pin.team)
    pinned_seats = frozenset(arrays.person_number[p] for pin in pins for p in pin.seats)
    options = Options(
        w=w,
        workshop=workshop,
        topic=topic,
        languages=languages,
        venue=venue,
        start=start,
        first=first,
        last=last,
        value=(-float(weights.cost) * cost).astype(np.float64),
        cost=cost,
        cost_column=cost_column,
        team=people(arrays, workshop, topic, team_people, venue, start, teaching=True),
        seats=people(arrays, workshop, topic, seat_people, venue, start, teaching=False),
        held_value=100.0 * weights.held * workshop.priority,
        must=must,
        pinned_team=pinned_team,
        pinned_seats=pinned_seats,
        by_organisation=_by_organisation(arrays.organisation[seat_people]),
    )
    options.keep(np.flatnonzero(_enough_people(arrays, options)))
    _prefer_published(arrays, options)
    return options


def _by_organisation(organisation: Ints) -> Ints:
    """Rows of equal organisation together, padded with -1; `organisation` [N] is sorted."""
    begins = np.flatnonzero(np.diff(organisation, prepend=-1))
    sizes = np.diff(np.append(begins, organisation.size))
    table = begins[:, None] + np.arange(sizes.max(initial=0))[None, :]
    return np.where(np.arange(table.shape[1])[None, :] < sizes[:, None], table, -1)


def _prefer_published(arrays: Arrays, options: Options) -> None:
    """What `change` and `cancel` add: all that can be lost counts as lost, each thing kept brings it back."""
    weights, id = arrays.weights, options.workshop.id
    for told in arrays.round.published or ():
        if told.workshop != id:
            continue
        change = 100.0 * weights.change
        options.held_value += 100.0 * weights.cancel - change * (len(told.team) + len(told.seats) + 1)
        start = arrays.slot(told.start) if isinstance(told.start, datetime) else arrays.day(told.start)
        if isinstance(told.start, datetime) == options.online:
            venue = NOWHERE if told.venue is None else arrays.venue_number[told.venue]
            options.value[(options.start == start) & (options.venue == venue)] += change
        for part, kept in ((options.team, told.team), (options.seats, told.seats)):
            rows = np.isin(part.people, [arrays.person_number[p] for p in kept])
            part.value[rows] += change


def _starts_in_person(arrays: Arrays, workshop: Workshop) -> tuple[Ints, Ints]:
    """Venue and first day of every way that window, working days and closures allow."""
    window = _window(arrays, workshop)
    venues: list[Ints] = []
    starts: list[Ints] = []
    for id in workshop.venues:
        venue = arrays.round.venues[id]
        open_days = arrays.works[arrays.place_number[venue.place]].copy()
        for span in venue.closed:
            open_days[arrays.clip(span)] = False
        closed_before = np.concatenate([[0], np.cumsum(~open_days)])
        first = np.arange(window.start, window.stop - workshop.days + 1)
        first = first[closed_before[first + workshop.days] == closed_before[first]]
        starts.append(first)
        venues.append(np.full(len(first), arrays.venue_number[id]))
    return _joined(venues), _joined(starts)


def _starts_online(arrays: Arrays, workshop: Workshop) -> tuple[Ints, Ints]:
    """Every slot whose session lies inside the window by UTC dates."""
    window = _window(arrays, workshop)
    pad = arrays.day(arrays.round.first_day)
    first, stop = (window.start - pad) * SLOTS_PER_DAY, (window.stop - pad) * SLOTS_PER_DAY
    start = np.arange(first, stop - workshop.minutes // SLOT_MINUTES + 1)
    return np.full(len(start), NOWHERE), start


def _window(arrays: Arrays, workshop: Workshop) -> slice:
    round = arrays.round
    first, last = max(workshop.window.first, round.first_day), min(workshop.window.last, round.last_day)
    return arrays.clip(Span(first, last))


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _as_pinned(arrays: Arrays, workshop: Workshop, pins: list[Pin], venue: Ints, start: Ints) -> Bools:
    """Which options the pins on venue, start and held leave."""
    kept = np.ones(len(start), dtype=np.bool_)
    for pin in pins:
        if pin.held is False:
            kept[:] = False
        if pin.venue is not None:
            kept &= venue == arrays.venue_number[pin.venue]
        if pin.start is not None:
            kept &= start == pinned_start(arrays, workshop, pin)
    return kept


def pinned_start(arrays: Arrays, workshop: Workshop, pin: Pin) -> int:
    """The pinned start as a day or slot number; -1 where no option can have it."""
    if workshop.online:
        slot = arrays.slot(pin.start) if isinstance(pin.start, datetime) else None
        return NOWHERE if slot is None else slot
    return NOWHERE if pin.start is None or isinstance(pin.start, datetime) else arrays.day(pin.start)


def _enough_people(arrays: Arrays, options: Options) -> Bools:
    """Options in which a team, its leads, languages and the seats can be filled at all."""
    workshop, team, seats = options.workshop, options.team, options.seats
    enough = team.ok.sum(axis=0) >= workshop.team.min
    enough &= team.ok[team.level >= 3].sum(axis=0) >= workshop.team.leads
    for language in options.languages:
        enough &= team.ok[arrays.speaks[team.people, language]].any(axis=0)
    for person in options.pinned_team:
        enough &= team.ok[team.people == person].any(axis=0)
    for person in options.pinned_seats:
        enough &= seats.ok[seats.people == person].any(axis=0)
    if workshop.seats.min or workshop.organisations_min:
        organisation = arrays.organisation[seats.people]
        begins = np.flatnonzero(np.diff(organisation, prepend=-1))  # candidates are sorted by organisation
        per_group = np.zeros((0, len(options)), dtype=np.int64)
        if begins.size:
            per_group = np.add.reduceat(seats.ok, begins, axis=0, dtype=np.int64)
        enough &= (per_group > 0).sum(axis=0) >= workshop.organisations_min
        seatable = np.minimum(per_group, workshop.seats_per_organisation).sum(axis=0)
        enough &= seatable >= workshop.seats.min
    found: Bools = enough
    return found
