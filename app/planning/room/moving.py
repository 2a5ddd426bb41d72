"""Where a session can go, in words: every place and time free, possible at a cost, or impossible and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from app.i18n import colon
from app.planning.draft_reading import DraftReading
from app.planning.room.opened import Opened, write_start
from app.planning.room.words import MOVES, difference, obstacle, when, where
from app.planning.words import named
from solver import Move
from solver.derived import session_cost
from solver.moves import Clash
from solver.schedule import Session

BEST = 8
"""So many of the best moves are listed."""


@dataclass(frozen=True, slots=True)
class Option:
    """One move in words: what it is worth, what it costs more, whom it touches, what stands in the way."""

    venue: str | None
    start: date | datetime
    given: str
    """The start as an address names it."""
    state: str
    is_here: bool
    worth: int
    value: str
    money: str
    exchanged: str
    reasons: tuple[str, ...]

    @property
    def day(self) -> date:
        return self.start.date() if isinstance(self.start, datetime) else self.start


class Options:
    """Every move of one workshop of a draft."""

    def __init__(self, state: Opened, code: str, reading: DraftReading) -> None:
        self._state, self.code, self._reading = state, code, reading
        self._session = state.sessions.get(code)
        self._cost = session_cost(state.round, self._session) if self._session else 0
        self._said: dict[Clash, str] = {}
        self._when: dict[date | datetime, str] = {}
        self._moves = state.moves(code)

    @cached_property
    def all(self) -> list[Option]:
        return [self._option(move) for move in self._moves]

    @property
    def best(self) -> list[Option]:
        """The moves that are worth most, without the place and time where the session is."""
        open_ones = [each for each in self._moves if each.session is not None and not self._is_here(each)]
        open_ones.sort(key=lambda each: (-(each.difference or 0), str(each.start), each.venue or ""))
        return [self._option(each) for each in open_ones[:BEST]]

    @property
    def counts(self) -> dict[str, int]:
        """How many of its places and times are free, possible, impossible."""
        return {state: sum(move.state == state for move in self._moves) for state in MOVES}

    def of(self, venue: str | None) -> list[Option]:
        """The moves to one venue, or of a session online."""
        return [self._option(move) for move in self._moves if move.venue == venue]

    def spoken(self, option: Option) -> str:
        """'Dakar, The hall: 3–5 Mar 2027. Free. Value −1.20, cost +€40'."""
        round = self._state.round
        if option.start not in self._when:
            self._when[option.start] = when(round, self.code, option.start)
        place = f"{where(round, option.venue)}: {self._when[option.start]}"
        if option.is_here:
            return f"{place}. {_('Here it is now')}"
        if option.state == "impossible":
            return f"{place}. {MOVES[option.state]}. {'; '.join(option.reasons)}"
        worth = _("Value %(value)s, cost %(money)s", value=option.value, money=option.money)
        state = str(MOVES[option.state])
        if option.exchanged:
            state = f"{state}{colon()} {option.exchanged}"
        return f"{place}. {state}. {worth}"

    def _is_here(self, move: Move) -> bool:
        session = self._session
        return session is not None and (move.venue, move.start) == (session.venue, session.start)

    def _option(self, move: Move) -> Option:
        currency = self._state.round.currency
        more = session_cost(self._state.round, move.session) - self._cost if move.session else 0
        return Option(
            venue=move.venue,
            start=move.start,
            given=write_start(move.start),
            state=move.state,
            is_here=self._is_here(move),
            worth=move.difference or 0,
            value=difference("objective", move.difference, currency) if move.difference is not None else "",
            money=difference("cost", more, currency) if move.session else "",
            exchanged=exchanged(self._session, move.session, self._reading) if move.session else "",
            reasons=tuple(self._words(clash) for clash in move.clashes),
        )

    def _words(self, clash: Clash) -> str:
        """Many days share what stands in their way: it is said once."""
        if clash not in self._said:
            names, titles = self._reading.person_names, self._reading.workshop_titles
            said = obstacle(clash.rule, clash.people, clash.workshops, names=names, titles=titles)
            self._said[clash] = said
        return self._said[clash]


def exchanged(before: Session | None, after: Session, reading: DraftReading) -> str:
    """'without Amina; with Bo': who leaves a session and who comes to it."""
    if before is None:
        return ""
    left = _names((each for each in before.people if each not in after.people), reading)
    joined = _names((each for each in after.people if each not in before.people), reading)
    parts = [_("without %(names)s", names=left)] if left else []
    parts += [_("with %(names)s", names=joined)] if joined else []
    return "; ".join(parts)


def _names(codes: Iterable[str], reading: DraftReading) -> str:
    return named(reading.person_names[each] for each in codes)


def moves_as_data(state: Opened, code: str, reading: DraftReading) -> list[dict[str, Any]]:
    """The moves for the board's script: where each is, and all that is to be said of it."""
    options = Options(state, code, reading)
    session = state.round.workshops[code]
    return [
        {
            "venue": each.venue or "",
            "place": state.round.venues[each.venue].place if each.venue else "",
            "start": each.given,
            "day": each.day.isoformat(),
            "days": session.days or 1,
            "state": each.state,
            "here": each.is_here,
            "words": options.spoken(each),
        }
        for each in options.all
    ]
