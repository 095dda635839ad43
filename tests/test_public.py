"""What people build on: the public names, and the example in every command's help."""

import ast
import importlib
import inspect
import shlex
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from typer.main import get_command

import icmaps
from icmaps.cli._app import app

ROOT = Path(__file__).resolve().parent.parent

# A name that is here stays: taking one away, or renaming one, is a new major version.
NAMES = [
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
COMMANDS = [
    "demo",
    "maps",
    "show",
    "crosswalk",
    "validate",
    "score",
    "compare",
    "report",
    "group",
    "print",
    "serve",
    "doctor",
]


def test_public_names_are_these() -> None:
    assert sorted(icmaps.__all__) == NAMES
    assert dir(icmaps) == NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name != "__version__"])
def test_public_name_is_documented_where_it_is_defined(name: str) -> None:
    thing = getattr(icmaps, name)

    assert inspect.getdoc(thing)
    assert thing.__module__.startswith("icmaps.")


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name.islower() and name != "__version__"]
)
def test_public_function_is_typed(name: str) -> None:
    signature = inspect.signature(getattr(icmaps, name))

    assert signature.return_annotation is not inspect.Signature.empty
    assert all(
        parameter.annotation is not inspect.Parameter.empty
        for parameter in signature.parameters.values()
    )


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(icmaps.__file__).read_text("utf-8"))
    typed = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("icmaps.")
        for alias in node.names
    }
    assert sorted(typed | {"__version__"}) == NAMES
    assert files("icmaps").joinpath("py.typed").is_file()


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'icmaps' has no attribute 'scores'"):
        importlib.import_module("icmaps").scores  # noqa: B018


def test_commands_are_these_in_this_order() -> None:
    assert list(get_command(app).commands) == COMMANDS  # type: ignore[attr-defined]


def test_every_error_is_an_icmaps_error() -> None:
    errors = [getattr(icmaps, name) for name in NAMES if name.endswith("Error")]
    assert all(issubclass(error, icmaps.IcmapsError) for error in errors)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_example_in_the_help_runs(name: str, tmp_path: Path) -> None:
    group = get_command(app)
    command = group.commands[name] if name else group  # type: ignore[attr-defined]
    start, _, example = (command.epilog or "").partition("icmaps ")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")

    program = shlex.quote(str(Path(sys.executable).with_name("icmaps")))
    line = f"{program} {example}"  # in a shell, for `examples/*.yaml`
    done = subprocess.run(
        ["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert start == "Example: "
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
    assert len(f"  {command.epilog}") < 80, "it would wrap, and could not be copied"
