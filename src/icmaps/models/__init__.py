"""What the files say, as values that never change: Framework, ICMap, Assessment, Crosswalk.

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
from icmaps.models._crosswalk import (
    Crosswalk,
    CrosswalkSource,
    Link,
    MapLinks,
    Relation,
    Side,
    crosswalk_map_findings,
    crosswalk_section_findings,
)
from icmaps.models._framework import Framework, Section
from icmaps.models._icmap import ICMap, PolicyName, map_findings

__all__ = [
    "Answer",
    "Assessment",
    "Component",
    "Crosswalk",
    "CrosswalkSource",
    "Direction",
    "Fidelity",
    "Framework",
    "Goal",
    "Groups",
    "ICMap",
    "Link",
    "MapLinks",
    "NextStep",
    "OffScale",
    "Placement",
    "PolicyName",
    "Rater",
    "RaterKind",
    "Relation",
    "Respondent",
    "Round",
    "ScaleLevel",
    "Section",
    "Side",
    "Variation",
    "asked",
    "assessment_findings",
    "crosswalk_map_findings",
    "crosswalk_section_findings",
    "map_findings",
]
