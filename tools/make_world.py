"""Draw the world once: ``python tools/make_world.py countries-110m.json`` writes components/world.html.

The input is a file of the npm package ``world-atlas`` 2.0.2 (``npm pack world-atlas@2.0.2``), ISC licence;
its shapes are Natural Earth 4.1, public domain. It is TopoJSON: borders are stored once, as arcs that
neighbours share, so arcs can be simplified one by one without opening gaps between countries.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from babel.core import get_global

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.geo import WIDTH_TO_HEIGHT, degrees_from_centre, position

Point = tuple[float, float]
Pixel = tuple[int, int]
Arc = list[Pixel]

WIDTH = 1400
HEIGHT = round(WIDTH / WIDTH_TO_HEIGHT)
LEAST_TRIANGLE = 3.0
"""Points whose triangle with their neighbours is smaller than this many square units are left out."""
LEAST_ISLAND = 8.0
"""Rings smaller than this are left out unless they are the largest of their country."""
WITHOUT = {"AQ"}
TARGET = Path(__file__).parents[1] / "templates" / "components" / "world.html"
HEADER = """{{# Written by tools/make_world.py from world-atlas 2.0.2 (ISC licence, see app/static/vendor);
   shapes: Natural Earth 4.1, public domain. ISO 3166 code → outline, in units of {width} × {height};
   codes in small letters: areas without one. #}}
{{% set WIDTH = {width} %}}
{{% set HEIGHT = {height} %}}
"""


def unwrapped(longitudes: Iterable[float]) -> Iterator[float]:
    """Continue each longitude from the one before it, so that the 180th meridian is no jump."""
    previous: float | None = None
    for longitude in longitudes:
        if previous is not None:
            longitude = previous + (longitude - previous + 180) % 360 - 180
        previous = longitude
        yield longitude


def decoded(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    """An arc's points as (longitude, latitude); TopoJSON stores whole-number steps from point to point."""
    (scale_x, scale_y), (shift_x, shift_y) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        points.append((x * scale_x + shift_x, y * scale_y + shift_y))
    return points


def drawn(points: list[Point]) -> list[Point]:
    """Project an arc to the drawing's units."""
    offsets = list(unwrapped(degrees_from_centre(longitude) for longitude, _ in points))
    # 180 itself is the cut as well as −180: an arc that starts on it belongs to the side it goes on to.
    if len(offsets) > 1 and offsets[0] == -180 and offsets[1] > 0:
        offsets = [offset + 360 for offset in offsets]
    projected = (position(latitude, offset) for (_, latitude), offset in zip(points, offsets, strict=True))
    return [(place.x * WIDTH / 100, place.y * HEIGHT / 100) for place in projected]


def triangle(a: Point, b: Point, c: Point) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def simplified(points: list[Point]) -> list[Point]:
    """Leave out the point with the smallest triangle, again and again (Visvalingam and Whyatt 1993)."""
    kept = list(points)
    while len(kept) > 4:
        areas = [triangle(*kept[i - 1 : i + 2]) for i in range(1, len(kept) - 1)]
        smallest = min(range(len(areas)), key=areas.__getitem__)
        if areas[smallest] >= LEAST_TRIANGLE:
            break
        del kept[smallest + 1]
    return kept


def pixels(points: list[Point]) -> Arc:
    whole = [(round(x), round(y)) for x, y in points]
    return [point for i, point in enumerate(whole) if i == 0 or point != whole[i - 1]]


def ring(indices: list[int], arcs: list[Arc]) -> Arc:
    """Join arcs to one ring; a negative index ~i means arc i backwards."""
    points: Arc = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc if not points or points[-1] != arc[0] else arc[1:]
    return points


def area(points: Arc) -> float:
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def path(points: Arc, close: bool) -> str:
    """SVG path data in steps from point to point, which compress better than absolute positions."""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    if close and steps and points[0] == points[-1]:
        steps.pop()
    text = " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")
    return f"M{points[0][0]} {points[0][1]}l{text}{'z' if close else ''}"


def rings_of(geometry: dict[str, Any]) -> list[list[int]]:
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [outline for polygon in polygons for outline in polygon]


def country_code(geometry: dict[str, Any], unnamed: int) -> str:
    """ISO 3166 letters from its numbers (CLDR's territory aliases); areas without a number get x0, x1 …"""
    alias = get_global("territory_aliases").get(geometry.get("id", ""))
    return alias[0] if alias else f"x{unnamed}"


def main(source: Path) -> None:
    topology = json.loads(source.read_text())
    arcs = [pixels(simplified(drawn(decoded(arc, topology["transform"])))) for arc in topology["arcs"]]
    countries: dict[str, str] = {}
    uses: Counter[int] = Counter()
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = country_code(geometry, len(countries))
        if code in WITHOUT:
            continue
        rings = rings_of(geometry)
        uses.update(index if index >= 0 else ~index for outline in rings for index in outline)
        outlines = sorted((ring(outline, arcs) for outline in rings), key=area, reverse=True)
        kept = [outline for i, outline in enumerate(outlines) if i == 0 or area(outline) >= LEAST_ISLAND]
        countries[code] = countries.get(code, "") + "".join(path(outline, close=True) for outline in kept)
    borders = "".join(
        path(arcs[index], close=False) for index, count in uses.items() if count > 1 and len(arcs[index]) > 1
    )
    lines = ",\n".join(f'  "{code}": "{shape}"' for code, shape in sorted(countries.items()))
    header = HEADER.format(width=WIDTH, height=HEIGHT)
    TARGET.write_text(f'{header}{{% set COUNTRIES = {{\n{lines}\n}} %}}\n{{% set BORDERS = "{borders}" %}}\n')
    sys.stdout.write(f"{TARGET.name}: {len(countries)} countries, {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
