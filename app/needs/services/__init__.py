"""Writing calls and answers: one verb per function."""

from app.needs.services.answers import (
    Said,
    Saved,
    choose_contact,
    confirm_answer,
    hand_in,
    save_answer,
)
from app.needs.services.calls import (
    ask_one_more,
    change_call,
    close_call,
    draft_call,
    drop_call,
    open_call,
    reopen_call,
)

__all__ = [
    "Said",
    "Saved",
    "ask_one_more",
    "change_call",
    "choose_contact",
    "close_call",
    "confirm_answer",
    "draft_call",
    "drop_call",
    "hand_in",
    "open_call",
    "reopen_call",
    "save_answer",
]
