"""Pin every dependency of pyproject.toml by version and hash: requirements/run.txt and dev.txt.

The files name no package index: whichever one pip is configured with is used.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
COMMON = (
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-options",
    "--strip-extras",
    "--allow-unsafe",
    "--no-header",
)


def compile_lock(output: str, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "piptools", "compile", *COMMON, *arguments, "-o", output, "pyproject.toml"],
        cwd=PROJECT,
        check=True,
    )


if __name__ == "__main__":
    upgrade = sys.argv[1:]  # e.g. --upgrade, or --upgrade-package flask
    compile_lock("requirements/run.txt", "--extra", "postgres", "--extra", "redis", *upgrade)
    compile_lock("requirements/dev.txt", "--all-extras", "-c", "requirements/run.txt", *upgrade)
