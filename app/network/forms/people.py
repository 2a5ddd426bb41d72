"""The form for a person, with a pair of choices for every topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Length, Optional

from app.i18n import in_language
from app.network.forms.fields import LanguagesField, NetworkForm, choice_field, clean, text_field, whole_field
from app.network.forms.organisations import place_choices
from app.network.models import Organisation, Person, Place, Topic
from app.network.services.people import PersonDetails
from app.network.wording import GENDERS, LEVELS, WEIGHTS

PLAIN = (
    "name",
    "email",
    "languages",
    "fee_per_day",
    "max_workshops",
    "max_days_away",
    "max_seats",
    "online_only",
    "gender",
    "left_on",
)
"""The fields that show an attribute of the same name as it is."""


def _address(typed: str | None) -> str | None:
    return (clean(typed) or "").lower() or None


class GenderField(SelectField):  # type: ignore[misc]
    """As whom somebody is counted; a person may leave it open."""

    def __init__(self, **options: Any) -> None:
        choices = [SelectChoice(value, GENDERS[value]) for value in ("", "woman", "man", "other")]
        said = _l("Counted in what plans say of equity. Seen by who looks after the person; others see sums")
        super().__init__(_l("Gender"), choices=choices, default="", description=said, **options)


class PersonForm(NetworkForm):
    name = text_field(_l("Name"), 200)
    email = StringField(
        _l("E-mail"),
        validators=[
            Optional(),
            Length(max=254, message=_l("At most %(max)d characters.")),
            Email(_l("Write an address such as name@example.org.")),
        ],
        filters=[_address],
        description=_l("Shown to nobody but those who look after this person"),
    )
    organisation = choice_field(_l("Organisation"))
    place = choice_field(_l("Lives in"))
    languages = LanguagesField(_l("Speaks"))
    fee_per_day = whole_field(_l("Fee per day"), default=0)
    max_workshops = whole_field(_l("Workshops as facilitator, at most"), high=1000, default=4)
    max_days_away = whole_field(_l("Days away from home, at most"), high=366, default=40)
    max_seats = whole_field(_l("Workshops as participant, at most"), high=1000, default=2)
    online_only = BooleanField(_l("Online only"))
    gender = GenderField()
    left_on = DateField(
        _l("Left on"),
        validators=[Optional()],
        description=_l("From this day on the person is not planned for any more"),
    )

    def offer(self, *, organisations: Sequence[Organisation], places: Sequence[Place]) -> None:
        """Fill in what can be chosen."""
        self.organisation.choices = {"": _("Choose"), **{row.code: row.name for row in organisations}}
        self.place.choices = {"": _("Choose"), **place_choices(places)}

    def show(self, person: Person) -> None:
        """Fill in a person as they are."""
        taught = {f"teaches_{skill.topic_id}": str(skill.level) for skill in person.skills}
        wanted = {f"needs_{want.topic_id}": str(want.weight) for want in person.wants}
        self.process(
            data={
                **{name: getattr(person, name) for name in PLAIN},
                "organisation": person.organisation.code,
                "place": person.place.code,
                **taught,
                **wanted,
            },
        )

    def details(self, *, organisations: Sequence[Organisation], places: Sequence[Place]) -> PersonDetails:
        """What was written; `organisations` and `places` as offered."""
        return PersonDetails(
            name=self.name.data,
            email=self.email.data,
            organisation=next(row for row in organisations if row.code == self.organisation.data),
            place=next(row for row in places if row.code == self.place.data),
            languages=self.languages.data or [],
            fee_per_day=self.fee_per_day.data,
            max_workshops=self.max_workshops.data,
            max_days_away=self.max_days_away.data,
            max_seats=self.max_seats.data,
            online_only=self.online_only.data,
            gender=self.gender.data,
            left_on=self.left_on.data,
            skills=self._chosen("teaches_"),
            wants=self._chosen("needs_"),
        )

    def _chosen(self, prefix: str) -> dict[int, int]:
        return {
            int(field.short_name.removeprefix(prefix)): int(field.data)
            for field in self
            if field.short_name.startswith(prefix) and field.data
        }


def person_form(topics: Sequence[Topic]) -> Any:
    """The form with `teaches_<topic id>` and `needs_<topic id>` for each topic."""
    fields: dict[str, Any] = {}
    for topic in topics:
        title = in_language(topic.titles)
        fields[f"teaches_{topic.id}"] = SelectField(
            _("Teaches: %(topic)s", topic=title), choices=_choices(LEVELS), default=""
        )
        fields[f"needs_{topic.id}"] = SelectField(
            _("Needs: %(topic)s", topic=title), choices=_choices(WEIGHTS), default=""
        )
    return type("PersonFormWithTopics", (PersonForm,), fields)()


def _choices(words: Mapping[int, Any]) -> dict[str, str]:
    return {"": "–", **{str(value): str(word) for value, word in words.items()}}
