"""What the files say, as values that never change: Framework, ICMap, Assessment.

Models read and write the shape of the files (DESIGN section 3): `model_validate` takes what the
YAML holds. They know nothing of files, and refuse what cannot be true within one file; the
`*_findings` functions compare two of them.
"""

from icmaps.models._assessment import (
    Answer,
    Assessment,
    Goal,
    Groups,
    Placement,
    Rater,
    RaterKind,
    Respondent,
    Round,
    asked,
    assessment_findings,
)
from icmaps.models._component import (
    Component,
    Direction,
    Fidelity,
    NextStep,
    OffScale,
    ScaleLevel,
    Variation,
)
from icmaps.models._framework import Framework, Section
from icmaps.models._icmap import ICMap, PolicyName, map_findings

__all__ = [
    "Answer",
    "Assessment",
    "Component",
    "Direction",
    "Fidelity",
    "Framework",
    "Goal",
    "Groups",
    "ICMap",
    "NextStep",
    "OffScale",
    "Placement",
    "PolicyName",
    "Rater",
    "RaterKind",
    "Respondent",
    "Round",
    "ScaleLevel",
    "Section",
    "Variation",
    "asked",
    "assessment_findings",
    "map_findings",
]
