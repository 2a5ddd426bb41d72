"""The colours of the style sheet, light and dark, against WCAG 2.2.

Text needs 4.5:1 (criterion 1.4.3), parts of controls and of pictures 3:1 (1.4.11).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = Path(__file__).parents[2] / "app" / "static" / "css" / "baraza.css"

TONES = ("neutral", "info", "success", "warning", "danger")
SURFACES = ("paper", "sheet", "shade")

TEXT = [
    *((ink, surface) for ink in ("ink", "ink-soft", "link", "link-deep") for surface in SURFACES),
    *((f"{tone}-ink", f"{tone}-bg") for tone in TONES),
    *(
        (f"{tone}-ink", surface)
        for tone in ("danger", "warning", "success", "info")
        for surface in ("paper", "sheet")
    ),
    ("on-header", "header"),
    ("header-soft", "header"),
    ("on-leaf", "leaf"),
    ("on-leaf", "leaf-deep"),
    ("on-danger", "danger"),
    ("sheet", "danger-ink"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    *(("on-heat", f"heat-{level}") for level in (0, 1, 2, 3)),
    *(("on-heat-strong", f"heat-{level}") for level in (4, 5)),
]
"""Colour of the letters, colour behind them."""

PARTS = [
    *((part, surface) for part in ("line-strong", "focus", "leaf") for surface in SURFACES),
    *((tone, surface) for tone in TONES for surface in SURFACES),
    *(("sheet", tone) for tone in TONES),
    ("accent", "header"),
]
"""Borders of fields, focus rings, marks of charts; what must be told from the ground it lies on."""


def css() -> str:
    return re.sub(r"/\*.*?\*/", "", SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)


def block(selector: str) -> dict[str, str]:
    """The colours that the first rule with this selector sets."""
    found = re.search(re.escape(selector) + r"\s*\{([^}]*)\}", css())
    assert found, f"no rule {selector}"
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\s*;", found.group(1)))


LIGHT = block(":root")
DARK = block(':root[data-theme="dark"]')
DARK_OF_THE_SYSTEM = block(':root:not([data-theme="light"])')


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG defines it."""
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#ffffff") == 1


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("part", "ground"), PARTS)
def test_parts_of_controls_can_be_seen(theme: dict[str, str], part: str, ground: str) -> None:
    assert contrast(theme[part], theme[ground]) >= 3


def test_dark_is_the_same_whether_chosen_or_of_the_system() -> None:
    assert DARK == DARK_OF_THE_SYSTEM
    assert set(DARK) == set(LIGHT)


def test_every_colour_is_a_token() -> None:
    """A colour written elsewhere would escape these tests."""
    tokens, _, rest = css().partition("@layer reset {")
    assert "--ink" in tokens
    rest = re.sub(r'url\("data:[^"]*"\)', "", rest)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", rest) == []
