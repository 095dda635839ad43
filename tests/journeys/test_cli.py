"""The command line as a user meets it: what it prints, what it keeps, how it ends."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from typer.testing import CliRunner

from icmaps.cli import _app
from icmaps.cli._app import app, printable
from icmaps.errors import IcmapsError

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(sys.executable).with_name("icmaps")
SPRING = "examples/jordan-ames-2026-spring.yaml"
FALL = "examples/jordan-ames-2026-fall.yaml"
AMINA = "examples/amina-haddad-2026-fall.yaml"

FRAMEWORK = """\
schema: icmaps/framework/1
id: mini
version: 1.0.0
title: "Mini [/] standards"
issuer: Nobody
edition: "2026"
language: en
sections:
  - {id: teams, kind: standard, code: "1", title: "Teams [bold]"}
"""
MAP = """\
schema: icmaps/map/1
id: mini/teacher
version: 1.0.0
status: published
language: en
title: "[red]Teacher[/]"
framework: mini@1.0.0
license: CC-BY-4.0
text_rights: original
scale: [{code: a, label: Ideal}, {code: b, label: ":smile:"}, {code: c}]
components:
  - id: goals
    section: teams
    title: Shares goals [/nope]
    critical: true
    fidelity: {ideal_until: a, acceptable_until: b}
    target: b
    look_fors: [Minutes]
    variations: {a: Sets them with the team., b: Knows them., c: Has heard of them.}
    next_steps: {c: Ask a colleague.}
"""
ASSESSMENT = """\
schema: icmaps/assessment/1
map: mini/teacher@1.0.0
respondent: {id: E-1, name: "Ann [/] Onymous"}
rater: self
round: {id: 2026-fall, date: 2026-11-20}
placements: {goals: c}
"""


@dataclass(frozen=True)
class Said:
    """How a run ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory: the examples, and one small maps folder."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "mine" / "mini").mkdir(parents=True)
    (tmp_path / "mine" / "mini" / "framework-1.0.0.yaml").write_text(FRAMEWORK)
    (tmp_path / "mine" / "mini" / "teacher-1.0.0.yaml").write_text(MAP)
    (tmp_path / "ann.yaml").write_text(ASSESSMENT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ICMAPS_PATH", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    _app._console.cache_clear()  # noqa: SLF001 - it keeps the width it was made with
    yield tmp_path
    _app._console.cache_clear()  # noqa: SLF001


def run(*arguments: str) -> Said:
    """Run the command line in this process, its errors told as `main` tells them."""
    result = CliRunner().invoke(app, arguments)
    if isinstance(result.exception, IcmapsError):
        return Said(1, result.stdout, result.stderr + printable(str(result.exception)) + "\n")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


def program(*arguments: str, around: str = "", **environment: str) -> Said:
    """Run the installed program in a process of its own; `around` is shell round `"$@"`."""
    command: list[str | Path] = [PROGRAM, *arguments]
    if around:
        command = ["bash", "-c", around, "bash", *command]
    env = {**os.environ, **environment}
    done = subprocess.run(command, env=env, capture_output=True, check=False, timeout=120)
    said = Said(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode())
    assert "Traceback" not in said.err
    return said


def without_pango(folder: Path) -> str:
    """A PYTHONPATH on which WeasyPrint acts as on a machine without Pango."""
    (folder / "fake").mkdir()
    (folder / "fake" / "weasyprint.py").write_text(
        "print('-----\\nWeasyPrint could not import some external libraries.')\n"
        "raise OSError(\"cannot load library 'libpango-1.0-0': no such file\")\n"
    )
    return str(folder / "fake")


# ---- the main paths, as installed ----------------------------------------------------------


@pytest.mark.slow
def test_demo_writes_two_reports_and_says_where(folder: Path) -> None:
    said = program("demo", "-o", "new/reports", ICMAPS_PATH="/of-no-concern-to-the-demo")

    assert (said.code, said.err) == (0, "")
    reports = sorted(path.name for path in (folder / "new" / "reports").iterdir())
    assert reports == ["jordan-ames-first-round.pdf", "jordan-ames-growth.pdf"]
    assert [name for name in reports if f"new/reports/{name}  (" not in said.out] == []


@pytest.mark.slow
def test_demo_gives_json_to_scripts(folder: Path) -> None:
    said = program("demo", "--json")

    assert [Path(entry["file"]).name for entry in said.data] == [
        "jordan-ames-first-round.pdf",
        "jordan-ames-growth.pdf",
    ]
    assert all((folder / entry["file"]).is_file() and entry["pages"] for entry in said.data)


@pytest.mark.slow
def test_report_of_two_rounds_is_a_pdf(folder: Path) -> None:
    said = program("report", FALL, SPRING, "-o", "jordan.pdf")

    pages = re.fullmatch(r"jordan\.pdf, (\d+) pages\n", said.out)
    assert (said.code, said.err) == (0, "")
    assert pages is not None
    assert (folder / "jordan.pdf").read_bytes().startswith(b"%PDF-")
    assert [path.name for path in folder.iterdir() if path.suffix == ".draft"] == []


def test_report_as_a_page_for_the_screen(folder: Path) -> None:
    said = run("report", AMINA, "-o", "amina.html", "--json")

    assert said.data == {"file": "amina.html", "pages": None, "missing": ""}
    assert "Amina Haddad" in (folder / "amina.html").read_text("utf-8")


def test_validate_is_silent_on_stdout_when_all_is_well() -> None:
    said = program("validate", "examples", "mine", "ann.yaml")
    assert (said.code, said.out) == (0, "")
    assert said.err.endswith(" files checked, no problems\n")


def test_help_of_the_program_fits_a_small_terminal() -> None:
    said = program("--help")

    assert said.out.startswith("Usage: icmaps [OPTIONS] COMMAND [ARGS]...\n\n")
    assert said.out.endswith("\n  Example: icmaps demo\n")
    assert len(said.out.splitlines()) <= 24
    assert max(map(len, said.out.splitlines())) < 80


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_startup_loads_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys, icmaps\n"
        "if sys.argv[1:]:\n"
        "    from icmaps.cli import main\n"
        "    try: main()\n"
        "    except SystemExit: pass\n"
        "heavy = {'numpy', 'pydantic', 'weasyprint', 'yaml', 'jinja2', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stderr == "[]\n"


def test_module_is_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "icmaps", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == program("--version").out


# ---- what is printed -----------------------------------------------------------------------


def test_maps_lists_own_maps_beside_the_bundled_ones() -> None:
    said = run("maps", "--maps", "mine")

    rows = [line.split() for line in said.out.splitlines()]
    assert ["mini/teacher", "1.0.0", "1", "[red]Teacher[/]"] in rows
    assert "\nspl-2022/teacher " in said.out
    assert "\nOne of them: icmaps show " in said.out


def test_maps_gives_json_to_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICMAPS_PATH", f"mine{os.pathsep}")
    own = next(entry for entry in run("maps", "--json").data if entry["map"] == "mini/teacher")
    assert own == {
        "map": "mini/teacher",
        "version": "1.0.0",
        "status": "published",
        "title": "[red]Teacher[/]",
        "framework": "mini@1.0.0",
        "language": "en",
        "components": 1,
        "license": "CC-BY-4.0",
    }


def test_show_prints_brackets_as_they_are_written() -> None:
    said = run("show", "mini/teacher", "--maps", "mine", "--component", "goals")

    assert said.out == (
        "[red]Teacher[/] · Mini [/] standards 2026\n"
        "mini/teacher@1.0.0 · published · CC-BY-4.0 · 1 component · ★ critical\n"
        "\n"
        "1 Teams [bold]  teams\n"
        "\n"
        "  ★ Shares goals [/nope]  goals\n"
        "    a  Ideal     Sets them with the team.\n"
        "                 ─── ideal to here ───\n"
        "    b  :smile:   Knows them.\n"
        "       (target)\n"
        "                 ─── acceptable to here ───\n"
        "    c            Has heard of them.\n"
        "\n"
        "    Look for\n"
        "    · Minutes\n"
        "\n"
        "    Next steps\n"
        "    from c: Ask a colleague.\n"
    )


def test_show_names_every_section_and_component_of_a_map() -> None:
    everything = run("show", "spl-2022/teacher")
    data = run("show", "spl-2022/teacher", "--json").data

    shown = set(re.findall(r"[a-z-]+$", everything.out, re.MULTILINE))
    assert {row["id"] for row in data["components"]} <= shown
    assert {row["section"] for row in data["components"]} <= shown
    assert max(map(len, everything.out.splitlines())) <= 80


def test_json_of_a_map_is_a_map_file_again(folder: Path) -> None:
    (folder / "again.json").write_text(run("show", "spl-2022/teacher", "--json").out, "utf-8")

    assert run("validate", "again.json").code == 0


def test_score_counts_in_a_table_and_names_what_is_critical() -> None:
    said = run("score", "ann.yaml", "--maps", "mine", "--policy", "points")

    assert said.out == (
        "Ann [/] Onymous · [red]Teacher[/] · 2026-fall · rater: self\n"
        "a Ideal · b :smile: · c · n/a not applicable · ? don't know · open unanswered\n"
        "\n"
        "Section         a  b  c  n/a  ?  open  points\n"
        "1 Teams [bold]  ·  ·  1    ·  ·     ·     0.0\n"
        "Whole map       ·  ·  1    ·  ·     ·     0.0\n"
        "\n"
        "Of the answered components: 0 % ideal, 0 % at least acceptable, 0 % at target.\n"
        "Points: the sum of points over the maximum possible, in percent, for the\n"
        "components that are answered. A choice outside the scale earns nothing.\n"
        "Critical, on the way to acceptable:\n"
        "  ★ Shares goals [/nope]\n"
    )


def test_score_counts_steps_where_rows_have_different_levels(folder: Path) -> None:
    more = "  - {id: voice, section: teams, title: V, variations: {a: Leads., c: Listens.}}\n"
    (folder / "mine" / "mini" / "teacher-1.0.0.yaml").write_text(MAP + more)

    said = run("score", "ann.yaml", "--maps", "mine")

    assert "columns count steps from ideal, 0 is ideal · n/a not applicable" in said.out
    assert "\nSection         0  1  2  n/a  ?  open\n" in said.out
    assert "\nWhole map       ·  ·  1    ·  ·     1\n" in said.out


def test_score_json_has_the_shape_scripts_rely_on() -> None:
    first, second = run("score", SPRING, FALL, "--json").data

    assert [first["round"], second["round"]] == ["2026-spring", "2026-fall"]
    summary = {"asked", "answered", "not_applicable", "dont_know", "unanswered"}
    summary |= {"share_ideal", "share_acceptable", "share_at_target", "by_rank", "index"}
    summary |= {"critical_below"}
    profile = {"map", "version", "respondent", "round", "rater", "policy"}
    assert set(first) == profile | {"overall", "sections", "components"}
    assert set(first["overall"]) == summary
    assert set(first["sections"][0]) == summary | {"id", "kind"}
    row = {"id", "section", "level", "answer", "rank", "ranks", "zone", "critical"}
    assert set(first["components"][0]) == row | {"to_target", "to_ideal"}
    assert first["overall"]["index"] is None


def test_score_fits_60_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    said = run("score", FALL, "--policy", "rank-index")

    assert max(map(len, said.out.splitlines())) <= 60
    assert "…" not in said.out
    assert [line for line in said.out.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize("command", [["maps"], ["score", AMINA]])
def test_plain_terminals_get_plain_text(command: list[str]) -> None:
    piped = program(*command)
    latin = program(*command, around='"$@" | iconv -f latin1 -t utf-8', PYTHONIOENCODING="latin-1")

    assert "\x1b" not in piped.out
    assert latin.code == 0
    assert "★" not in latin.out
    if command[0] == "score":
        assert "\n  * 9.1.1 " in latin.out


def test_json_stays_whole_on_a_terminal_without_the_characters() -> None:
    said = program("score", AMINA, "--json", PYTHONIOENCODING="latin-1")

    assert said.data[0]["respondent"] == "E-2210"


def test_shell_completes_maps_and_components() -> None:
    def completed(words: str, position: int) -> list[str]:
        environment = {"COMP_WORDS": words, "COMP_CWORD": str(position)}
        return program(_ICMAPS_COMPLETE="complete_bash", **environment).out.split()

    assert "validate" in completed("icmaps va", 1)
    assert "spl-2022/teacher" in completed("icmaps show sp", 2)
    assert completed("icmaps show --maps mine mini/teacher --component g", 6) == ["goals"]


# ---- wrong input: one message, the right exit code, nothing lost ----------------------------

UNREADABLE = "nothing in it was looked at; check the name and your right to read it\n"


@pytest.mark.parametrize("command", ["score", "validate", "show"])
def test_missing_file_is_told_at_once(command: str) -> None:
    said = run(command, "nope.yaml")

    told = f"nope.yaml:1:1: the file cannot be read: no such file or directory; {UNREADABLE}"
    assert said.code == 1
    assert told in (said.out, said.err)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("examples", f"examples:1:1: the file cannot be read: is a directory; {UNREADABLE}"),
        (
            "binary.yaml",
            "binary.yaml:1:2: byte 2 is not UTF-8 text; in another encoding accents and names "
            "would come out wrong without notice; save the file as UTF-8\n",
        ),
        (
            "mine/mini/teacher-1.0.0.yaml",
            "mine/mini/teacher-1.0.0.yaml:1:9: the file holds a map; an assessment was asked for "
            "here; name the file of an assessment\n",
        ),
    ],
)
def test_file_of_the_wrong_sort_is_told(folder: Path, argument: str, message: str) -> None:
    (folder / "binary.yaml").write_bytes(b"a\xff\xfe\x00")

    assert run("score", argument) == Said(1, "", message)


def test_problems_of_all_files_are_told_together(folder: Path) -> None:
    wrong = ASSESSMENT.replace("goals: c", "goals: d, gaols: a")
    (folder / "wrong.yaml").write_text(wrong)

    said = run("score", "wrong.yaml", "nope.yaml", "--maps", "mine")

    assert (said.code, said.out) == (1, "")
    assert [line.partition(": ")[0] for line in said.err.splitlines()] == [
        "nope.yaml:1:1",
        "wrong.yaml:6:21",
        "wrong.yaml:6:24",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("spl-2022/techer", "did you mean 'spl-2022/teacher'? "),
        ("teacher", "did you mean 'mini/teacher'? "),
        ("spl-2022/teacher@9.0.0", "did you mean 'spl-2022/teacher@1.0.0'? "),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_misspelt_map_is_answered_with_near_ones(name: str, message: str) -> None:
    said = run("show", name, "--maps", "mine")

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{name!r} is not in the catalog; ")
    assert said.err.endswith("`icmaps maps` lists what there is\n")
    assert all(word in said.err for word in re.findall(r"'[^']+'", message))


def test_misspelt_component_is_answered_with_the_near_one() -> None:
    assert run("show", "mini/teacher", "--maps", "mine", "--component", "gaols") == Said(
        1,
        "",
        "mini/teacher@1.0.0 has no component 'gaols'; did you mean 'goals'? "
        "`icmaps show mini/teacher@1.0.0` lists them\n",
    )


def test_draft_is_shown_only_when_its_version_is_named(folder: Path) -> None:
    path = folder / "mine" / "mini" / "teacher-1.0.0.yaml"
    path.write_text(MAP.replace("status: published", "status: draft"))

    assert run("show", "mini/teacher", "--maps", "mine") == Said(
        1,
        "",
        "no version of 'mini/teacher' is published; name one with its version: "
        "mini/teacher@1.0.0\n",
    )
    assert run("show", "mini/teacher@1.0.0", "--maps", "mine").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["report", FALL], "Missing option '-o' / '--output'."),
        (["score"], "Missing argument 'ASSESSMENT...'."),
        (["sore"], "No such command 'sore'. Did you mean 'score'?"),
        (["maps", "--jsn"], "No such option: --jsn (Possible options: --json)"),
        (
            ["score", FALL, "--policy", "best"],
            "Invalid value for '--policy': 'best' is not one of 'distribution', 'rank-index', "
            "'points'.",
        ),
    ],
)
def test_wrong_call_says_how_and_exits_with_2(arguments: list[str], message: str) -> None:
    said = run(*arguments)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("Usage: icmaps ")
    assert said.err.splitlines()[-1].startswith(f"Error: {message}")


def test_no_arguments_show_the_help() -> None:
    said = program()

    assert (said.code, said.out) == (2, "")
    assert said.err == program("--help").out


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nope", "is not there; nothing was looked at; "),
        ("ann.yaml", "is a file, not a folder; nothing was looked at; "),
        (
            "mine/mini",
            "holds no FRAMEWORK/ROLE-VERSION.yaml; no map would be found in it; name the",
        ),
        ("examples", "holds no FRAMEWORK/ROLE-VERSION.yaml; no map would be found in it; name an"),
    ],
)
def test_maps_folder_that_is_none_is_told(name: str, why: str) -> None:
    said = run("maps", "--maps", name)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"the maps folder {name!r} of --maps {why}")
    assert said.err.count("\n") == 1


def test_path_variable_with_a_missing_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICMAPS_PATH", f"mine{os.pathsep}gone")

    assert run("maps") == Said(
        1,
        "",
        "the maps folder 'gone' of ICMAPS_PATH is not there; nothing was looked at; name a folder "
        "that holds FRAMEWORK/ROLE-VERSION.yaml, or take it out of ICMAPS_PATH\n",
    )


def test_report_is_about_one_person() -> None:
    assert run("report", FALL, AMINA, "-o", "x.pdf") == Said(
        1,
        "",
        f"these are assessments of 2 people (E-1042 in '{FALL}', E-2210 in '{AMINA}'); a growth "
        "report is about one; give the rounds of one person\n",
    )


def test_report_takes_one_file_a_round(folder: Path) -> None:
    shutil.copy(FALL, folder / "copy.yaml")

    assert run("report", FALL, "copy.yaml", "-o", "x.pdf") == Said(
        1,
        "",
        f"'{FALL}' and 'copy.yaml' are both of the round '2026-fall'; growth needs time between "
        "them; give one file a round\n",
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rater: self", "rater: {kind: coach, id: C-1}", "the raters are coach and self; "),
        ("spl-2022/teacher@1.0.0", "mini/teacher@1.0.0", "the rounds were placed on mini/teacher"),
    ],
)
def test_rounds_that_cannot_be_compared_make_no_report(
    folder: Path, old: str, new: str, message: str
) -> None:
    text = ASSESSMENT.replace("E-1,", "E-1042,").replace("2026-fall", "2026-spring")
    text = text.replace("2026-11-20", "2026-04-20")
    if "mini" not in new:
        text = (folder / SPRING).read_text("utf-8").replace(old, new)
    (folder / "spring.yaml").write_text(text, "utf-8")

    said = run("report", "spring.yaml", FALL, "-o", "x.pdf", "--maps", "mine")

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(message)
    assert not (folder / "x.pdf").exists()


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            "nope/x.pdf",
            "'nope/x.pdf' cannot be written: there is no folder 'nope'; make it first, or name "
            "another\n",
        ),
        ("examples", "'examples' is a folder; name a file, as in 'examples/report.pdf'\n"),
        ("x.txt", "'x.txt' ends in neither .pdf nor .html; name one that does\n"),
        (
            "/proc/x.html",
            "'/proc/x.html' cannot be written: no such file or directory; nothing there was "
            "changed; make room, or name a folder you may write to\n",
        ),
    ],
)
def test_report_needs_a_place(output: str, message: str) -> None:
    assert run("report", AMINA, "-o", output) == Said(1, "", message)


def test_full_disk_keeps_the_old_report(folder: Path) -> None:
    (folder / "jordan.html").write_text("the old one")

    said = program("report", FALL, "-o", "jordan.html", around='ulimit -f 4; "$@"')

    assert said == Said(
        1,
        "",
        "'jordan.html' cannot be written: file too large; nothing there was changed; make room, "
        "or name a folder you may write to\n",
    )
    assert (folder / "jordan.html").read_text() == "the old one"
    assert list(folder.glob(".*")) == []


def test_full_temporary_folder_is_told(folder: Path) -> None:
    said = program("report", AMINA, "-o", "amina.pdf", around='ulimit -f 4; "$@"')

    assert said == Said(
        1,
        "",
        "no PDF can be made: file too large; WeasyPrint keeps its fonts in the temporary folder; "
        "make room there, or name another folder in TMPDIR\n",
    )
    assert not (folder / "amina.pdf").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
@pytest.mark.parametrize("command", [["maps"], ["--help"], ["show", "spl-2022/teacher", "--json"]])
def test_output_to_a_full_disk_is_told(command: list[str]) -> None:
    said = program(*command, around='"$@" > /dev/full')

    told = (
        "the output cannot be written: no space left on device; make room, or send it elsewhere\n"
    )
    assert said == Said(1, "", told)


def test_reader_who_has_enough_hears_no_complaint() -> None:
    said = program("show", "spl-2022/teacher", around='"$@" | head -1')

    assert (said.code, said.out.count("\n"), said.err) == (0, 1, "")


def test_closed_output_is_no_trouble() -> None:
    assert program("maps", around='"$@" >&-') == Said(0, "", "")
    assert program("show", "nope", around='"$@" 2>&-') == Said(1, "", "")


def test_interrupt_ends_at_once_and_leaves_nothing_behind(folder: Path) -> None:
    running = subprocess.Popen([PROGRAM, "demo", "-o", "stopped"], stderr=subprocess.PIPE)
    while not (folder / "stopped").exists():
        assert running.poll() is None
        sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)

    assert (running.returncode, err) == (130, b"")
    assert list((folder / "stopped").iterdir()) == []


def test_demo_into_a_file_is_told() -> None:
    assert run("demo", "-o", "ann.yaml") == Said(
        1,
        "",
        "the folder 'ann.yaml' cannot be made: file exists; the reports would have no place; name "
        "another folder with -o\n",
    )


# ---- validate ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nope.yaml", "no such file or directory"),
        ("empty", "the folder holds no .yaml, .yml or .json file"),
    ],
)
def test_validate_lists_what_cannot_be_read_as_json(folder: Path, name: str, reason: str) -> None:
    (folder / "empty").mkdir()

    said = run("validate", name, "--json")

    assert (said.code, said.err) == (1, "")
    assert said.data == [
        {
            "file": name,
            "line": 1,
            "column": 1,
            "path": "",
            "rule": "unreadable",
            "what": f"the file cannot be read: {reason}",
            "why": "nothing in it was looked at",
            "mend": "check the name and your right to read it",
            "severity": "error",
        }
    ]


def test_validate_gives_an_empty_list_when_all_is_well() -> None:
    assert run("validate", "examples", "--json") == Said(0, "[]\n", "")


def test_validate_finds_every_file_below_but_hidden_ones(folder: Path) -> None:
    below = folder / "below" / "deeper"
    below.mkdir(parents=True)
    (folder / "below" / ".git").mkdir()
    for name in ("a.yaml", "b.YML", "c.json", ".hidden.yaml", "../.git/d.yaml", "e.txt"):
        (below / name).write_text("x")

    said = run("validate", "below", "below/deeper/a.yaml", "--json")

    assert [problem["file"] for problem in said.data] == [
        "below/deeper/a.yaml",
        "below/deeper/b.YML",
        "below/deeper/c.json",
    ]


def test_validate_takes_frameworks_and_maps_from_the_folder_it_is_given() -> None:
    assert run("validate", "mine", "ann.yaml") == Said(0, "", "3 files checked, no problems\n")
    assert run("validate", "mine/mini", "ann.yaml").code == 0
    assert "mini/teacher@1.0.0 is not in the catalog" in run("validate", "ann.yaml").out


def test_validate_looks_first_in_the_folder_of_the_file(folder: Path) -> None:
    shutil.copytree(folder / "mine", folder / "other")
    (folder / "mine" / "mini" / "framework-1.0.0.yaml").write_text("schema: icmaps/framework/1")

    problems = run("validate", "mine", "other", "--json").data

    assert {problem["file"] for problem in problems} == {
        "mine/mini/framework-1.0.0.yaml",
        "mine/mini/teacher-1.0.0.yaml",
    }


def test_file_name_cannot_steer_the_terminal() -> None:
    assert run("validate", "[bold]\x1b[31m.yaml").out.startswith("[bold]\\x1b[31m.yaml:1:1: ")


# Root reads what is closed; so the program is started as a root without that right.
LIKE_ANYBODY = (
    'exec setpriv --bounding-set=-dac_override,-dac_read_search "$@"'
    if os.geteuid() == 0
    else 'exec "$@"'
)


def test_closed_folders_and_files_are_told(folder: Path) -> None:
    (folder / "examples").chmod(0)
    (folder / "ann.yaml").chmod(0)

    validated = program("validate", "examples", "ann.yaml", "--json", around=LIKE_ANYBODY)
    scored = program("score", "ann.yaml", around=LIKE_ANYBODY)
    reported = program("report", "ann.yaml", "-o", "examples/x.pdf", around=LIKE_ANYBODY)
    (folder / "examples").chmod(0o700)

    denied = "the file cannot be read: permission denied"
    assert [problem["what"] for problem in validated.data] == [denied, denied]
    assert scored == Said(1, "", f"ann.yaml:1:1: {denied}; {UNREADABLE}")
    assert reported.code == 1


# ---- doctor --------------------------------------------------------------------------------


@pytest.mark.slow
def test_doctor_looks_at_everything_and_makes_a_report() -> None:
    checks = {check["name"]: check for check in program("doctor", "--json").data}

    assert list(checks) == [
        "icmaps",
        "maps",
        "PDF libraries",
        "font subsetter",
        "fonts",
        "a report",
        "temporary folder",
        "terminal",
    ]
    assert {check["state"] for check in checks.values()} <= {"ok", "worse"}
    assert [
        check for check in checks.values() if check["state"] != "ok" and not check["mend"]
    ] == []
    assert re.search(r"^\d+ pages in ", checks["a report"]["found"])


def test_without_pango_the_doctor_says_what_to_install(folder: Path) -> None:
    said = program("doctor", "--json", PYTHONPATH=without_pango(folder), ICMAPS_PATH="gone")

    broken = {check["name"]: check for check in said.data if check["state"] == "broken"}
    assert said.code == 1
    assert broken == {
        "maps": {
            "name": "maps",
            "state": "broken",
            "found": "the maps folder 'gone' of ICMAPS_PATH is not there",
            "mend": "name a folder that holds FRAMEWORK/ROLE-VERSION.yaml, or take it out of "
            "ICMAPS_PATH",
        },
        "PDF libraries": {
            "name": "PDF libraries",
            "state": "broken",
            "found": "no PDF can be made: the library 'libpango-1.0-0' is not on this machine",
            "mend": "install Pango: `apt-get install libpango-1.0-0 libpangoft2-1.0-0`, `dnf "
            "install pango` or `brew install pango`; or ask for an .html report, which needs none "
            "of it",
        },
        "a report": {
            "name": "a report",
            "state": "broken",
            "found": "no PDF can be made: the library 'libpango-1.0-0' is not on this machine",
            "mend": "mend what is broken above; if nothing is, install icmaps again",
        },
    }


def test_without_pango_a_report_ends_in_one_line(folder: Path) -> None:
    (folder / "amina.pdf").write_text("the old one")
    fake = without_pango(folder)

    said = program("report", AMINA, "-o", "amina.pdf", PYTHONPATH=fake)

    assert said == Said(
        1,
        "",
        "no PDF can be made: the library 'libpango-1.0-0' is not on this machine; WeasyPrint sets "
        "text with it; install Pango: `apt-get install libpango-1.0-0 libpangoft2-1.0-0`, `dnf "
        "install pango` or `brew install pango`; or ask for an .html report, which needs none of "
        "it\n",
    )
    assert (folder / "amina.pdf").read_text() == "the old one"
    assert program("report", AMINA, "-o", "amina.html", PYTHONPATH=fake).code == 0


@pytest.mark.slow
def test_doctor_names_the_faulty_map(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "mine" / "mini" / "teacher-1.0.0.yaml"
    path.write_text(MAP.replace("acceptable_until: b", "acceptable_until: z"))
    monkeypatch.setenv("ICMAPS_PATH", "mine")

    maps = next(check for check in run("doctor", "--json").data if check["name"] == "maps")

    assert maps["state"] == "broken"
    assert maps["found"].startswith("mine/mini/teacher-1.0.0.yaml:16:50: ")
    assert maps["mend"] == "`icmaps validate mine/mini/teacher-1.0.0.yaml` says how"
