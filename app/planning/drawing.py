"""The pictures of a schedule as files: SVG for reports and slides, which reads without colours too.

    drawn("map", pictures, subtitle="Season 2027 · Version 3")      # the text of the file

The pictures on pages follow the width of a window; these have one width and their lettering in them.
Hatching, numbers and labels say what tints say. Here is where everything goes, in pixels; how it looks is in
templates/pictures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from math import ceil, floor, hypot, log10
from typing import Any

from flask import Response, render_template
from flask_babel import format_date, gettext

from app.geo import place_on_map
from app.i18n import country_name, format_day, format_money, format_number, format_span, region_name
from app.planning.picture_words import (
    funds_used,
    level_labels,
    place_name,
    place_words,
    served_words,
    shades,
)
from app.planning.pictures import FundOverTime, Pictures

_: Callable[..., str] = gettext

WIDTH, MARGIN, TOP = 960, 24, 84
INNER = WIDTH - 2 * MARGIN
MAP_HEIGHT = round(INNER * 609 / 1400)
ROW, BAR_ROW = 19, 26
LETTER = 6.3
"""The width of a letter at 12 pixels, on average and a little more."""

LABELS, BARS = 220, 560
PLOT_LEFT, PLOT_HEIGHT = 96, 300

NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What a text may hold and XML may not (XML 1.0, section 2.2)."""


def picture_file(name: str, pictures: Pictures, *, subtitle: str, file: str) -> Response | None:
    """A picture as a download; `None` where there is none of this name."""
    text = drawn(name, pictures, subtitle=subtitle)
    if text is None:
        return None
    response = Response(text, mimetype="image/svg+xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{file}-{name}.svg"'
    return response


def drawn(name: str, pictures: Pictures, *, subtitle: str) -> str | None:
    """One picture as SVG: "map", "needs", "season" or "fund-1", "fund-2" …; `None`: there is no such one."""
    kind, _dash, number = name.partition("-")
    if kind in DRAWINGS and not number:
        drawing = DRAWINGS[kind](pictures)
    elif kind == "fund" and number in {str(n + 1) for n in range(len(funds_used(pictures)))}:
        drawing = _fund(pictures, funds_used(pictures)[int(number) - 1])
    else:
        return None
    text = render_template(f"pictures/{kind}.svg", width=WIDTH, margin=MARGIN, subtitle=subtitle, **drawing)
    return NO_XML.sub("", text)


# -- The map


def _map(pictures: Pictures) -> dict[str, Any]:
    sites = []
    for number, place in enumerate(pictures.places, 1):
        at = place_on_map(place.latitude, place.longitude)
        x, y = MARGIN + at.x * INNER / 100, TOP + at.y * MAP_HEIGHT / 100
        sites.append({"number": number, "x": x, "y": y, "at": (x, y), "r": 8 + min(place.sessions, 6) / 2})
    _apart(sites)
    key = TOP + MAP_HEIGHT + 64
    return {
        "title": _("Places of the sessions"),
        "scale": INNER / 1400,
        "top": TOP,
        "map_height": MAP_HEIGHT,
        "shades": shades(pictures),
        "legend": _("Wishes served"),
        "levels": level_labels(),
        "sites": sites,
        "rows": [
            {"y": key + n * ROW, "number": n + 1, "text": f"{place_name(place)}: {place_words(place)}"}
            for n, place in enumerate(pictures.places)
        ],
        "height": key + len(pictures.places) * ROW + 24,
    }


def _apart(sites: list[dict[str, Any]]) -> None:
    """Push marks off each other until none covers another's number; a line leads to where each belongs."""
    for _round in range(200):
        moved = False
        for n, one in enumerate(sites):
            for other in sites[n + 1 :]:
                dx, dy = other["x"] - one["x"], other["y"] - one["y"]
                gap = hypot(dx, dy)
                missing = one["r"] + other["r"] + 1 - gap
                if missing > 0.1:
                    moved = True
                    # two at one spot go apart along a line that no other pair takes
                    ux, uy = (dx / gap, dy / gap) if gap else (1.0, 0.3 * n)
                    for site, way in ((one, -missing / 2), (other, missing / 2)):
                        site["x"], site["y"] = site["x"] + ux * way, site["y"] + uy * way
        if not moved:
            return


# -- Bars


def _needs(pictures: Pictures) -> dict[str, Any]:
    rows = [
        {
            "y": TOP + n * BAR_ROW,
            "label": _fitted(country_name(each.country), LABELS),
            "width": BARS * each.served / each.wished,
            "text": served_words(each),
        }
        for n, each in enumerate(pictures.countries)
    ]
    return {
        "title": _("Needs served by country"),
        "note": _("Wishes for a topic of the round that a seat fulfils"),
        "rows": rows,
        "labels": MARGIN + LABELS,
        "bars": BARS,
        "height": TOP + len(rows) * BAR_ROW + 24,
    }


# -- The season


def _season(pictures: Pictures) -> dict[str, Any]:
    """Every session in a row of its own with its title beside it, by region."""

    def x(day: date) -> float:
        return MARGIN + _share(day, pictures) * INNER

    y = TOP + 28
    lanes = []
    for region, spans in pictures.regions:
        lane: dict[str, Any] = {"label": region_name(region), "count": len(spans), "y": y, "spans": []}
        y += ROW + 6
        for span in spans:
            left, right = x(span.first), x(date.fromordinal(span.last.toordinal() + 1))
            text = f"{span.label}, {format_span(span.first, span.last)}"
            before, behind = left - MARGIN - 8, WIDTH - MARGIN - right - 8
            after = behind >= min(before, len(text) * LETTER)
            lane["spans"].append(
                {
                    "y": y,
                    "x": left,
                    "width": max(right - left, 4),
                    "after": after,
                    "text": _fitted(text, behind if after else before),
                }
            )
            y += ROW
        y += 8
        lanes.append(lane)
    return {
        "title": _("Sessions by region"),
        "months": [(x(day), label) for day, label in _months(pictures)],
        "top": TOP,
        "bottom": y,
        "lanes": lanes,
        "height": y + 16,
    }


# -- A fund


def _fund(pictures: Pictures, fund: FundOverTime) -> dict[str, Any]:
    """What is left, as a line in steps with a number at each, and below what each step pays for."""
    lowest = min(0, *(left for _day, _title, left in fund.left))
    marks = _marks(lowest, fund.amount)
    plot_width, bottom = WIDTH - MARGIN - PLOT_LEFT, TOP + PLOT_HEIGHT

    def y(money: float) -> float:
        return bottom - (money - marks[0]) * PLOT_HEIGHT / (marks[-1] - marks[0])

    def x(day: date) -> float:
        return PLOT_LEFT + _share(day, pictures) * plot_width

    steps = [(x(day), y(left)) for day, _title, left in fund.left]
    start = (float(PLOT_LEFT), y(fund.amount))
    line = [start]
    for (_x, before), (at, after) in pairwise([start, *steps]):
        line += [(at, before), (at, after)]
    line.append((float(WIDTH - MARGIN), steps[-1][1]))
    key = bottom + 64
    return {
        "title": fund.title,
        "note": _("What is left of %(money)s after each session", money=_money(fund.amount, pictures)),
        "left": PLOT_LEFT,
        "top": TOP,
        "bottom": bottom,
        "marks": [(y(mark), format_number(mark), mark == 0) for mark in marks],
        "months": [(x(day), label) for day, label in _months(pictures)],
        "had": y(fund.amount),
        "line": line,
        "steps": steps,
        "rows": [
            {
                "y": key + n * ROW,
                "number": n + 1,
                "text": f"{format_day(day, weekday=False)} · {title}",
                "figure": _money(left, pictures),
            }
            for n, (day, title, left) in enumerate(fund.left)
        ],
        "height": key + len(fund.left) * ROW + 24,
    }


def _money(amount: int, pictures: Pictures) -> str:
    return format_money(amount, pictures.currency)


DRAWINGS: dict[str, Callable[[Pictures], dict[str, Any]]] = {
    "map": _map,
    "needs": _needs,
    "season": _season,
}


# -- What they share


def _share(day: date, pictures: Pictures) -> float:
    """How far a day lies into the round, 0 to 1."""
    return (day - pictures.first_day).days / ((pictures.last_day - pictures.first_day).days + 1)


def _months(pictures: Pictures) -> list[tuple[date, str]]:
    """The first day of each month of the round, with its name."""
    first, last = pictures.first_day, pictures.last_day
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    starts = [max(date(n // 12, n % 12 + 1, 1), first) for n in numbers]
    return [(day, format_date(day, "LLL")) for day in starts]


def _marks(low: float, high: float) -> Sequence[float]:
    """Round figures from below `low` to above `high`, at most seven: 1, 2 or 5 times a power of ten apart."""
    least = max(high - low, 1) / 5
    power = 10 ** floor(log10(least))
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= least)
    return [n * step for n in range(floor(low / step), max(ceil(high / step), 1) + 1)]


def _fitted(text: str, room: float) -> str:
    """The text, cut where it would be wider than so many pixels."""
    most = max(int(room / LETTER), 1)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
