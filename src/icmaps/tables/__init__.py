"""Tables of placements, long or wide: read with every problem by row and column, scored, written.

The columns are those of DESIGN section 3. Tables are polars frames, read and scored part by part,
so that one larger than memory works.
"""

from icmaps.tables._files import WRITTEN, is_table, write_parts, write_table
from icmaps.tables._read import Part, Reading, read_parts, read_table
from icmaps.tables._score import Scored, score_file, score_part, score_table

__all__ = [
    "WRITTEN",
    "Part",
    "Reading",
    "Scored",
    "is_table",
    "read_parts",
    "read_table",
    "score_file",
    "score_part",
    "score_table",
    "write_parts",
    "write_table",
]
