"""The components of the pages, each rendered by itself and read with a parser; and the style guide."""

from __future__ import annotations

import re
from calendar import Calendar
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app import once
from app.styleguide import blueprint
from tests.pages import Element, Page

ROOT = Path(__file__).parents[2]
COMPONENTS = ROOT / "templates" / "components"
CONTEXT: dict[str, Any] = {
    "locale": "fr",
    "text_direction": "ltr",
    "languages": [("en", "English"), ("fr", "Français")],
    "menu": [
        {"label": "Home", "url": "/", "current": False},
        {"label": "Workshops", "url": "/workshops", "current": True},
    ],
    "me": {"name": "Awa <b>Ndiaye</b>", "initials": None},
    "page_id": "home",
    "environment": "production",
    "choose_language_url": "/language",
    "sign_out_url": "/sign-out",
}

Render = Callable[..., Element]


@pytest.fixture(scope="module")
def pages() -> Flask:
    """The templates on their own, set up as the service sets them up, without its database."""
    application = Flask(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "app" / "static")
    )
    application.config.update(SECRET_KEY="k" * 40, WTF_CSRF_ENABLED=False)
    application.jinja_env.trim_blocks = application.jinja_env.lstrip_blocks = True
    application.jinja_env.globals.update(
        static_url=lambda path: f"/static/{path}", csrf_token=generate_csrf, once_key=once.key_of_form
    )
    Babel(application)
    application.register_blueprint(blueprint)
    application.add_url_rule("/people", "people", lambda: "")
    application.context_processor(lambda: CONTEXT)
    return application


@pytest.fixture
def render(pages: Flask) -> Render:
    """Render a line of Jinja with the components as `ui`; gives the parsed fragment."""

    def rendered(source: str, path: str = "/", **context: Any) -> Element:
        with pages.test_request_context(path):
            template = pages.jinja_env.from_string('{% import "components/ui.html" as ui %}' + source)
            return Page(template.render(**context)).root

    return rendered


def macros() -> set[str]:
    """The names that ui.html offers."""
    return set(re.findall(r"{% set (\w+) =", (COMPONENTS / "ui.html").read_text()))


# -- The whole set


def test_the_style_guide_shows_every_component() -> None:
    guide = (ROOT / "templates" / "styleguide.html").read_text() + (
        ROOT / "templates" / "base.html"
    ).read_text()
    assert macros() - set(re.findall(r"\bui\.(\w+)\(", guide)) == set()


def test_the_cheat_sheet_names_every_component() -> None:
    sheet = (COMPONENTS / "README.md").read_text()
    assert {name for name in macros() if f"{name}(" not in sheet} == {"flashes"}, (
        "base.html alone uses flashes"
    )


def test_the_style_guide_is_a_page(pages: Flask) -> None:
    answer = pages.test_client().get("/styleguide")
    assert answer.status_code == 200
    page = Page(answer.text)
    assert page.root.one("head").one("title").text == "Style guide – Baraza"
    ids = [element.attributes["id"] for element in page.root.all() if "id" in element.attributes]
    assert sorted(ids) == sorted(set(ids)), "an id stands twice"


# -- The base page


def test_the_base_page_says_its_language_and_where_one_is(pages: Flask) -> None:
    page = Page(pages.test_client().get("/styleguide").text)
    html = page.root.one("html")
    assert (html.attributes["lang"], html.attributes["dir"]) == ("fr", "ltr")
    assert page.root.one("a", class_="skip").attributes["href"] == "#main"
    assert page.root.one("main").attributes["id"] == "main"
    menus = page.root.all("nav", aria_label="Main menu")
    assert [[link.text for link in menu.all("a", aria_current="page")] for menu in menus] == [
        ["Workshops"],
        ["Workshops"],
    ]


def test_a_name_in_the_base_page_stays_text(pages: Flask) -> None:
    page = Page(pages.test_client().get("/styleguide").text)
    assert page.root.one("header", class_="site-header").one("bdi").text == "Awa <b>Ndiaye</b>"


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("auto", None), ('"><script>', None)]
)
def test_the_theme_comes_from_the_cookie(pages: Flask, cookie: str, theme: str | None) -> None:
    client = pages.test_client()
    client.set_cookie("theme", cookie)
    assert Page(client.get("/styleguide").text).root.one("html").attributes.get("data-theme") == theme


def test_what_the_application_does_not_give_is_left_out(pages: Flask) -> None:
    with pages.test_request_context("/"):
        bare = pages.jinja_env.get_template("base.html").render(
            locale="en",
            text_direction="ltr",
            languages=[],
            menu=[],
            me=None,
            choose_language_url=None,
            sign_out_url=None,
        )
    page = Page(bare).root
    assert page.all("form") == []
    assert page.all("nav", aria_label="Main menu") == []
    assert [script.attributes["src"] for script in page.all("script")] == ["/static/js/baraza.js"]


ERROR_PAGES = sorted(path.stem for path in (ROOT / "templates" / "errors").glob("[0-9]*.html"))


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_every_error_page_says_what_happened_and_leads_back(pages: Flask, name: str) -> None:
    with pages.test_request_context("/"):
        page = Page(
            pages.jinja_env.get_template(f"errors/{name}.html").render(
                CONTEXT, megabytes=10, reference="abc123"
            )
        )
    assert page.root.one("title").text == f"{page.heading} – Baraza"
    assert len(page.root.one("main").all("p")) >= 2
    assert page.links()["Go to the start page"] == "/"
    assert "abc123" in page.text


# -- Forms


class Seat(Form):
    number = IntegerField("Number", [InputRequired("Say how many")])


class Request(Form):
    title = StringField(
        "Title", [InputRequired("Say what it is called"), Length(max=5, message="At most 5 letters")]
    )
    note = StringField("Note", description="For the team")
    kind = RadioField(
        "Kind",
        [InputRequired("Choose a kind")],
        choices=[SelectChoice("peer", "Peer exchange"), SelectChoice("tot", "Training")],
    )
    languages = SelectMultipleField(
        "Languages", choices=[SelectChoice("en", "English"), SelectChoice("fr", "French")]
    )
    seat = FormField(Seat)
    hosts = FieldList(StringField("Host", [InputRequired("Name the host")]), min_entries=1)


def refused() -> Request:
    form = Request(MultiDict({"title": "Too long", "note": "kept", "languages": "fr"}))
    assert not form.validate()
    return form


def test_a_refused_field_keeps_its_value_and_says_why(render: Render) -> None:
    field = render("{{ ui.field(form.title, hint='Short') }}", form=refused())
    control = field.one("input")
    assert control.attributes["value"] == "Too long"
    assert control.attributes["aria-invalid"] == "true"
    described = [field.one(id=name).text for name in control.attributes["aria-describedby"].split()]
    assert described == ["Short", "Error: At most 5 letters"]
    assert field.one("label", for_="title").text == "Title"


def test_only_what_may_be_left_out_is_marked(render: Render) -> None:
    form = Request()
    assert render("{{ ui.field(form.title) }}", form=form).one("label").text == "Title"
    assert render("{{ ui.field(form.note) }}", form=form).one("label").text == "Note (optional)"
    assert render("{{ ui.field(form.note, optional=false) }}", form=form).one("label").text == "Note"


def test_further_arguments_become_attributes(render: Render) -> None:
    control = render("{{ ui.field(form.note, width=10, autocomplete='off') }}", form=Request()).one("input")
    assert (control.attributes["class"], control.attributes["autocomplete"]) == ("width-10", "off")


def test_choices_are_boxes_with_labels_in_one_group(render: Render) -> None:
    group = render("{{ ui.field(form.languages) }}", form=refused()).one("fieldset")
    boxes = group.all("input", type="checkbox", name="languages")
    assert [box.attributes["value"] for box in boxes if "checked" in box.attributes] == ["fr"]
    assert [group.one("label", for_=box.attributes["id"]).text for box in boxes] == ["English", "French"]
    assert group.one("legend").text == "Languages (optional)"


def test_the_error_summary_leads_to_every_refused_control(render: Render) -> None:
    form = refused()
    page = render(
        "{{ ui.error_summary(form) }}{% for part in form %}{{ ui.field(part) }}{% endfor %}", form=form
    )
    summary = page.one(class_="error-summary")
    assert summary.attributes["role"] == "alert"
    targets = {link.text: link.attributes["href"][1:] for link in summary.all("a")}
    assert targets == {
        "At most 5 letters": "title",
        "Choose a kind": "kind-0",
        "Say how many": "seat-number",
        "Name the host": "hosts-0",
    }
    for target in targets.values():
        assert page.one(id=target).tag == "input"


def test_without_errors_there_is_no_summary(render: Render) -> None:
    assert render("{{ ui.error_summary(form) }}", form=Request()).all() == []


def test_a_page_with_a_refused_form_says_so_in_its_title(pages: Flask) -> None:
    with pages.test_request_context("/"):
        html = pages.jinja_env.get_template("base.html").render(CONTEXT, form=refused())
    assert Page(html).root.one("title").text.startswith("Error: ")


def test_steps_lead_back_but_not_forward(render: Render) -> None:
    steps = render("{{ ui.steps(['Topic', 'When', 'Check'], 1, ['/topic', '/when', '/check']) }}")
    assert {link.text: link.attributes["href"] for link in steps.all("a")} == {"Topic": "/topic"}
    assert steps.one("li", aria_current="step").text == "When"
    assert "Step 2 of 3" in steps.text


def test_a_dangerous_act_is_a_form_behind_a_question(render: Render) -> None:
    dialog = render(
        "{% call ui.confirm_dialog('x', 'Cancel', 'Cancel it?', '/cancel', 'Yes', fields={'version': 3}) %}"
        "Really{% endcall %}"
    )
    form = dialog.one("details").one("form", method="post")
    assert form.attributes["action"] == "/cancel"
    assert form.one("input", name="version").attributes["value"] == "3"
    assert form.one("input", name="csrf_token").attributes["value"]
    assert dialog.one("summary").text == "Cancel"
    assert "hidden" in form.one("button", type="button").attributes, "closing needs JavaScript"


# -- Saying things


@pytest.mark.parametrize(
    "state", sorted(set(re.findall(r'"(\w+)": \("', (COMPONENTS / "status.html").read_text())))
)
def test_every_state_has_words_and_an_icon(render: Render, state: str) -> None:
    tag = render("{{ ui.status(state) }}", state=state).one(class_="tag")
    assert tag.text
    assert tag.text != state
    assert len(tag.all("svg")) == 1


def test_an_unknown_state_shows_itself(render: Render) -> None:
    assert render("{{ ui.status('dormant') }}").text == "dormant"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ui.person(text, text) }}",
        "{{ ui.notice('info', text, text) }}",
        "{{ ui.table(text, [text], [[text]]) }}",
        "{{ ui.bar_chart('c', text, [{'label': text, 'value': 1, 'text': text}], text) }}",
        "{{ ui.world_map('m', text, [{'label': text, 'x': 1, 'y': 1, 'text': text}]) }}",
        "{{ ui.copy_field(text, text, id='c') }}",
        "{{ ui.button(text, value=text, attrs={'title': text}) }}",
    ],
)
def test_what_people_wrote_stays_text(render: Render, source: str) -> None:
    page = render(source, text='<img src=x onerror="boom">')
    assert page.all("img") == []
    assert page.all() != []


def test_initials_are_those_of_the_first_and_last_word(render: Render) -> None:
    assert render("{{ ui.avatar('Maria del Carmen Quispe') }}").text == "MQ"
    assert render("{{ ui.avatar('Platform') }}").text == "P"
    assert render("{{ ui.avatar('') }}").text == "?"


def test_a_table_repeats_its_headings_for_phones(render: Render) -> None:
    table = render(
        "{% call(row, th) ui.table('People', ['Name', {'label': 'Days', 'numeric': true}], rows) %}"
        "{{ ui.th(th[0], row[0]) }}{{ ui.td(th[1], row[1], numeric=true) }}{% endcall %}",
        rows=[("Awa", 4)],
    )
    row = table.one("tbody").one("tr")
    assert [
        (cell.tag, cell.attributes["data-label"], cell.text) for cell in row.all() if cell.tag in ("td", "th")
    ] == [
        ("th", "Name", "Awa"),
        ("td", "Days", "4"),
    ]
    assert [heading.text for heading in table.one("thead").all("th")] == ["Name", "Days"]


def test_an_empty_table_says_so(render: Render) -> None:
    table = render("{{ ui.table('People', ['Name', 'Place'], [], empty='Nobody yet') }}")
    assert table.one("tbody").text == "Nobody yet"
    assert table.one("tbody").one("td").attributes["colspan"] == "2"


def test_the_pager_keeps_the_filter_and_shows_the_neighbours(render: Render) -> None:
    pager = render("{{ ui.pager(5, 9, 'people', total=90, q='awa') }}")
    assert [link.text for link in pager.all("a")] == ["Previous", "1", "4", "5", "6", "9", "Next"]
    assert pager.one("a", rel="next").attributes["href"] == "/people?page=6&q=awa"
    assert pager.one("a", aria_current="page").text == "5"
    assert "90 results" in pager.text


def test_one_page_needs_no_pager(render: Render) -> None:
    assert render("{{ ui.pager(1, 1, 'people') }}").all() == []


def test_a_time_elsewhere_says_when_its_date_differs(render: Render) -> None:
    assert (
        render("{{ ui.times('18:00', 'Paris', '06:00', 'Suva', 1) }}").text
        == "18:00 (Paris) · 06:00 (Suva, next day)"
    )


# -- Time


def test_a_month_shows_what_falls_on_each_day(render: Render) -> None:
    month = render(
        "{{ ui.calendar_month(first, weeks, entries, holidays, availability, first) }}",
        first=date(2027, 3, 1),
        weeks=Calendar(0).monthdatescalendar(2027, 3),
        entries={date(2027, 3, 4): [{"title": "Webinar", "url": "/w", "state": "confirmed"}]},
        holidays={date(2027, 3, 8): "Women's Day"},
        availability={date(2027, 3, 9): "unavailable"},
    )
    cells = {cell.one("time").attributes["datetime"]: cell for cell in month.all("td")}
    assert len(cells) == 35
    assert cells["2027-03-04"].one("a").attributes["href"] == "/w"
    assert cells["2027-03-04"].one("svg", role="img").attributes["aria-label"] == "Confirmed"
    assert "Women's Day" in cells["2027-03-08"].text
    assert "Unavailable" in cells["2027-03-09"].text
    assert "outside" in cells["2027-04-04"].attributes["class"]
    assert [day.attributes["datetime"] for day in month.all("time", aria_current="date")] == ["2027-03-01"]


def test_the_ribbon_places_spans_by_their_days(render: Render) -> None:
    ribbon = render(
        "{{ ui.season_ribbon('Season', first, last, lanes) }}",
        first=date(2027, 1, 1),
        last=date(2027, 1, 10),
        lanes=[
            {
                "label": "Dakar",
                "spans": [
                    {"first": date(2027, 1, 3), "last": date(2027, 1, 4), "label": "Peer", "state": "held"}
                ],
            }
        ],
    )
    bar = ribbon.one("svg", class_="lane").one("rect")
    assert (bar.attributes["x"], bar.attributes["width"]) == ("20.0%", "20.0%")
    assert [cell.text for cell in ribbon.one("table").one("tbody").one("tr").all("td")] == [
        "Dakar",
        "Jan 3, 2027",
        "Jan 4, 2027",
        "Held",
    ]


JOB = {
    "state": "running", "elapsed": 31.4, "time_limit": 60, "held": 31, "total": 36,
    "objective": 1200, "bound": 1300, "gap": 0.0769,
    "history": [(0, None, 1500), (10, 1000, 1400), (30, 1200, 1300)],
}  # fmt: skip


def test_the_planner_asks_again_only_while_it_runs(render: Render) -> None:
    running = render("{{ ui.planner_progress(job, '/stop', '/progress') }}", job=JOB).one("section")
    assert (running.attributes["hx-get"], running.attributes["hx-trigger"]) == ("/progress", "every 2s")
    ended = render("{{ ui.planner_progress(job) }}", job=JOB | {"state": "done"}).one("section")
    assert "hx-get" not in ended.attributes
    assert ended.all("form") == []


def test_the_planner_says_how_far_it_is(render: Render) -> None:
    section = render("{{ ui.planner_progress(job) }}", job=JOB).one("section")
    assert [bar.attributes["value"] for bar in section.all("progress")] == ["31.4", "31"]
    for words in ("0:31 / 1:00", "31 of 36", "1,200", "1,300", "7.7 %"):
        assert words in section.text
    assert [line.attributes["points"].split()[0] for line in section.all("polyline")] == [
        "333.3,1000.0",
        "0.0,0.0",
    ]


def test_a_planner_that_has_not_started_shows_dashes(render: Render) -> None:
    job = {
        "state": "queued",
        "elapsed": 0,
        "time_limit": 60,
        "objective": None,
        "bound": None,
        "gap": None,
        "held": None,
        "total": 36,
    }
    section = render("{{ ui.planner_progress(job) }}", job=job).one("section")
    assert [number.text for number in section.all(class_="stat-number")] == ["–", "–", "–"]


# -- Pictures


def test_bars_are_as_long_as_their_share_of_the_longest(render: Render) -> None:
    chart = render("{{ ui.bar_chart('c', 'Sessions', bars) }}", bars=[
        {"label": "Africa", "value": 14}, {"label": "Pacific", "value": 7},
        {"label": "Europe", "value": 0, "text": "none"},
    ])  # fmt: skip
    assert [bar.attributes["width"] for bar in chart.all("rect", class_="fill-leaf")] == [
        "100.0%",
        "50.0%",
        "0.0%",
    ]
    assert [row.text for row in chart.one("tbody").all("tr")] == ["Africa 14", "Pacific 7", "Europe none"]
    assert chart.one(role="img").attributes["aria-labelledby"] == chart.one("figcaption").attributes["id"]


def test_a_chart_of_nothing_is_still_a_chart(render: Render) -> None:
    for source in (
        "{{ ui.bar_chart('c', 'T', []) }}",
        "{{ ui.stacked_bar('c', 'T', []) }}",
        "{{ ui.dot_plot('c', 'T', []) }}",
        "{{ ui.line_chart('c', 'T', []) }}",
        "{{ ui.heat_grid('T', [], []) }}",
        "{{ ui.world_map('c', 'T', []) }}",
    ):
        assert len(render(source).all("figure")) == 1


def test_parts_of_a_whole_follow_each_other(render: Render) -> None:
    bar = render(
        "{{ ui.stacked_bar('c', 'Fund', parts, total=80) }}",
        parts=[{"label": "Spent", "value": 30}, {"label": "Left", "value": 10}],
    )
    parts = bar.one("svg", class_="stacked").all("rect")[1:]
    assert [(part.attributes["x"], part.attributes["width"]) for part in parts] == [
        ("0.0%", "37.5%"),
        ("37.5%", "12.5%"),
    ]


def test_dots_lie_between_nought_and_the_largest(render: Render) -> None:
    plot = render(
        "{{ ui.dot_plot('c', 'Days', [{'label': 'Awa', 'points': [{'value': 4}, {'value': 16}]}]) }}"
    )
    assert [dot.attributes["cx"] for dot in plot.all("circle")] == ["25.0%", "100.0%"]


@pytest.mark.parametrize(
    ("points", "scale"),
    [
        ([(0, 0), (10, 100)], ["100", "80", "60", "40", "20", "0"]),
        ([(0, 3), (1, 7)], ["7", "6", "5", "4", "3"]),
        ([(0, 5), (1, 5)], ["5.2", "5"]),
    ],
)
def test_the_grid_of_a_line_chart_has_round_numbers(
    render: Render, points: list[Any], scale: list[str]
) -> None:
    chart = render("{{ ui.line_chart('c', 'T', [{'label': 'Real', 'points': points}]) }}", points=points)
    assert [mark.text for mark in chart.one(class_="line-scale").all("span")] == scale


def test_the_heat_grid_writes_every_number(render: Render) -> None:
    grid = render(
        "{{ ui.heat_grid('Needs', ['A', 'B', 'C', 'D'], rows) }}",
        rows=[{"label": "Benin", "cells": [0, 1, None, {"value": 10, "url": "/x"}]}],
    )
    cells = grid.one("tbody").all("td")
    assert [cell.attributes["class"] for cell in cells] == ["heat-0", "heat-1", "heat-none", "heat-5"]
    assert [cell.text for cell in cells] == ["0", "1", "· No data", "10"]


def test_the_map_has_a_dot_and_a_row_for_each_site(render: Render) -> None:
    map_ = render(
        "{{ ui.world_map('m', 'Sites', points, {'FJ': 3}) }}",
        points=[{"label": "Suva", "x": 95.123, "y": 70.5, "url": "/suva", "text": "2"}],
    )
    dot = map_.one("circle", class_="site")
    assert (dot.attributes["cx"], dot.attributes["cy"]) == ("95.12%", "70.5%")
    assert map_.one("tbody").one("a").attributes["href"] == "/suva"
    assert len(map_.all("path", class_="heat-3")) == 1
    assert "Natural Earth" in map_.text
