"""Every route, by every method, as every reader, on the demonstration after some use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from app.access import rule_of
from tests.architecture.conftest import Logs
from tests.architecture.tables import hold_against, lines_of
from tests.architecture.walk import Visit, address, client_of, for_programs, rules
from tests.architecture.world import HOME, READERS, World
from tests.pages import Element, Page

PUBLIC = {
    "accounts.choose_language",
    "accounts.choose_timezone",
    "accounts.sign_in",
    "accounts.sign_in_ask",
    "accounts.sign_in_code",
    "accounts.sign_in_enter_code",
    "accounts.sign_in_enter_password",
    "accounts.sign_in_link",
    "accounts.sign_in_password",
    "accounts.sign_in_use_link",
    "api.openapi",
    "calendars.feed",
    "calendars.public_feed",
    "home.about",
    "home.help",
    "home.healthz",
    "home.metrics_page",
    "home.readyz",
    "schedule.printed_programme",
    "schedule.public_programme",
    "schedule.public_programme_of",
    "static",
}
"""What answers to whoever asks. A feed shows nothing without its secret address, /metrics nothing to
other machines."""

NOT_HERE = {"home.metrics_page", "mail.calendar"}
"""What is for other machines, or for development alone: letters are nobody's to have in production."""

WRITE_WHEN_READ = {"calendars.feed", "calendars.public_feed"}
"""A feed keeps the bytes it was last written as; a reader sees no difference."""

WITHOUT_COOKIES = {
    "api.openapi",
    "calendars.feed",
    "calendars.public_feed",
    "home.healthz",
    "home.readyz",
    "home.metrics_page",
    "static",
}

LETTERS = {"mail.html", "calendars.letters.preview_html"}
"""A letter's HTML as it is sent, with its style in it, for the frame on a page that shows it."""

FRAGMENTS = {
    "planning.progress",
    "planning.question_progress",
    "planning.repairs_progress",
    "planning.room_news",
    "propositions.progress",
    *LETTERS,
}
"""What is shown inside a page."""

REQUIRED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}

LINKED_AWAY = {"a", "form"}
"""Elements that may name another site: they only go there when somebody asks to."""


def opened_by_link(world: World) -> set[str]:
    """What a personal link opens to whoever has it: the link is the secret."""
    return {
        endpoint
        for endpoint, view in world.app.view_functions.items()
        if getattr(view, "is_opened_by_link", False)
    }


def told(visits: Iterable[Visit]) -> list[str]:
    return [str(visit) for visit in visits]


def test_every_route_has_an_access_rule(world: World) -> None:
    without = [
        endpoint
        for endpoint, view in world.app.view_functions.items()
        if endpoint != "static" and rule_of(view) is None
    ]
    assert without == []


def test_a_route_without_a_rule_answers_403_to_everybody(world: World) -> None:
    rules = {
        endpoint: view.__dict__.pop("access_rule")
        for endpoint, view in world.app.view_functions.items()
        if endpoint == "home.about"
    }
    try:
        answers = [client_of(world, reader).get("/about").status_code for reader in READERS]
    finally:
        world.app.view_functions["home.about"].__dict__["access_rule"] = rules["home.about"]
    assert answers == [403] * len(READERS)


def test_no_address_is_broken_for_anybody(visits: list[Visit]) -> None:
    assert told(visit for visit in visits if visit.outcome == "broken") == []


def test_everybody_gets_what_the_table_says(visits: list[Visit]) -> None:
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for visit in visits:
        rows.setdefault((visit.endpoint, visit.method), {})[visit.reader] = visit.outcome
    hold_against(
        "who_may.txt",
        lines_of(
            [
                ("endpoint", "method", *READERS),
                *(
                    (endpoint, method, *(row[reader] for reader in READERS))
                    for (endpoint, method), row in sorted(rows.items())
                ),
            ]
        ),
    )


def test_every_address_leads_somewhere_for_somebody(visits: list[Visit]) -> None:
    """So that the table above is about what is there, not about what these tests failed to name."""
    reached = {visit.endpoint for visit in visits if visit.outcome == "yes"}
    assert {visit.endpoint for visit in visits} - reached == NOT_HERE


def test_who_is_not_signed_in_gets_nothing_but_what_is_declared_public(
    visits: list[Visit], world: World
) -> None:
    inside = {visit.endpoint for visit in visits if visit.reader == "nobody" and visit.outcome == "yes"}
    assert inside <= PUBLIC | opened_by_link(world)


def test_a_personal_link_opens_the_same_to_whoever_has_it_and_tells_no_other_site(
    visits: list[Visit], world: World
) -> None:
    by_link = [visit for visit in visits if visit.endpoint in opened_by_link(world)]
    assert by_link, "there are such links, or this test sees nothing"
    for visit in by_link:
        assert visit.outcome == "yes", str(visit)
        assert visit.response.headers["Referrer-Policy"] == "no-referrer", str(visit)
        assert visit.response.headers["Cache-Control"] == "no-store", str(visit)


def test_what_may_not_be_seen_is_not_told_from_what_does_not_exist(visits: list[Visit], world: World) -> None:
    """To an officer of another coalition, the answer about what is there is the answer about nothing."""
    hidden = [
        visit
        for visit in visits
        if visit.reader == "other_officer" and visit.method == "GET" and visit.outcome == "404"
    ]
    endpoints = {visit.endpoint for visit in hidden}
    assert {"network.person", "workshops.show", "workshops.fund", "availability.of_person"} <= endpoints
    routes = {rule.endpoint: rule for rule, method in rules(world) if method == "GET"}
    for visit in hidden:
        nothing = client_of(world, "other_officer").get(
            address(world, routes[visit.endpoint], of_nothing=True), base_url=HOME
        )
        assert _without_particulars(visit.response.text) == _without_particulars(nothing.text), str(visit)


def test_reading_changes_nothing(visits: list[Visit]) -> None:
    changing = (visit for visit in visits if visit.method == "GET" and visit.changed)
    assert told(visit for visit in changing if visit.endpoint not in WRITE_WHEN_READ) == []


def test_who_is_turned_away_changes_nothing(visits: list[Visit]) -> None:
    assert told(visit for visit in visits if visit.changed and visit.outcome != "yes") == []


def test_every_response_carries_the_security_headers(visits: list[Visit], world: World) -> None:
    for visit in visits:
        headers = visit.response.headers
        expected = REQUIRED_HEADERS | (
            {"Referrer-Policy": "no-referrer"} if visit.endpoint in opened_by_link(world) else {}
        )
        if visit.endpoint in LETTERS and visit.outcome == "yes":  # in a frame on a page of ours
            expected |= {"X-Frame-Options": "SAMEORIGIN"}
        assert {name: headers.get(name) for name in expected} == expected, str(visit)
        assert headers["X-Request-ID"], str(visit)


def test_no_page_allows_inline_script_or_anything_from_elsewhere(visits: list[Visit]) -> None:
    for visit in visits:
        policy = dict(
            part.strip().partition(" ")[::2]
            for part in visit.response.headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'", str(visit)
        assert policy["base-uri"] == "'none'", str(visit)
        assert policy.get("script-src", "'none'") in ("'self'", "'none'"), str(visit)
        allowed = {source for name, sources in policy.items() for source in sources.split() if ":" in source}
        assert allowed <= {"data:"}, str(visit)
        if "style-src" in policy and policy["style-src"] != "'self'":  # a letter, shown as it was sent
            assert visit.endpoint in LETTERS, str(visit)
            assert "sandbox" in policy, str(visit)
            assert "script-src" not in policy, str(visit)


def test_no_page_has_inline_script_or_style(visits: list[Visit]) -> None:
    for visit, page in _pages(visits):
        if visit.endpoint in LETTERS:
            continue
        for element in page.root.all():
            handlers = [name for name in element.attributes if name.startswith("on") or name == "style"]
            assert handlers == [], f"{visit}: <{element.tag} {handlers[0]}>"
            if element.tag == "script":
                assert element.attributes.get("src") or _is_data(element), f"{visit}: an inline script"
            assert element.tag != "style", f"{visit}: an inline style"
            assert not element.attributes.get("href", "").startswith("javascript:"), str(visit)


def test_no_page_loads_anything_from_elsewhere(visits: list[Visit]) -> None:
    for visit, page in _pages(visits):
        for element in page.root.all():
            if element.tag in LINKED_AWAY:
                continue
            for name in ("src", "href", "srcset", "data", "poster", "action"):
                host = urlsplit(element.attributes.get(name, "")).netloc
                assert not host, f"{visit}: <{element.tag} {name}> of {host}"


def test_every_form_that_writes_carries_a_token_and_stays_here(visits: list[Visit], world: World) -> None:
    for visit, page in _pages(visits):
        for form in page.root.all("form"):
            if form.attributes.get("method", "get").lower() != "post":
                continue
            assert urlsplit(form.attributes.get("action", "")).netloc in ("", urlsplit(HOME).netloc), str(
                visit
            )
            if visit.endpoint in opened_by_link(world) and form.attributes.get("action", "") in (
                "",
                visit.url,
            ):
                continue  # whoever has the address may send the form: nobody else knows it
            assert form.all("input", name="csrf_token"), f"{visit}: {form.attributes.get('action')}"


def test_no_post_is_taken_without_its_token(visits: list[Visit], world: World) -> None:
    """Whatever the coordinator may post, another site cannot post for them."""
    world.app.config["WTF_CSRF_ENABLED"] = True
    try:
        sent = [visit for visit in visits if visit.method == "POST" and visit.reader == "coordinator"]
        others = opened_by_link(world) | for_programs(world)
        for number, visit in enumerate(v for v in sent if v.endpoint not in others):
            answer = client_of(world, "coordinator", number).post(visit.url, base_url=HOME)
            assert answer.status_code == 400, str(visit)
    finally:
        world.app.config["WTF_CSRF_ENABLED"] = False


def test_a_program_is_known_by_its_token_alone(world: World) -> None:
    """A browser sends its cookies along whoever made it ask; so here they count for nothing."""
    for endpoint, method in {(r.endpoint, m) for r, m in rules(world) if r.endpoint in for_programs(world)}:
        rule = next(rule for rule, _ in rules(world) if rule.endpoint == endpoint)
        client = client_of(world, "coordinator")
        del client.environ_base["HTTP_AUTHORIZATION"]
        answer = client.open(address(world, rule), method=method, base_url=HOME)
        assert answer.status_code == 401, endpoint
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), endpoint


def test_what_machines_read_sets_no_cookie(visits: list[Visit], world: World) -> None:
    setting = {visit.endpoint for visit in visits if "Set-Cookie" in visit.response.headers}
    assert setting.isdisjoint(WITHOUT_COOKIES | for_programs(world))
    assert setting, "some page sets one, or this test sees nothing"


def test_a_cookie_is_for_this_site_alone_and_out_of_reach_of_scripts(visits: list[Visit]) -> None:
    cookies = [cookie for visit in visits for cookie in visit.response.headers.getlist("Set-Cookie")]
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes, cookie
        assert not any(part.startswith("domain=") for part in attributes)


def test_what_somebody_signed_in_sees_is_kept_by_no_cache(visits: list[Visit], world: World) -> None:
    for visit in visits:
        if visit.endpoint in for_programs(world):  # a program may keep it, and asks whether it is still so
            assert visit.response.headers["Cache-Control"] in ("no-store", "no-cache", "private, no-cache")
        elif visit.reader != "nobody" and visit.endpoint not in WITHOUT_COOKIES:
            assert visit.response.headers["Cache-Control"] in ("no-store", "private, no-store"), str(visit)


def test_a_post_that_changed_something_ends_in_a_redirect_or_a_file(
    visits: list[Visit], world: World
) -> None:
    """So that going back or reloading sends nothing twice."""
    for visit in visits:
        if visit.method == "POST" and visit.changed and visit.endpoint not in for_programs(world):
            is_file = "attachment" in visit.response.headers.get("Content-Disposition", "")
            assert visit.response.status_code == 303 or is_file, str(visit)


def test_every_page_says_its_language_and_has_one_heading(visits: list[Visit]) -> None:
    for visit, page in _pages(visits):
        if visit.endpoint in FRAGMENTS and visit.response.status_code == 200:
            continue
        assert page.root.one("html").attributes["lang"] in ("en", "fr", "es", "pt"), str(visit)
        assert len(page.root.all("h1")) == 1, str(visit)
        assert page.root.one("head").one("title").text, str(visit)


def test_no_log_line_holds_a_name_an_address_or_a_token(
    visits: list[Visit], world: World, logs: Logs
) -> None:
    assert len(logs.lines) >= len(visits) / 2
    leaked = {secret for secret in world.secrets if secret and secret in logs.text}
    assert leaked == set()
    assert not re.search(r"[\w.+-]+@[\w-]+\.\w+", logs.text)


def test_every_log_line_of_a_request_has_its_id_and_its_pattern_not_its_address(
    visits: list[Visit], logs: Logs
) -> None:
    requests = [line for line in logs.lines if line["event"] == "request"]
    assert all(re.fullmatch(r"[0-9a-f]{16}", line["request_id"]) for line in requests)
    patterns = {line["route"] for line in requests}
    assert "/sign-in/link/<token>" in patterns
    assert not any(visit.url in patterns for visit in visits if visit.endpoint == "calendars.feed")


def test_metrics_are_for_this_machine_or_for_who_has_the_token(world: World) -> None:
    stranger = client_of(world, "coordinator").get("/metrics", base_url=HOME)
    here = world.app.test_client().get("/metrics", base_url=HOME)
    proxied = world.app.test_client().get("/metrics", base_url=HOME, headers={"X-Forwarded-For": "10.0.0.1"})
    assert (stranger.status_code, proxied.status_code, here.status_code) == (404, 404, 200)
    assert 'baraza_requests_total{route="/metrics",status="404"}' in here.text


def _pages(visits: Iterable[Visit]) -> Iterable[tuple[Visit, Page]]:
    """Every distinct page, read; fragments have no <html> and are read too."""
    seen = set()
    for visit in visits:
        if visit.response.mimetype == "text/html" and visit.response.data not in seen:
            seen.add(visit.response.data)
            if visit.response.status_code not in (301, 302, 303):
                yield visit, Page(visit.response.text)


def _is_data(script: Element) -> bool:
    return script.attributes.get("type") in ("application/json", "application/ld+json")


def _without_particulars(html: str) -> str:
    """A page without what differs between any two requests."""
    without_tokens = re.sub(r'name="csrf_token"[^>]*value="[^"]*"', "", html)
    return re.sub(r'name="next" value="[^"]*"', "", without_tokens)
