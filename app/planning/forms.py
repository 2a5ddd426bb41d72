"""Forms of planning: shape only; the rules stand in the services."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.network.forms.fields import clean_line
from app.planning.leaning import HIGHEST, LOWEST, SLIDERS, WORDS
from app.planning.models import DEFAULT_WEIGHTS
from app.planning.words import WEIGHTS

SECONDS = (10, 60, 300, 900, 3600)
"""Planning times to choose from."""

_MOST = 1_000_000


def _amount(label: object, description: object = "") -> IntegerField:
    return IntegerField(
        label, description=description, validators=[InputRequired(), NumberRange(min=0, max=_MOST)]
    )


WeightsForm = type(
    "WeightsForm",
    (PlainForm,),
    {name: _amount(WEIGHTS[name].label, WEIGHTS[name].hint) for name in DEFAULT_WEIGHTS},
)
"""One field per weight, in points."""


class RoundForm(FlaskForm):  # type: ignore[misc]
    """What a coordinator decides about a round."""

    title = StringField(
        _l("Title"),
        validators=[InputRequired(), Length(max=200)],
        filters=[clean_line],
    )
    first_day = DateField(_l("First day"), validators=[InputRequired()])
    last_day = DateField(_l("Last day"), validators=[InputRequired()])
    currency = StringField(
        _l("Currency"),
        default="EUR",
        validators=[InputRequired(), Length(min=3, max=3)],
        filters=[lambda value: value.strip().upper() if value else value],
    )
    base_fare = _amount(_l("One-way fare before distance"))
    fare_per_100_km = _amount(_l("Fare for each 100 km"))
    per_diem = _amount(_l("Daily allowance away from home"))
    weights = FormField(WeightsForm, _l("What matters how much"))


class TakeInForm(FlaskForm):  # type: ignore[misc]
    """Which of the waiting requests to take in; the view gives the choices."""

    workshops = SelectMultipleField(
        _l("Approved requests"),
        coerce=int,
        validators=[InputRequired(_l("Choose at least one request."))],
    )


class RepairForm(FlaskForm):  # type: ignore[misc]
    """What happened; the view gives the choices, 'kind:id', and knows which fields a kind needs."""

    what = SelectField(_l("What happened?"), validators=[InputRequired(_l("Choose what happened."))])
    first = DateField(_l("From"), validators=[Optional()])
    last = DateField(_l("Until"), validators=[Optional()])
    amount = IntegerField(_l("How much less"), validators=[Optional(), NumberRange(min=0, max=10**9)])


def _slider(name: str) -> IntegerField:
    return IntegerField(
        WORDS[name].label, default=0, validators=[InputRequired(), NumberRange(min=LOWEST, max=HIGHEST)]
    )


class PlanForm(FlaskForm):  # type: ignore[misc]
    """How long the planner may take."""

    seconds = RadioField(
        _l("How long may the planner take?"), coerce=int, choices=SECONDS, validators=[InputRequired()]
    )


class OnwardForm(PlanForm):
    """How long the planner may go on, and what should matter more or less: one slider each."""


for _name in SLIDERS:
    setattr(OnwardForm, _name, _slider(_name))
