"""The shape of what is typed about accounts; rules are the services'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional, ValidationError

from app import i18n
from app.accounts import zones
from app.accounts.models import Account
from app.accounts.words import ROLE_LABELS
from app.mail.words import CATEGORY_WORDS
from app.network.forms.fields import clean_line
from app.network.forms.people import GenderField
from app.network.models import Organisation


class AskForm(FlaskForm):  # type: ignore[misc]
    """Step one of signing in: the address."""

    email = EmailField(
        _l("E-mail address"),
        [
            InputRequired(_l("Enter your e-mail address.")),
            Length(max=254, message=_l("This is no e-mail address.")),
            Email(_l("This is no e-mail address, such as name@example.org.")),
        ],
        filters=[lambda value: value.strip() if value else value],
    )
    next = HiddenField()
    timezone = HiddenField()


class CodeForm(FlaskForm):  # type: ignore[misc]
    """Step two: the code."""

    code = StringField(_l("Code"), [InputRequired(_l("Enter the code from the letter.")), Length(max=40)])
    next = HiddenField()


class PasswordSignInForm(AskForm):
    """Address and password together."""

    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password.")), Length(max=400)])


class ProfileForm(FlaskForm):  # type: ignore[misc]
    """What people change about themselves; only who takes part, too, is counted by gender."""

    name = StringField(
        _l("Name"),
        [DataRequired(_l("Enter your name.")), Length(max=200, message=_l("Use at most 200 characters."))],
        filters=[clean_line],
    )
    language = SelectField(_l("Language"), choices=dict(i18n.LANGUAGES))
    timezone = SelectField(_l("Time zone"))
    gender = GenderField()
    town = StringField(_l("Or find it by a town"), [Optional(), Length(max=120)])

    def __init__(self, account: Account, **values: object) -> None:
        counted = {"gender": account.person.gender} if account.person else {}
        super().__init__(obj=account, **counted, **values)
        self.timezone.choices = zones.by_region(account.timezone)
        if account.person is None:
            del self.gender

    def validate_town(self, field: StringField) -> None:
        zone = zones.zone_of_town(field.data)
        if zone is None:
            raise ValidationError(str(_l("We do not know this town: choose one of the list.")))
        self.timezone.data = zone


class SetPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password; browsers that keep passwords find the account by the hidden address."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Enter a password."))])


class LettersForm(FlaskForm):  # type: ignore[misc]
    """Which letters that are not essential one wants."""

    wanted = SelectMultipleField(
        _l("Besides what you are part of, write to me about"),
        choices=[SelectChoice(category, words[0]) for category, words in CATEGORY_WORDS.items()],
    )


class OpenAccountForm(FlaskForm):  # type: ignore[misc]
    """A coordinator opens an account for somebody."""

    email = AskForm.email
    name = ProfileForm.name
    language = SelectField(_l("Language"), choices=dict(i18n.LANGUAGES))


class GrantForm(FlaskForm):  # type: ignore[misc]
    """A role at an organisation: which role, the kind of organisation says."""

    organisation = SelectField(_l("Role and organisation"), coerce=int)

    def __init__(
        self, organisations: Sequence[Organisation], roles: Mapping[str, str], **values: object
    ) -> None:
        """`roles`: kind of organisation -> role."""
        super().__init__(**values)
        self.organisation.choices = {
            str(ROLE_LABELS[role]): {str(o.id): o.name for o in organisations if o.kind == kind}
            for kind, role in roles.items()
        }


class TokenForm(FlaskForm):  # type: ignore[misc]
    """A token for a program: what for, what it may do, for how long."""

    name = StringField(
        _l("What is it for?"),
        [DataRequired(_l("Say what the token is for.")), Length(max=100)],
        filters=[clean_line],
    )
    scopes = SelectMultipleField(
        _l("What may it do?"),
        [DataRequired(_l("Choose at least one."))],
        choices=[
            SelectChoice("read", _l("Read what I may see")),
            SelectChoice("plan", _l("Set the planner to work and change drafts")),
            SelectChoice("publish", _l("Publish drafts")),
        ],
    )
    days = SelectField(
        _l("Until when?"),
        coerce=int,
        choices=[
            SelectChoice(7, _l("7 days")),
            SelectChoice(30, _l("30 days")),
            SelectChoice(90, _l("90 days")),
            SelectChoice(365, _l("One year")),
        ],
        default=90,
    )
