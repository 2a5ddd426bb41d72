"""Who imports whom, and what a start does not wait for."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import config

HEAVY = (
    "ortools",
    "numpy",
    "pandas",
    "alembic",
    "openpyxl",
    "gunicorn",
    "holidays.countries",
    "redis",
    "psycopg",
)
"""What a page does not need: loaded by the planner's own process, or by what uses it at that moment."""


def in_a_fresh_process(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=config.PROJECT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=config.PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_building_the_application_loads_nothing_heavy(tmp_path: Path) -> None:
    loaded = in_a_fresh_process(
        "import json, sys, config, app\n"
        f"app.create_app(config.load({{}}, environment='testing', instance_path={str(tmp_path)!r}))\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    assert [name for name in json.loads(loaded) if name.startswith(HEAVY)] == []


def test_checking_a_schedule_loads_neither_or_tools_nor_numpy() -> None:
    loaded = in_a_fresh_process("import json, sys, solver; print(json.dumps(sorted(sys.modules)))")
    assert [name for name in json.loads(loaded) if name.split(".")[0] in ("ortools", "numpy", "app")] == []


def test_only_entry_points_open_a_unit_of_work_and_nothing_else_commits() -> None:
    """Services flush; views, jobs and commands (and what they are made of) commit, through one door."""
    openers = {"views", "jobs", "commands", "demo", "reactions.py", "db.py"}
    delivering = {
        "app/calendars/reading_times.py",
        "app/mail/delivery.py",
        "app/jobs/queue.py",
        "app/jobs/worker.py",
    }
    for file in sorted((config.PROJECT / "app").rglob("*.py")):
        name = file.relative_to(config.PROJECT).as_posix()
        calls = {node.attr for node in ast.walk(_tree(file)) if isinstance(node, ast.Attribute)}
        if name not in ("app/db.py", "app/schema.py"):  # a migration is its own transaction
            assert "commit" not in calls, f"{name} commits"
        names = {node.id for node in ast.walk(_tree(file)) if isinstance(node, ast.Name)}
        parts = set(Path(name).parts) | {Path(name).stem}
        if "unit_of_work" in names and not parts & openers:
            assert name in delivering, f"{name} opens a unit of work"


def test_only_the_clock_asks_what_time_it_is() -> None:
    for file in sorted((config.PROJECT / "app").rglob("*.py")):
        if file.name == "clock.py":
            continue
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                whose = node.func.value
                named = isinstance(whose, ast.Name) and whose.id in ("datetime", "date")
                assert not (named and node.func.attr in ("now", "utcnow", "today")), file.name


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))
