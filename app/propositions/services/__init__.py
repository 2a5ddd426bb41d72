"""What a coordinator and platforms do with propositions.

proposed ──edit, split, merge──▶ edited ──turn into requests──▶ requested
    └───────────── drop ⇄ bring back ── dropped
"""

from app.propositions.services.asking import answer, ask_platforms
from app.propositions.services.changing import Change, bring_back, drop, edit, merge, split
from app.propositions.services.requesting import Titles, turn_into_requests
from app.propositions.services.working_out import keep_what_was_worked_out, terms_of, work_out

__all__ = [
    "Change",
    "Titles",
    "answer",
    "ask_platforms",
    "bring_back",
    "drop",
    "edit",
    "keep_what_was_worked_out",
    "merge",
    "split",
    "terms_of",
    "turn_into_requests",
    "work_out",
]
