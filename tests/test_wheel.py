"""The wheel, used where there is no checkout: what is tested is what is shipped."""

import os
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
BUNDLED = ("maps", "templates", "examples")


def run(*command: str | Path, cwd: Path) -> str:
    """Return what a program printed, run as by somebody who has only the wheel."""
    ours = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    env = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip_wheel = (sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation")
    run(*pip_wheel, "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of an empty environment that got the wheel, and what it asks for.

    The versions are those of the lock; what gets installed is the wheel's own word, so a
    dependency that only the checkout has is missed here and not by a user.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    pins = re.findall(r"(?m)^[\w.-]+==[^\\\n]+", (ROOT / "requirements.lock").read_text("utf-8"))
    (folder / "constraints.txt").write_text("\n".join(pins), "utf-8")
    run(sys.executable, "-m", "venv", "venv", cwd=folder)
    programs = folder / "venv" / "bin"
    pip_install = (programs / "python", "-m", "pip", "install", "--only-binary", ":all:")
    run(*pip_install, "--constraint", "constraints.txt", wheel, cwd=folder)
    return programs


def test_wheel_bundles_every_map_template_and_example_but_no_tools(wheel: Path) -> None:
    bundle = "icmaps/_bundle/"
    shipped = {
        name.removeprefix(bundle) for name in ZipFile(wheel).namelist() if name.startswith(bundle)
    }
    there = {
        path.relative_to(ROOT).as_posix()
        for folder in BUNDLED
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert shipped == there
    assert {Path(name).parts[0] for name in shipped} == set(BUNDLED)


def test_wheel_carries_every_licence(wheel: Path) -> None:
    licences = {
        name.partition(".dist-info/licenses/")[2]
        for name in ZipFile(wheel).namelist()
        if ".dist-info/licenses/" in name
    }
    assert licences == {"LICENSE", "NOTICE", "maps/LICENSE", "templates/style/fonts/OFL.txt"}


def test_installed_package_is_the_wheel_and_wants_for_nothing(installed: Path) -> None:
    where = run(installed / "python", "-c", "import icmaps; print(icmaps.__file__)", cwd=installed)
    assert Path(where.strip()).is_relative_to(installed.parent)
    assert "No broken requirements" in run(
        installed / "python", "-m", "pip", "check", cwd=installed
    )


def test_demo_of_the_installed_package_writes_pdfs(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "icmaps", "demo", "-o", "reports", cwd=tmp_path)
    pdfs = sorted((tmp_path / "reports").glob("*.pdf"))
    assert pdfs
    assert all(pdf.read_bytes().startswith(b"%PDF-") for pdf in pdfs)
    assert [pdf.name for pdf in pdfs if pdf.name not in said] == []


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        (("serve",), "icmaps[web]"),
        (("print", "ann.csv", "-o", "out"), "icmaps[groups]"),
        (("print", ".", "-o", "out", "--engine", "dask", "--scheduler", "x"), "icmaps[dask]"),
    ],
)
def test_what_an_extra_is_needed_for_says_which(
    command: tuple[str, ...], extra: str, installed: Path, tmp_path: Path
) -> None:
    (tmp_path / "ann.csv").write_text("respondent\n", "utf-8")
    (tmp_path / "ann.yaml").write_bytes(
        (ROOT / "examples" / "jordan-ames-2026-fall.yaml").read_bytes()
    )
    done = subprocess.run(
        [installed / "icmaps", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"pip install '{extra}'" in done.stderr
    assert "Traceback" not in done.stderr
