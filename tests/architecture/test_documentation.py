"""What an administrator can set, run and read is documented; the documentation names what exists."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from flask import Flask

import config
from app.metrics import REGISTRY
from app.planning import words
from solver.constraints import RULES

DOCS = config.PROJECT / "docs"


def text_of(*names: str) -> str:
    return "\n".join((DOCS / name).read_text(encoding="utf-8") for name in names)


def commands_of(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command of ours by its full name."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{before}{name} ")
        else:
            yield before + name, command


@pytest.fixture
def commands(app: Flask) -> dict[str, click.Command]:
    return dict(commands_of(app.cli))


def test_every_setting_is_in_the_table_and_the_table_has_no_other() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", text_of("admin/settings.md"), re.MULTILINE))
    assert documented == {name.upper() for name in config.Settings.model_fields}


def test_the_table_says_the_defaults_that_are() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \|", text_of("admin/settings.md"), re.MULTILINE))
    for name, setting in config.Settings.model_fields.items():
        told = rows[name.upper()].strip().strip("`")
        if isinstance(setting.default, bool):
            assert told == str(setting.default).lower(), name
        elif isinstance(setting.default, int) or (isinstance(setting.default, str) and setting.default):
            assert told == str(setting.default), name


def test_every_command_is_documented_and_says_itself_what_it_does(commands: dict[str, click.Command]) -> None:
    headings = re.findall(r"^### `flask --app app ([a-z -]+)", text_of("admin/commands.md"), re.MULTILINE)
    ours = {name for name, command in commands.items() if command.callback.__module__.startswith("app.")}
    assert {name.strip() for name in headings} == ours
    assert [name for name in ours if not commands[name].help] == []


def test_every_option_of_a_command_is_documented(commands: dict[str, click.Command]) -> None:
    sections = re.split(r"^### ", text_of("admin/commands.md"), flags=re.MULTILINE)
    for name, command in commands.items():
        if not command.callback.__module__.startswith("app."):
            continue
        section = next(part for part in sections if re.match(rf"`flask --app app {name}\b", part))
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert f"`{parameter.opts[-1]}" in section, f"{name} {parameter.opts}"


def test_every_metric_is_documented() -> None:
    text = text_of("admin/monitoring.md")
    names = {metric.name for metric in REGISTRY.collect()}
    assert {name for name in names if f"`{name}" not in text} == set()


def test_every_make_target_is_documented() -> None:
    makefile = (config.PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)
    text = text_of("develop/tour.md", "admin/install.md")
    assert [target for target in targets if f"`make {target}" not in text] == []


def test_every_rule_of_the_planner_has_words_for_people(app: Flask) -> None:
    assert set(RULES) <= set(words.RULES)
    for name in RULES:
        assert words.rule_title(name), name
        assert str(words.RULES[name].plain).endswith("."), name


def test_every_rule_is_explained_to_coordinators() -> None:
    text = text_of("use/coordinator.md")
    missing = [name for name in RULES if str(words.RULES[name].title) not in text]
    assert missing == []


def test_every_page_of_the_documentation_is_reached_from_its_index() -> None:
    index = text_of("README.md")
    assert {page for page in set(pages()) - {"README.md"} if f"({page})" not in index} == set()


def pages() -> list[str]:
    return sorted(file.relative_to(DOCS).as_posix() for file in DOCS.rglob("*.md"))


@pytest.mark.parametrize("page", pages())
def test_links_within_the_repository_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text_of(page)):
        assert ((DOCS / page).parent / target).exists(), target


def test_a_decision_says_what_drove_it_what_else_there_was_and_what_follows() -> None:
    decisions = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    numbers = [int(file.name[:4]) for file in decisions]
    assert len(numbers) == len(set(numbers)), "a number stands for one decision; gaps are being written"
    for file in decisions:
        headings = re.findall(r"^## (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert headings == ["Drivers", "Options", "Choice", "Consequences"], file.name
