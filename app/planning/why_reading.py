"""An answer to "why?" as its page shows it: facts in the reader's words, from the draft's own documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app.i18n import format_list, format_money, format_number, language_name
from app.planning.draft_reading import DraftReading
from app.planning.letting_in import APPLIED
from app.planning.naming import Naming
from app.planning.room.opened import read_pin
from app.planning.room.words import fixed
from app.planning.why_words import FACTS, INSTEAD, days_wider, difference, fewer_seats
from app.planning.words import rule_title

Data = Mapping[str, Any]

_: Callable[..., str] = gettext

NAMED = 12
"""So many people one fact names in full."""


@dataclass(frozen=True, slots=True)
class Way:
    """A change that lets the workshop in, verified by the planner.

    `number` is that of the relaxation in the answer; `None` is the offer, which changes nothing but the
    rest of the plan. `makes` says whether Baraza can make it itself.
    """

    number: int | None
    label: str
    session: str
    worth: str
    gives_way: tuple[str, ...] = ()
    makes: bool = True
    kind: str = "offer"


@dataclass(frozen=True, slots=True)
class Other:
    """What a session held could be instead, at the best, and what that would change; `None`: nothing."""

    what: str
    session: str | None
    worth: str = ""


@dataclass(frozen=True, slots=True)
class WhyReading:
    """An answer, read. `facts` are (rule's name, sentence) pairs: together they keep the workshop out.

    Of a session held: of `starts` venues and days `free` would do, and `binds` says how many each rule
    forbids. `fixed` is what was fixed of it by hand, and is not counted among what binds it.
    """

    held: bool
    alone: bool
    facts: tuple[tuple[str, str], ...] = ()
    offer: Way | None = None
    ways: tuple[Way, ...] = ()
    others: tuple[Other, ...] = ()
    binds: tuple[tuple[str, int], ...] = ()
    free: int = 0
    starts: int = 0
    fixed: tuple[str, ...] = ()


def read_why(answer: Data, reading: DraftReading, topics: Mapping[str, str]) -> WhyReading:
    """`explanation/1` in words. `topics`: code -> title in the reader's language."""
    words = _Words(reading, topics, answer["workshop"])
    offer = answer["offer"]
    binds = answer.get("binds", {"free": 0, "all": 0, "rules": {}})
    return WhyReading(
        held=answer["held"],
        alone=answer["alone"],
        facts=tuple(words.facts(answer["obstacles"])),
        offer=words.offer(offer) if offer else None,
        ways=tuple(words.way(n, each) for n, each in enumerate(answer["relaxations"])),
        others=tuple(map(words.other, answer["alternatives"])),
        binds=tuple((rule_title(rule), count) for rule, count in binds["rules"].items()),
        free=binds["free"],
        starts=binds["all"],
        fixed=tuple(words.fixed(answer.get("fixed", ()))),
    )


class _Words:
    def __init__(self, reading: DraftReading, topics: Mapping[str, str], workshop: str) -> None:
        self._reading, self._topics = reading, topics
        self._round = reading.round
        self._names = Naming(reading.round, reading.workshop_titles)
        self._workshop = reading.round.workshops[workshop]
        self._currency = reading.round.currency

    # -- facts ------------------------------------------------------------------

    def facts(self, obstacles: Iterable[Data]) -> Iterable[tuple[str, str]]:
        """One sentence for each fact; those of one kind about several people share one."""
        alike: dict[tuple[str, str], list[Data]] = {}
        for each in obstacles:
            alike.setdefault((each["rule"], each["what"]), []).append(each)
        for (rule, what), found in alike.items():
            if what == "person":
                yield rule_title(rule), str(FACTS[rule, what]) % {"people": self._people(found)}
            else:
                for each in found:
                    yield rule_title(rule), self._fact(each)

    def _people(self, obstacles: Iterable[Data]) -> str:
        """'Amina and Ben (3–5 Mar 2027); Cora': people, with the days or workshops that it is about."""
        alike: dict[str, list[str]] = {}
        for each in obstacles:
            details = [*map(self._names.span, each["days"]), *map(self._names.title, each["workshops"])]
            alike.setdefault(", ".join(details), []).append(self._names.name(each["subject"]))
        groups = []
        for detail, names in alike.items():
            if len(names) > NAMED:
                names[NAMED:] = [_("%(number)s more", number=len(names) - NAMED)]
            groups.append(f"{format_list(names)} ({detail})" if detail else format_list(names))
        return "; ".join(groups)

    def _fact(self, obstacle: Data) -> str:
        rule, what, subject = obstacle["rule"], obstacle["what"], obstacle["subject"]
        needed = obstacle["needed"]
        if (rule, what) == ("follows", "held") and self._is_held(subject):
            return _("It follows %(workshop)s, which cannot be held.", workshop=self._names.title(subject))
        facts = {
            "days": format_list([self._names.span(each) for each in obstacle["days"]]),
            "workshops": format_list([self._names.title(each) for each in obstacle["workshops"]]),
            "venue": self._names.venue(obstacle["venue"]),
            "place": self._round.places[subject].name if subject in self._round.places else "",
            "language": language_name(subject) if rule == "languages" else "",
            "topic": self._topics.get(self._workshop.topic, self._workshop.topic),
            "fund": self._round.funds[obstacle["fund"]].title if obstacle["fund"] else "",
            "needed": format_money(needed, self._currency) if rule == "budget" else format_number(needed),
            "able": format_number(obstacle["able"]),
        }
        return str(FACTS[rule, what]) % facts

    def fixed(self, pins: Iterable[Data]) -> Iterable[str]:
        """What a hand holds, one phrase each."""
        for document in pins:
            yield from fixed(read_pin(self._round, document), self._round)

    # -- what it would take -------------------------------------------------------

    def offer(self, offer: Data) -> Way:
        return Way(
            None,
            _("Hold it and let the rest give way"),
            self._names.session(offer["session"]),
            self._worth(offer["difference"]),
            tuple(self._names.differences(offer["gives_way"], but=self._workshop.id)),
        )

    def way(self, number: int, change: Data) -> Way:
        return Way(
            number,
            self._change(change),
            self._names.session(change["session"]),
            self._worth(change["difference"]),
            tuple(self._names.differences(change["gives_way"] or {}, but=self._workshop.id)),
            makes=change["kind"] in APPLIED,
            kind=change["kind"],
        )

    def _change(self, change: Data) -> str:
        match change["kind"]:
            case "window":
                return f"{days_wider(change['amount'])}: {self._names.span(change['window'])}"
            case "venue":
                return _("Allow %(venue)s as host", venue=self._names.venue(change["venue"]))
            case "seats":
                return fewer_seats(change["seats"], self._workshop.seats.min)
            case "person":
                return self._newcomer(change["person"])
            case _:
                return self._money(change)

    def _newcomer(self, person: Data) -> str:
        facts = {
            "languages": format_list([language_name(each) for each in person["languages"]]),
            "topic": self._topics.get(self._workshop.topic, self._workshop.topic),
            "place": self._round.places[person["home"]].name,
        }
        if max(person["teaches"].values(), default=0) >= 3:
            return _(
                "Ask one more person who may lead %(topic)s and speaks %(languages)s, best near %(place)s",
                **facts,
            )
        return _(
            "Ask one more person who teaches %(topic)s and speaks %(languages)s, best near %(place)s", **facts
        )

    def _money(self, change: Data) -> str:
        parts = []
        if change["budget"] is not None:
            more = format_money(change["budget"] - (self._workshop.budget or 0), self._currency)
            parts.append(_("Add %(money)s to its budget", money=more))
        for each in change["funds"]:
            fund = self._round.funds[each["fund"]]
            more = format_money(each["amount"] - fund.amount, self._currency)
            parts.append(_("Add %(money)s to the fund “%(fund)s”", money=more, fund=fund.title))
        return ", ".join(parts)

    # -- what it could be instead ---------------------------------------------------

    def other(self, instead: Data) -> Other:
        what = str(INSTEAD[instead["of"]]) % {"name": self._names.name(instead["member"] or "")}
        if instead["session"] is None:
            return Other(what, None)
        replacement = instead["replacement"]
        session = self._names.name(replacement) if replacement else self._names.session(instead["session"])
        return Other(what, session, self._worth(instead["difference"]))

    def _is_held(self, code: str) -> bool:
        return any(each.code == code for each in self._reading.sessions)

    def _worth(self, hundredths: int) -> str:
        return difference(hundredths, self._round.rules.weights.cost, self._currency)
