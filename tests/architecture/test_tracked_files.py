"""What is in the repository: no address of a package registry, no path of somebody's machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import config

NOT_TEXT = {".png", ".ico", ".xlsx", ".woff2", ".gz", ".ttf"}

REGISTRY_HOSTS = re.compile(
    r"files\.python" + r"hosted\.org|py" + r"pi\.org|registry\.npm" + r"js\.org|index\.dock" + r"er\.io"
)
A_HOME = re.compile(r"/(?:home|Users)/[a-z]\w+/|/ro" + r"ot/|/wo" + r"rk/|C:\\Users")


def tracked() -> list[Path]:
    """Every tracked file that is text, but for what was taken over as it is from others."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=config.PROJECT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no git checkout")
    names = [Path(name) for name in listed.stdout.split("\0") if name]
    return [
        config.PROJECT / name
        for name in names
        if name.suffix not in NOT_TEXT and "vendor" not in name.parts and (config.PROJECT / name).is_file()
    ]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{file.relative_to(config.PROJECT)}:{number}: {line.strip()[:100]}"
        for file in tracked()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert lines_with(REGISTRY_HOSTS) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert lines_with(A_HOME) == []


def test_requirements_are_pinned_by_version_and_hash_and_hold_no_address() -> None:
    for name in ("run.txt", "dev.txt"):
        text = (config.PROJECT / "requirements" / name).read_text(encoding="utf-8")
        assert "://" not in text
        logical = [line for line in text.replace("\\\n", " ").splitlines() if line and line[0] not in "# "]
        assert len(logical) > 20
        for line in logical:
            assert re.match(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line


def test_what_runs_is_pinned_alike_for_running_and_for_testing() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (config.PROJECT / "requirements" / name).read_text(encoding="utf-8")
        return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text, re.MULTILINE))

    run, dev = pins("run.txt"), pins("dev.txt")
    assert {name: dev.get(name) for name in run} == run
