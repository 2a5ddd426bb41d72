"""A proposition as the solver knows it, and back: figures and reasons of what a coordinator has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.propositions.models import Proposition
from solver.propositions import Call, breaches, figures, hosts_ranked, reasons_for
from solver.propositions import Proposition as Value
from solver.propositions.figures import reached, seats_for


@dataclass(frozen=True, slots=True)
class Composed:
    """A group with its figures: what a row of it holds."""

    value: Value
    cost: int
    seats: Mapping[str, int]
    people: Mapping[str, int]
    reasons: Sequence[Mapping[str, Any]]
    hosts: Sequence[Mapping[str, int]]


def compose(
    call: Call,
    *,
    kind: str,
    topic_id: int,
    language: str,
    venue_id: int,
    line_ids: Iterable[int],
    giver_ids: Iterable[int],
    person_ids: Iterable[int],
) -> Composed:
    """The proposition of these, with the facilitators who can be in its team, and its figures."""
    terms = call.kinds[kind]
    gives = tuple(str(id) for id in giver_ids) if terms.givers else ()
    room = max(0, terms.team - len(gives))
    fitting = [
        str(id)
        for id in person_ids
        if (person := call.facilitators.get(str(id))) is not None
        and str(topic_id) in person.teaches
        and language in person.languages
    ]
    people = tuple(fitting[:room])
    value = Value(
        kind=kind,
        topic=str(topic_id),
        language=language,
        host=str(venue_id),
        needs=tuple(str(id) for id in line_ids),
        givers=gives,
        facilitators=people,
        missing=max(0, terms.team - len(gives) - len(people)),
    )
    needs = {id: call.needs[id] for id in value.needs}
    return Composed(
        value,
        cost=figures(call, value).cost.total,
        seats={id: seats_for(terms, need) for id, need in needs.items()},
        people={id: reached(terms, need) for id, need in needs.items()},
        reasons=[{"code": reason.code, **reason.facts} for reason in reasons_for(call, [value])[0]],
        hosts=[{"venue": int(host), "cost": cost} for host, cost in hosts_ranked(call, value)],
    )


def remarks(call: Call, proposition: Proposition) -> list[str]:
    """The rules that a proposition breaks by itself, each once: what a coordinator should know."""
    if proposition.venue_id is None or str(proposition.venue_id) not in call.hosts:
        return ["no_host"]
    lines = [str(member.line_id) for member in proposition.learners]
    if any(line not in call.needs for line in lines):
        return ["changed_since"]
    value = Value(
        kind=proposition.kind,
        topic=str(proposition.topic_id),
        language=proposition.language,
        host=str(proposition.venue_id),
        needs=tuple(lines),
        givers=tuple(str(member.organisation_id) for member in proposition.givers),
        facilitators=tuple(
            str(person.id) for person in proposition.people if str(person.id) in call.facilitators
        ),
        missing=proposition.missing,
    )
    return list(dict.fromkeys(breach.rule for breach in breaches(call, [value]) if breach.rule != "budget"))
