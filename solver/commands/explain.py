"""`explain`: why a workshop is not held and what it would take; what a session held could be instead."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from solver.commands.common import (
    RIGHT,
    WRONG,
    Commands,
    command,
    print_lines,
    seconds,
    the_round,
    the_schedule,
    the_workshop,
)
from solver.comparison import Comparison
from solver.constraints import violations
from solver.explanation import Explanation, Instead, Obstacle, Offer, when
from solver.schedule import Schedule
from solver.wording import sentence
from solver.writing import write_schedule


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands,
        "explain",
        does="why a workshop is not held, and what it would take",
        description=(
            "Print as one JSON object why a workshop is not held (a smallest set of facts), what would give\n"
            "way for it at which price, and the cheapest changes of the round that let it in; of a session\n"
            "that is held the best other date, venue and members, and what each would lose."
        ),
    )
    parser.add_argument("schedule", metavar="SCHEDULE.json", help="a schedule/1 document that breaks no rule")
    parser.add_argument("workshop", metavar="WORKSHOP", help="the id of a workshop")
    parser.add_argument(
        "--seconds", type=seconds, default=5.0, help="time to plan what would give way (default: 5)"
    )
    parser.add_argument(
        "--sessions",
        action="store_true",
        help="with each schedule that is offered the sessions in which it differs (becomes, gone)",
    )
    parser.add_argument("--text", action="store_true", help="print English sentences in place of JSON")


def run(arguments: argparse.Namespace) -> int:
    """Explain."""
    from solver.engine.explain import Explainer

    round = the_round(arguments.round)
    schedule = the_schedule(arguments.schedule, round)
    workshop = the_workshop(arguments.workshop, round)
    wrong = list(violations(round, schedule))
    if wrong:
        print_lines(map(sentence, wrong))
        return WRONG
    explanation = Explainer(round, schedule).explain(workshop, seconds=arguments.seconds)
    if arguments.text:
        print_lines(in_words(explanation))
    else:
        found = explanation.as_data()
        if arguments.sessions:
            _with_sessions(found, explanation, schedule)
        print_lines([json.dumps(found, indent=1, ensure_ascii=False)])
    return RIGHT


def _with_sessions(found: dict[str, Any], explanation: Explanation, schedule: Schedule) -> None:
    """Add to each schedule offered what makes it out of the one explained: `becomes` and `gone`."""
    pairs: list[tuple[dict[str, Any], Schedule]] = []
    if explanation.offer is not None:
        pairs.append((found["offer"], explanation.offer.schedule))
    pairs += zip(found["relaxations"], (each.schedule for each in explanation.relaxations), strict=True)
    before = {each.workshop: each for each in schedule.sessions}
    for data, offered in pairs:
        after = {each.workshop: each for each in offered.sessions}
        different = tuple(each for id, each in after.items() if before.get(id) != each)
        document = json.loads(write_schedule(Schedule(schedule.round, different)))
        data["becomes"] = document["sessions"]
        data["gone"] = [id for id in before if id not in after]


# -- in words -------------------------------------------------------------------


def in_words(explanation: Explanation) -> Iterator[str]:
    """An explanation as English lines."""
    id = explanation.workshop
    if explanation.held:
        yield f"{id} is held."
        yield from map(_instead, explanation.alternatives)
        return
    if not explanation.obstacles:
        yield f"{id} is not held, and could be as the rest stands."
    elif explanation.alone:
        yield f"{id} cannot be held, whatever else is planned:"
    else:
        yield f"{id} cannot be held as the rest stands:"
    yield from _facts(explanation)
    if explanation.offer:
        yield from _offered(explanation.offer)
    for each in explanation.relaxations:
        yield f"It could be held with this: {each.text} The objective would change by {each.difference:+d}."
        if each.comparison:
            yield from _giving_way(each.comparison)


def _facts(explanation: Explanation) -> Iterator[str]:
    """The obstacles, those about several people in one line."""
    alike: dict[tuple[str, str], list[Obstacle]] = {}
    for each in explanation.obstacles:
        alike.setdefault((each.rule, each.what), []).append(each)
    for (rule, what), facts in alike.items():
        if what != "person" or len(facts) == 1:
            yield from (f"  {rule}: {each.text}" for each in facts)
            continue
        people = (
            f"{each.subject} ({', '.join(each.workshops)})" if each.workshops else each.subject
            for each in facts
        )
        yield f"  {rule}: this keeps {len(facts)} people away: {', '.join(people)}."


def _offered(offer: Offer) -> Iterator[str]:
    session = offer.session
    where = f" at {session.venue}" if session.venue else ""
    price = f"the objective would change by {offer.difference:+d}"
    yield f"It could be held from {when(session.start)}{where}; {price}:"
    yield from _giving_way(offer.comparison)


def _giving_way(gives: Comparison) -> Iterator[str]:
    yield from (f"  {each.workshop} would be given up." for each in gives.cancelled)
    yield from (
        f"  {each.workshop} would move to {when(each.after.start)}, {each.after.venue or 'online'}."
        for each in gives.moved
    )
    yield from (
        f"  {each.workshop} would be held without {', '.join(m.person for m in each.left) or 'nobody'}, "
        f"with {', '.join(m.person for m in each.joined) or 'nobody'} in its team."
        for each in gives.restaffed
        if each.left or each.joined
    )
    yield from (
        f"  {each.workshop} would lose {len(each.left)} and gain {len(each.joined)} of its seats."
        for each in gives.reseated
    )


def _instead(each: Instead) -> str:
    what = f"instead of {each.member}" if each.member else f"other {each.of}"
    if each.session is None or each.difference is None:
        return f"  {what}: none."
    by = each.replacement or f"{when(each.session.start)} {each.session.venue or 'online'}"
    return f"  {what}: {by}, the objective would change by {each.difference:+d}."
