"""Profiles and growth: what placements say, section by section, and what moved between rounds.

Everything here starts from models and ends in plain values; counting is the kernel's.
"""

from icmaps.scoring._across import Across, Beside, compare_across
from icmaps.scoring._answers import Answers, Sheet, gather, joined
from icmaps.scoring._compiled import (
    DEFAULT_MIN_ANSWERED,
    CompiledMap,
    Scores,
    compile_map,
    encode,
    score_matrix,
)
from icmaps.scoring._growth import Growth, Move, MoveKind, SectionGrowth, Tally, compare
from icmaps.scoring._profile import (
    AnswerKind,
    ComponentResult,
    Profile,
    SectionSummary,
    Summary,
    Zone,
)
from icmaps.scoring._rounds import Rounds, Trail, compare_rounds
from icmaps.scoring._score import profile, score

__all__ = [
    "DEFAULT_MIN_ANSWERED",
    "Across",
    "AnswerKind",
    "Answers",
    "Beside",
    "CompiledMap",
    "ComponentResult",
    "Growth",
    "Move",
    "MoveKind",
    "Profile",
    "Rounds",
    "Scores",
    "SectionGrowth",
    "SectionSummary",
    "Sheet",
    "Summary",
    "Tally",
    "Trail",
    "Zone",
    "compare",
    "compare_across",
    "compare_rounds",
    "compile_map",
    "encode",
    "gather",
    "joined",
    "profile",
    "score",
    "score_matrix",
]
