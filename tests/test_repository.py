"""What must hold of the repository as a whole, whichever module changes."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
LOCKED = {name: Version(pin) for name, pin in re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", LOCK)}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MODULES = {path: path.read_text("utf-8") for path in sorted((ROOT / "src").rglob("*.py"))}

# In parts, because this file is searched for them too.
REGISTRIES = [
    ".".join(parts).encode()
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs"),
        ("registry", "yarnpkg"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
    )
]


@pytest.mark.parametrize(
    ("package", "floor"),
    [
        ("weasyprint", "70.0"),  # the first whose every fetch goes through our fetcher
        ("jinja2", "3.1.6"),  # sandbox escapes
        ("pyyaml", "6.0.3"),
        ("pikepdf", "10"),
        ("pillow", "13"),  # image parsers: stay current
    ],
)
def test_lock_is_at_or_above_its_security_floor(package: str, floor: str) -> None:
    assert LOCKED[package] >= Version(floor)


def test_lock_serves_everything_that_pyproject_asks_for() -> None:
    asked = chain(PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"].values())
    unserved = [
        str(need)
        for need in map(Requirement, asked)
        if need.name not in LOCKED or LOCKED[need.name] not in need.specifier
    ]
    assert unserved == [], "run `make lock`"


def test_lock_holds_hashes_and_no_addresses() -> None:
    unhashed = [
        pin for pin in re.split(r"(?m)^(?=\S)", LOCK) if pin and "--hash=sha256:" not in pin
    ]
    assert unhashed == []
    assert re.findall(r"//|file:| @ |--index|--find-links", LOCK) == []


def test_no_committed_file_names_a_package_registry() -> None:
    naming = [
        path.relative_to(ROOT).as_posix()
        for path in committed()
        if any(host in path.read_bytes() for host in REGISTRIES)
    ]
    assert naming == []


def test_changelog_begins_with_the_version_of_the_package() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"(?m)^## \[(.+?)\]", changelog)
    assert versions[0] == PYPROJECT["project"]["version"]


def test_installed_package_has_the_version_of_the_checkout() -> None:
    assert version("icmaps") == PYPROJECT["project"]["version"]


def test_no_module_is_longer_than_500_lines() -> None:
    longest, where = max((len(text.splitlines()), path.name) for path, text in MODULES.items())
    print(f"largest module: {longest} lines, {where}")
    assert longest <= 500, where


def test_no_function_is_longer_than_50_lines() -> None:
    longest, where = max(function_lengths())
    print(f"longest function: {longest} lines, {where}")
    assert longest <= 50, where


def test_one_place_at_most_catches_every_exception() -> None:
    places = list(broad_handlers())
    print(f"broad excepts: {len(places)}")
    assert len(places) <= 1, places


def test_layers_hold_and_no_import_goes_in_a_circle() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def committed() -> Iterator[Path]:
    """Yield the files that are in the repository, or would be after `git add --all`."""
    listed = subprocess.run(
        # Whoever owns the folder: CI may run as somebody else.
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    assert len(paths) > 50, "git listed next to nothing"
    return (path for path in paths if path.is_file())


def function_lengths() -> Iterator[tuple[int, str]]:
    """Yield the length of every function of the package, docstring included, and its place."""
    for path, text in MODULES.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                last = node.end_lineno or node.lineno
                yield last - node.lineno + 1, f"{path.name}:{node.lineno} {node.name}"


def broad_handlers() -> Iterator[str]:
    """Yield the place of every `except` that would catch a bug of ours, too."""
    for path, text in MODULES.items():
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = (
                {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)}
                if node.type
                else {"Exception"}
            )
            if caught & {"Exception", "BaseException"}:
                yield f"{path.name}:{node.lineno}"
