"""Forms of propositions: shape only; the rules stand in the services."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from app.propositions.models import KINDS
from app.web import row_id
from app.workshops import words

MOST = 100_000_000
NUMBER_NEEDED = _l("Give a whole number.")


def _amount(label: object, description: object = "") -> IntegerField:
    return IntegerField(
        label,
        description=description,
        validators=[
            InputRequired(NUMBER_NEEDED),
            NumberRange(0, MOST, _l("Give an amount from 0 up.")),
        ],
    )


def _count(label: object, least: int, most: int, description: object = "") -> IntegerField:
    return IntegerField(
        label,
        description=description,
        validators=[
            InputRequired(NUMBER_NEEDED),
            NumberRange(least, most, _l("Give a number from %(min)s to %(max)s.")),
        ],
    )


class TermsForm(FlaskForm):  # type: ignore[misc]
    """What is decided before propositions are worked out."""

    budget = IntegerField(
        _l("Budget"),
        description=_l("A whole amount for all of them together; leave it empty for no limit."),
        validators=[Optional(), NumberRange(0, MOST, _l("Give an amount from 0 up."))],
    )
    platforms_min = _count(_l("Platforms in a group, at least"), 1, 100)
    platforms_max = _count(_l("Platforms in a group, at most"), 1, 100)
    turns_per_platform = _count(
        _l("Times a platform takes part, at most"), 1, 20, _l("To learn or to teach, away from its own work.")
    )
    hosted_per_place = IntegerField(
        _l("Workshops in one place, at most"),
        description=_l("Leave it empty for no limit."),
        validators=[Optional(), NumberRange(1, 100, _l("Give a number from %(min)s to %(max)s."))],
    )
    base_fare = _amount(_l("One-way fare before distance"))
    fare_per_100_km = _amount(_l("Fare for each 100 km"))
    per_diem = _amount(_l("Daily allowance away from home"))
    replication = _amount(_l("What a national replication costs"))
    missing_facilitator = _amount(
        _l("What a facilitator costs who is still to be found"), _l("Fee and travel, for one workshop.")
    )


class EditForm(FlaskForm):  # type: ignore[misc]
    kind = RadioField(
        _l("Kind"),
        choices=[SelectChoice(kind, words.KINDS[kind]) for kind in KINDS],
        validators=[InputRequired()],
    )
    language = SelectField(_l("Language"), validators=[InputRequired()])
    venue_id = SelectField(_l("Venue"), coerce=row_id, validators=[InputRequired()])
    days = _count(_l("Days"), 1, 10)
    line_ids = SelectMultipleField(
        _l("Platforms that learn"),
        coerce=int,
        validators=[InputRequired(_l("Choose at least one platform."))],
    )
    giver_ids = SelectMultipleField(
        _l("Platforms that teach"), coerce=int, description=_l("For a peer exchange: who offers the topic.")
    )


class SplitForm(FlaskForm):  # type: ignore[misc]
    line_ids = SelectMultipleField(_l("Platforms that get a proposition of their own"), coerce=int)


class MergeForm(FlaskForm):  # type: ignore[misc]
    other_id = SelectField(_l("The proposition to take in"), coerce=row_id)


class RequestForm(FlaskForm):  # type: ignore[misc]
    requested_by_id = SelectField(_l("Who asks"), coerce=int)


class AnswerForm(FlaskForm):  # type: ignore[misc]
    said = RadioField(
        _l("Is your organisation in?"),
        choices=[SelectChoice("in", _l("Yes, we are in")), SelectChoice("out", _l("Not this time"))],
        validators=[InputRequired(_l("Choose one of the two."))],
    )
