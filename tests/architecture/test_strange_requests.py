"""Whatever somebody types or a crawler makes up: a clear answer, never an error of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import config
from tests.architecture.walk import HOME, address, client_of, rules
from tests.architecture.world import World
from tests.pages import Page

STRANGE_NUMBERS = ("0", "-1", "2147483648", "9223372036854775808", "1" * 60, "1e9", "٣", "NaN")
STRANGE_TEXTS = (
    "%00",
    quote("ä' OR 1=1 --"),
    quote("<script>alert(1)</script>"),
    "..%2f..%2fetc%2fpasswd",
    quote("😀" * 20),
    "a" * 3000,
    "%ff%fe",
    "{{7*7}}",
)
STRANGE_VALUES = (
    "",
    "-1",
    "0",
    "99999999999999999999999",
    "1.5",
    "\x00",
    "2027-13-45",
    "0000-00-00",
    "9999-12-31",
    "<b>&amp;'\"",
    "😀 ü \u202e \ud83d".encode("utf-8", "ignore").decode(),
    "x" * 5000,
    "fr;en;;fr",
    "//evil.example.org",
)

STRANGE_IN_QUERIES = ("-1", "99999999999999999999999", "\x00", "2027-13-45", "😀'\"<b>")


def broken(answer_of: dict[str, int]) -> list[str]:
    return [f"{asked}: {status}" for asked, status in answer_of.items() if status >= 500]


def arguments_read() -> list[str]:
    """Every name that some view looks for in a query string."""
    sources = "\n".join(file.read_text(encoding="utf-8") for file in (config.PROJECT / "app").rglob("*.py"))
    names = set(re.findall(r"request\.(?:args|values)\.(?:get|getlist)\(\s*\"(\w+)\"", sources))
    assert {"page", "next"} <= names | {"next"}, "views read query strings, or this test sees nothing"
    return sorted(names | {"page", "q", "next", "month", "lang"})


def strange_addresses(world: World) -> Iterator[tuple[str, str]]:
    """Method and address: every argument of every route replaced by something strange, one by one."""
    for rule, method in rules(world):
        if not rule.arguments:
            continue
        plain = address(world, rule)
        for argument in rule.arguments:
            value = world.value(rule.endpoint, argument)
            strange = STRANGE_NUMBERS if isinstance(value, int) else STRANGE_TEXTS
            for other in strange:
                yield (
                    method,
                    re.sub(rf"(?<=[/-]){re.escape(quote(str(value)))}(?=[/.-]|$)", other, plain, count=1),
                )


def test_strange_addresses_get_a_clear_answer(world: World) -> None:
    answers = {}
    for number, (method, url) in enumerate(dict.fromkeys(strange_addresses(world))):
        answer = client_of(world, "coordinator", number).open(
            url, method=method, base_url=HOME, buffered=True
        )
        answers[f"{method} {url[:90]}"] = answer.status_code
    world.restore()
    assert len(answers) > 300
    assert broken(answers) == []


def test_strange_query_strings_get_a_clear_answer(world: World) -> None:
    names = arguments_read()
    queries = [urlencode(dict.fromkeys(names, value)) for value in STRANGE_IN_QUERIES]
    queries.append(urlencode([(name, value) for name in names for value in ("1", "2")]))
    queries.append("page=%ff%fe&q=%00&&===&page[]=1&q=" + "a" * 8000)
    answers = {}
    for rule, method in rules(world):
        if method == "GET" and rule.endpoint != "static":
            for query in queries:
                url = f"{address(world, rule)}?{query}"
                answer = client_of(world, "coordinator").get(url, base_url=HOME, buffered=True)
                answers[f"{rule.endpoint}?{query[:80]}"] = answer.status_code
    world.restore()
    assert broken(answers) == []


def forms_of(world: World) -> dict[tuple[str, tuple[str, ...]], None]:
    """Address and field names of every form that writes, found on the coordinator's pages."""
    found: dict[tuple[str, tuple[str, ...]], None] = {}
    for rule, method in rules(world):
        if method != "GET" or rule.endpoint == "static":
            continue
        url = address(world, rule)
        answer = client_of(world, "coordinator").get(url, base_url=HOME, buffered=True)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        for form in Page(answer.text).root.all("form"):
            if form.attributes.get("method", "").lower() == "post":
                fields = [f for tag in ("input", "select", "textarea", "button") for f in form.all(tag)]
                names = {field.attributes.get("name", "") for field in fields} - {"", "csrf_token"}
                found[(form.attributes.get("action") or url, tuple(sorted(names)))] = None
    return found


def test_strange_values_in_every_field_of_every_form_get_a_clear_answer(world: World) -> None:
    answers = {}
    forms = forms_of(world)
    assert len(forms) >= 30
    for number, (action, names) in enumerate(forms):
        if action.startswith("/sign-out") or "/sign-out" in action:
            continue
        for value in STRANGE_VALUES:
            client = client_of(world, "coordinator", number)
            answer = client.post(action, base_url=HOME, data=dict.fromkeys(names, value), buffered=True)
            answers[f"{action} {value[:20]!r}"] = answer.status_code
        world.restore()
    assert broken(answers) == []


def test_a_body_that_is_none_gets_a_clear_answer(world: World) -> None:
    answers = {}
    bodies = (
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file'),
        ("application/json", b'{"a": '),
        ("application/x-www-form-urlencoded", b"%ff=%fe&" + b"a" * 50_000),
        ("text/plain; charset=nothing", b"\xff\xfe"),
    )
    for number, (rule, method) in enumerate(rules(world)):
        if method != "POST" or "sign_out" in rule.endpoint:
            continue
        for kind, body in bodies:
            answer = client_of(world, "coordinator", number).post(
                address(world, rule), base_url=HOME, data=body, content_type=kind, buffered=True
            )
            answers[f"{rule.endpoint} {kind}"] = answer.status_code
        world.restore()
    assert broken(answers) == []


def test_methods_that_a_route_does_not_have_are_refused(world: World) -> None:
    answers = {
        f"{method} {rule.endpoint}": client_of(world, "coordinator")
        .open(address(world, rule), method=method, base_url=HOME, buffered=True)
        .status_code
        for rule, _ in rules(world)
        for method in ("PUT", "DELETE")
    }
    assert set(answers.values()) <= {404, 405}


def test_an_upload_that_is_too_large_is_refused_with_the_limit(world: World) -> None:
    answer = client_of(world, "coordinator").post(
        "/network/spreadsheets/people",
        base_url=HOME,
        data=b"x" * (11 * 1024 * 1024),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "10 MB" in Page(answer.text).text


def test_a_link_that_leads_elsewhere_after_signing_in_is_not_followed(world: World) -> None:
    for elsewhere in (
        "//evil.example.org",
        "https://evil.example.org/",
        "/\\evil.example.org",
        "javascript:1",
    ):
        answer = client_of(world, "coordinator").get(
            "/sign-in?" + urlencode({"next": elsewhere}), base_url=HOME
        )
        assert answer.status_code == 303
        assert answer.location == "/", elsewhere
