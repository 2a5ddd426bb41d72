"""Links that let somebody answer without an account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, request

from app import create_app
from app.access import NOBODY, Actor, allow, anybody
from app.errors import NotFound
from app.personal_links import LinkExpired, link_token, opened_by_link, read_link_token
from config import Settings
from tests.conftest import NOW

LATER = NOW + timedelta(days=7)


def test_a_link_stands_for_what_it_was_made_for_until_its_hour(app: Flask) -> None:
    token = link_token("needs", {"answer": 7}, LATER)
    assert read_link_token("needs", token, NOW) == {"answer": 7}
    assert read_link_token("needs", token, LATER - timedelta(seconds=1)) == {"answer": 7}
    with pytest.raises(LinkExpired) as expired:
        read_link_token("needs", token, LATER)
    assert (expired.value.subject, expired.value.expired_at) == ({"answer": 7}, LATER)


def test_the_same_subject_has_the_same_link(app: Flask) -> None:
    assert link_token("needs", {"answer": 7}, LATER) == link_token("needs", {"answer": 7}, LATER)


@pytest.mark.parametrize("forge", [
    lambda token: "",
    lambda token: token[:-1],
    lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
    lambda token: "x" + token,
    lambda token: token + ".x",
    lambda token: token.replace(".", ""),
    lambda token: "\N{SNOWMAN}" * 40,
])  # fmt: skip
def test_a_link_that_was_altered_is_none(app: Flask, forge) -> None:
    with pytest.raises(NotFound):
        read_link_token("needs", forge(link_token("needs", {"answer": 7}, LATER)), NOW)


def test_a_link_for_one_purpose_is_none_for_another(app: Flask) -> None:
    with pytest.raises(NotFound):
        read_link_token("seats", link_token("needs", {"answer": 7}, LATER), NOW)


def test_links_outlive_a_change_of_the_secret_key(app: Flask) -> None:
    token = link_token("needs", {"answer": 7}, LATER)
    old = app.config["SECRET_KEY"]
    app.config.update(SECRET_KEY="n" * 40, SECRET_KEY_FALLBACKS=(old,))
    try:
        assert read_link_token("needs", token, NOW) == {"answer": 7}
        renewed = link_token("needs", {"answer": 7}, LATER)
        app.config.update(SECRET_KEY_FALLBACKS=())
        assert read_link_token("needs", renewed, NOW) == {"answer": 7}
        with pytest.raises(NotFound):
            read_link_token("needs", token, NOW)
    finally:
        app.config.update(SECRET_KEY=old, SECRET_KEY_FALLBACKS=())


def test_who_came_by_a_link_came_to_that_row_alone() -> None:
    guest = Actor(name="Ama", link=("needs", 7))
    assert guest.came_by("needs", 7)
    assert not guest.came_by("needs", 8)
    assert not guest.came_by("seats", 7)
    assert not NOBODY.came_by("needs", 7)
    assert not guest.is_signed_in


def test_such_a_page_is_kept_nowhere_tells_nobody_and_needs_no_second_secret(
    settings: Settings, tmp_path
) -> None:
    app = create_app(settings.model_copy(update={"instance_path": tmp_path}))

    @app.route("/by-link/<token>", methods=["GET", "POST"])
    @allow(anybody)
    @opened_by_link
    def by_link(token: str) -> str:
        return request.method

    from app import csrf
    from app.personal_links import exempt_links

    assert app.test_client().post("/by-link/x").status_code == 400  # not registered as one yet
    exempt_links(app, csrf)
    page = app.test_client().get("/by-link/x")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert app.test_client().post("/by-link/x").status_code == 200
