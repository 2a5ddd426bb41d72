"""The page that describes the model says what the code says."""

import re
from pathlib import Path

import solver
from solver.constraints import RULES
from solver.objective import TERMS

README = (Path(solver.__file__).parent / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_page_lists_the_rules_in_their_order():
    assert re.findall(r"^\| \d+ \| `(\w+)`", section("Rules"), re.MULTILINE) == list(RULES)


def test_the_page_lists_the_terms_in_their_order():
    assert re.findall(r"^\| `(\w+)`", section("Objective"), re.MULTILINE) == list(TERMS)


def test_every_module_named_on_the_page_exists():
    named = re.findall(r"`([\w/]+(?:\.py|/))`", section("Where things are"))
    missing = [name for name in named if not (Path(solver.__file__).parent / name).exists()]
    assert named
    assert missing == []
