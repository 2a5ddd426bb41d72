"""Pages of workshops as their tests read them, and what a browser would send of their forms."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.pages import Page


def shown(client: FlaskClient, address: str, status: int = 200) -> Page:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return Page(answer.text)


def filled(page: Page) -> dict[str, list[str]]:
    """What a browser would send of the page's form, as it stands."""
    form = next(form for form in page.root.one("main").all("form") if form.all(name="csrf_token"))
    sent: dict[str, list[str]] = {}
    for field in form.all("input"):
        attributes = field.attributes
        ticked = attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes
        if "name" in attributes and ticked:
            sent.setdefault(attributes["name"], []).append(attributes.get("value", ""))
    for field in form.all("textarea"):
        sent[field.attributes["name"]] = [field.text]
    for field in form.all("select"):
        chosen = [option for option in field.all("option") if "selected" in option.attributes]
        chosen = chosen or field.all("option")[:1]
        sent[field.attributes["name"]] = [option.attributes.get("value", "") for option in chosen]
    return sent
