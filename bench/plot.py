"""Line charts as SVG, enough for the results here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 76, 180, 44, 52
COLOURS = ("#0b6e6e", "#b4531a", "#5a4fa2", "#8a6d00", "#a0285a", "#2f6b2f", "#33628f", "#6b6b6b")

Points = Sequence[tuple[float, float]]


def line_chart(path: Path, title: str, across: str, up: str, lines: Mapping[str, Points]) -> None:
    """Write a chart with both axes logarithmic; points that are not above 0 are left out."""
    lines = {name: [(x, y) for x, y in points if x > 0 and y > 0] for name, points in lines.items()}
    lines = {name: points for name, points in lines.items() if points}
    everything = [point for points in lines.values() for point in points]
    if not everything:
        return
    low_x, high_x = _decades([x for x, _ in everything])
    low_y, high_y = _decades([y for _, y in everything])

    def place(x: float, y: float) -> tuple[float, float]:
        across_share = (math.log10(x) - low_x) / (high_x - low_x)
        up_share = (math.log10(y) - low_y) / (high_y - low_y)
        return LEFT + across_share * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up_share * (
            HEIGHT - TOP - BOTTOM
        )

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
            f' font-family="system-ui, sans-serif" font-size="13"><title>{escape(title)}</title>'
            f'<rect width="100%" height="100%" fill="#fff"/>'
            f'<text x="{LEFT}" y="24" font-size="16">{escape(title)}</text>'
        )
    ]
    for decade in range(low_x, high_x + 1):
        x, bottom = place(10.0**decade, 10.0**low_y)
        parts.append(f'<path d="M{x:.1f} {TOP}V{bottom:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{10.0**decade:g}</text>')
    for decade in range(low_y, high_y + 1):
        left, y = place(10.0**low_x, 10.0**decade)
        parts.append(f'<path d="M{left:.1f} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{10.0**decade:g}</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 12}" text-anchor="end">{escape(across)}</text>')
    parts.append(f'<text x="12" y="{TOP - 6}">{escape(up)}</text>')
    for n, (name, points) in enumerate(lines.items()):
        colour = COLOURS[n % len(COLOURS)]
        drawn = " ".join("{:.1f},{:.1f}".format(*place(x, y)) for x, y in sorted(points))
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        y = TOP + 14 + 20 * n
        parts.append(f'<text x="{WIDTH - RIGHT + 12}" y="{y}" fill="{colour}">{escape(name)}</text>')
    path.write_text("".join(parts) + "</svg>\n", encoding="utf-8")


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)
