"""The forms of an initiative and of a promise: shape only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from app.errors import Invalid
from app.i18n import LANGUAGES
from app.network.forms.fields import DATE_FORMATS, choices, stripped
from app.workshops.forms import DATE_NEEDED, NUMBER_NEEDED
from app.workshops.initiatives import words
from app.workshops.initiatives.services import Details
from app.workshops.models import Fund


class InitiativeForm(FlaskForm):  # type: ignore[misc]
    title_en = StringField("English", validators=[Length(max=200)], filters=[stripped])
    title_fr = StringField("Français", validators=[Length(max=200)], filters=[stripped])
    title_es = StringField("Español", validators=[Length(max=200)], filters=[stripped])
    title_pt = StringField("Português", validators=[Length(max=200)], filters=[stripped])
    organisation_id = SelectField(_l("Led by"), coerce=int)
    partner_ids = SelectMultipleField(_l("Together with"), coerce=int)
    area_id = SelectField(_l("Priority area"), coerce=int)
    objectives = TextAreaField(
        _l("Objectives"),
        description=_l("What will be different at the end, and for whom."),
        validators=[Length(max=5000)],
        filters=[stripped],
    )
    first_day = DateField(_l("From"), format=DATE_FORMATS, validators=[InputRequired(DATE_NEEDED)])
    last_day = DateField(_l("Until"), format=DATE_FORMATS, validators=[InputRequired(DATE_NEEDED)])
    state = RadioField(_l("State"), default="proposed", choices=lambda: choices(words.STATES))

    @property
    def titles(self) -> list[tuple[str, str, Any]]:
        """(language, its own name, field), as the component takes them."""
        return [(code, native, self[f"title_{code}"]) for code, native in LANGUAGES.items()]

    def fill(self, details: Details) -> None:
        for name in ("organisation_id", "area_id", "objectives", "first_day", "last_day", "state"):
            self[name].data = getattr(details, name)
        self.partner_ids.data = list(details.partner_ids)
        for code, _native, field in self.titles:
            field.data = details.titles.get(code, "")

    def details(self) -> Details:
        lead = self.organisation_id.data
        return Details(
            titles={code: field.data for code, _native, field in self.titles if field.data},
            organisation_id=lead,
            partner_ids=frozenset(self.partner_ids.data or ()) - {lead},
            area_id=self.area_id.data,
            objectives=self.objectives.data,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            state=self.state.data,
        )

    def refuse(self, invalid: Invalid) -> None:
        """Put what a service refused at its field."""
        field = self[invalid.field]
        field.errors = [*field.errors, words.refusal(invalid)]


class PromiseForm(FlaskForm):  # type: ignore[misc]
    fund_id = SelectField(_l("Fund"), coerce=int)
    amount = IntegerField(
        _l("Amount promised"),
        description=_l("A whole amount, of which its workshops may take; 0 takes the promise back."),
        validators=[InputRequired(NUMBER_NEEDED)],
    )

    def offer(self, funds: Iterable[Fund]) -> None:
        self.fund_id.choices = [
            SelectChoice(str(fund.id), f"{fund.title} ({fund.currency})") for fund in funds
        ]
