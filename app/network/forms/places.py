"""Forms for places, venues, and the days on which they are closed."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FloatField, StringField
from wtforms.validators import InputRequired, NumberRange, Regexp

from app.network.forms.fields import (
    LanguagesField,
    NetworkForm,
    choice_field,
    clean,
    country_choices,
    text_field,
    whole_field,
)
from app.network.forms.organisations import place_choices
from app.network.models import Place, Venue
from app.network.services.places import PlaceDetails, VenueDetails


def _zones() -> list[str]:
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))


class PlaceForm(NetworkForm):
    name = text_field(_l("Name"), 120)
    country = choice_field(_l("Country"))
    latitude = FloatField(
        _l("Latitude"),
        validators=[
            InputRequired(_l("Write a number.")),
            NumberRange(-90, 90, message=_l("A number from %(min)s to %(max)s.")),
        ],
        description=_l("Degrees north; south is negative"),
    )
    longitude = FloatField(
        _l("Longitude"),
        validators=[
            InputRequired(_l("Write a number.")),
            NumberRange(-180, 180, message=_l("A number from %(min)s to %(max)s.")),
        ],
        description=_l("Degrees east; west is negative"),
    )
    timezone = choice_field(_l("Time zone"))
    languages = LanguagesField(_l("Languages"), needed=False)
    airport = StringField(
        _l("Airport"),
        validators=[Regexp("^([A-Za-z]{3})?$", message=_l("Three letters."))],
        filters=[clean],
        description=_l("Three letters, such as DSS"),
    )

    def offer(self) -> None:
        """Fill in what can be chosen."""
        self.country.choices = country_choices(_l("Choose"))
        self.timezone.choices = {"": str(_l("Choose")), **{zone: zone for zone in _zones()}}

    def show(self, place: Place) -> None:
        """Fill in a place as it is."""
        self.process(obj=place)

    def details(self) -> PlaceDetails:
        """What was written."""
        return PlaceDetails(
            name=self.name.data,
            country=self.country.data,
            latitude=self.latitude.data,
            longitude=self.longitude.data,
            timezone=self.timezone.data,
            languages=self.languages.data or [],
            airport=(self.airport.data or "").upper(),
        )


class VenueForm(NetworkForm):
    name = text_field(_l("Name"), 200)
    place = choice_field(_l("Place"))
    seats = whole_field(_l("Seats"), high=100_000)
    cost_per_day = whole_field(_l("Cost per day"))

    def offer(self, places: Sequence[Place]) -> None:
        """Fill in what can be chosen."""
        self.place.choices = {"": str(_l("Choose")), **place_choices(places)}

    def show(self, venue: Venue) -> None:
        """Fill in a venue as it is."""
        self.process(
            data={
                "name": venue.name,
                "place": venue.place.code,
                "seats": venue.seats,
                "cost_per_day": venue.cost_per_day,
            }
        )

    def details(self, places: Sequence[Place]) -> VenueDetails:
        """What was written; `places` as offered."""
        return VenueDetails(
            name=self.name.data,
            place=next(place for place in places if place.code == self.place.data),
            seats=self.seats.data,
            cost_per_day=self.cost_per_day.data,
        )


class VenueClosureForm(NetworkForm):
    first_day = DateField(_l("First day"), validators=[InputRequired(_l("Write a date."))])
    last_day = DateField(_l("Last day"), validators=[InputRequired(_l("Write a date."))])
    note = text_field(_l("Why"), 200, required=False)
