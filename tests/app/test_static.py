"""What is sent to every reader: weight, licences, and what CSP and right-to-left languages ask."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "app" / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "mail" not in path.relative_to(ROOT / "templates").parts]

PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom"
    r"|width|height|(?:min|max)-(?:width|height))\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right))"
)


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def test_the_style_sheet_stays_small() -> None:
    assert compressed(STATIC / "css" / "baraza.css") <= 12 * 1024


def test_the_style_sheet_of_the_room_stays_small() -> None:
    assert compressed(STATIC / "css" / "room.css") <= 3 * 1024


def test_our_script_stays_small() -> None:
    assert (STATIC / "js" / "baraza.js").stat().st_size <= 5 * 1024


def test_the_script_of_the_room_stays_small() -> None:
    assert compressed(STATIC / "js" / "room.js") <= 4 * 1024


def test_the_world_stays_small() -> None:
    assert compressed(ROOT / "templates" / "components" / "world.html") <= 15 * 1024


@pytest.mark.parametrize("name", ["baraza.css", "room.css"])
def test_the_style_sheet_knows_no_left_and_right(name: str) -> None:
    sheet = re.sub(r"/\*.*?\*/", "", (STATIC / "css" / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    queries_apart = re.sub(r"@media[^{]*\{", "", sheet)
    assert PHYSICAL.findall(queries_apart) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_has_inline_style_or_script(page: Path) -> None:
    """The content security policy would refuse them, silently. Mails are no pages and need inline style."""
    text = re.sub(r"\{#.*?#\}", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", text) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []


@pytest.mark.parametrize("folder", [STATIC / "vendor", ROOT / "tests" / "vendor"], ids=["served", "tests"])
def test_files_of_others_are_unchanged_and_named(folder: Path) -> None:
    listed = dict(
        re.findall(
            r"^\| `([^`]+)`.*`([0-9a-f]{64})` \|$", (folder / "README.md").read_text(), flags=re.MULTILINE
        )
    )
    scripts = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.js")}
    assert scripts
    assert listed == scripts
    for script in scripts:
        assert (folder / f"{script.partition('.')[0]}.LICENSE.txt").exists()
