"""The pages of the request form, and the form of a fund: shape only. The rules are in `rules.py`.

Each page knows how to fill itself from answers and how to give its answers back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from app.errors import Invalid
from app.i18n import LANGUAGES
from app.network.forms.fields import DATE_FORMATS, choices, id_or_none, stripped
from app.workshops import words
from app.workshops.answers import Money, Page, What, When, Where, Who
from app.workshops.rules import MOST_MONEY, MOST_PEOPLE, Problem
from app.workshops.services import Told

NUMBER_NEEDED = _l("Give a whole number.")
DATE_NEEDED = _l("Give a date.")


def number(label: Any, **extra: Any) -> IntegerField:
    return IntegerField(label, validators=[InputRequired(NUMBER_NEEDED)], **extra)


class PageForm(FlaskForm):  # type: ignore[misc]
    """What the five pages share: refusals go to the field they are about."""

    FIELDS: ClassVar[Mapping[str, str]] = {}
    """Answers whose field has another name."""

    def answers(self) -> Page:
        raise NotImplementedError

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Put each problem at its field in words; those of other pages above the form."""
        for problem in problems:
            name = self.FIELDS.get(problem.field, problem.field)
            if name in self:
                self[name].errors = [*self[name].errors, words.say(problem)]
            else:
                self.form_errors.append(f"{words.STEPS[problem.step]}: {words.say(problem)}")


class WhatForm(PageForm):
    """The first page. `key` makes a form that is sent twice one request."""

    FIELDS: ClassVar[Mapping[str, str]] = {"titles": "title_en"}

    key = HiddenField(validators=[Regexp(r"^[0-9a-f]{8}$")])
    requested_by_id = SelectField(_l("Who asks"), coerce=int)
    title_en = StringField("English", validators=[Length(max=200)], filters=[stripped])
    title_fr = StringField("Français", validators=[Length(max=200)], filters=[stripped])
    title_es = StringField("Español", validators=[Length(max=200)], filters=[stripped])
    title_pt = StringField("Português", validators=[Length(max=200)], filters=[stripped])
    topic_id = SelectField(_l("Topic"), coerce=id_or_none, validators=[InputRequired(_l("Choose a topic."))])
    kind = RadioField(
        _l("Kind"),
        choices=lambda: choices(words.KINDS),
        validators=[InputRequired(_l("Choose a kind."))],
    )
    about = TextAreaField(
        _l("What it is about"),
        description=_l("For whom, what they will be able to do afterwards, what is special."),
        validators=[Length(max=5000)],
        filters=[stripped],
    )
    group_id = SelectField(_l("Working group behind it"), coerce=id_or_none)
    initiative_id = SelectField(
        _l("Initiative that it belongs to"),
        coerce=id_or_none,
        description=_l("It may then take of the funds that are promised to the initiative."),
    )

    @property
    def titles(self) -> list[tuple[str, str, Any]]:
        """(language, its own name, field), as the component takes them."""
        return [(code, native, self[f"title_{code}"]) for code, native in LANGUAGES.items()]

    def fill(self, page: What) -> None:
        self.requested_by_id.data = page.requested_by_id
        for code, _native, field in self.titles:
            field.data = page.titles.get(code, "")
        self.topic_id.data, self.kind.data = page.topic_id, page.kind
        self.about.data, self.group_id.data = page.about, page.group_id
        self.initiative_id.data = page.initiative_id

    def answers(self) -> What:
        return What(
            requested_by_id=self.requested_by_id.data,
            titles={code: field.data for code, _native, field in self.titles if field.data},
            topic_id=self.topic_id.data,
            kind=self.kind.data,
            about=self.about.data,
            group_id=self.group_id.data,
            initiative_id=self.initiative_id.data,
        )


class WhenForm(PageForm):
    mode = RadioField(
        _l("How people meet"),
        choices=lambda: choices(words.MODES),
        validators=[InputRequired(_l("Choose how people meet."))],
    )
    days = IntegerField(_l("Days, in person"), validators=[Optional()])
    minutes = IntegerField(
        _l("Minutes, online"),
        description=_l("A multiple of 30; more than 480 is spread over several days."),
        validators=[Optional()],
    )
    window_first = DateField(_l("Not before"), format=DATE_FORMATS, validators=[InputRequired(DATE_NEEDED)])
    window_last = DateField(_l("Over by"), format=DATE_FORMATS, validators=[InputRequired(DATE_NEEDED)])
    follows_id = SelectField(_l("Workshop that comes before it"), coerce=id_or_none)
    follows_min_days = number(_l("At least so many days after it"))
    follows_max_days = number(_l("At most so many days after it"))
    follows_graduates = number(_l("Participants of it who are to be in the team here"))

    def fill(self, page: When) -> None:
        for name in When.__dataclass_fields__:
            if name in self:
                self[name].data = getattr(page, name)

    def answers(self) -> When:
        """The length of the other mode is dropped: its field is still on the page."""
        online = self.mode.data == "online"
        return When(
            mode=self.mode.data,
            days=None if online else self.days.data,
            minutes=self.minutes.data if online else None,
            window_first=self.window_first.data,
            window_last=self.window_last.data,
            follows_id=self.follows_id.data,
            follows_min_days=self.follows_min_days.data,
            follows_max_days=self.follows_max_days.data,
            follows_graduates=self.follows_graduates.data,
        )


class WhereForm(PageForm):
    venue_ids = SelectMultipleField(_l("Possible venues"), coerce=int)
    languages = SelectMultipleField(
        _l("Working languages"), description=_l("Somebody in the team speaks each of them.")
    )

    def fill(self, page: Where) -> None:
        self.venue_ids.data, self.languages.data = list(page.venue_ids), list(page.languages)

    def answers(self) -> Where:
        return Where(
            venue_ids=frozenset(self.venue_ids.data or ()), languages=tuple(self.languages.data or ())
        )


class WhoForm(PageForm):
    """With `whole_coalition` ticked, all of `coalition_ids` are invited beside those chosen one by one."""

    coalition_ids: frozenset[int] = frozenset()

    team_min = number(_l("Team, at least"))
    team_max = number(_l("Team, at most"))
    team_leads = number(_l("Of them people who may lead"))
    seats_min = number(_l("Seats, at least"))
    seats_max = number(_l("Seats, at most"))
    whole_coalition = BooleanField(_l("Invite all of them"))
    invited_ids = SelectMultipleField(_l("Whose people may take the seats"), coerce=int)
    seats_per_organisation = number(_l("Seats for one organisation, at most"))
    organisations_min = number(_l("Organisations present, at least"))

    def fill(self, page: Who) -> None:
        for name in Who.__dataclass_fields__:
            if name in self:
                self[name].data = getattr(page, name)
        self.invited_ids.data = list(page.invited_ids)

    def answers(self) -> Who:
        return Who(
            team_min=self.team_min.data,
            team_max=self.team_max.data,
            team_leads=self.team_leads.data,
            seats_min=self.seats_min.data,
            seats_max=self.seats_max.data,
            invited_ids=frozenset(self.invited_ids.data or ())
            | (self.coalition_ids if self.whole_coalition.data else frozenset()),
            seats_per_organisation=self.seats_per_organisation.data,
            organisations_min=self.organisations_min.data,
        )


class MoneyForm(PageForm):
    fund_ids = SelectMultipleField(_l("Funds that pay"), coerce=int)
    budget = IntegerField(
        _l("The most it may cost"),
        description=_l("Whole amounts; leave it empty for no limit but the fund's."),
        validators=[Optional()],
    )
    priority = RadioField(_l("How much it matters"), coerce=int, choices=lambda: choices(words.PRIORITIES))

    def fill(self, page: Money) -> None:
        self.fund_ids.data, self.budget.data, self.priority.data = (
            list(page.fund_ids),
            page.budget,
            page.priority,
        )

    def answers(self) -> Money:
        return Money(
            fund_ids=frozenset(self.fund_ids.data or ()),
            budget=self.budget.data,
            priority=self.priority.data,
        )


PAGES: Mapping[str, type[PageForm]] = {
    "what": WhatForm,
    "when": WhenForm,
    "where": WhereForm,
    "who": WhoForm,
    "money": MoneyForm,
}


class ReturnForm(FlaskForm):  # type: ignore[misc]
    word = TextAreaField(
        _l("What should be different"),
        validators=[DataRequired(_l("Say what should be different.")), Length(max=2000)],
        filters=[stripped],
    )


class ReportForm(FlaskForm):  # type: ignore[misc]
    """What happened; refusals of the service go to their fields."""

    first_day = DateField(_l("First day"), format=DATE_FORMATS, validators=[InputRequired(DATE_NEEDED)])
    last_day = DateField(_l("Last day"), format=DATE_FORMATS, validators=[InputRequired(DATE_NEEDED)])
    came = number(_l("How many participants came"))
    spent = IntegerField(
        _l("What it cost"),
        description=_l(
            "A whole amount. Leave it empty as long as it has not been counted: the plan's figure stands."
        ),
        validators=[Optional()],
    )
    words = TextAreaField(
        _l("What happened"),
        description=_l("What people took home, what should be different next time."),
        validators=[Length(max=5000)],
        filters=[stripped],
    )

    def told(self) -> Told:
        return Told(**{name: self[name].data for name in Told.__dataclass_fields__})

    def refuse(self, invalid: Invalid) -> None:
        values = {"least": 0, "most": MOST_MONEY if invalid.field == "spent" else MOST_PEOPLE}
        problem = Problem(
            "", invalid.field, invalid.reason, values=values if invalid.reason == "out_of_range" else {}
        )
        self[invalid.field].errors = [*self[invalid.field].errors, words.say(problem)]


class FundForm(FlaskForm):  # type: ignore[misc]
    title = StringField(
        _l("Title"), validators=[DataRequired(_l("Give a title.")), Length(max=200)], filters=[stripped]
    )
    organisation_id = SelectField(_l("Owner"), coerce=int)
    amount = IntegerField(
        _l("Amount"),
        description=_l("A whole amount."),
        validators=[
            InputRequired(NUMBER_NEEDED),
            NumberRange(0, MOST_MONEY, _l("Give an amount from 0 up.")),
        ],
    )
    currency = StringField(
        _l("Currency"),
        default=lambda: current_app.extensions["baraza.settings"].currency,
        description=_l("Three letters, such as EUR or XOF."),
        filters=[lambda text: (text or "").strip().upper()],
        validators=[Regexp(r"^[A-Z]{3}$", message=_l("Give the three letters of a currency."))],
    )
    first_day = DateField(_l("From"), format=DATE_FORMATS, validators=[Optional()])
    last_day = DateField(_l("Until"), format=DATE_FORMATS, validators=[Optional()])

    def validate_last_day(self, field: DateField) -> None:
        if self.first_day.data and field.data and field.data < self.first_day.data:
            raise ValidationError(_("The last day is before the first day."))
