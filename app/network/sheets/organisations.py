"""Organisations as a spreadsheet; a file may bring bodies and those that belong to them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.access import Actor, coordinator, staff
from app.network.models import ORGANISATION_KINDS, Organisation, Place
from app.spreadsheets.cells import COUNTRY, LANGUAGE, Code, Many, OneOf, Text
from app.spreadsheets.sheet import Column, Entry, Sheet, Values

_PLAIN = ("kind", "name", "acronym", "region", "country", "note", "evidence", "source")


class OrganisationLedger:
    """All organisations with their places and bodies; only coordinators write."""

    def __init__(self, db: Session, actor: Actor) -> None:
        self._db = db
        self._actor = actor
        self._places = {place.code: place for place in db.scalars(select(Place))}
        found = db.scalars(
            select(Organisation).options(selectinload(Organisation.bodies)).order_by(Organisation.name)
        )
        self._rows = {row.code: row for row in found}
        self._place_codes = {place.id: place.code for place in self._places.values()}
        self._names = {(row.name.casefold(), row.country): row.code for row in self._rows.values()}

    def codes(self) -> Iterable[str]:
        return self._rows

    def values(self, code: str) -> Values | None:
        row = self._rows.get(code)
        if row is None:
            return None
        return {
            "code": row.code,
            **{name: getattr(row, name) for name in _PLAIN},
            "place": self._place_codes.get(row.place_id or 0),
            "languages": tuple(row.languages),
            "bodies": tuple(sorted(body.code for body in row.bodies)),
        }

    def in_reach(self) -> Iterable[Values]:
        for code in self._rows:
            if (values := self.values(code)) is not None:
                yield values

    def namesake(self, values: Values) -> str | None:
        return self._names.get((str(values.get("name") or "").casefold(), values.get("country") or ""))

    def check(self, entry: Entry) -> None:
        place = entry.values["place"]
        if place is not None and place not in self._places:
            entry.refuse("unknown_code", "place", value=place)

    def write(self, entries: Sequence[Entry], now: datetime) -> None:
        for entry in entries:
            row = self._rows.get(entry.code)
            if row is None:
                row = self._rows[entry.code] = Organisation(code=entry.code)
            for name in _PLAIN:
                setattr(row, name, entry.values[name])
            row.place = self._places[entry.values["place"]] if entry.values["place"] else None
            row.languages = list(entry.values["languages"])
        for entry in entries:
            self._rows[entry.code].bodies = [self._rows[code] for code in entry.values["bodies"]]
        self._db.add_all(self._rows[entry.code] for entry in entries)
        self._db.flush()


ORGANISATIONS = Sheet(
    name="organisations",
    title=_l("Organisations"),
    open=OrganisationLedger,
    within=("bodies",),
    may_import=coordinator,
    may_export=staff,
    columns=(
        Column("code", _l("Code"), Code(), hint=_l("names the organisation for ever; empty for a new one")),
        Column("name", _l("Name"), Text(250), required=True, default=""),
        Column("acronym", _l("Acronym"), Text(40), default=""),
        Column(
            "kind",
            _l("Kind"),
            OneOf(ORGANISATION_KINDS),
            required=True,
            hint=_l("one of: secretariat, coalition, platform, member"),
        ),
        Column("region", _l("Region"), Text(80), default=""),
        Column("country", _l("Country"), COUNTRY, default="", hint=_l("ISO code, such as SN")),
        Column("place", _l("Seat"), Code(), hint=_l("code of a place")),
        Column(
            "languages",
            _l("Working languages"),
            Many(LANGUAGE),
            default=(),
            hint=_l("ISO codes divided by semicolons, such as fr;en"),
        ),
        Column(
            "bodies",
            _l("Belongs to"),
            Many(Code(), ordered=False),
            default=(),
            hint=_l("codes of organisations divided by semicolons"),
        ),
        Column("note", _l("Note"), Text(2000, lines=True), default=""),
        Column("evidence", _l("Evidence"), Text(40), default="", hint=_l("how well this is known")),
        Column("source", _l("Source"), Text(400), default="", hint=_l("an address or a document")),
    ),
)
