"""Visa times as a spreadsheet: one row for each passport and destination."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, office
from app.spreadsheets.cells import COUNTRY, Code, Whole, YesNo
from app.spreadsheets.sheet import Column, Entry, Sheet, Values
from app.travel.models import MOST_DAYS, VisaTime


class VisaLedger:
    """All that is known of visas; it is nobody's secret."""

    def __init__(self, db: Session, actor: Actor) -> None:
        self._db = db
        found = db.scalars(select(VisaTime).order_by(VisaTime.passport, VisaTime.destination))
        self._rows = {row.code: row for row in found}
        self._pairs = {(row.passport, row.destination): row.code for row in self._rows.values()}

    def codes(self) -> Iterable[str]:
        return self._rows

    def values(self, code: str) -> Values | None:
        row = self._rows.get(code)
        if row is None:
            return None
        return {
            "code": row.code,
            "passport": row.passport,
            "destination": row.destination,
            "days": row.days,
            "is_closed": row.is_closed,
        }

    def in_reach(self) -> Iterable[Values]:
        for code in self._rows:
            if (values := self.values(code)) is not None:
                yield values

    def namesake(self, values: Values) -> str | None:
        return self._pairs.get((str(values.get("passport")), str(values.get("destination"))))

    def check(self, entry: Entry) -> None:
        values = entry.values
        pair = (values["passport"], values["destination"])
        if None in pair:
            return
        if values["passport"] == values["destination"]:
            entry.refuse("same_country", "destination")
        if values["is_closed"]:
            values["days"] = None
        elif values["days"] is None:
            entry.refuse("days_missing", "days")
        if self._pairs.setdefault(pair, entry.code) != entry.code:
            entry.refuse("pair_there", "destination")

    def write(self, entries: Sequence[Entry], now: datetime) -> None:
        for entry in entries:
            row = self._rows.get(entry.code)
            if row is None:
                row = self._rows[entry.code] = VisaTime(code=entry.code)
                self._db.add(row)
            for name in ("passport", "destination", "days", "is_closed"):
                setattr(row, name, entry.values[name])
            row.changed_at = now
        self._db.flush()


VISAS = Sheet(
    name="visas",
    title=_l("Visa times"),
    open=VisaLedger,
    named_after=("passport",),
    may_import=office,
    may_export=office,
    sentences={
        "same_country": _l("Passport and destination are of the same country"),
        "days_missing": _l("Say how many days it takes, or that one cannot enter"),
        "pair_there": _l("This passport and destination stand in another row"),
    },
    columns=(
        Column("code", _l("Code"), Code(), hint=_l("names the row for ever; empty for a new one")),
        Column("passport", _l("Passport of"), COUNTRY, required=True, hint=_l("ISO code, such as SN")),
        Column("destination", _l("Destination"), COUNTRY, required=True, hint=_l("ISO code, such as SN")),
        Column(
            "days", _l("Days"), Whole(0, MOST_DAYS), hint=_l("from applying to having it; 0 without a visa")
        ),
        Column("is_closed", _l("Cannot enter"), YesNo(), default=False, hint=_l("yes or no")),
    ),
)
