"""Planning in the reader's words: rules and reasons, findings, refusals, phases, weights.

Every sentence is made from facts (a rule's name, people, workshops, figures), never from the
planner's own English. To add a rule of the solver: give it its words in `RULES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.i18n import format_list, format_money, format_number, in_language, language_name
from app.planning.readiness import Finding
from solver.schedule import Reason


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule is called, and why it keeps a workshop out.

    `workshops` and `people` are the sentences to use when the reason names some.
    """

    title: object
    plain: object
    workshops: object | None = None
    people: object | None = None


RULES: Mapping[str, RuleWords] = {
    "window": RuleWords(
        _l("Window"),
        _l("Its window leaves too few days within the round."),
    ),
    "working_days": RuleWords(
        _l("Working days"),
        _l("Weekends and holidays leave too few working days in a row in its window."),
        people=_l("Weekends and holidays at home leave no day for these people: %(people)s."),
    ),
    "venue": RuleWords(
        _l("Venue"),
        _l("None of its venues is open, free and large enough on the days that are left."),
        workshops=_l("Its venues are taken by %(workshops)s."),
    ),
    "start_grid": RuleWords(
        _l("Start on the half hour"),
        _l("No start on a whole or half hour suits it."),
    ),
    "team_size": RuleWords(
        _l("Size of the team"),
        _l("Too few people could be in its team."),
        people=_l("Too few people could be in its team; there are only %(people)s."),
    ),
    "competence": RuleWords(
        _l("Competence"),
        _l("Too few people teach its topic at the level that it needs."),
        people=_l("Too few people may lead its topic; there are only %(people)s."),
    ),
    "languages": RuleWords(
        _l("Languages"),
        _l("Too few of those it needs speak its languages."),
        people=_l("Too few of those it needs speak its languages; these do not: %(people)s."),
    ),
    "seating": RuleWords(
        _l("Seats"),
        _l("Too few people who are nominated or want its topic are left to fill its seats."),
        workshops=_l("Too many of its candidates are seated for the same topic already, in %(workshops)s."),
    ),
    "mix": RuleWords(
        _l("Mix of organisations"),
        _l("Its candidates come from too few organisations to fill its seats."),
    ),
    "available": RuleWords(
        _l("Availability"),
        _l("On no day are enough of the people it needs available."),
        people=_l("On no day are enough of these people available: %(people)s."),
    ),
    "one_place_at_a_time": RuleWords(
        _l("One place at a time"),
        _l("Whenever it could be held, too many of the people it needs are elsewhere."),
        workshops=_l(
            "Whenever it could be held, too many of those it needs are in or on the way to %(workshops)s."
        ),
        people=_l("Whenever it could be held, too many of these people are elsewhere: %(people)s."),
    ),
    "load": RuleWords(
        _l("Load"),
        _l("Too many of the people it needs have no workshop, seat or day away left."),
        workshops=_l(
            "Too many of the people it needs have no workshop, seat or day away left beside %(workshops)s."
        ),
        people=_l("These people have no workshop, seat or day away left: %(people)s."),
    ),
    "follows": RuleWords(
        _l("What it follows"),
        _l("The workshop that it follows is not held, or leaves it neither days nor graduates."),
        workshops=_l(
            "It follows %(workshops)s, which is not held or leaves it neither suitable days nor graduates."
        ),
    ),
    "waking_hours": RuleWords(
        _l("Waking hours"),
        _l("At no hour are all those it needs awake, between 06:00 and 22:00 where they live."),
        people=_l("At no hour are enough of these people awake, at work and free: %(people)s."),
    ),
    "budget": RuleWords(
        _l("Budget"),
        _l("The money that it may cost is not enough."),
        workshops=_l("Too little money is left for it; its fund also pays for %(workshops)s."),
    ),
    "pins": RuleWords(
        _l("Fixed by hand"),
        _l("What was fixed by hand does not allow it."),
        workshops=_l("What was fixed by hand does not allow it together with %(workshops)s."),
    ),
    "once": RuleWords(
        _l("Held once"),
        _l("It would be held twice."),
    ),
    "entry": RuleWords(
        _l("Entering a country"),
        _l("Too few of those it needs can enter the countries of its venues by then."),
        people=_l("These people cannot enter the country of its venue, or not by then: %(people)s."),
    ),
    "notice": RuleWords(
        _l("Notice"),
        _l("Too few of those it needs can come so soon after being told."),
        people=_l("For these people it is too soon after being told: %(people)s."),
    ),
    "not_worth_it": RuleWords(
        _l("Not worth it"),
        _l(
            "It could be held, but the plan would be worth less: it takes more money and time than it brings."
        ),
    ),
    "not_found": RuleWords(
        _l("Not found in time"),
        _l("The time ran out before the planner knew whether it can be held. Give it more time."),
    ),
}
"""The 19 rules of the solver, and its two reasons that are no rules."""


MENDED_ON: Mapping[str, str] = {
    "window": "when",
    "working_days": "when",
    "available": "when",
    "one_place_at_a_time": "when",
    "waking_hours": "when",
    "follows": "when",
    "notice": "when",
    "venue": "where",
    "entry": "where",
    "languages": "where",
    "team_size": "who",
    "competence": "who",
    "seating": "who",
    "mix": "who",
    "load": "who",
    "budget": "money",
}
"""Rule -> the page of the request form on which there is more room to give."""


def mend(step: str) -> str:
    """What would let a workshop in, as far as its own request goes."""
    sentences = {
        "when": _l("Give it a wider window"),
        "where": _l("Offer more venues or languages"),
        "who": _l("Ask for a smaller team or fewer seats, or invite more"),
        "money": _l("Give it more money or another fund"),
    }
    return str(sentences[step])


NAMED = 4
"""So many people or workshops a sentence names, and one more where that is all."""


def rule_title(rule: str) -> str:
    """What a rule is called."""
    return str(RULES[rule].title)


def reason_of_rule(rule: str) -> str:
    """Why a rule keeps a workshop out, without naming anybody: for those who do not see the draft."""
    return str(RULES[rule].plain)


def reason_sentence(reason: Reason, *, people: Mapping[str, str], workshops: Mapping[str, str]) -> str:
    """Why a workshop was left out, in one sentence or two; names by the ids of the documents."""
    words = RULES[reason.rule]
    named_workshops = named([workshops[each] for each in reason.workshops])
    named_people = named([people[each] for each in reason.people])
    if named_workshops and words.workshops is not None:
        sentence = str(words.workshops) % {"workshops": named_workshops}
        if named_people:
            sentence += " " + _("This is about %(people)s.", people=named_people)
        return sentence
    if named_people and words.people is not None:
        return str(words.people) % {"people": named_people}
    return str(words.plain)


def named(names: Iterable[str]) -> str:
    """'a, b, c and 5 more': a sentence stays a sentence however many it is about."""
    different = list(dict.fromkeys(names))
    more = len(different) - NAMED
    if more > 1:
        different[NAMED:] = [_("%(number)s more", number=more)]
    return format_list(different)


# -- What is missing before planning


def finding_sentence(finding: Finding, *, currency: str) -> str:
    """One finding of `readiness`, with the topic, the figures and the languages in the reader's words."""
    facts = dict(finding.facts)
    facts["topic"] = in_language(finding.request.topic.titles)
    if "language" in facts:
        facts["language"] = language_name(facts["language"])
    for name in {"cheapest", "limit"} & facts.keys():
        facts[name] = format_money(facts[name], currency)
    sentences = {
        "not_approved": _l("It is not approved any more, so it is not planned."),
        "outside_horizon": _l("Its window shares no day with the round, so it is not planned."),
        "outside_fund": _l(
            "Its window shares no day with the period of the fund that pays, so it is not planned."
        ),
        "follows_missing": _l("What it follows is not planned in this round, so it is not planned either."),
        "nobody_teaches": _l("Nobody teaches %(topic)s."),
        "too_few_leads": _l("It needs %(needed)s who may lead %(topic)s; there are %(found)s."),
        "too_few_leads_speak": _l(
            "It needs %(needed)s who may lead %(topic)s and speak one of its languages; there are %(found)s."
        ),
        "too_few_teach": _l("It needs %(needed)s who teach %(topic)s; there are %(found)s."),
        "language_unspoken": _l("Nobody who teaches %(topic)s speaks %(language)s."),
        "no_working_days": _l(
            "It takes %(needed)s working days in a row; where it can be held its window has %(found)s."
        ),
        "venues_closed": _l(
            "It takes %(needed)s working days in a row; its venues are open for %(found)s in its window."
        ),
        "venues_too_small": _l("It needs %(needed)s seats; its largest venue has %(found)s."),
        "too_few_candidates": _l(
            "It needs %(needed)s participants. %(found)s invited people want %(topic)s and speak one of its"
            " languages; with the limit for each organisation they fill %(seats)s seats."
        ),
        "too_few_nominated": _l(
            "It needs %(needed)s participants. %(found)s people are nominated, or want %(topic)s where their"
            " organisation has named nobody, and speak one of its languages; with the limit for each"
            " organisation they fill %(seats)s seats."
        ),
        "too_few_organisations": _l(
            "It wants participants of %(needed)s organisations; its candidates come from %(found)s."
        ),
        "no_money_named": _l("It has neither a budget nor a fund: nothing limits what it may cost."),
        "venues_too_dear": _l("Its cheapest venue alone costs %(cheapest)s; it may cost %(limit)s."),
        "fund_currency": _l("Its fund %(fund)s is kept in %(currency)s, not in the currency of the round."),
    }
    return str(sentences[finding.code]) % facts


# -- Refusals and the planner at work


def refusal(reason: str) -> str:
    """Why a service refused; `reason` is the code of its Conflict or Invalid."""
    sentences = {
        "round_closed": _l("This round is closed. Open it again first."),
        "round_open": _l("This round is open already."),
        "planning_runs": _l("The planner is at work on this round. Stop it first."),
        "not_planning": _l("The planner is not at work on this round."),
        "nothing_to_plan": _l("There is nothing to plan yet: take requests into the round first."),
        "round_malformed": _l("The planner cannot read this round. What is wrong stands below."),
        "not_approved": _l("One of these requests is not approved any more."),
        "in_a_round": _l("One of these requests is in a round already."),
        "not_in_round": _l("This request is not in the round any more."),
        "already_published": _l("People have been told of this workshop already, so it stays in the round."),
        "outside_horizon": _l("The window of one of these requests shares no day with the round."),
        "missing": _l("Enter something here."),
        "before_first_day": _l("The last day must not be before the first."),
        "not_a_year": _l("Enter a year between 1900 and 2190."),
        "round_too_long": _l("A round lasts two years at most."),
        "not_a_currency": _l("Enter a currency as three capital letters, such as EUR."),
        "negative": _l("Enter 0 or more."),
        "out_of_range": _l("Choose one of the times offered."),
        "request_refuses": _l(
            "The request does not allow this change. Open it to see what stands against it."
        ),
        "nothing_published": _l("Nothing has been announced in this round yet, so nothing can be mended."),
        "not_offered": _l("This is not on offer."),
        "still_in_the_way": _l(
            "Nothing has been changed: the period of a fund, what is promised of it or the end of the round"
            " still stands in the way."
        ),
    }
    return str(sentences[reason])


def job_failure(code: str) -> str:
    """Why a job of the planner ended without a draft."""
    sentences = {
        "stopped": _l("The planner was stopped before it had found a plan."),
        "nothing_found": _l("The planner found no plan in the time it had. Give it more."),
        "pins_clash": _l("What was fixed by hand contradicts itself: no plan can satisfy it all."),
        "round_malformed": _l("The planner could not read the round."),
        "planner_crashed": _l("The planner broke off before it had found a plan. Please try again."),
        "wrong_schedule": _l("The planner's plan did not pass the check, so it was thrown away."),
        "worker_died": _l("Planning was interrupted several times and given up. Please try again."),
        "breaks_rules": _l(
            "This draft breaks a rule since it was changed by hand. Mend that first, then ask."
        ),
    }
    return str(sentences.get(code, _l("Planning failed because of an error in Baraza.")))


PHASES: Mapping[str, object] = {
    "reading": _l("Reading the round"),
    "compiling": _l("Preparing the planner, once on this machine"),
    "first schedule": _l("Looking for a first plan"),
    "repairing": _l("Mending what no longer holds"),
    "improving": _l("Making the plan better"),
    "pins": _l("Finding what was fixed by hand and cannot hold together"),
    "staffing": _l("Looking for better teams and seats"),
    "bounding": _l("Working out how good a plan can be"),
    "proving": _l("Proving how good a plan can be"),
    "explaining": _l("Finding out why workshops are left out"),
}


def phase(name: str | None) -> str:
    """What the planner is doing, from the name of its phase."""
    return str(PHASES.get(name or "reading", _l("Planning")))


# -- Weights


@dataclass(frozen=True, slots=True)
class WeightWords:
    """What a weight is called, and what one unit of it is."""

    label: object
    hint: object


WEIGHTS: Mapping[str, WeightWords] = {
    "held": WeightWords(_l("Workshops held"), _l("For each session, times its priority from 1 to 5")),
    "need": WeightWords(
        _l("Needs served"), _l("For each seat, times how much the person needs the topic, 1 to 3")
    ),
    "reach": WeightWords(
        _l("Organisations reached"), _l("For each organisation and topic with at least one seat")
    ),
    "preferred": WeightWords(_l("Preferred days"), _l("For each day of a facilitator that they prefer")),
    "cost": WeightWords(_l("Money"), _l("Taken off for each hundred of the currency spent")),
    "discomfort": WeightWords(
        _l("Awkward hours online"), _l("Taken off for each person and hour outside 08:00–18:00 at home")
    ),
    "balance": WeightWords(
        _l("Even load"), _l("Taken off for each pair of workshops that the same person facilitates")
    ),
    "change": WeightWords(
        _l("Changes"), _l("Taken off for each published date, team member or seat that changes")
    ),
    "cancel": WeightWords(
        _l("Cancellations"), _l("Taken off for each published session that is no longer held")
    ),
    "reluctance": WeightWords(
        _l("Only if need be"),
        _l(
            "Taken off for each day on which somebody comes only if need be, or to a country they would"
            " rather not enter"
        ),
    ),
}


def weight_worth(points: int | Fraction, cost_weight: int, currency: str) -> str:
    """What a weight is worth in money: 'as much as €5,000'. Empty where money does not count."""
    if cost_weight <= 0:
        return ""
    return str(_("as much as %(money)s", money=format_money(round(100 * points / cost_weight), currency)))


def points(hundredths: int) -> str:
    """An objective as people read it: points with two digits."""
    return format_number(hundredths / 100, 2)
