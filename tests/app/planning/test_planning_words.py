"""Reasons, findings and refusals in words: each code has some, and names what it is about."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import config
from app.planning import words
from app.planning.models import DEFAULT_WEIGHTS
from app.planning.readiness import Finding
from app.planning.round_builder import AsideReason
from solver.check import REASONS
from solver.schedule import Reason
from tests.factories import make_topic, make_workshop

PEOPLE = {"p1": "Ama", "p2": "Kofi"}
WORKSHOPS = {"w1": "Budget law", "w2": "Press law"}


def said(rule: str, people: tuple[str, ...] = (), workshops: tuple[str, ...] = ()) -> str:
    return words.reason_sentence(Reason(rule, people, workshops), people=PEOPLE, workshops=WORKSHOPS)


def test_every_rule_and_every_other_reason_of_the_solver_has_words(app: Flask) -> None:
    assert set(words.RULES) == REASONS
    sentences = {said(rule) for rule in REASONS}
    assert len(sentences) == len(REASONS)
    assert len({words.rule_title(rule) for rule in REASONS}) == len(REASONS)


@pytest.mark.parametrize("rule", sorted(REASONS))
def test_no_sentence_of_a_rule_leaves_a_gap(app: Flask, rule: str) -> None:
    for people in ((), ("p1",), ("p1", "p2")):
        for workshops in ((), ("w1",), ("w1", "w2")):
            sentence = said(rule, people, workshops)
            assert sentence.endswith(".")
            assert "%(" not in sentence


@pytest.mark.parametrize("rule", ["venue", "seating", "one_place_at_a_time", "load", "follows", "budget"])
def test_what_the_rest_of_the_plan_has_taken_is_named(app: Flask, rule: str) -> None:
    assert "Budget law and Press law" in said(rule, (), ("w1", "w2"))


@pytest.mark.parametrize(
    "rule", ["competence", "team_size", "languages", "available", "waking_hours", "load"]
)
def test_the_people_of_a_reason_are_named(app: Flask, rule: str) -> None:
    assert "Ama and Kofi" in said(rule, ("p1", "p2"))


def test_a_reason_about_people_and_workshops_names_both(app: Flask) -> None:
    assert said("load", ("p1",), ("w1",)) == (
        "Too many of the people it needs have no workshop, seat or day away left beside Budget law."
        " This is about Ama."
    )


def test_a_long_list_of_names_is_cut_short_and_none_is_said_twice(app: Flask) -> None:
    names = {f"p{n}": f"Person {n}" for n in range(1, 10)} | {"same": "Person 1"}
    reason = Reason("available", tuple(names))
    assert words.reason_sentence(reason, people=names, workshops={}) == (
        "On no day are enough of these people available: Person 1, Person 2, Person 3, Person 4 and 5 more."
    )


def codes_in(module: str, pattern: str) -> set[str]:
    """The codes that a module of planning names."""
    text = (config.PROJECT / "app" / "planning" / module).read_text(encoding="utf-8")
    return {code for match in re.findall(pattern, text) for code in ([match] if match else [])}


def test_every_finding_has_words(db: Session) -> None:
    request = make_workshop(db, topic=make_topic(db, titles={"en": "Law"}))
    codes = codes_in("readiness.py", r'yield "(\w+)"') | set(get_args(AsideReason)) | {"fund_currency"}
    assert len(codes) > 15
    facts = {
        "found": 1,
        "needed": 2,
        "seats": 1,
        "language": "fr",
        "cheapest": 900,
        "limit": 100,
        "fund": "The fund",
        "currency": "USD",
    }
    sentences = {
        words.finding_sentence(Finding(code, request, "request", facts), currency="EUR") for code in codes
    }
    assert len(sentences) == len(codes)
    assert "Nobody who teaches Law speaks French." in sentences
    assert "Its cheapest venue alone costs €900; it may cost €100." in sentences


def test_every_refusal_and_failure_has_words(app: Flask) -> None:
    refusals = codes_in("services.py", r'Conflict\("(\w+)"') | codes_in(
        "services.py", r'Invalid\([^,]+, "(\w+)"'
    )
    assert len({words.refusal(code) for code in refusals}) == len(refusals) > 10
    failures = codes_in("jobs/planning.py", r'JobFailed\("(\w+)"')
    failures |= {"pins_clash", "nothing_found", "round_malformed"}
    unknown = words.job_failure("ZeroDivisionError")
    assert unknown not in {words.job_failure(code) for code in failures | {"worker_died", "planner_crashed"}}


def test_every_phase_of_the_planner_has_words(app: Flask) -> None:
    engine = Path(config.PROJECT / "solver" / "engine")
    phases = {
        phase
        for module in engine.glob("*.py")
        for phase in re.findall(r'(?:Phase\(|phase = |yield )"([^"]+)"', module.read_text(encoding="utf-8"))
    }
    assert phases
    assert phases <= set(words.PHASES)


def test_a_weight_is_worth_so_much_money(app: Flask) -> None:
    assert set(words.WEIGHTS) == set(DEFAULT_WEIGHTS)
    assert words.weight_worth(50, 1, "EUR") == "as much as €5,000"
    assert words.weight_worth(50, 4, "EUR") == "as much as €1,250"
    assert words.weight_worth(50, 0, "EUR") == ""
