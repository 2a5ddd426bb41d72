"""`schedule/1`: what a schedule says, held against the round that it is for.

Whatever a rule of the model forbids (a person twice in a team, a venue online …) is
read as it stands: that is for `solver.check` to name. Refused is only what is no
schedule of the round at all.
"""

# INVALID stands for a value of any type:
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from typing import Any, cast, get_args

from solver.reading import text as json_text
from solver.reading.fields import (
    Fields,
    known_id,
    listed,
    one_of,
    or_null,
    start_of,
    text,
    whole,
)
from solver.reading.problems import INVALID, At, Problems
from solver.round import Round
from solver.schedule import Reason, Role, Schedule, Session, TeamMember, Unscheduled
from solver.wording import shown

FORMAT = "schedule/1"

# Sums of many amounts may well exceed what one amount may be.
_total = whole(most=None)
_money = whole(least=0, most=None)

_role = one_of(get_args(Role), "a role (lead, facilitator)")


def read_schedule(data: bytes, round: Round) -> Schedule:
    """The schedule that a document holds for a round.

    Raises:
        MalformedDocument: the document breaks its format, or names what the round does
            not have; `errors` lists every defect.
    """
    problems = Problems()
    schedule = _ScheduleReader(round).read(json_text.parse(data, problems), problems)
    problems.raise_if_any()
    return schedule


class _ScheduleReader:
    def __init__(self, round: Round) -> None:
        self._round = round
        self._person = known_id("person", round.people)
        self._venue = known_id("venue", round.venues)
        self._workshop = known_id("workshop", round.workshops)

    def read(self, value: Any, problems: Problems) -> Schedule:
        fields = Fields(value, None, problems)
        fields.need("format", one_of([FORMAT], f"the format {FORMAT!r}"))
        schedule = Schedule(
            round=fields.need("round", text),
            sessions=fields.need("sessions", listed(self._session, distinct=False)),
            unscheduled=fields.need("unscheduled", self._unscheduled),
            objective=fields.need("objective", _total),
            bound=fields.need("bound", or_null(_total)),
            cost=fields.need("cost", _money),
        )
        fields.finish()
        return schedule

    def _session(self, value: Any, at: At, problems: Problems) -> Session:
        fields = Fields(value, at, problems)
        workshop_id = fields.need("workshop", self._workshop)
        mode = INVALID if workshop_id is INVALID else self._round.workshops[workshop_id].mode
        session = Session(
            workshop=workshop_id,
            venue=fields.need("venue", or_null(self._venue)),
            start=fields.need("start", start_of(mode)),
            team=fields.need("team", listed(self._member, distinct=False)),
            seats=fields.need("seats", listed(self._person, distinct=False)),
        )
        fields.finish()
        return session

    def _member(self, value: Any, at: At, problems: Problems) -> TeamMember:
        fields = Fields(value, at, problems)
        member = TeamMember(fields.need("person", self._person), cast(Role, fields.need("role", _role)))
        fields.finish()
        return member

    def _unscheduled(self, value: Any, at: At, problems: Problems) -> tuple[Unscheduled, ...]:
        found = listed(self._left_out, distinct=False)(value, at, problems)
        seen: set[str] = set()
        for index, each in enumerate(found):
            if each.workshop in seen:
                place = ((at, index), "workshop")
                problems.refuse(place, "doubled_item", f"{shown(each.workshop)} is in the list twice")
            elif each.workshop is not INVALID:
                seen.add(each.workshop)
        return found

    def _left_out(self, value: Any, at: At, problems: Problems) -> Unscheduled:
        fields = Fields(value, at, problems)
        left_out = Unscheduled(
            workshop=fields.need("workshop", self._workshop),
            reasons=fields.need("reasons", listed(self._reason, distinct=False)),
        )
        fields.finish()
        return left_out

    def _reason(self, value: Any, at: At, problems: Problems) -> Reason:
        if isinstance(value, str):
            # Simple planners give a bare sentence. It names no rule, so it stands for "not_found".
            return Reason("not_found", text=text(value, at, problems))
        fields = Fields(value, at, problems)
        reason = Reason(
            rule=fields.need("rule", text),
            people=fields.need("people", listed(self._person)),
            workshops=fields.need("workshops", listed(self._workshop)),
            text=fields.need("text", text),
        )
        fields.finish()
        return reason
