"""The single facts that can forbid a session: one rule about one subject.

`what` says which of a rule's demands is meant, `subject` whom or what it is about:

    pins         pin (its number)
    window       window
    working_days place; person (online, at home)
    venue        closed, size (the venue); taken (by a workshop)
    competence   leads
    team_size    least
    languages    language
    seating      least; person (seated in the topic already)
    mix          organisations, each
    available, notice, entry, one_place_at_a_time, load, waking_hours    person
    follows      held, dates, graduates (the workshop followed); child (dates), taught, enough (graduates
                 of a workshop that follows)
    budget       workshop; fund

A session breaks a set of atoms; what is left to it when some atoms are waived is the question that both
moves and reasons ask.
"""

from __future__ import annotations

from typing import NamedTuple


class Atom(NamedTuple):
    rule: str
    what: str
    subject: str = ""


Waived = frozenset[Atom]
NONE: Waived = frozenset()
