"""Shared needs: a grid of topics, the list behind each of its cells, and what stands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access import allow, staff
from app.accounts.identity import current_actor
from app.db import database
from app.errors import NotFound
from app.i18n import format_number, in_language, language_name, region_name
from app.needs import queries, words
from app.needs.models import NeedsCall
from app.needs.queries.calls import call_for
from app.needs.queries.shared import Shared, shared
from app.needs.sharing import Voice, by_language, by_region, findings, narrowed
from app.needs.views.blueprint import blueprint
from app.needs.words import in_words
from app.network.models import Topic

WAYS = ("region", "language", "platform")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked to see."""

    by: str = "region"
    least: int = 2
    region: str = ""
    language: str = ""
    area: str = ""

    def arguments(self, **others: Any) -> dict[str, Any]:
        """As arguments of an address; what is usual is left out."""
        chosen = {
            "by": self.by if self.by != "region" else None,
            "least": self.least if self.least != IMPORTANT else None,
            "region": self.region or None,
            "language": self.language or None,
            "area": self.area or None,
        }
        return {**chosen, **others}


IMPORTANT = 2


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell as the component takes it."""

    value: float
    text: str
    url: str | None


@dataclass(slots=True)
class GridRow:
    label: str
    url: str
    cells: list[GridCell | None] = field(default_factory=list)


@blueprint.get("/calls/<int:call_id>/shared")
@allow(staff)
def shared_needs(call_id: int) -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    call = call_for(db, actor=actor, call_id=call_id)
    found, wanted = shared(db, actor=actor, call=call), _wanted()
    voices = narrowed(found.voices, region=wanted.region, language=wanted.language)
    topics = [
        topic for area, topics in queries.areas_of(call) for topic in topics if wanted.area in ("", area.code)
    ]
    columns, rows = _grid(call, topics, voices, found, wanted)
    titles = {topic.id: in_language(topic.titles) for topic in call.topics}
    return render_template(
        "needs/shared.html",
        call=call,
        words=words,
        wanted=wanted,
        columns=columns,
        rows=rows,
        voices=voices,
        found=found,
        standing_out=[
            (in_words(one, titles[one.topic_id]), _cell_url(call, one.topic_id, wanted, region=one.region))
            for one in findings(voices, found.wishes)
        ],
        teachable=len({teacher.topic_id for teacher in found.teachers}),
        regions=_regions(found),
        languages=_languages(found),
        areas=[(area.code, in_language(area.titles)) for area, _topics in queries.areas_of(call)],
    )


@blueprint.get("/calls/<int:call_id>/shared/<int:topic_id>")
@allow(staff)
def shared_topic(call_id: int, topic_id: int) -> ResponseReturnValue:
    """Behind a cell: who needs the topic, how much and in whose words, and who could teach it."""
    db, actor = database.session(), current_actor()
    call = call_for(db, actor=actor, call_id=call_id)
    topic = next((topic for topic in call.topics if topic.id == topic_id), None)
    if topic is None:
        raise NotFound
    found, wanted = shared(db, actor=actor, call=call), _wanted()
    if wanted.region not in {voice.region for voice in found.voices}:
        wanted = replace(wanted, region="")
    if wanted.language not in {code for wish in found.wishes for code in wish.languages}:
        wanted = replace(wanted, language="")
    voices = {voice.answer_id: voice for voice in narrowed(found.voices, region=wanted.region)}
    needing = [
        (voices[wish.answer_id], wish)
        for wish in found.wishes
        if wish.topic_id == topic_id
        and wish.answer_id in voices
        and wish.how_much >= wanted.least
        and (not wanted.language or wanted.language in wish.languages)
    ]
    needing.sort(key=lambda pair: (-pair[1].how_much, pair[0].region, pair[0].name))
    everybody = {voice.answer_id: voice for voice in found.voices}
    teaching = [
        (everybody[teacher.answer_id], teacher) for teacher in found.teachers if teacher.topic_id == topic_id
    ]
    teaching.sort(key=lambda pair: (-pair[1].level, pair[0].region, pair[0].name))
    return render_template(
        "needs/shared_topic.html",
        call=call,
        topic=topic,
        words=words,
        wanted=wanted,
        needing=needing,
        teaching=teaching,
        people=sum(wish.people for _voice, wish in needing),
        regions=_regions(found),
        languages=_languages(found),
    )


def _wanted() -> Wanted:
    asked = request.args
    by, least = asked.get("by", ""), asked.get("least", IMPORTANT, type=int)
    return Wanted(
        by=by if by in WAYS else "region",
        least=least if least in words.LEAST else IMPORTANT,
        region=asked.get("region", ""),
        language=asked.get("language", ""),
        area=asked.get("area", ""),
    )


def _cell_url(call: NeedsCall, topic_id: int, wanted: Wanted, **others: Any) -> str:
    given = wanted.arguments(by=None, area=None, **{key: value or None for key, value in others.items()})
    return url_for("needs.shared_topic", call_id=call.id, topic_id=topic_id, **given)


def _grid(
    call: NeedsCall, topics: Sequence[Topic], voices: Sequence[Voice], found: Shared, wanted: Wanted
) -> tuple[list[str], list[GridRow]]:
    """Columns and rows as the heat grid takes them. A platform's cell says how much in words; the others
    how many of how many."""
    rows = [GridRow(in_language(topic.titles), _cell_url(call, topic.id, wanted)) for topic in topics]
    if wanted.by == "platform":
        said = {(wish.topic_id, wish.answer_id): wish.how_much for wish in found.wishes}
        for topic, row in zip(topics, rows, strict=True):
            for voice in voices:
                how_much = said.get((topic.id, voice.answer_id))
                row.cells.append(
                    None
                    if how_much is None
                    else GridCell(
                        how_much,
                        f"{how_much} {words.HOW_MUCH[how_much]}",
                        url_for("needs.check", answer_id=voice.answer_id),
                    )
                )
        return [voice.short_name for voice in voices], rows
    count = by_language if wanted.by == "language" else by_region
    columns, cells = count(voices, found.wishes, wanted.least)
    for topic, row in zip(topics, rows, strict=True):
        for column in columns:
            cell = cells.get((topic.id, column))
            row.cells.append(
                GridCell(0, format_number(0), None)
                if cell is None
                else GridCell(
                    cell.count / cell.of,
                    _("%(count)s of %(all)s", count=cell.count, all=cell.of),
                    _cell_url(call, topic.id, wanted, **{wanted.by: column}),
                )
            )
    name = language_name if wanted.by == "language" else region_name
    return [name(column) or _("Elsewhere") for column in columns], rows


def _regions(found: Shared) -> list[tuple[str, str]]:
    return [(region, region_name(region)) for region in sorted({v.region for v in found.voices}) if region]


def _languages(found: Shared) -> list[tuple[str, str]]:
    codes = {code for wish in found.wishes for code in wish.languages}
    return sorted(((code, language_name(code)) for code in codes), key=lambda pair: pair[1])
