"""Webhooks in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

CALL_STATES: Mapping[str, tuple[object, str]] = {
    "due": (_l("Waiting"), "info"),
    "calling": (_l("Being called"), "info"),
    "delivered": (_l("Heard"), "success"),
    "failed": (_l("Given up"), "danger"),
}
"""State of a call -> what people call it, and its tone."""

PROBLEMS: Mapping[str, object] = {
    "not_an_address": _l("This is not an address. It begins with https://."),
    "scheme": _l("Only addresses that begin with https:// can be called."),
    "not_secure": _l("Only addresses that begin with https:// can be called."),
    "credentials": _l("The address holds a name or a password; leave them out."),
    "port": _l("Only the ports 443 and 8443 are called."),
    "not_public": _l("This address is not on the public internet."),
    "our_own": _l("This is an address of Baraza itself."),
    "no_answer": _l("No answer"),
    "slow": _l("Took too long to answer"),
    "certificate": _l("Its certificate is not valid"),
    "key_lost": _l("Its key cannot be opened any more: register it anew"),
}


def problem(code: str) -> str:
    """Why an address cannot be called, or was not reached."""
    return str(PROBLEMS.get(code, PROBLEMS["no_answer"]))
