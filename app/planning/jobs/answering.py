"""What a worker does with a job of kind "answer_question": have the solver answer, and keep what it says."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.db import unit_of_work
from app.jobs.worker import HandBack, JobFailed, Work, stopping
from app.planning.asking import keep_answer
from app.planning.jobs.mending import work_out_repairs
from app.planning.models import Question
from app.planning.solver_process import Unanswered, ask_solver

EXPLAIN_SECONDS = 5
"""What the search for what would give way may take; the rest takes about a second at the size of M."""

LONGEST_SECONDS = 120


def answer_question(work: Work) -> None:
    """Work a question out, unless its draft has been thrown away since. Raises JobFailed, HandBack."""
    with unit_of_work() as db:
        question = db.get(Question, work.subject_id)
        if question is None:
            return
        kind = question.kind
        draft = question.draft
        asked: dict[str, Any] = {**question.asked, "workshop": question.topic}
        if draft is not None:
            asked |= {"round": draft.round_document, "schedule": draft.schedule_document}
    ANSWERS[kind](work, asked)


def _explain(work: Work, asked: Mapping[str, Any]) -> None:
    """`explanation/1`: what `solver.Explanation.as_data` says, with the sessions of what is offered.

    Of a session held also `binds`: how many of its other venues and days are free, and how many each rule
    forbids while the rest stands. What was fixed of it by hand is left out of both, and said by `fixed`: who
    asks knows that a hand holds it there, and wants to know what that costs.
    """
    documents = [asked["round"], asked["schedule"]]
    fixed: list[Mapping[str, Any]] = []
    if any(each["workshop"] == asked["workshop"] for each in asked["schedule"]["sessions"]):
        documents[0], fixed = _unfixed(asked["round"], asked["workshop"])
    began = time.monotonic()

    def go_on() -> bool:
        return work.report({"elapsed": round(time.monotonic() - began, 1), "time_limit": EXPLAIN_SECONDS})

    try:
        found = ask_solver(
            "explain",
            documents,
            [asked["workshop"], "--seconds", str(EXPLAIN_SECONDS), "--sessions"],
            beats=LONGEST_SECONDS,
            go_on=go_on,
        )
        if found["held"]:
            moves = ask_solver("moves", documents, [asked["workshop"]], beats=LONGEST_SECONDS, go_on=go_on)
            found |= {"binds": _what_binds(moves["moves"]), "fixed": fixed}
    except Unanswered as unanswered:
        if stopping.is_set():
            raise HandBack from None
        raise JobFailed(str(unanswered)) from None
    with unit_of_work() as db:
        keep_answer(db, question_id=work.subject_id, answer={"format": "explanation/1", **found})


def _unfixed(document: Mapping[str, Any], workshop: str) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """A round in which nothing of a workshop is fixed but that it is held, and its pins before."""
    fixed = [pin for pin in document.get("pins", ()) if pin["workshop"] == workshop]
    others = [pin for pin in document.get("pins", ()) if pin["workshop"] != workshop]
    return {**document, "pins": [*others, {"workshop": workshop, "held": True}]}, fixed


def _what_binds(moves: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rules = Counter(
        rule
        for move in moves
        if move["state"] != "free"
        for rule in dict.fromkeys(clash["rule"] for clash in move["clashes"])
    )
    free = sum(move["state"] == "free" for move in moves)
    return {"free": free, "all": len(moves), "rules": dict(rules.most_common())}


ANSWERS: Mapping[str, Callable[[Work, Mapping[str, Any]], None]] = {
    "explain": _explain,
    "repair": work_out_repairs,
}
