"""Documents in, values out: `planning-round/1` and `schedule/1`, with every defect located.

text                bytes → JSON values
fields              JSON values → typed values, one reader per kind of value
round_document      the planning round, object by object
schedule_document   the schedule, likewise
problems            the defects found on the way, with their places
"""

from solver.reading.round_document import read_round
from solver.reading.schedule_document import read_schedule

__all__ = ["read_round", "read_schedule"]
