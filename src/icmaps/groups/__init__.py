"""What groups can learn: spread before averages, growth, agreement; and nothing about a few people.

`study` is the door. Counts stay behind it; what comes out has passed the one gate (`_gate`).
"""

# ruff: noqa: E402 - whether the library is there is looked at before it is needed
from icmaps.errors import require_extra

require_extra("groups cannot be studied", "scipy")

from icmaps.groups._agreement import (
    Kappa,
    adjacent_agreement,
    exact_agreement,
    krippendorff_alpha,
    weighted_kappa,
)
from icmaps.groups._change import Change, Superiority, change, superiority
from icmaps.groups._figures import (
    LEAST_PEOPLE,
    MOVES,
    VIEWS,
    Audience,
    GroupFigures,
    GroupStudy,
    Moves,
    Spread,
)
from icmaps.groups._gate import Shares
from icmaps.groups._patterns import Pattern, Patterns
from icmaps.groups._people import KINDS, Group, GroupKind, RoundOf, group_paths
from icmaps.groups._raters import RaterComparison, RaterView, compare_raters
from icmaps.groups._reliability import Reliability, reliability
from icmaps.groups._study import study
from icmaps.groups._variance import VarianceShare, variance_share

__all__ = [
    "KINDS",
    "LEAST_PEOPLE",
    "MOVES",
    "VIEWS",
    "Audience",
    "Change",
    "Group",
    "GroupFigures",
    "GroupKind",
    "GroupStudy",
    "Kappa",
    "Moves",
    "Pattern",
    "Patterns",
    "RaterComparison",
    "RaterView",
    "Reliability",
    "RoundOf",
    "Shares",
    "Spread",
    "Superiority",
    "VarianceShare",
    "adjacent_agreement",
    "change",
    "compare_raters",
    "exact_agreement",
    "group_paths",
    "krippendorff_alpha",
    "reliability",
    "study",
    "superiority",
    "variance_share",
    "weighted_kappa",
]
