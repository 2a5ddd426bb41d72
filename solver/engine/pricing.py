"""What each option of one workshop could bring, and the best session in one option.

Given a board, `price` computes for all options at once which candidates can be there and an upper
bound on the session's worth; `compose` then fills one option exactly but for budgets. Looking at
options in the order of their bounds and stopping when the next bound is below the best session
found (`best_session`) gives the best insertion without composing them all.

The bound of an option is

    held + value_o + max over teams (leads, graduates, size) + max over seats (number, reach)

where the team is maximised exactly over the number of its members from each of the classes
{may lead, cannot} x {graduate, not}, and seats are the best `seats.max` of them. It ignores the
working languages, the number of organisations and money, hence it is never too low.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import numpy as np

from solver.engine.arrays import Bools, Floats, Ints
from solver.engine.board import Board, Placement
from solver.engine.candidates import Candidates
from solver.engine.options import NOWHERE, Options
from solver.engine.prices import Prices
from solver.engine.seating import Seating, choose_seats
from solver.engine.teaming import choose_team
from solver.round import MAY_LEAD

PIN = 1e9  # added to the worth of whom a pin names, so that they come first


@dataclass(slots=True)
class Wishes:
    """Extra worth that the caller gives to people while a session is composed.

    team, seats: {row: extra} in hundredths of a point (prices are negative wishes).
    """

    team: dict[int, float] = field(default_factory=dict)
    seats: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class Priced:
    """One workshop against a board.

    team, seats: [N, O] worth of a candidate in an option, -inf where it cannot be there.
    reach: [seat candidates] bonus for the first seat of the organisation. graduate: [team candidates].
    bound: [O] at most what a session in the option brings. money: the most it may cost, if anything.
    """

    options: Options
    team: Floats
    seats: Floats
    reach: Floats
    graduate: Bools
    bound: Floats
    money: int | None


def price(
    board: Board,
    options: Options,
    wishes: Wishes | None = None,
    *,
    prices: Prices | None = None,
    ignoring: frozenset[str] = frozenset(),
) -> Priced:
    """Price all options of a workshop that is not on the board.

    `prices` are subtracted from what people are worth: what others would pay for their time.

    `ignoring` names rules to leave out as far as the rest of the board is concerned: any of
    `one_place_at_a_time`, `load`, `seating`, `venue`, `follows` and `budget`.
    """
    arrays, workshop, w = board.arrays, options.workshop, options.w
    weights = arrays.weights
    team, seats = options.team, options.seats

    anywhere, rested = "one_place_at_a_time" in ignoring, "load" in ignoring
    can = team.ok if anywhere else team.ok & _free(board, options, team)
    if not rested:
        can = can & (board.facilitates[team.people] < arrays.max_workshops[team.people])[:, None]
        can &= _rested(board, options)
    graduate = np.isin(team.people, board.graduates(w)) | ("follows" in ignoring)
    can = can & (graduate | (team.level > 0))[:, None]
    load = 100.0 * weights.balance * board.facilitates[team.people]
    team_worth = np.where(can, team.worth() - load[:, None], -np.inf)

    can = seats.ok if anywhere else seats.ok & _free(board, options, seats)
    if not rested:
        can = can & (board.seated[seats.people] < arrays.max_seats[seats.people])[:, None]
    if "seating" not in ignoring:
        can = can & ~board.topic_seat[seats.people, options.topic][:, None]
    seat_worth = np.where(can, seats.worth(), -np.inf)
    groups = arrays.organisation[seats.people]
    reach = np.where(board.reached[groups, options.topic] == 0, 100.0 * weights.reach, 0.0)

    for part, worth, pinned in (
        (team, team_worth, options.pinned_team),
        (seats, seat_worth, options.pinned_seats),
    ):
        if pinned:
            worth[np.isin(part.people, list(pinned))] += PIN
    if prices is not None:
        team_worth -= prices.of_team(options)[:, None]
        seat_worth -= prices.of_seats(options)[:, None]
    for extra, worth in ((wishes.team, team_worth), (wishes.seats, seat_worth)) if wishes else ():
        for row, more in extra.items():
            worth[row] += more

    bound = np.where(_open(board, options, ignoring), options.held_value + options.value, -np.inf)
    open_options = bound > -np.inf
    if open_options.any():
        needed = workshop.follows.graduates if workshop.follows else 0
        bound += best_team_worth(team_worth, team.level >= MAY_LEAD, graduate, workshop.team, needed)
        limit = np.full(len(options), workshop.seats.max)
        if not options.online:
            limit = np.minimum(limit, _venue_seats(board)[options.venue])
        each, least = workshop.seats_per_organisation, workshop.seats.min
        bound += best_seats_worth(seat_worth, reach, options.by_organisation, each, least, limit)
    money = None if "budget" in ignoring else board.money_left(w)
    return Priced(options, team_worth, seat_worth, reach, graduate, bound, money)


def _venue_seats(board: Board) -> Ints:
    return np.array([v.seats for v in board.arrays.round.venues.values()], dtype=np.int64)


def _free(board: Board, options: Options, part: Candidates) -> Bools:
    """Which candidates are in no other place during each option (rule `one_place_at_a_time`), [N, O]."""
    if not part.people.size or not len(options):
        return part.ok
    if options.online:
        free: Bools = board.in_block[part.people[:, None], part.first] == 0
        for row, p in enumerate(part.people.tolist()):
            for first, end in board.calls.get(p, ()):
                free[row] &= (options.start >= end) | (options.start + options.slots <= first)
        return free
    free = np.ones(part.ok.shape, dtype=np.bool_)
    taken = (board.in_block[part.people] | board.calls_on[part.people]) > 0
    rows = np.flatnonzero(taken.any(axis=1))
    if rows.size:
        before = np.zeros((rows.size, taken.shape[1] + 1), dtype=np.int32)
        np.cumsum(taken[rows], axis=1, out=before[:, 1:])
        k = np.arange(rows.size)[:, None]
        free[rows] = before[k, part.last[rows] + 1] == before[k, part.first[rows]]
    return free


def _rested(board: Board, options: Options) -> Bools:
    """Which team candidates stay within `max_days_away` (rule `load`), [N, O]."""
    team = options.team
    left = board.arrays.max_days_away[team.people] - board.days_away[team.people]
    if options.online or (left >= options.workshop.days + 4).all():
        return np.ones(team.ok.shape, dtype=np.bool_)
    away = np.where(team.first == options.first, 0, team.last - team.first + 1)
    rested: Bools = np.less_equal(away, left[:, None])
    return rested


def _open(board: Board, options: Options, ignoring: frozenset[str]) -> Bools:
    """Which options have their venue free and fit the dates of the workshop followed."""
    if options.online or "venue" in ignoring:
        open_options = np.ones(len(options), dtype=np.bool_)
    else:
        taken = np.zeros((len(board.venue_taken), board.arrays.days + 1), dtype=np.int32)
        used = np.unique(options.venue)
        taken[used, 1:] = np.cumsum(board.venue_taken[used], axis=1)
        open_options = taken[options.venue, options.last + 1] == taken[options.venue, options.first]
    parent, follows = board.parent[options.w], options.workshop.follows
    if parent != NOWHERE and follows is not None and "follows" not in ignoring:
        placement = board.placed[parent]
        if placement is None:
            return np.zeros(len(options), dtype=np.bool_)
        after = options.first - int(board.sets[parent].last[placement.option])
        open_options &= (after >= follows.min_days) & (after <= follows.max_days)
    return open_options


# -- bounds -----------------------------------------------------------------


def _best_sums(worth: Floats, most: int) -> Floats:
    """Sums of the 0, 1, ... `most` largest entries of each column; -inf where there are not so many."""
    rows, columns = worth.shape
    top = worth
    if rows > most:
        top = -np.partition(-worth, most, axis=0)[:most] if most else worth[:0]
    sums = np.full((most + 1, columns), -np.inf)
    sums[0] = 0.0
    if len(top):
        sums[1 : len(top) + 1] = np.cumsum(-np.sort(-top, axis=0), axis=0)
    return sums


def best_team_worth(worth: Floats, lead: Bools, graduate: Bools, size: object, graduates: int) -> Floats:
    """The best team of each option but for languages: exact over leads, graduates and size, [O]."""
    least, most, leads = size.min, size.max, size.leads  # type: ignore[attr-defined]
    if graduates == 0:
        graduate = np.zeros_like(graduate)
    classes = [(a, b) for a, b in product((True, False), repeat=2) if ((lead == a) & (graduate == b)).any()]
    sums = [_best_sums(worth[(lead == a) & (graduate == b)], most) for a, b in classes]
    best = np.full(worth.shape[1], -np.inf)
    for counts in product(range(most + 1), repeat=len(classes)):
        if not least <= sum(counts) <= most:
            continue
        if sum(n for n, (a, _) in zip(counts, classes, strict=True) if a) < leads:
            continue
        if sum(n for n, (_, b) in zip(counts, classes, strict=True) if b) < graduates:
            continue
        total = sum((part[n] for part, n in zip(sums, counts, strict=True)), np.zeros(worth.shape[1]))
        np.maximum(best, total, out=best)
    return best


def best_seats_worth(
    worth: Floats, reach: Floats, by_organisation: Ints, each: int, least: int, most: Ints
) -> Floats:
    """The best seats of each option but for `organisations_min`, [O].

    At least `least`, at most `most` [O], at most `each` of one organisation; `by_organisation` [G, m] are the
    rows of each organisation, -1 where it has no more. The bonus for reach goes to its best candidate.
    """
    options = worth.shape[1]
    if not worth.shape[0] or not each:
        return np.where(least > 0, -np.inf, np.zeros(options))
    padded = np.vstack([worth, np.full((1, options), -np.inf)])
    table = padded[by_organisation]
    if table.shape[1] > each:
        table = -np.partition(-table, each - 1, axis=1)[:, :each]
    if reach.any():
        bonus = reach[by_organisation[:, 0]]
        best = table.max(axis=1)
        where = table.argmax(axis=1)
        np.put_along_axis(table, where[:, None], (best + bonus[:, None])[:, None], axis=1)
    ceiling = int(most.max(initial=0))
    sums = _best_sums(table.reshape(-1, options), ceiling)
    sums[np.arange(ceiling + 1)[:, None] > most[None, :]] = -np.inf
    if least > ceiling:
        return np.full(options, -np.inf)
    found: Floats = sums[least:].max(axis=0)
    return found


# -- the best session -------------------------------------------------------


def compose(board: Board, priced: Priced, o: int) -> tuple[float, Placement] | None:
    """The best session in option `o`, with its worth (wishes included); `None` if there is none."""
    money = priced.money
    greed = 0.0
    for _ in range(5):
        found = _compose(board, priced, o, greed)
        if found is None or money is None or found[1].cost <= money:
            return found
        greed = greed * 3 if greed else max(1.0, float(board.arrays.weights.cost))
    return None


def _compose(board: Board, priced: Priced, o: int, greed: float) -> tuple[float, Placement] | None:
    """As `compose`, each unit of money costing `greed` more, and no limit to it."""
    options, arrays, workshop = priced.options, board.arrays, priced.options.workshop
    column = int(options.cost_column[o])
    team_worth = priced.team[:, o] - greed * options.team.cost[:, column]
    seat_worth = priced.seats[:, o] - greed * (0 if options.online else options.seats.cost[:, column])
    team = choose_team(
        team_worth,
        options.team.level >= MAY_LEAD,
        priced.graduate,
        arrays.speaks[options.team.people][:, options.languages],
        workshop.team,
        workshop.follows.graduates if workshop.follows else 0,
    )
    if team is None:
        return None
    if team:
        seat_worth[np.isin(options.seats.people, options.team.people[team])] = -np.inf
    most = workshop.seats.max
    if not options.online:
        most = min(most, arrays.round.venues[arrays.venue_ids[options.venue[o]]].seats)
    seating = Seating(workshop.seats.min, most, workshop.seats_per_organisation, workshop.organisations_min)
    groups = arrays.organisation[options.seats.people]
    seats = choose_seats(seat_worth, priced.reach, groups, seating)
    if seats is None:
        return None
    worth = options.held_value + float(options.value[o])
    worth += float(priced.team[team, o].sum()) + float(priced.seats[seats, o].sum())
    first = np.unique(groups[seats], return_index=True)[1]
    worth += float(priced.reach[np.array(seats, dtype=np.int64)[first]].sum()) if seats else 0.0
    pinned = len(options.pinned_team) + len(options.pinned_seats)
    if pinned:
        named = sum(int(options.team.people[row]) in options.pinned_team for row in team)
        named += sum(int(options.seats.people[row]) in options.pinned_seats for row in seats)
        if named < pinned:
            return None
        worth -= PIN * pinned
    cost = int(options.cost[o]) + int(options.team.cost[team, column].sum())
    if not options.online:
        cost += int(options.seats.cost[seats, column].sum())
    return worth, Placement(options.w, o, tuple(team), tuple(seats), cost)


def best_session(
    board: Board, priced: Priced, *, looks: int = 12, noise: Floats | None = None
) -> tuple[float, Placement] | None:
    """The best insertion of a workshop, composing at most `looks` options after the first success.

    `noise` [O] is added to each option's worth, for the sake of variety. `None`: no option can be filled.
    """
    bound = priced.bound if noise is None else priced.bound + noise
    pinned = PIN * (len(priced.options.pinned_team) + len(priced.options.pinned_seats))
    best: tuple[float, Placement] | None = None
    best_worth = -np.inf
    for looked, o in enumerate(np.argsort(-bound, kind="stable").tolist()):
        if bound[o] - pinned <= best_worth or bound[o] == -np.inf or (best and looked >= looks):
            break
        found = compose(board, priced, o)
        if found is not None:
            worth = found[0] + (0.0 if noise is None else float(noise[o]))
            if worth > best_worth:
                best, best_worth = found, worth
        elif looked >= 6 * looks:
            break
    return best
