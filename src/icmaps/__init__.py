"""Innovation Configuration maps: load a map, read placements, score them, print a growth report.

Everything public is here and stays. Names are loaded when first used, so that `import icmaps`
costs next to nothing and a program that only validates never loads the PDF libraries.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from icmaps.content import Catalog, load_crosswalk, load_map, read_assessment
    from icmaps.errors import (
        ContentError,
        IcmapsError,
        Problem,
        RenderError,
        ScoringError,
        UnknownNameError,
    )
    from icmaps.groups import GroupStudy, compare_raters, study
    from icmaps.models import (
        Assessment,
        Component,
        Crosswalk,
        Framework,
        Goal,
        ICMap,
        Placement,
        Section,
        Variation,
    )
    from icmaps.report import (
        Report,
        report_html,
        report_pdf,
        write_group_report,
        write_report,
    )
    from icmaps.scoring import (
        Answers,
        Growth,
        Profile,
        Summary,
        compare,
        compare_across,
        compare_rounds,
        gather,
        score,
    )
    from icmaps.tables import read_table, score_table, write_table

    __version__: str

__all__ = [
    "Answers",
    "Assessment",
    "Catalog",
    "Component",
    "ContentError",
    "Crosswalk",
    "Framework",
    "Goal",
    "GroupStudy",
    "Growth",
    "ICMap",
    "IcmapsError",
    "Placement",
    "Problem",
    "Profile",
    "RenderError",
    "Report",
    "ScoringError",
    "Section",
    "Summary",
    "UnknownNameError",
    "Variation",
    "__version__",
    "compare",
    "compare_across",
    "compare_raters",
    "compare_rounds",
    "gather",
    "load_crosswalk",
    "load_map",
    "read_assessment",
    "read_table",
    "report_html",
    "report_pdf",
    "score",
    "score_table",
    "study",
    "write_group_report",
    "write_report",
    "write_table",
]

_MODULES = {
    "content": ("Catalog", "load_crosswalk", "load_map", "read_assessment"),
    "errors": (
        "ContentError",
        "IcmapsError",
        "Problem",
        "RenderError",
        "ScoringError",
        "UnknownNameError",
    ),
    "models": (
        "Assessment",
        "Component",
        "Crosswalk",
        "Framework",
        "Goal",
        "ICMap",
        "Placement",
        "Section",
        "Variation",
    ),
    "groups": ("GroupStudy", "compare_raters", "study"),
    "report": ("Report", "report_html", "report_pdf", "write_group_report", "write_report"),
    "scoring": (
        "Answers",
        "Growth",
        "Profile",
        "Summary",
        "compare",
        "compare_across",
        "compare_rounds",
        "gather",
        "score",
    ),
    "tables": ("read_table", "score_table", "write_table"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "__version__":  # reading it costs more than everything else here
        value = importlib.import_module("importlib.metadata").version("icmaps")
    elif name in _HOME:
        value = getattr(importlib.import_module(f"icmaps.{_HOME[name]}"), name)
    else:
        raise AttributeError(f"module 'icmaps' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
