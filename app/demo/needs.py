"""A needs call that sixty platforms have answered, not alike from region to region; all of it invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from app.demo.network import COALITIONS, Network
from app.demo.people import ACROSS, TAUGHT
from app.i18n import LANGUAGES
from app.needs.models import NeedsAnswer, NeedsCall, NeedsLetter, NeedsLine, NeedsOffer
from app.network.models import Organisation

CODE = "needs-2027"
ANSWERED = 60
BEGUN = 4
SILENT = ("fongto-tg",)
"""Platforms left for the reader of the demonstration to answer for."""

MORE = ("strategic-planning", "safeguarding", "digital-security", "youth-participation")
ELSEWHERE = ("resource-mobilisation", "civic-space", "digital-security", "strategic-communications")

WORDS = {
    "en": (
        "Our board changed this year and the new members have not been prepared.",
        "Two donors have left; we need to learn how others found new ones.",
        "Our members ask for it at every assembly.",
    ),
    "fr": (
        "Notre conseil a été renouvelé cette année et les nouveaux membres n’ont pas été préparés.",
        "Deux bailleurs sont partis ; nous voulons apprendre comment d’autres en ont trouvé.",
        "Nos membres le demandent à chaque assemblée.",
    ),
    "es": (
        "Nuestra junta cambió este año y las personas nuevas no han recibido preparación.",
        "Dos financiadores se fueron; queremos aprender cómo otras redes encontraron nuevos.",
        "Nuestros miembros lo piden en cada asamblea.",
    ),
    "pt": (
        "A nossa direção mudou este ano e os novos membros não foram preparados.",
        "Dois financiadores saíram; queremos aprender como outras redes encontraram novos.",
        "Os nossos membros pedem-no em cada assembleia.",
    ),
}


def load_needs(db: Session, network: Network, *, random: Random, now: datetime) -> NeedsCall:
    """Add an open call to all platforms; sixty have handed in, a few have begun, the rest is silent."""
    codes = sorted({*ACROSS[1:], *MORE, *(code for taught in TAUGHT.values() for code in taught)})
    call = NeedsCall(
        code=CODE,
        titles={
            "en": "What we need to learn in 2027",
            "fr": "Ce que nous devons apprendre en 2027",
            "es": "Lo que necesitamos aprender en 2027",
            "pt": "O que precisamos de aprender em 2027",
        },
        about={
            "en": "From your answers we propose workshops, peer exchanges and trainings of trainers.",
            "fr": "À partir de vos réponses, nous proposons ateliers, échanges et formations de formateurs.",
            "es": "A partir de sus respuestas proponemos talleres, intercambios y formación de formadores.",
            "pt": "A partir das vossas respostas propomos oficinas, intercâmbios e formação de formadores.",
        },
        languages=list(LANGUAGES),
        topics=[network.topics[code] for code in codes],
        closes_on=(now + timedelta(days=21)).date(),
        state="open",
        opened_at=now,
        created_at=now,
        changed_at=now,
    )
    db.add(call)
    db.flush()
    with db.no_autoflush:
        _ask(db, call, network, codes, random, now)
    db.flush()
    return call


def _ask(
    db: Session, call: NeedsCall, network: Network, codes: list[str], random: Random, now: datetime
) -> None:
    for turn, platform in enumerate(_in_order(network)):
        answer = NeedsAnswer(call=call, organisation=platform, asked_at=now)
        db.add(answer)
        answer.letters = [NeedsLetter(kind="invitation", to_name=platform.name[:200], sent_at=now)]
        if turn < ANSWERED:
            _answer(answer, network, codes, random, now)
            answer.state, answer.handed_in_at = "handed_in", now
        elif turn < ANSWERED + BEGUN:
            _answer(answer, network, codes[: len(codes) // 3], random, now)
            answer.state = "begun"


def _in_order(network: Network) -> list[Organisation]:
    """The platforms of the three coalitions first, those left to the reader last."""
    near = [platform for coalition in COALITIONS for platform in network.platforms_of(coalition)]
    every = [o for _, o in sorted(network.organisations.items()) if o.kind == "platform"]
    order = list(dict.fromkeys([*near, *every]))
    return sorted(order, key=lambda platform: platform.code in SILENT)


def _answer(answer: NeedsAnswer, network: Network, codes: list[str], random: Random, now: datetime) -> None:
    platform = answer.organisation
    own = [code for code in platform.languages if code in LANGUAGES] or ["en"]
    wanted = _wanted_near(platform, network)
    by_secretary = random.random() < 0.15
    answer.answered_by = "Programme secretary" if by_secretary else f"Focal point of {platform.short_name}"
    answer.answered_for, answer.way = by_secretary, "secretary" if by_secretary else "link"
    answer.version, answer.changed_at = 1, now
    for code in codes:
        weights = (1, 2, 5, 4) if code in wanted else (6, 3, 2, 1)
        how_much = random.choices((0, 1, 2, 3), weights)[0]
        if random.random() < 0.9:
            answer.lines.append(
                NeedsLine(
                    topic=network.topics[code],
                    how_much=how_much,
                    people=random.choice((2, 3, 4, 5, 6, 8, 10, 12)) if how_much else None,
                    languages=own if how_much else [],
                    words=random.choice(WORDS[own[0]]) if how_much > 1 and random.random() < 0.2 else "",
                    version=1,
                )
            )
        if how_much < 2 and random.random() < 0.15:
            level = random.choice((1, 1, 2, 3))
            answer.offers.append(
                NeedsOffer(topic=network.topics[code], level=level, languages=own, version=1)
            )


def _wanted_near(platform: Organisation, network: Network) -> frozenset[str]:
    """What is asked for where the platform is."""
    for coalition in COALITIONS:
        if network.organisations[coalition] in platform.bodies:
            return frozenset(TAUGHT[coalition][:5])
    return frozenset(ELSEWHERE)
