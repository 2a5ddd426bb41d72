"""A right `planning-round/1` document that uses every key of the format, and how tests spoil it."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import replace
from typing import Any

from solver.round import Fund, Pin, Round, SeatCount
from solver.writing import write_round
from tests.solver.rounds import (
    FAR,
    FRED,
    HALL,
    HERE,
    LENA,
    NEAR,
    ROOM,
    SAM,
    SUE,
    at,
    follows,
    on,
    published,
    span,
    tiny_round,
    webinar,
    workshop,
)


def full_round() -> Round:
    """Every optional key of the format is used at least once."""
    return tiny_round(
        places=[replace(HERE, holidays=frozenset({on("2027-05-01")}), weekend=frozenset({5, 6})), NEAR, FAR],
        venues=[replace(HALL, closed=(span("2027-04-01", "2027-04-02"),)), ROOM],
        people=[
            LENA,
            replace(FRED, unavailable=(span("2027-03-20", "2027-03-22"),), online_only=True),
            replace(SAM, preferred=(span("2027-03-01", "2027-03-05"),), max_workshops=1, max_days_away=9),
            replace(
                SUE,
                max_seats=3,
                if_need_be=(span("2027-03-08", "2027-03-09"),),
                rather_not=frozenset({"WS"}),
                entry={"GH": on("2027-03-15"), "WS": None},
                not_before=on("2027-03-03"),
            ),
        ],
        workshops=[
            workshop("course", budget=4000),
            workshop("next", follows=follows("course", 7, 60, 1)),
            webinar(invited=(), seats=SeatCount(0, 0), nominated={"sam": 2}),
        ],
        funds=[Fund("fund", "Fund", ("course", "next"), 9000)],
        pins=[
            Pin("course", "hall", on("2027-03-01"), ("lena",), ("sam",), held=True),
            Pin("call", start=at("2027-03-01T10:00")),
            Pin("next", held=False),
        ],
        published=[
            published("course", "2027-03-01", "hall", team=["lena"], seats=["sam"]),
            published("call", "2027-03-01T10:00", team=["lena"]),
        ],
    )


def full_document() -> dict[str, Any]:
    """The same as a JSON object."""
    document: dict[str, Any] = json.loads(write_round(full_round()))
    return document


def as_bytes(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


GONE = object()
"""As a new value: the key is taken away."""


def spoiled(document: Any, *changes: tuple[str, Any]) -> Any:
    """A copy with the value at each place (`workshops[0].team.max`) set anew, or taken away."""
    document = deepcopy(document)
    for place, value in changes:
        *steps, last = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", place)]
        holder = document
        for step in steps:
            holder = holder[step]
        if value is GONE:
            del holder[last]
        else:
            holder[last] = value
    return document
