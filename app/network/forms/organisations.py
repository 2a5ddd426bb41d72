"""The form for an organisation."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField

from app.i18n import country_name
from app.network.forms.fields import LanguagesField, NetworkForm, choice_field, country_choices, text_field
from app.network.models import ORGANISATION_KINDS, Organisation, Place
from app.network.services.organisations import OrganisationDetails
from app.network.wording import KINDS


class OrganisationForm(NetworkForm):
    name = text_field(_l("Name"), 250)
    acronym = text_field(_l("Acronym"), 40, required=False)
    kind = choice_field(_l("Kind"))
    region = text_field(_l("Region"), 80, required=False)
    country = choice_field(_l("Country"), required=False)
    place = choice_field(_l("Seat"), required=False)
    languages = LanguagesField(_l("Working languages"), needed=False)
    bodies = SelectMultipleField(_l("Belongs to"))
    note = text_field(_l("Note"), 2000, required=False, area=True)
    evidence = text_field(_l("Evidence"), 40, required=False, description=_l("How well this is known"))
    source = text_field(_l("Source"), 400, required=False, description=_l("An address or a document"))

    def offer(self, *, places: Sequence[Place], bodies: Sequence[Organisation]) -> None:
        """Fill in what can be chosen."""
        self.kind.choices = {kind: str(KINDS[kind]) for kind in ORGANISATION_KINDS}
        self.country.choices = country_choices(_l("None"))
        self.place.choices = {"": str(_l("None")), **place_choices(places)}
        self.bodies.choices = {body.code: body.short_name for body in bodies}

    def show(self, organisation: Organisation) -> None:
        """Fill in an organisation as it is."""
        plain = ("name", "acronym", "kind", "region", "country", "languages", "note", "evidence", "source")
        self.process(
            data={
                **{name: getattr(organisation, name) for name in plain},
                "place": organisation.place.code if organisation.place else "",
                "bodies": [body.code for body in organisation.bodies],
            },
        )

    def details(self, *, places: Sequence[Place], bodies: Sequence[Organisation]) -> OrganisationDetails:
        """What was written; `places` and `bodies` as offered."""
        chosen = set(self.bodies.data or [])
        return OrganisationDetails(
            kind=self.kind.data,
            name=self.name.data,
            acronym=self.acronym.data or "",
            region=self.region.data or "",
            country=self.country.data or "",
            place=next((place for place in places if place.code == self.place.data), None),
            languages=self.languages.data or [],
            bodies=[body for body in bodies if body.code in chosen],
            note=self.note.data or "",
            evidence=self.evidence.data or "",
            source=self.source.data or "",
        )


def place_choices(places: Sequence[Place]) -> dict[str, str]:
    """Places as a list to choose from: 'Dakar, Senegal'."""
    return {place.code: f"{place.name}, {country_name(place.country)}" for place in places}
