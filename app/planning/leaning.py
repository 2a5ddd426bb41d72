"""What matters more: a few sliders over the weights of a round, and presets that set them.

    weights = leant(draft_weights, {"money": 1, "people": -1})     # money twice, people half as much

A slider stands at -2 … 2 for a quarter, a half, as it is, twice, four times. Weights are whole numbers: where
a fraction comes out all of them are multiplied by 2 or 4, which changes no plan. So the values of two drafts
with other weights are compared by one of them only (`app.planning.scenarios`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import lazy_gettext as _l

SLIDERS: Mapping[str, tuple[str, ...]] = {
    "learning": ("held", "need"),
    "reach": ("reach",),
    "money": ("cost",),
    "people": ("preferred", "discomfort", "balance", "reluctance"),
    "steadiness": ("change", "cancel"),
}
"""Slider -> the weights that it moves together."""

LOWEST, HIGHEST = -2, 2

PRESETS: Mapping[str, Mapping[str, int]] = {
    "balanced": {},
    "frugal": {"money": 2},
    "wide": {"reach": 2, "learning": 1},
    "gentle": {"people": 2},
    "steady": {"steadiness": 2},
}


@dataclass(frozen=True, slots=True)
class LeaningWords:
    """What a slider is called, and what it moves."""

    label: object
    hint: object


WORDS: Mapping[str, LeaningWords] = {
    "learning": LeaningWords(_l("Learning"), _l("workshops held and needs served")),
    "reach": LeaningWords(_l("Reach"), _l("as many organisations as possible with a seat")),
    "money": LeaningWords(_l("Thrift"), _l("every expense for fares, allowances, fees and venues")),
    "people": LeaningWords(
        _l("Care for people"), _l("preferred days, awkward hours, even load, days that are only if need be")
    ),
    "steadiness": LeaningWords(_l("Steadiness"), _l("what people have been told stays")),
}

PRESET_NAMES: Mapping[str, object] = {
    "balanced": _l("Balanced, as it is"),
    "frugal": _l("Frugal"),
    "wide": _l("Wide reach"),
    "gentle": _l("Gentle on people"),
    "steady": _l("Steady"),
}

STEPS: Mapping[int, object] = {
    -2: _l("a quarter"),
    -1: _l("half"),
    0: _l("as it is"),
    1: _l("twice"),
    2: _l("four times"),
}


def leant(weights: Mapping[str, int], leans: Mapping[str, int]) -> dict[str, int]:
    """The weights with each slider where `leans` puts it (0 where it says nothing)."""
    factors = {
        name: Fraction(2) ** leans.get(slider, 0) for slider, names in SLIDERS.items() for name in names
    }
    wanted = {name: points * factors.get(name, Fraction(1)) for name, points in weights.items()}
    scale = max((each.denominator for each in wanted.values()), default=1)
    return {name: int(each * scale) for name, each in wanted.items()}


def moved(leans: Mapping[str, int]) -> dict[str, int]:
    """The sliders that do not stand at "as it is"."""
    return {name: step for name, step in leans.items() if step}
