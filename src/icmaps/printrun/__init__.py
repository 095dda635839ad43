"""Print runs: hundreds of growth reports, restartable, one file each, some failing alone.

`plan` says what would be printed, `run` prints it and may be killed at any point: run again, it
goes on where it was. Each report is made from its own input and nothing else, so that the same
input gives the same file wherever and however often it is made.
"""

from icmaps.printrun._bundle import merge, write_index, write_zip
from icmaps.printrun._engines import DaskEngine, Engine, LocalEngine, SerialEngine
from icmaps.printrun._job import Job, Outcome, Settings
from icmaps.printrun._manifest import first_day
from icmaps.printrun._plan import Plan, plan
from icmaps.printrun._run import Summary, run
from icmaps.printrun._target import Target, target_at

__all__ = [
    "DaskEngine",
    "Engine",
    "Job",
    "LocalEngine",
    "Outcome",
    "Plan",
    "SerialEngine",
    "Settings",
    "Summary",
    "Target",
    "first_day",
    "merge",
    "plan",
    "run",
    "target_at",
    "write_index",
    "write_zip",
]
