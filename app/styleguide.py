"""The style guide: every component in all its states, on one page, in development only."""

from __future__ import annotations

from calendar import Calendar
from datetime import date
from typing import Any

from flask import Blueprint, render_template
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, NumberRange, Optional

from app.access import allow, anybody
from app.geo import place_on_map

blueprint = Blueprint("styleguide", __name__)

TODAY = date(2027, 3, 16)


class SampleForm(FlaskForm):  # type: ignore[misc]
    """One field of every kind."""

    title = StringField("Title of the workshop", [DataRequired("Say what the workshop is called")])
    email = EmailField("E-mail", [Optional(), Email("Write an address such as name@example.org")])
    topic = SelectField(
        "Topic",
        choices=[
            SelectChoice("", "Choose a topic"),
            SelectChoice("advocacy", "Advocacy"),
            SelectChoice("funds", "Raising funds"),
        ],
    )
    kind = RadioField(
        "Kind",
        [DataRequired("Choose a kind")],
        choices=[SelectChoice("peer", "Peer exchange"), SelectChoice("tot", "Training of trainers")],
    )
    languages = SelectMultipleField(
        "Languages",
        choices=[
            SelectChoice("en", "English"),
            SelectChoice("fr", "French"),
            SelectChoice("es", "Spanish"),
            SelectChoice("pt", "Portuguese"),
        ],
    )
    days = IntegerField("Days", [DataRequired("Say how many days"), NumberRange(1, 10, "From 1 to 10 days")])
    budget = IntegerField("Budget", [Optional()])
    first = DateField("Not before", [Optional()])
    last = DateField("Not after", [Optional()])
    aim = TextAreaField("What should people be able to do afterwards?")
    file = FileField("Spreadsheet")
    online = BooleanField("It can be held online")
    title_en = StringField("Title")
    title_fr = StringField("Title")


def _forms() -> dict[str, SampleForm]:
    right = SampleForm(
        formdata=None,
        prefix="right-",
        data={
            "title": "Plaidoyer budgétaire",
            "kind": "tot",
            "languages": ["fr", "pt"],
            "days": 4,
            "online": True,
        },
    )
    wrong = SampleForm(formdata=None, prefix="wrong-", data={"email": "amina@", "days": 40})
    wrong.validate()
    return {"right": right, "wrong": wrong}


def _points() -> list[dict[str, Any]]:
    places = [
        ("Dakar", 14.69, -17.45, "success", "4 sessions"),
        ("Suva", -18.14, 178.44, "danger", "1 session"),
        ("Apia", -13.83, -171.77, "info", "1 webinar"),
        ("La Paz", -16.5, -68.15, "success", "2 sessions"),
        ("Paris", 48.85, 2.35, "info", "secretariat"),
        ("Nairobi", -1.29, 36.82, "success", "3 sessions"),
        ("Kathmandu", 27.7, 85.3, "warning", "awaiting an answer"),
    ]
    return [
        {"label": name, "tone": tone, "text": text, **place_on_map(latitude, longitude)._asdict()}
        for name, latitude, longitude, tone, text in places
    ]


def _job(state: str, **more: Any) -> dict[str, Any]:
    history = [
        (1, 21400, 64800),
        (4, 38100, 61200),
        (9, 47250, 58400),
        (17, 51900, 57100),
        (31, 53620, 56010),
    ]
    return {
        "state": state,
        "elapsed": 31,
        "time_limit": 60,
        "objective": 53620,
        "bound": 56010,
        "gap": 0.0427,
        "held": 31,
        "total": 36,
        "history": history,
        "phase": "Improving teams and hosts",
        "message": None,
    } | more


def _lanes() -> list[dict[str, Any]]:
    def span(first: tuple[int, int], last: tuple[int, int], label: str, state: str) -> dict[str, Any]:
        return {
            "first": date(2027, *first),
            "last": date(2027, *last),
            "label": label,
            "state": state,
            "url": "#ribbon",
        }

    return [
        {
            "label": "West Africa",
            "spans": [
                span((2, 8), (2, 11), "Budget advocacy, Dakar", "held"),
                span((3, 15), (3, 19), "Training of trainers, Cotonou", "confirmed"),
                span((9, 6), (9, 9), "Leadership transition, Lomé", "proposed"),
            ],
        },
        {
            "label": "The Pacific",
            "spans": [
                span((4, 20), (4, 23), "Climate finance, Suva", "planned"),
                span((10, 4), (10, 8), "Peer exchange, Apia", "cancelled"),
            ],
        },
        {
            "label": "Latin America and the Caribbean",
            "spans": [span((5, 10), (5, 14), "Alliances, La Paz", "awaiting")],
        },
    ]


def _month() -> dict[str, Any]:
    def entry(title: str, state: str, note: str | None = None) -> dict[str, Any]:
        return {"title": title, "state": state, "note": note, "url": "#calendar"}

    return {
        "first": date(2027, 3, 1),
        "weeks": Calendar(0).monthdatescalendar(2027, 3),
        "entries": {
            date(2027, 3, 4): [entry("Webinar: Agenda 2030", "confirmed", "14:00–15:30")],
            **{
                date(2027, 3, day): [entry("Training of trainers", "proposed", "Cotonou")]
                for day in range(15, 20)
            },
            date(2027, 3, 24): [entry("Peer exchange", "cancelled"), entry("Planning meeting", "tentative")],
        },
        "holidays": {date(2027, 3, 8): "International Women's Day", date(2027, 3, 26): "Good Friday"},
        "availability": {
            date(2027, 3, 10): "preferred",
            date(2027, 3, 11): "preferred",
            date(2027, 3, 14): "travel",
            date(2027, 3, 20): "travel",
            date(2027, 3, 30): "unavailable",
            date(2027, 3, 31): "unavailable",
        },
    }


@blueprint.get("/styleguide")
@allow(anybody)
def styleguide() -> str:
    """Show every component with invented contents."""
    return render_template(
        "styleguide.html",
        forms=_forms(),
        points=_points(),
        job=_job,
        lanes=_lanes(),
        month=_month(),
        today=TODAY,
    )
