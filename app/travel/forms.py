"""The forms about travelling. Shape only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.i18n import country_name
from app.network.forms.fields import choice_field, country_choices, sort_key, text_field, whole_field
from app.spreadsheets.codes import COUNTRIES
from app.travel.models import MOST_DAYS, MOST_NOTICE, NEEDS_LENGTH


class CountriesField(StringField):  # type: ignore[misc]
    """Countries by name in the reader's language or by code, divided by semicolons or commas; `data` holds
    the codes."""

    data: list[str] | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "; ".join(country_name(code) for code in self.data or [])

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = []
        names = {sort_key(country_name(code)): code for code in COUNTRIES}
        text = valuelist[0] if valuelist else ""
        parts = re.split(r"[;\n]", text)
        for part in (each.strip() for each in parts):
            for code in _codes(part, names):
                if code not in self.data:
                    self.data.append(code)


def _codes(part: str, names: dict[str, str]) -> list[str]:
    """The countries of a part: one with a comma in its name, or several between commas."""
    if not part:
        return []
    if (code := names.get(sort_key(part))) is not None:
        return [code]
    found = []
    for word in (each.strip() for each in part.split(",") if each.strip()):
        code = word.upper() if word.upper() in COUNTRIES else names.get(sort_key(word))
        if code is None:
            raise ValueError(_("“%(word)s” is not a country.", word=word[:40]))
        found.append(code)
    return found


class TravelForm(FlaskForm):  # type: ignore[misc]
    """What decides whether somebody can come."""

    notice_days = whole_field(_l("Notice that is needed, in days"), high=MOST_NOTICE, default=0)
    passports = CountriesField(_l("Passports of"))
    never = CountriesField(_l("Countries that cannot be entered"))
    rather_not = CountriesField(_l("Countries that would rather be avoided"))
    interpreter = text_field(_l("Interpreter"), 200, required=False)


class NeedsForm(FlaskForm):  # type: ignore[misc]
    """What somebody needs in order to take part."""

    needs = text_field(_l("What I need"), NEEDS_LENGTH, required=False, area=True)
    consents = BooleanField(_l("Coordinators may read this in order to arrange it"))


class VisaForm(FlaskForm):  # type: ignore[misc]
    """How long a visa takes."""

    passport = choice_field(_l("Passport of"))
    destination = choice_field(_l("Destination"))
    entry = RadioField(
        _l("Entering"),
        choices=[
            SelectChoice("visa", _l("With a visa, which takes time")),
            SelectChoice("free", _l("Without a visa, or with one on arrival")),
            SelectChoice("closed", _l("Cannot be entered")),
        ],
        default="visa",
        validators=[InputRequired(_l("Choose one."))],
    )
    days = IntegerField(
        _l("Days from applying to having it"),
        validators=[
            Optional(),
            NumberRange(1, MOST_DAYS, message=_l("A number from %(min)s to %(max)s.")),
        ],
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.passport.choices = self.destination.choices = country_choices(_l("Choose"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Days are asked for where there is a visa, and nowhere else."""
        fits: bool = super().validate(extra_validators)
        if self.entry.data == "visa" and self.days.data is None and not self.days.errors:
            self.days.errors = [_("Write a number.")]
            return False
        return fits

    @property
    def days_meant(self) -> int | None:
        days: int | None = {"free": 0, "closed": None}.get(self.entry.data, self.days.data)
        return days


class BorderForm(FlaskForm):  # type: ignore[misc]
    """The days on which a border is closed."""

    closed = choice_field(_l("Country"))
    first_day = DateField(_l("From"), validators=[InputRequired(_l("Give the first day."))])
    last_day = DateField(_l("To"), validators=[InputRequired(_l("Give the last day."))])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.closed.choices = country_choices(_l("Choose"))
