"""The commands of `python -m solver`, one module each.

A command's module has `add`, which describes its arguments to argparse, and `run`, which is given
them with the moment at which the process began and returns the exit code. `common` holds what several
commands say the same way, `running` what a search needs that writes better and better schedules.
"""
