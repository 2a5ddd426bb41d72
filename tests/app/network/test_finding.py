"""Finding anything by name, whatever the accents, on both databases."""

from __future__ import annotations

import unicodedata

import pytest
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from app.access import system
from app.network.queries.folding import fold, folded
from app.network.queries.organisations import OrganisationFilter, organisations
from app.network.queries.overview import counts, find
from app.network.queries.paging import ROWS_PER_PAGE
from tests.factories import (
    make_actor,
    make_group,
    make_organisation,
    make_person,
    make_place,
    make_topic,
    make_venue,
)

ALL = system("test")


def found_names(db: Session, sought: str) -> list[str]:
    return [row.name for row in find(db, actor=ALL, sought=sought).organisations]


@pytest.mark.parametrize(
    ("name", "sought"),
    [
        ("Convention de la Société Civile Ivoirienne", "societe"),
        ("Réseau des Plateformes d’ONG", "plateformes d'ong"),
        ("Réseau des Plateformes d’ONG", "ong RESEAU"),
        ("Plataforma ACCIÓN", "accion"),
        ("ACCION", "Acción"),
        ("Ľudia Łódź Øre", "ludia lodz ore"),
        ("Общество", "ОБЩЕСТВО"),
        ("100 % NGO_s", "100 % ngo_s"),
    ],
)
def test_accents_case_and_order_of_words_do_not_matter(either: Session, name: str, sought: str) -> None:
    make_organisation(either, name=name)
    make_organisation(either, name="Something else")
    assert found_names(either, sought) == [name]


@pytest.mark.parametrize("sought", ["%", "_", "\\", "x%' OR 1=1 --"])
def test_signs_of_the_query_language_are_sought_as_themselves(either: Session, sought: str) -> None:
    make_organisation(either, name="Plain")
    assert found_names(either, sought) == []


def test_the_database_folds_exactly_as_python_does(postgresql: Session) -> None:
    characters = " ".join(chr(code) for code in range(0x20, 0x2000) if chr(code).isprintable())
    letters = unicodedata.normalize("NFC", characters)
    assert postgresql.scalar(select(folded(literal(letters)))) == fold(letters)


def test_everything_that_has_a_name_is_found_by_it(db: Session) -> None:
    place = make_place(db, name="Sédhiou")
    make_organisation(db, name="An organisation", acronym="SED", place=place)
    make_person(db, name="Awa Sedar")
    make_venue(db, name="Hôtel de Sédhiou", place=place)
    make_topic(db, titles={"fr": "La sédentarité"})
    make_group(db, titles={"en": "Sedges", "es": "Juncias"})
    found = find(db, actor=ALL, sought="sed")
    assert [
        [row.name for row in found.organisations],
        [row.name for row in found.people],
        [row.name for row in found.places],
        [row.name for row in found.venues],
        [row.titles for row in found.topics],
        [row.titles["en"] for row in found.groups],
    ] == [
        ["An organisation"],
        ["Awa Sedar"],
        ["Sédhiou"],
        ["Hôtel de Sédhiou"],
        [{"fr": "La sédentarité"}],
        ["Sedges"],
    ]
    assert found.total == 6


def test_a_search_finds_no_person_out_of_sight(db: Session) -> None:
    make_person(db, name="Awa")
    assert find(db, actor=make_actor(db, "officer"), sought="awa").total == 0


def test_nothing_sought_is_nothing_found(db: Session) -> None:
    make_organisation(db)
    assert find(db, actor=ALL, sought="  ").total == 0


def test_filters_narrow_the_list_together(either: Session) -> None:
    make_organisation(either, name="A", kind="platform", region="West Africa", country="SN")
    make_organisation(either, name="B", kind="platform", region="West Africa", country="TG")
    make_organisation(either, name="C", kind="coalition", region="Pacific", country="")

    def names(**wanted: str) -> list[str]:
        page = organisations(either, wanted=OrganisationFilter(**wanted))
        return [row.name for row in page.rows]

    assert names() == ["A", "B", "C"]
    assert names(region="West Africa") == ["A", "B"]
    assert names(region="West Africa", country="TG") == ["B"]
    assert names(kind="coalition", country="TG") == []


def test_a_list_is_cut_into_pages_and_a_page_that_is_not_there_is_the_nearest(db: Session) -> None:
    for number in range(ROWS_PER_PAGE + 1):
        make_organisation(db, name=f"{number:03}")
    last = organisations(db, wanted=OrganisationFilter(), page=2)
    assert ([row.name for row in last.rows], last.pages, last.total) == (["050"], 2, 51)
    for number, nearest in ((-3, 1), (0, 1), (99, 2)):
        assert organisations(db, wanted=OrganisationFilter(), page=number).number == nearest


def test_counts_are_of_what_the_actor_may_see(db: Session) -> None:
    area = make_topic(db)
    make_topic(db, area=area)
    coalition = make_organisation(db, kind="coalition", country="")
    make_person(db, organisation=make_organisation(db, bodies=[coalition], country="TG"))
    make_person(db, organisation=make_organisation(db, country="TG"))
    counted = counts(db, actor=make_actor(db, "officer", organisation=coalition))
    assert (counted.organisations, counted.countries) == ({"coalition": 1, "platform": 2}, 1)
    assert (counted.people, counted.topics) == (1, 1)
