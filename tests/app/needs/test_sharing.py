"""What is shared, counted by hand on a few voices, and said in four languages with their plurals."""

from __future__ import annotations

import pytest
from flask import Flask

from app.i18n import reading
from app.needs.sharing import Cell, Finding, Voice, Wish, by_language, by_region, findings, narrowed
from app.needs.words import in_words


def voice(number: int, region: str = "West Africa", *languages: str) -> Voice:
    return Voice(number, number, f"Platform {number}", f"P{number}", region, "SN", languages or ("fr",))


def wish(number: int, topic: int, how_much: int, *languages: str, people: int = 0) -> Wish:
    return Wish(number, topic, how_much, people, languages or ("fr",), "")


VOICES = [voice(1), voice(2), voice(3), voice(4), voice(5, "Pacific", "en")]
WISHES = [
    wish(1, 7, 3, people=10),
    wish(2, 7, 2, "fr", "en", people=5),
    wish(3, 7, 2, "en"),
    wish(4, 7, 1),
    wish(5, 7, 3, "en"),
    wish(1, 8, 0),
    wish(2, 8, 3),
]


def test_a_region_counts_those_who_need_a_topic_of_all_who_answered_there() -> None:
    columns, cells = by_region(VOICES, WISHES, 2)
    assert columns == ["Pacific", "West Africa"]
    assert cells == {
        (7, "West Africa"): Cell(3, 4, 15),
        (7, "Pacific"): Cell(1, 1, 0),
        (8, "West Africa"): Cell(1, 4, 0),
    }
    assert by_region(VOICES, WISHES, 1)[1][7, "West Africa"].count == 4
    assert by_region(VOICES, WISHES, 3)[1][7, "West Africa"].count == 1


def test_a_language_counts_those_who_would_learn_in_it() -> None:
    columns, cells = by_language(VOICES, WISHES, 2)
    assert columns == ["fr", "en"]
    assert cells[7, "fr"] == Cell(2, 4, 15)
    assert cells[7, "en"] == Cell(3, 3, 5)


def test_what_stands_out_is_shared_by_half_of_a_region_and_at_least_three() -> None:
    [one] = findings(VOICES, WISHES)
    assert one == Finding("West Africa", 7, 3, 4, 1, 15, "en", 2)
    assert findings(VOICES[:2], WISHES[:2]) == []


def test_voices_are_narrowed_by_region_and_language() -> None:
    assert narrowed(VOICES, region="Pacific") == [VOICES[4]]
    assert narrowed(VOICES, language="fr") == VOICES[:4]
    assert narrowed(VOICES) == VOICES


SAID = {
    ("en", 11): "11 of 15 platforms of West Africa name “Budgets” important or urgent, 9 of them in French.",
    ("en", 1): "1 of 15 platforms of West Africa names “Budgets” important or urgent.",
    ("fr", 11): (
        "Afrique de l’Ouest : 11 plateformes sur 15 jugent « Budgets » important ou urgent,"
        " dont 9 en français."
    ),
    ("fr", 1): ("Afrique de l’Ouest : 1 plateforme sur 15 juge « Budgets » important ou urgent."),
    ("es", 11): (
        "África Occidental: 11 de 15 plataformas consideran importante o urgente “Budgets”,"
        " 9 de ellas en francés."
    ),
    ("es", 1): ("África Occidental: 1 de 15 plataformas considera importante o urgente “Budgets”."),
    ("pt", 11): (
        "África Ocidental: 11 de 15 plataformas consideram importante ou urgente “Budgets”,"
        " 9 delas em francês."
    ),
    ("pt", 1): ("África Ocidental: 1 de 15 plataformas considera importante ou urgente “Budgets”."),
}


@pytest.mark.parametrize(("language", "number"), SAID)
def test_what_stands_out_is_a_sentence_in_each_language(app: Flask, language: str, number: int) -> None:
    tongue = ("fr", 9) if number > 1 else ("", 0)
    found = Finding("West Africa", 7, number, 15, 2, 40, *tongue)
    with app.test_request_context(), reading(language):
        said = in_words(found, "Budgets").replace("\xa0", " ").replace("\u202f", " ")
    assert said == SAID[language, number]
