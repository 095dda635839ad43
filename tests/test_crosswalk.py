"""From one edition of the standards to the next."""

from pathlib import Path

import pytest

import icmaps
from icmaps.content import Catalog

LINKS = icmaps.load_crosswalk("spl-2011", "spl-2022").links()


def _crosswalk(folder: Path, text: str, name: str = "crosswalk-example-1.0.0.yaml") -> Path:
    framework = Path(__file__).parent / "data/good/flat/framework-1.0.0.yaml"
    (folder / "flat").mkdir()
    (folder / "flat/framework-1.0.0.yaml").write_bytes(framework.read_bytes())
    path = folder / "flat" / name
    path.write_text(
        "schema: icmaps/crosswalk/1\nfrom: example@1.0.0\nto: flat@1.0.0\n" + text, "utf-8"
    )
    return path


def _catalog(folder: Path) -> Catalog:
    return Catalog([folder, Path(__file__).parent / "data/good"])


def test_every_standard_of_2022_is_linked_and_the_equity_ones_are_said_to_be_new() -> None:
    framework = icmaps.Catalog().framework("spl-2022@1.0.0")
    linked = {name for link in LINKS for name in link.to}
    standards = [section.id for section, _ in framework.walk() if section.kind == "standard"]
    assert linked.issuperset(standards)
    new = next(link for link in LINKS if "fair-foundations" in link.to)
    assert (new.relation, new.from_, new.source) == ("none", (), "faq")


def test_what_nobody_published_is_marked_as_our_own_judgement() -> None:
    outcomes = next(link for link in LINKS if link.from_ == ("outcomes",))
    assert (outcomes.relation, outcomes.source) == ("split", None)


def test_the_newest_version_is_loaded(tmp_path: Path) -> None:
    rest = "sections: [{to: [planning, teaching], relation: none},"
    rest += " {from: [cycles, evidence, leadership], relation: none}]\n"
    path = _crosswalk(tmp_path, "version: 1.0.0\n" + rest)
    newer = path.with_name("crosswalk-example-1.10.0.yaml")
    newer.write_text(path.read_text("utf-8").replace("1.0.0\nsec", "1.10.0\nsec"), "utf-8")
    assert _catalog(tmp_path).validate(newer) == []
    assert _catalog(tmp_path).crosswalk("example", "flat").version == "1.10.0"


def test_a_crosswalk_under_another_name_is_told(tmp_path: Path) -> None:
    rest = "sections: [{to: [planning, teaching], relation: none},"
    rest += " {from: [cycles, evidence, leadership], relation: none}]\n"
    path = _crosswalk(tmp_path, "version: 1.0.0\n" + rest, "crosswalk-other-1.0.0.yaml")
    (problem,) = _catalog(tmp_path).validate(path)
    assert "rename the file to flat/crosswalk-example-1.0.0.yaml" in str(problem)


def test_maps_of_a_role_are_linked_component_by_component(tmp_path: Path) -> None:
    rest = "sections: [{to: [planning, teaching], relation: none},"
    rest += " {from: [cycles, evidence, leadership], relation: none}]\n"
    pair = (
        "maps: [{from: example/teacher@1.0.0, to: flat/letters@1.0.0, "
        "components: [{from: [inquiry], relation: none}]}]\n"
    )
    path = _crosswalk(tmp_path, "version: 1.0.0\n" + rest + pair)
    rules = {problem.rule for problem in _catalog(tmp_path).validate(path)}
    assert rules == {"unknown-link", "left-unlinked"}


def test_a_crosswalk_that_is_not_there_is_told() -> None:
    with pytest.raises(icmaps.UnknownNameError, match="no crosswalk from 'spl-2022' to 'spl-2011'"):
        icmaps.load_crosswalk("spl-2022", "spl-2011")
