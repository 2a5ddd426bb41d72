"""What a rule says of a schedule that breaks it: facts, not prose.

`solver.wording` renders a violation in English for the command line; an application
renders it in its reader's language from the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Fact = int | str | date | tuple[str, ...] | tuple[date, ...] | None
Facts = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of one rule.

    `rule` is the rule's name, `breach` a code for the way in which it is broken (unique
    within the rule). `workshop` is the workshop whose session breaks it (`None` where it
    is nobody's in particular: a fund, a person's load), `people` those it is broken for,
    `workshops` the others involved. `facts` are the figures behind it, by name.
    """

    rule: str
    breach: str
    workshop: str | None = None
    people: tuple[str, ...] = ()
    workshops: tuple[str, ...] = ()
    facts: Facts = field(default_factory=dict)
