"""What a draft hands to the planner that mends the rest around it: its pins, and its sessions to begin from.

The network may have moved on since the draft was planned: what the round of today does not know is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from solver import Round


def pins_for(round: Round, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The pins of a draft's document as far as a round knows what they are about."""
    found = []
    for row in rows:
        workshop = round.workshops.get(row["workshop"])
        if workshop is None or ("start" in row and ("T" in row["start"]) != workshop.online):
            continue
        pin = {name: value for name, value in row.items() if name not in ("team", "seats")}
        if pin.get("venue") is not None and pin["venue"] not in workshop.venues:
            del pin["venue"]
        for name in ("team", "seats"):
            known = [person for person in row.get(name, ()) if person in round.people]
            if known:
                pin[name] = known
        found.append(pin)
    return found


def start_for(round: Round, schedule: Mapping[str, Any]) -> dict[str, Any]:
    """A draft's schedule as far as a round knows its sessions; it need not be right any more."""
    sessions = []
    for row in schedule["sessions"]:
        workshop = round.workshops.get(row["workshop"])
        if (
            workshop is None
            or (row["venue"] is None) != workshop.online
            or ("T" in row["start"]) != workshop.online
        ):
            continue
        if row["venue"] is not None and row["venue"] not in round.venues:
            continue
        team = [member for member in row["team"] if member["person"] in round.people]
        seats = [person for person in row["seats"] if person in round.people]
        sessions.append({**row, "team": team, "seats": seats})
    held = {row["workshop"] for row in sessions}
    left_out = [
        {"workshop": code, "reasons": [{"rule": "not_found", "people": [], "workshops": [], "text": ""}]}
        for code in round.workshops
        if code not in held
    ]
    return {
        **schedule,
        "round": round.id,
        "sessions": sessions,
        "unscheduled": left_out,
        "objective": 0,
        "bound": None,
        "cost": 0,
    }
