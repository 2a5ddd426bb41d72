"""From a template's name to a letter's subject, text and HTML, in the reader's language.

`templates/mail/<name>.txt` begins with the subject on its first line; after an empty line follows the text.
`templates/mail/<name>.html` extends `mail/layout.html` and says the same in the same words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template

from app import i18n
from config import Settings

MAX_BYTES = 50_000
"""What one letter may weigh, so that it opens on a slow line and no client cuts it off."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's words; `queue_letter` takes them as `**asdict(words)`."""

    subject: str
    text: str
    html: str


def render(name: str, /, *, language: str, **context: Any) -> Rendered:
    """Render the letter `name` for a reader of `language`.

    Templates have, besides `context`: `public_url` (no slash at its end), `network_name` and
    `contact_address`; letters that are not essential are given a `stop_path` (`app.mail.subscriptions`).

    Raises:
        ValueError: the letter is heavier than `MAX_BYTES`.
    """
    settings: Settings = current_app.extensions["baraza.settings"]
    context = {"stop_path": "", **context, "public_url": settings.public_url, "url_for": path_for}
    with i18n.reading(language):
        words = render_template(f"mail/{name}.txt", **context)
        html = render_template(f"mail/{name}.html", **context)
    subject, _, text = words.strip().partition("\n")
    text = re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"
    weight = len(text.encode()) + len(html.encode())
    if weight > MAX_BYTES:
        raise ValueError(f"the letter {name} weighs {weight} bytes")
    return Rendered(subject.strip(), text, html)


def path_for(endpoint: str, **values: Any) -> str:
    """`url_for` as letters need it: a path, also where no request is being answered, as in a worker."""
    return current_app.url_map.bind("localhost").build(endpoint, values)
