"""Places and their venues as two spreadsheets: first the towns, then the rooms in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, coordinator, staff
from app.network.models import Place, Venue
from app.spreadsheets.cells import COUNTRY, LANGUAGE, ZONE, Code, Many, Number, Text, Whole
from app.spreadsheets.sheet import Column, Entry, Sheet, Values

_PLACE = ("name", "country", "latitude", "longitude", "timezone", "airport")
_VENUE = ("name", "seats", "cost_per_day")


class PlaceLedger:
    """All places; only coordinators write."""

    def __init__(self, db: Session, actor: Actor) -> None:
        self._db = db
        self._rows = {row.code: row for row in db.scalars(select(Place).order_by(Place.country, Place.name))}
        self._names = {(row.name.casefold(), row.country): row.code for row in self._rows.values()}

    def codes(self) -> Iterable[str]:
        return self._rows

    def values(self, code: str) -> Values | None:
        row = self._rows.get(code)
        if row is None:
            return None
        return {
            "code": row.code,
            **{name: getattr(row, name) for name in _PLACE},
            "languages": tuple(row.languages),
        }

    def in_reach(self) -> Iterable[Values]:
        for code in self._rows:
            if (values := self.values(code)) is not None:
                yield values

    def namesake(self, values: Values) -> str | None:
        return self._names.get((str(values.get("name") or "").casefold(), values.get("country") or ""))

    def check(self, entry: Entry) -> None:
        entry.values["airport"] = entry.values["airport"].upper()
        if not re.fullmatch("([A-Z]{3})?", entry.values["airport"]):
            entry.refuse("not_an_airport", "airport", value=entry.values["airport"])

    def write(self, entries: Sequence[Entry], now: datetime) -> None:
        for entry in entries:
            row = self._rows.get(entry.code)
            if row is None:
                row = self._rows[entry.code] = Place(code=entry.code)
            for name in _PLACE:
                setattr(row, name, entry.values[name])
            row.languages = list(entry.values["languages"])
        self._db.add_all(self._rows[entry.code] for entry in entries)
        self._db.flush()


class VenueLedger:
    """All venues and the places that they are in; only coordinators write."""

    def __init__(self, db: Session, actor: Actor) -> None:
        self._db = db
        self._places = {row.code: row.id for row in db.scalars(select(Place))}
        self._place_codes = {number: code for code, number in self._places.items()}
        self._rows = {row.code: row for row in db.scalars(select(Venue).order_by(Venue.name, Venue.id))}
        self._names = {(row.name.casefold(), row.place_id): row.code for row in self._rows.values()}

    def codes(self) -> Iterable[str]:
        return self._rows

    def values(self, code: str) -> Values | None:
        row = self._rows.get(code)
        if row is None:
            return None
        return {
            "code": row.code,
            **{name: getattr(row, name) for name in _VENUE},
            "place": self._place_codes[row.place_id],
        }

    def in_reach(self) -> Iterable[Values]:
        for code in self._rows:
            if (values := self.values(code)) is not None:
                yield values

    def namesake(self, values: Values) -> str | None:
        place = self._places.get(str(values.get("place") or ""), 0)
        return self._names.get((str(values.get("name") or "").casefold(), place))

    def check(self, entry: Entry) -> None:
        if entry.values["place"] not in self._places:
            entry.refuse("unknown_code", "place", value=entry.values["place"])

    def write(self, entries: Sequence[Entry], now: datetime) -> None:
        for entry in entries:
            row = self._rows.get(entry.code)
            if row is None:
                row = self._rows[entry.code] = Venue(code=entry.code)
            for name in _VENUE:
                setattr(row, name, entry.values[name])
            row.place_id = self._places[entry.values["place"]]
        self._db.add_all(self._rows[entry.code] for entry in entries)
        self._db.flush()


PLACES = Sheet(
    name="places",
    title=_l("Places"),
    open=PlaceLedger,
    may_import=coordinator,
    may_export=staff,
    sentences={"not_an_airport": _l("“%(value)s” is not an airport's code of three letters")},
    columns=(
        Column("code", _l("Code"), Code(), hint=_l("names the place for ever; empty for a new one")),
        Column("name", _l("Name"), Text(120), required=True, default=""),
        Column("country", _l("Country"), COUNTRY, required=True, hint=_l("ISO code, such as SN")),
        Column("latitude", _l("Latitude"), Number(-90, 90), required=True, hint=_l("degrees north")),
        Column("longitude", _l("Longitude"), Number(-180, 180), required=True, hint=_l("degrees east")),
        Column("timezone", _l("Time zone"), ZONE, required=True, hint=_l("IANA name, such as Africa/Dakar")),
        Column(
            "languages",
            _l("Languages"),
            Many(LANGUAGE),
            default=(),
            hint=_l("ISO codes divided by semicolons, such as fr;en"),
        ),
        Column("airport", _l("Airport"), Text(3), default="", hint=_l("three letters, such as DSS")),
    ),
)

VENUES = Sheet(
    name="venues",
    title=_l("Venues"),
    open=VenueLedger,
    may_import=coordinator,
    may_export=staff,
    columns=(
        Column("code", _l("Code"), Code(), hint=_l("names the venue for ever; empty for a new one")),
        Column("name", _l("Name"), Text(200), required=True, default=""),
        Column("place", _l("Place"), Code(), required=True, hint=_l("code of a place")),
        Column("seats", _l("Seats"), Whole(0, 100_000), required=True, hint=_l("a whole number")),
        Column("cost_per_day", _l("Cost per day"), Whole(), required=True, hint=_l("a whole number")),
    ),
)
