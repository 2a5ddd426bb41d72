"""`needs-call/1`: one function per object of the document; every defect is located."""

# INVALID stands for a value of any type:
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from solver.propositions.call import (
    DEFAULT_KINDS,
    Call,
    Facilitator,
    Host,
    Kind,
    KindName,
    Limits,
    Need,
    Offer,
    Platform,
    Prices,
)
from solver.reading import text as json_text
from solver.reading.codes import COUNTRIES, LANGUAGES
from solver.reading.fields import (
    Fields,
    Table,
    amount,
    coordinate,
    listed,
    mapped,
    matching,
    one_of,
    or_null,
    text,
    whole,
)
from solver.reading.problems import INVALID, At, Problems
from solver.round import Place

FORMAT = "needs-call/1"

_language = one_of(LANGUAGES, "an ISO 639-1 language code")
_languages = listed(_language, least=1)
_level = whole(1, 3)


def read_call(data: bytes) -> Call:
    """The needs call that a document holds.

    Raises:
        MalformedDocument: the document breaks its format; `errors` lists every defect.
    """
    problems = Problems()
    call = _CallReader(problems).read(json_text.parse(data, problems))
    problems.raise_if_any()
    return call


class _CallReader:
    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._places: Table[Place] = Table("place")
        self._platforms: Table[Platform] = Table("platform")
        self._needs: Table[Need] = Table("need")
        self._facilitators: Table[Facilitator] = Table("facilitator")
        self._hosts: Table[Host] = Table("host")
        self._needed: set[tuple[str, str]] = set()
        self._offered: set[tuple[str, str]] = set()

    def read(self, value: Any) -> Call:
        fields = Fields(value, None, self._problems)
        fields.need("format", one_of([FORMAT], f"the format {FORMAT!r}"))
        call = Call(
            id=fields.need("id", text),
            title=fields.need("title", text),
            currency=fields.need("currency", matching(r"[A-Z]{3}", "an ISO 4217 currency code")),
            prices=fields.need("prices", _prices),
            limits=fields.may("limits", _limits, Limits()),
            kinds=fields.may("kinds", _kinds, dict(DEFAULT_KINDS)),
            reach=fields.may("reach", amount, 5),
            places=fields.need("places", self._places.read(_place)),
            platforms=fields.need("platforms", self._platforms.read(self._platform)),
            needs=fields.need("needs", self._needs.read(self._need)),
            offers=fields.need("offers", listed(self._offer, distinct=False)),
            facilitators=fields.need("facilitators", self._facilitators.read(self._facilitator)),
            hosts=fields.need("hosts", self._hosts.read(self._host)),
        )
        fields.finish()
        for table in (self._places, self._platforms):
            table.resolve(self._problems)
        return call

    def _platform(self, id: str, fields: Fields) -> Platform:
        return Platform(
            id, fields.need("name", text), fields.need("region", text), fields.need("place", self._places.id)
        )

    def _need(self, id: str, fields: Fields) -> Need:
        need = Need(
            id=id,
            platform=fields.need("platform", self._platforms.id),
            topic=fields.need("topic", text),
            weight=fields.need("weight", _level),
            people=fields.need("people", whole(1, 100_000)),
            languages=frozenset(fields.need("languages", _languages)),
        )
        self._refuse_twice(self._needed, need.platform, need.topic, fields)
        return need

    def _offer(self, value: Any, at: At, problems: Problems) -> Offer:
        fields = Fields(value, at, problems)
        offer = Offer(
            platform=fields.need("platform", self._platforms.id),
            topic=fields.need("topic", text),
            languages=frozenset(fields.need("languages", _languages)),
            level=fields.need("level", _level),
        )
        self._refuse_twice(self._offered, offer.platform, offer.topic, fields)
        fields.finish()
        return offer

    def _refuse_twice(self, seen: set[tuple[str, str]], platform: str, topic: str, fields: Fields) -> None:
        if platform is INVALID or topic is INVALID:
            return
        if (platform, topic) in seen:
            fields.refuse("topic", "doubled_item", "the platform has named this topic already")
        seen.add((platform, topic))

    def _facilitator(self, id: str, fields: Fields) -> Facilitator:
        return Facilitator(
            id=id,
            name=fields.need("name", text),
            place=fields.need("place", self._places.id),
            languages=frozenset(fields.need("languages", listed(_language))),
            teaches=fields.need("teaches", mapped(text, whole(2, 3), "from topics to levels")),
            fee_per_day=fields.may("fee_per_day", amount, 0),
            max_workshops=fields.may("max_workshops", amount, 2),
        )

    def _host(self, id: str, fields: Fields) -> Host:
        return Host(
            id=id,
            name=fields.need("name", text),
            place=fields.need("place", self._places.id),
            region=fields.need("region", text),
            seats=fields.need("seats", amount),
            cost_per_day=fields.need("cost_per_day", amount),
        )


def _place(id: str, fields: Fields) -> Place:
    return Place(
        id=id,
        name=fields.need("name", text),
        country=fields.need("country", one_of(COUNTRIES, "an ISO 3166-1 alpha-2 country code")),
        latitude=fields.need("latitude", coordinate(90)),
        longitude=fields.need("longitude", coordinate(180)),
        timezone="UTC",  # nothing here asks for the time of day
    )


def _prices(value: Any, at: At, problems: Problems) -> Prices:
    fields = Fields(value, at, problems)
    names = ("base_fare", "fare_per_100_km", "per_diem", "replication", "missing_facilitator")
    prices = Prices(**{name: fields.need(name, amount) for name in names})
    fields.finish()
    return prices


def _limits(value: Any, at: At, problems: Problems) -> Limits:
    fields, usual = Fields(value, at, problems), Limits()
    limits = Limits(
        budget=fields.may("budget", or_null(amount), usual.budget),
        platforms_min=fields.may("platforms_min", whole(1, 1000), usual.platforms_min),
        platforms_max=fields.may("platforms_max", whole(1, 1000), usual.platforms_max),
        seats_max=fields.may("seats_max", whole(1, 1000), usual.seats_max),
        turns_per_platform=fields.may("turns_per_platform", amount, usual.turns_per_platform),
        hosted_per_place=fields.may("hosted_per_place", or_null(amount), usual.hosted_per_place),
    )
    least, most = limits.platforms_min, limits.platforms_max
    if INVALID not in (least, most) and least > most:
        fields.refuse("platforms_max", "contradiction", f"{most} is less than platforms_min, {least}")
    fields.finish()
    return limits


def _kinds(value: Any, at: At, problems: Problems) -> Mapping[str, Kind]:
    fields = Fields(value, at, problems)
    kinds = {name: fields.need(name, _kind) for name in get_args(KindName) if name in fields}
    fields.finish()
    return kinds


def _kind(value: Any, at: At, problems: Problems) -> Kind:
    fields = Fields(value, at, problems)
    kind = Kind(
        days=fields.need("days", whole(1, 10)),
        team=fields.need("team", whole(0, 20)),
        leads=fields.may("leads", whole(0, 20), 0),
        givers=fields.may("givers", whole(0, 20), 0),
        seats_per_platform=fields.need("seats_per_platform", whole(1, 100)),
        replication=fields.may("replication", whole(0, 100_000), 0),
        worth=fields.may("worth", whole(0, 1000), 1),
    )
    wanted = (kind.team, kind.leads, kind.givers)
    if INVALID not in wanted and kind.leads + kind.givers > kind.team:
        fields.refuse("team", "contradiction", f"{kind.team} is too few for its leads and givers")
    fields.finish()
    return kind
