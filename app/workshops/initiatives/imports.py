"""Initiatives as a spreadsheet: all of them out, with what is promised to each, and in again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor, staff
from app.facts import record
from app.i18n import LANGUAGES, format_money
from app.network.models import Organisation, Topic
from app.spreadsheets.cells import Code, Day, Many, OneOf, Text, Whole
from app.spreadsheets.problems import CellRefused
from app.spreadsheets.sheet import Column, Entry, Sheet, Values
from app.workshops.accounts import accounts_of
from app.workshops.initiatives.facts import InitiativesImported
from app.workshops.initiatives.queries import may_change, seen_by
from app.workshops.models import INITIATIVE_STATES, Fund, FundPromise, Initiative
from app.workshops.queries import funds_seen_by, may_keep_fund
from app.workshops.rules import MOST_MONEY

_PLAIN = ("objectives", "first_day", "last_day", "state")
_TITLES = tuple(f"title_{code}" for code in LANGUAGES)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a fund: 'repaoc-2027: 5000'."""

    def parse(self, text: str) -> tuple[str, int]:
        fund, colon, amount = text.rpartition(":")
        if not colon or not re.search(r"\S", fund):
            raise CellRefused("not_a_part", value=text[:60])
        return Code().parse(fund.strip()), Whole(1, MOST_MONEY).parse(amount.strip())

    def write(self, value: tuple[str, int]) -> str:
        return f"{value[0]}: {value[1]}"


class InitiativeLedger:
    """The initiatives that the actor sees, and all that their columns name: a handful of queries."""

    def __init__(self, db: Session, actor: Actor) -> None:
        self._db = db
        self._actor = actor
        self._organisations = {row.code: row for row in db.scalars(select(Organisation))}
        self._areas = {row.code: row for row in db.scalars(select(Topic).where(Topic.area_id.is_(None)))}
        self._funds = {row.code: row for row in db.scalars(select(Fund).where(funds_seen_by(actor)))}
        self._codes = set(db.scalars(select(Initiative.code)))
        found = db.scalars(
            select(Initiative)
            .where(seen_by(actor))
            .options(
                joinedload(Initiative.organisation),
                joinedload(Initiative.area),
                selectinload(Initiative.partners),
                selectinload(Initiative.promises).joinedload(FundPromise.fund),
            )
            .order_by(Initiative.code)
        )
        self._rows = {row.code: row for row in found}
        self._titled = {
            (row.organisation.code, title.casefold()): row.code
            for row in self._rows.values()
            for title in row.titles.values()
        }
        self._accounts = {
            account.fund.code: account for account in accounts_of(db, list(self._funds.values())).values()
        }
        self._left = {code: max(0, account.left) for code, account in self._accounts.items()}

    def codes(self) -> Iterable[str]:
        return self._codes

    def values(self, code: str) -> Values | None:
        row = self._rows.get(code)
        if row is None:
            return None
        return {
            "code": row.code,
            **{f"title_{language}": row.titles.get(language, "") for language in LANGUAGES},
            **{name: getattr(row, name) for name in _PLAIN},
            "organisation": row.organisation.code,
            "partners": tuple(sorted(partner.code for partner in row.partners)),
            "area": row.area.code,
            "promises": tuple(sorted((promise.fund.code, promise.amount) for promise in row.promises)),
        }

    def in_reach(self) -> Iterable[Values]:
        for code in self._rows:
            if (values := self.values(code)) is not None:
                yield values

    def namesake(self, values: Values) -> str | None:
        led_by = str(values.get("organisation"))
        keys = ((led_by, str(values[name]).casefold()) for name in _TITLES if values.get(name))
        return next((self._titled[key] for key in keys if key in self._titled), None)

    def check(self, entry: Entry) -> None:
        if entry.state == "same":
            return
        values, row = entry.values, self._rows.get(entry.code)
        if row is None and entry.code in self._codes:
            entry.refuse("code_taken", "code")
        if row is not None and not may_change(self._actor, row):
            entry.refuse("not_yours", "code")
        if not any(values[name] for name in _TITLES):
            entry.refuse("no_title", "title_en")
        self._check_codes(entry)
        if values["last_day"] < values["first_day"]:
            entry.refuse("days_not_in_order", "last_day")
        self._check_promises(entry, row)

    def check_the_rest(self, entry: Entry, unsound: frozenset[str]) -> None:
        """What is wrong beside the cells that cannot be used."""
        if not any(entry.values[name] for name in _TITLES) and unsound.isdisjoint(_TITLES):
            entry.refuse("no_title", "title_en")
        self._check_codes(entry)
        first, last = entry.values["first_day"], entry.values["last_day"]
        if first is not None and last is not None and last < first and "first_day" not in unsound:
            entry.refuse("days_not_in_order", "last_day")

    def _check_codes(self, entry: Entry) -> None:
        values = entry.values
        organisation = self._organisations.get(values["organisation"])
        if organisation is None:
            entry.refuse("unknown_code", "organisation", value=values["organisation"])
        elif not self._actor.acts_for(organisation.id):
            entry.refuse("not_yours", "organisation")
        for code in values["partners"]:
            if code not in self._organisations:
                entry.refuse("unknown_code", "partners", value=code)
        if values["area"] not in self._areas:
            entry.refuse("not_an_area", "area", value=values["area"])

    def _check_promises(self, entry: Entry, row: Initiative | None) -> None:
        """Only who keeps a fund changes what it promises, and of nothing more than is left."""
        had = dict(entry.current["promises"]) if entry.current else {}
        wanted: dict[str, int] = {}
        for code, amount in entry.values["promises"]:
            if code in wanted:
                entry.refuse("fund_twice", "promises", value=code)
            wanted[code] = amount
        for code in sorted(had.keys() | wanted.keys()):
            amount = wanted.get(code, 0)
            if amount == had.get(code, 0):
                continue
            fund = self._funds.get(code)
            if fund is None:
                entry.refuse("unknown_code", "promises", value=code)
                continue
            if not may_keep_fund(self._actor, fund.organisation_id):
                entry.refuse("not_your_fund", "promises", value=code)
                continue
            pot = self._accounts[code].pot_of(row.id) if row is not None else None
            more = amount - had.get(code, 0)
            if pot is not None and amount < pot.used:
                entry.refuse("promise_used", "promises", value=code, amount=pot.used, currency=fund.currency)
            elif more > self._left[code]:
                most = had.get(code, 0) + self._left[code]
                entry.refuse("promise_too_large", "promises", value=code, amount=most, currency=fund.currency)
            else:
                self._left[code] -= max(0, more)

    def write(self, entries: Sequence[Entry], now: datetime) -> None:
        for entry in entries:
            row = self._rows.get(entry.code)
            if row is None:
                row = Initiative(code=entry.code, created_at=now)
                self._rows[entry.code] = row
            self._fill(row, entry.values)
            row.changed_at = now
        self._db.add_all(self._rows[entry.code] for entry in entries)
        self._db.flush()
        for entry in entries:
            record(
                self._db,
                actor=self._actor,
                fact=InitiativesImported(self._rows[entry.code].id),
                now=now,
                before=entry.current,
                after=entry.values,
            )

    def _fill(self, row: Initiative, values: Values) -> None:
        for name in _PLAIN:
            setattr(row, name, values[name])
        row.titles = {code: values[f"title_{code}"] for code in LANGUAGES if values[f"title_{code}"]}
        row.organisation = self._organisations[values["organisation"]]
        row.area = self._areas[values["area"]]
        row.partners = [
            self._organisations[code] for code in values["partners"] if code != values["organisation"]
        ]
        wanted = dict(values["promises"])
        kept = {promise.fund.code: promise for promise in row.promises}
        for code in kept.keys() - wanted.keys():
            row.promises.remove(kept[code])
        for code, amount in wanted.items():
            if code in kept:
                kept[code].amount = amount
            else:
                row.promises.append(FundPromise(fund=self._funds[code], amount=amount))


def _money(sentence: Any) -> Any:
    """A sentence about an amount of a fund."""
    return lambda value, amount, currency: (
        str(sentence) % {"value": value, "amount": format_money(amount, currency)}
    )


INITIATIVES = Sheet(
    name="initiatives",
    title=_l("Initiatives"),
    open=InitiativeLedger,
    named_after=_TITLES,
    may_import=staff,
    may_export=staff,
    sentences={
        "code_taken": _l("this code is taken; leave it empty for a new initiative"),
        "no_title": _l("give a title in at least one language"),
        "not_an_area": _l("“%(value)s” is not the code of a priority area"),
        "days_not_in_order": _l("is before the first day"),
        "not_a_part": _l("“%(value)s” is not a part of a fund such as fund-2027: 5000"),
        "fund_twice": _l("the fund “%(value)s” is named twice"),
        "not_your_fund": _l("only who keeps the fund “%(value)s” promises of it"),
        "promise_used": _money(_l("of “%(value)s” its workshops take %(amount)s already")),
        "promise_too_large": _money(_l("of “%(value)s” %(amount)s can be promised at most")),
    },
    columns=(
        Column("code", _l("Code"), Code(), hint=_l("names the initiative for ever; empty for a new one")),
        Column("title_en", _l("Title in English"), Text(200), default="", hint=_l("one language is enough")),
        Column("title_fr", _l("Title in French"), Text(200), default=""),
        Column("title_es", _l("Title in Spanish"), Text(200), default=""),
        Column("title_pt", _l("Title in Portuguese"), Text(200), default=""),
        Column("organisation", _l("Led by"), Code(), required=True, hint=_l("code of an organisation")),
        Column(
            "partners",
            _l("Together with"),
            Many(Code(), ordered=False),
            default=(),
            hint=_l("codes of organisations divided by semicolons"),
        ),
        Column("area", _l("Priority area"), Code(), required=True, hint=_l("code of an area")),
        Column("objectives", _l("Objectives"), Text(5000, lines=True), default=""),
        Column("first_day", _l("From"), Day(), required=True, hint=_l("a date such as 2027-03-09")),
        Column("last_day", _l("Until"), Day(), required=True, hint=_l("a date such as 2027-03-09")),
        Column(
            "state",
            _l("State"),
            OneOf(INITIATIVE_STATES),
            default="proposed",
            hint=_l("one of: proposed, running, ended, stopped"),
        ),
        Column(
            "promises",
            _l("Promised"),
            Many(Part(), ordered=False),
            default=(),
            hint=_l("codes of funds with amounts, such as fund-2027: 5000; another-fund: 200"),
        ),
    ),
)
