"""Where a draft comes from, in the reader's words: planned on, with other weights, with something let in …

`Draft.origin` is {} for a plan from the beginning, else

    {"why": "continued",  "draft": 3}
    {"why": "weights",    "draft": 3, "leans": {"money": 2}}
    {"why": "let_in",     "draft": 3, "workshop": "w7", "titles": {"en": …}, "change": "window"}
    {"why": "repair",     "question": 5, "variant": "fewest"}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.i18n import format_list, in_language
from app.planning.leaning import STEPS, WORDS
from app.planning.repair_words import variant_label


def origin_words(origin: Mapping[str, Any]) -> str:
    """One phrase for the list of drafts; empty for a draft that was planned from the beginning."""
    match origin.get("why"):
        case "continued":
            return str(_("draft %(number)s, planned on", number=origin["draft"]))
        case "weights":
            return str(
                _(
                    "draft %(number)s with other weights: %(leans)s",
                    number=origin["draft"],
                    leans=_leans(origin),
                )
            )
        case "let_in":
            title = in_language(origin.get("titles")) or origin["workshop"]
            return str(_("draft %(number)s with “%(workshop)s” held", number=origin["draft"], workshop=title))
        case "repair":
            return str(_("repair: %(variant)s", variant=variant_label(origin["variant"])))
        case _:
            return ""


def _leans(origin: Mapping[str, Any]) -> str:
    return format_list(
        [f"{WORDS[name].label} {STEPS[step]}" for name, step in origin["leans"].items() if name in WORDS]
    )
