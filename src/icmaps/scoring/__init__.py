"""Profiles and growth: what placements say, section by section, and what moved between rounds.

Everything here starts from models and ends in plain values; counting is the kernel's.
"""

from icmaps.scoring._compiled import CompiledMap, Scores, compile_map, encode, score_matrix
from icmaps.scoring._growth import Growth, Move, MoveKind, SectionGrowth, Tally, compare
from icmaps.scoring._profile import (
    AnswerKind,
    ComponentResult,
    Profile,
    SectionSummary,
    Summary,
    Zone,
)
from icmaps.scoring._score import profile, score

__all__ = [
    "AnswerKind",
    "CompiledMap",
    "ComponentResult",
    "Growth",
    "Move",
    "MoveKind",
    "Profile",
    "Scores",
    "SectionGrowth",
    "SectionSummary",
    "Summary",
    "Tally",
    "Zone",
    "compare",
    "compile_map",
    "encode",
    "profile",
    "score",
    "score_matrix",
]
