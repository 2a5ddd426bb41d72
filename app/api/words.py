"""What the API says about codes, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.planning.words import refusal


def sentence(code: str, values: Mapping[str, Any]) -> str | None:
    """The sentence of a code that this API or what it calls refuses with; None for all others."""
    own: dict[str, str] = {
        "malformed_document": _("Each defect stands under `errors`, with its place."),
        "key_used": _("This Idempotency-Key has been used for another request. Take a new one."),
        "not_a_key": _("An Idempotency-Key has 1 to 255 printable characters."),
        "not_a_cursor": _("This is not a cursor that a list gave as `next`."),
        "plan_runs": _("Another plan of yours is in the making. Wait for it, or stop it."),
        "nothing_changed": _("This draft says the same as what is published already."),
        "request_not_approved": _(
            "A request in this draft is not approved any more: have the round planned again."
        ),
    }
    if code in own:
        return own[code]
    try:
        return refusal(code)
    except KeyError:
        return None
