"""Tables of placements, long or wide: read with every problem by row and column, scored, written.

The columns are those of DESIGN section 3. Tables are polars frames, read and scored part by part,
so that one larger than memory works; several files are scored side by side, on a cluster too.
"""

# ruff: noqa: E402 - whether the libraries are there is looked at before they are needed
from icmaps.errors import require_extra

require_extra("tables cannot be read or written", "polars", "python_calamine", "xlsxwriter")

from icmaps.tables._cluster import Partitions, score_partitions
from icmaps.tables._files import READ, is_table
from icmaps.tables._read import read_parts, read_table
from icmaps.tables._reading import Part, Reading
from icmaps.tables._score import Scored, score_file, score_part, score_table
from icmaps.tables._totals import count_part, merged
from icmaps.tables._write import WRITTEN, write_parts, write_table

__all__ = [
    "READ",
    "WRITTEN",
    "Part",
    "Partitions",
    "Reading",
    "Scored",
    "count_part",
    "is_table",
    "merged",
    "read_parts",
    "read_table",
    "score_file",
    "score_part",
    "score_partitions",
    "score_table",
    "write_parts",
    "write_table",
]
