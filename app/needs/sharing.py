"""What organisations share: how many of which group need a topic, and what stands out. Pure; no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

IMPORTANT = 2
STANDS_OUT_FROM = 3
"""Fewer organisations than this do not make a shared need."""

AT_LEAST_HALF = 0.5
MOST_FINDINGS = 6


@dataclass(frozen=True, slots=True)
class Voice:
    """One organisation that has answered, as the grid knows it."""

    answer_id: int
    organisation_id: int
    name: str
    short_name: str
    region: str
    country: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """How much one of them needs a topic (0 to 3), and in which languages."""

    answer_id: int
    topic_id: int
    how_much: int
    people: int
    languages: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Finding:
    """In a region (empty: everywhere) `named` of `all` organisations call a topic important or urgent;
    `in_language` of them would learn it in `language`, the one that most of them name."""

    region: str
    topic_id: int
    named: int
    all: int
    urgent: int
    people: int
    language: str
    in_language: int


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of a column's organisations need a topic at least so much, of how many that answered."""

    count: int
    of: int
    people: int


def narrowed(
    voices: Iterable[Voice],
    *,
    region: str = "",
    language: str = "",
    organisations: frozenset[int] | None = None,
) -> list[Voice]:
    """Those of a region and with a language; what is empty does not narrow."""
    return [
        voice
        for voice in voices
        if (not region or voice.region == region)
        and (not language or language in voice.languages)
        and (organisations is None or voice.organisation_id in organisations)
    ]


def by_region(
    voices: Sequence[Voice], wishes: Iterable[Wish], least: int
) -> tuple[list[str], dict[tuple[int, str], Cell]]:
    """The regions in order, and the cell of each topic and region."""
    home = {voice.answer_id: voice.region for voice in voices}
    total = Counter(home.values())
    found = _count(((wish, home[wish.answer_id]) for wish in wishes if wish.answer_id in home), least)
    return sorted(total), _cells(found, total)


def by_language(
    voices: Sequence[Voice], wishes: Sequence[Wish], least: int
) -> tuple[list[str], dict[tuple[int, str], Cell]]:
    """The languages, most wanted first, and the cell of each topic and language; the whole is those who
    work in the language or ask for anything in it."""
    here = {voice.answer_id: set(voice.languages) for voice in voices}
    for wish in wishes:
        if wish.answer_id in here and wish.how_much:
            here[wish.answer_id] |= set(wish.languages)
    total = Counter(language for languages in here.values() for language in languages)
    pairs = ((wish, language) for wish in wishes if wish.answer_id in here for language in wish.languages)
    order = sorted(total, key=lambda language: (-total[language], language))
    return order, _cells(_count(pairs, least), total)


def _count(pairs: Iterable[tuple[Wish, str]], least: int) -> dict[tuple[int, str], list[int]]:
    found: dict[tuple[int, str], list[int]] = {}
    for wish, column in pairs:
        if wish.how_much >= least:
            cell = found.setdefault((wish.topic_id, column), [0, 0])
            cell[0] += 1
            cell[1] += wish.people
    return found


def _cells(
    found: Mapping[tuple[int, str], Sequence[int]], total: Mapping[str, int]
) -> dict[tuple[int, str], Cell]:
    return {key: Cell(count, total[key[1]], people) for key, (count, people) in found.items()}


def findings(voices: Sequence[Voice], wishes: Sequence[Wish]) -> list[Finding]:
    """What stands out, the widest shared first: topics that at least half of a region's organisations, and
    at least three, call important or urgent."""
    home = {voice.answer_id: voice.region for voice in voices}
    total = Counter(home.values())
    naming: dict[tuple[str, int], list[Wish]] = {}
    for wish in wishes:
        if wish.answer_id in home and wish.how_much >= IMPORTANT:
            naming.setdefault((home[wish.answer_id], wish.topic_id), []).append(wish)
    found = []
    for (region, topic_id), named in naming.items():
        if len(named) < STANDS_OUT_FROM or len(named) < AT_LEAST_HALF * total[region]:
            continue
        tongues = Counter(language for wish in named for language in wish.languages)
        language = min(tongues, key=lambda code: (-tongues[code], code), default="")
        found.append(
            Finding(
                region=region,
                topic_id=topic_id,
                named=len(named),
                all=total[region],
                urgent=sum(wish.how_much > IMPORTANT for wish in named),
                people=sum(wish.people for wish in named),
                language=language,
                in_language=tongues[language] if language else 0,
            )
        )
    found.sort(key=lambda one: (-one.named * one.named / one.all, -one.urgent, one.region, one.topic_id))
    return found[:MOST_FINDINGS]
