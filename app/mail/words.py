"""What people call the categories of letters that can be stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

CATEGORY_WORDS: Mapping[str, tuple[Any, Any]] = {
    "reminders": (_l("Reminders"), _l("That you have not answered yet what you were asked.")),
    "needs": (_l("Calls for needs"), _l("That a call asks what your organisation needs to learn.")),
    "availability": (_l("Availability"), _l("That you are asked when you can in the next season.")),
    "nominations": (
        _l("Naming people"),
        _l("That your organisation may name people, that you may put yourself forward, and who has done so."),
    ),
    "propositions": (_l("New workshops"), _l("That a new workshop is proposed to your organisation.")),
}
"""Category -> its name, and what its letters say."""
