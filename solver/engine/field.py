"""The sets of all workshops laid end to end in flat arrays, for compiled code (`kernels`).

A `Field` holds what never changes while a round is planned, a `State` what is placed now: a `Board` for
machines. Both are tuples of numpy arrays, since that is what compiled functions take.

Matrices over (option, candidate) lie option by option, so that pricing one option reads one stretch of
memory. The `Options` that a field is made of keep working: their matrices become views into it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.engine.arrays import Arrays, Bools, Days, Floats, Ints
from solver.engine.board import Placement
from solver.engine.candidates import Candidates
from solver.engine.options import NOWHERE, Options
from solver.round import FACILITATES, MAY_LEAD

UNLIMITED = 1e15  # money

WORKSHOP = np.dtype(
    [
        ("option", "i8"),  # where its options begin, and how many there are
        ("options", "i8"),
        ("team", "i8"),  # where its team candidates begin, and how many there are
        ("teams", "i8"),
        ("seat", "i8"),  # likewise seats
        ("seats", "i8"),
        ("online", "?"),
        ("must", "?"),
        ("slots", "i8"),
        ("days", "i8"),
        ("topic", "i8"),
        ("words", "i8"),  # its working languages, one bit each
        ("team_min", "i8"),
        ("team_max", "i8"),
        ("leads", "i8"),
        ("graduates", "i8"),
        ("seats_min", "i8"),
        ("seats_max", "i8"),
        ("each", "i8"),
        ("organisations_min", "i8"),
        ("parent", "i8"),
        ("min_days", "i8"),
        ("max_days", "i8"),
        ("pinned", "i8"),  # how many people pins name
        ("held", "f8"),
        ("budget", "f8"),
    ],
    align=True,
)
OPTION = np.dtype(
    [
        ("venue", "i8"),
        ("start", "i8"),
        ("first", "i8"),
        ("last", "i8"),
        ("room", "i8"),  # the most seats
        ("value", "f8"),
        ("cost", "f8"),
        ("team", "i8"),  # where its stretches begin: presence (ok, first, last), worth, money
        ("seat", "i8"),
        ("team_value", "i8"),
        ("seat_value", "i8"),
        ("team_cost", "i8"),
        ("seat_cost", "i8"),
    ],
    align=True,
)
CANDIDATE = np.dtype(
    [
        ("person", "i8"),
        ("organisation", "i8"),
        ("words", "i8"),  # the workshop's languages that the person speaks
        ("lead", "?"),
        ("teaches", "?"),
        ("pinned", "?"),
        ("in_parent", "i8"),  # team: the row among the seats of the workshop followed, or -1
    ],
    align=True,
)


class Field(NamedTuple):
    """What never changes. W workshops, O options in all, C candidates in all, P people, F funds.

    workshops [W], options [O], candidates [C]: records as above; a workshop's team comes before its seats
    ok, first, last: presence, a stretch for each option and role
    value, cost: hundredths of a point and money; stretches that options share
    max_workshops, max_days_away, max_seats: [P]
    child, children: the followers of w are `children[child[w]:child[w + 1]]`; fund, funds likewise
    amount: [F]
    """

    workshops: NDArray[np.void]
    options: NDArray[np.void]
    candidates: NDArray[np.void]
    ok: Bools
    first: Days
    last: Days
    value: Floats
    cost: Floats
    max_workshops: Ints
    max_days_away: Ints
    max_seats: Ints
    child: Ints
    children: Ints
    fund: Ints
    funds: Ints
    amount: Floats


class State(NamedTuple):
    """What is placed now, and who and what is taken by it. TM, SM: the largest team and number of seats.

    option: [W] the number of its option among the workshop's own, -1 where it is not held
    team [W, TM], seats [W, SM]: candidates (numbers in all), the first `members[w]`, `seated[w]` of them
    spent_on: [W] money
    taken: [P, D] 256 for a block, 1 for each call on that day
    call, calls, call_ends: the calls of p are `calls[call[p]:call[p] + ringing[p]]` with their ends
    facilitates, days_away, sits, engaged: [P]; engaged counts the sessions a person is in
    topic_seat: [P, T]; reached: [G, T]; venue_taken: [V, D]; spent: [F]
    objective: [1]
    """

    option: Ints
    team: Ints
    members: Ints
    seats: Ints
    seated: Ints
    spent_on: Floats
    taken: NDArray[np.int16]
    call: Ints
    calls: Ints
    call_ends: Ints
    ringing: Ints
    facilitates: Ints
    days_away: Ints
    sits: Ints
    engaged: Ints
    topic_seat: Bools
    reached: Ints
    venue_taken: Bools
    spent: Floats
    objective: Floats


def field_of(arrays: Arrays, sets: list[Options]) -> Field:
    """Lay the sets end to end; the matrices of `sets` become views into the field."""
    workshops = np.zeros(len(sets), WORKSHOP)
    options = np.zeros(sum(len(each) for each in sets), OPTION)
    candidates = np.zeros(sum(each.team.people.size + each.seats.people.size for each in sets), CANDIDATE)
    laid = _Stretches(sets)
    venue_seats = np.array([v.seats for v in arrays.round.venues.values()] or [0], dtype=np.int64)
    o = c = 0
    for each in sets:
        teams, seats, count = each.team.people.size, each.seats.people.size, len(each)
        _describe(workshops[each.w : each.w + 1], arrays, each)
        here = workshops[each.w : each.w + 1]
        here["option"], here["options"], here["team"], here["seat"] = o, count, c, c + teams
        rows = options[o : o + count]
        for name in ("venue", "start", "first", "last", "value", "cost"):
            rows[name] = getattr(each, name)
        rows["room"] = each.workshop.seats.max
        if not each.online and count:
            rows["room"] = np.minimum(each.workshop.seats.max, venue_seats[each.venue])
        rows["team"], rows["team_value"], rows["team_cost"] = laid.lay(each.team, each.cost_column)
        rows["seat"], rows["seat_value"], rows["seat_cost"] = laid.lay(each.seats, each.cost_column)
        _name(candidates[c : c + teams], arrays, each, each.team, each.pinned_team)
        _name(candidates[c + teams : c + teams + seats], arrays, each, each.seats, each.pinned_seats)
        o, c = o + count, c + teams + seats
    _link_graduates(workshops, candidates)
    followers: list[list[int]] = [[] for _ in sets]
    for w in np.flatnonzero(workshops["parent"] != NOWHERE).tolist():
        followers[workshops["parent"][w]].append(w)
    child, children = _ragged(followers)
    funds = list(arrays.round.funds.values())
    paid_by: list[list[int]] = [[] for _ in sets]
    for f, each_fund in enumerate(funds):
        for id in each_fund.workshops:
            paid_by[arrays.workshop_number[id]].append(f)
    fund, of_funds = _ragged(paid_by)
    return Field(
        workshops,
        options,
        candidates,
        laid.ok,
        laid.first,
        laid.last,
        laid.value,
        laid.cost,
        arrays.max_workshops,
        arrays.max_days_away,
        arrays.max_seats,
        child,
        children,
        fund,
        of_funds,
        np.array([x.amount for x in funds], dtype=np.float64),
    )


def _describe(record: NDArray[np.void], arrays: Arrays, options: Options) -> None:
    workshop, follows = options.workshop, options.workshop.follows
    values = {
        "teams": options.team.people.size,
        "seats": options.seats.people.size,
        "online": options.online,
        "must": options.must,
        "slots": options.slots if options.online else 0,
        "days": workshop.days if not options.online else 0,
        "topic": options.topic,
        "words": sum(1 << k for k in range(len(options.languages))),
        "team_min": workshop.team.min,
        "team_max": min(workshop.team.max, options.team.people.size),
        "leads": workshop.team.leads,
        "graduates": follows.graduates if follows else 0,
        "seats_min": workshop.seats.min,
        "seats_max": min(workshop.seats.max, options.seats.people.size),
        "each": workshop.seats_per_organisation,
        "organisations_min": workshop.organisations_min,
        "parent": arrays.workshop_number[follows.workshop] if follows else NOWHERE,
        "min_days": follows.min_days if follows else 0,
        "max_days": follows.max_days if follows else 0,
        "pinned": len(options.pinned_team) + len(options.pinned_seats),
        "held": options.held_value,
        "budget": UNLIMITED if workshop.budget is None else workshop.budget,
    }
    for name, value in values.items():
        record[name] = value


def _name(
    records: NDArray[np.void],
    arrays: Arrays,
    options: Options,
    part: Candidates,
    pinned: frozenset[int],
) -> None:
    records["person"] = part.people
    records["organisation"] = arrays.organisation[part.people]
    speaks = arrays.speaks[part.people][:, options.languages]
    records["words"] = speaks @ (1 << np.arange(len(options.languages)))
    records["lead"] = part.level >= MAY_LEAD if part is options.team else False
    records["teaches"] = part.level >= FACILITATES if part is options.team else False
    records["pinned"] = np.isin(part.people, list(pinned))
    records["in_parent"] = NOWHERE


def _link_graduates(workshops: NDArray[np.void], candidates: NDArray[np.void]) -> None:
    """Tell team candidates which seat of the workshop followed would be theirs."""
    for w in np.flatnonzero(workshops["parent"] != NOWHERE).tolist():
        here, parent = workshops[w], workshops[workshops[w]["parent"]]
        seats = candidates["person"][parent["seat"] : parent["seat"] + parent["seats"]].tolist()
        row = {person: parent["seat"] + n for n, person in enumerate(seats)}
        team = slice(here["team"], here["team"] + here["teams"])
        people = candidates["person"][team].tolist()
        candidates["in_parent"][team] = [row.get(person, NOWHERE) for person in people]


def _ragged(lists: list[list[int]]) -> tuple[Ints, Ints]:
    begins = np.zeros(len(lists) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in lists], out=begins[1:])
    return begins, np.array([x for each in lists for x in each], dtype=np.int64)


class _Stretches:
    """The matrices of all workshops, one after the other."""

    def __init__(self, sets: list[Options]) -> None:
        parts = [part for each in sets for part in (each.team, each.seats)]
        size = sum(part.ok.size for part in parts)
        self.ok = np.zeros(size, np.bool_)
        self.first, self.last = np.zeros(size, np.int16), np.zeros(size, np.int16)
        self.value = np.zeros(sum(part.value.size for part in parts))
        self.cost = np.zeros(sum(part.cost.size for part in parts))
        self.at = self.value_at = self.cost_at = 0

    def lay(self, part: Candidates, cost_column: Ints) -> tuple[Ints, Ints, Ints]:
        """Lay down one role's matrices; where each option's presence, worth and money begin."""
        people, options = part.ok.shape
        for name in ("ok", "first", "last"):
            flat = getattr(self, name)[self.at : self.at + part.ok.size].reshape(options, people)
            flat[:] = getattr(part, name).T
            setattr(part, name, flat.T)
        value = self.value[self.value_at : self.value_at + part.value.size].reshape(part.value.T.shape)
        value[:] = part.value.T
        part.value = value.T
        cost = self.cost[self.cost_at : self.cost_at + part.cost.size].reshape(part.cost.T.shape)
        cost[:] = part.cost.T
        at = self.at + np.arange(options) * people
        value_at = self.value_at + part.value_column * people
        # Online, a seat costs nothing and money has one column.
        column = np.minimum(cost_column, max(0, part.cost.shape[1] - 1))
        cost_at = self.cost_at + column * people
        self.at += part.ok.size
        self.value_at += value.size
        self.cost_at += cost.size
        return at, value_at, cost_at


def empty_state(arrays: Arrays, field: Field) -> State:
    """Nothing placed: the objective is what cancelling everything published costs."""
    workshops, people = field.workshops, len(arrays.person_ids)
    calls = np.zeros(people, dtype=np.int64)
    for record in workshops[workshops["online"]]:
        for begin, count in (("team", "teams"), ("seat", "seats")):
            here = field.candidates["person"][record[begin] : record[begin] + record[count]]
            calls[here] += 1
    calls = np.minimum(calls, arrays.max_workshops + arrays.max_seats)
    call = np.concatenate([[0], np.cumsum(calls)])
    published = arrays.round.published or ()
    zeros = np.zeros
    return State(
        option=np.full(len(workshops), -1, dtype=np.int64),
        team=zeros((len(workshops), int(workshops["team_max"].max(initial=1))), dtype=np.int64),
        members=zeros(len(workshops), dtype=np.int64),
        seats=zeros((len(workshops), max(1, int(workshops["seats_max"].max(initial=1)))), dtype=np.int64),
        seated=zeros(len(workshops), dtype=np.int64),
        spent_on=zeros(len(workshops)),
        taken=zeros((people, arrays.days), dtype=np.int16),
        call=call,
        calls=zeros(int(call[-1]), dtype=np.int64),
        call_ends=zeros(int(call[-1]), dtype=np.int64),
        ringing=zeros(people, dtype=np.int64),
        facilitates=zeros(people, dtype=np.int64),
        days_away=zeros(people, dtype=np.int64),
        sits=zeros(people, dtype=np.int64),
        engaged=zeros(people, dtype=np.int64),
        topic_seat=zeros((people, max(1, len(arrays.topic_number))), dtype=np.bool_),
        reached=zeros((len(arrays.organisation_number), max(1, len(arrays.topic_number))), dtype=np.int64),
        venue_taken=zeros((max(1, len(arrays.venue_ids)), arrays.days), dtype=np.bool_),
        spent=zeros(len(field.amount)),
        objective=np.array([-100.0 * arrays.weights.cancel * len(published)]),
    )


def placement_at(field: Field, state: State, w: int) -> Placement | None:
    """What the state holds of one workshop, in the board's words."""
    o = int(state.option[w])
    if o < 0:
        return None
    record = field.workshops[w]
    team = state.team[w, : state.members[w]] - record["team"]
    seats = state.seats[w, : state.seated[w]] - record["seat"]
    return Placement(w, o, tuple(team.tolist()), tuple(seats.tolist()), int(state.spent_on[w]))
