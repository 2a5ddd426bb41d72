"""Which sessions a change of the round affects: those that break a rule now, and those that follow them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from solver.constraints import violations
from solver.round import Round
from solver.schedule import Schedule, Session


def affected(round: Round, sessions: Sequence[Session]) -> frozenset[str]:
    """The workshops of sessions that cannot all stay as they are.

    Where a rule is broken by several sessions together (somebody in two places, a fund overdrawn), all of
    them are affected. The sessions of the other workshops break no rule among themselves; a workshop that is
    pinned as held and is not there breaks one, but is nobody's session.
    """
    found = with_followers(round, (each.workshop for each in sessions if _odd(round, each)))
    while True:
        standing = [each for each in sessions if each.workshop not in found]
        there = {each.workshop for each in standing}
        broken: set[str] = set()
        for violation in violations(round, Schedule(round.id, tuple(standing))):
            broken.update(there.intersection((violation.workshop or "", *violation.workshops)))
        if not broken:
            return frozenset(found & {each.workshop for each in sessions})
        found |= with_followers(round, broken)


def with_followers(round: Round, workshops: Iterable[str]) -> set[str]:
    """Workshops and all that follow them, directly or not."""
    found = list(dict.fromkeys(workshops))
    for each in found:  # grows while we walk
        found.extend(child for child in round.followers.get(each, ()) if child not in found)
    return set(found)


def _odd(round: Round, session: Session) -> bool:
    """Whether a session is not even of its workshop's mode, as published ones may be."""
    return isinstance(session.start, datetime) != round.workshops[session.workshop].online
