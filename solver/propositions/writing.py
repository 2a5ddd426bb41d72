"""Values in, documents out: a call as `needs-call/1`, a chosen set as `propositions/1`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from solver.propositions.call import Call
from solver.propositions.figures import (
    figures,
    hosts_ranked,
    points_asked,
    reached,
    seats_for,
)
from solver.propositions.proposition import Proposition, Propositions, Reason
from solver.propositions.reading import FORMAT as CALL_FORMAT

FORMAT = "propositions/1"


def write_call(call: Call) -> bytes:
    """A call as a document that `read_call` reads back as the same value."""
    return _bytes(
        {
            "format": CALL_FORMAT,
            "id": call.id,
            "title": call.title,
            "currency": call.currency,
            "prices": asdict(call.prices),
            "limits": asdict(call.limits),
            "kinds": {name: asdict(kind) for name, kind in call.kinds.items()},
            "reach": call.reach,
            "places": [
                {
                    "id": each.id,
                    "name": each.name,
                    "country": each.country,
                    "latitude": each.latitude,
                    "longitude": each.longitude,
                }
                for each in call.places.values()
            ],
            "platforms": [asdict(each) for each in call.platforms.values()],
            "needs": [_row(each) for each in call.needs.values()],
            "offers": [_row(each) for each in call.offers],
            "facilitators": [_row(each) for each in call.facilitators.values()],
            "hosts": [asdict(each) for each in call.hosts.values()],
        }
    )


def write_propositions(call: Call, found: Propositions) -> bytes:
    """A chosen set with its figures and reasons as a document."""
    return _bytes(
        {
            "format": FORMAT,
            "call": found.call,
            "status": found.status,
            "points": found.points,
            "bound": found.bound,
            "asked": points_asked(call),
            "cost": found.cost,
            "least_cost": found.least_cost,
            "propositions": [
                _proposition(call, each, reasons)
                for each, reasons in zip(found.chosen, found.reasons, strict=True)
            ],
            "unserved": [
                {"need": need, "reasons": [_reason(reason) for reason in reasons]}
                for need, reasons in found.unserved.items()
            ],
        }
    )


def _proposition(call: Call, each: Proposition, reasons: tuple[Reason, ...]) -> dict[str, Any]:
    kind, found = call.kinds[each.kind], figures(call, each)
    return {
        "kind": each.kind,
        "topic": each.topic,
        "language": each.language,
        "region": call.hosts[each.host].region,
        "host": each.host,
        "days": kind.days,
        "platforms": [
            {
                "platform": call.needs[id].platform,
                "need": id,
                "seats": seats_for(kind, call.needs[id]),
                "people": reached(kind, call.needs[id]),
            }
            for id in each.needs
        ],
        "givers": list(each.givers),
        "facilitators": list(each.facilitators),
        "missing": each.missing,
        "seats": found.seats,
        "people": found.people,
        "points": found.points,
        "cost": found.cost.total,
        "costs": asdict(found.cost),
        "hosts": [{"host": host, "cost": cost} for host, cost in hosts_ranked(call, each)],
        "reasons": [_reason(reason) for reason in reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, **reason.facts}


def _row(value: Any) -> dict[str, Any]:
    """A value as an object; sets sorted."""
    return {
        name: sorted(inner) if isinstance(inner, frozenset) else inner
        for name, inner in asdict(value).items()
    }


def _bytes(document: dict[str, Any]) -> bytes:
    """One line per row of each list, so that two documents can be compared line by line."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list) and value:
            rows = ",\n".join(f"  {_line(row)}" for row in value)
            parts.append(f" {_line(key)}: [\n{rows}\n ]")
        else:
            parts.append(f" {_line(key)}: {_line(value)}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode("utf-8")


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
