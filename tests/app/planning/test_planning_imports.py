"""The web process plans without the planner's weight: OR-Tools and numpy are the child process's alone."""

from __future__ import annotations

import subprocess
import sys

import config

SCRIPT = """
import sys
import config
from app import create_app
create_app(config.load({}, environment="testing", secret_key="k" * 40, instance_path=sys.argv[1]))
import app.planning.jobs, app.planning.draft_reading, app.planning.views
print(sorted({"ortools", "numpy", "pandas", "solver", "app.planning"} & sys.modules.keys()))
"""


def test_the_application_with_all_its_pages_and_jobs_loads_no_solver_library(tmp_path: object) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        cwd=config.PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "['app.planning', 'solver']"
