"""What a group report prints, as flat text, lists and finished pictures."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from icmaps.report._view import Column, texts_of


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands out: a heading, what it says, and the components it is about."""

    heading: str
    text: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StandardLine:
    """One standard on page one: its spread, and where the smaller groups stand."""

    code: str
    title: str
    anchor: str
    spread: Markup
    acceptable: str
    groups: Markup | None


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """One component: picture, parts by level, and in words."""

    code: str
    title: str
    critical: bool
    spread: Markup
    parts: tuple[str, ...]
    of: str
    common: str
    acceptable: str
    moved: Markup | None
    moved_words: str


@dataclass(frozen=True, slots=True)
class StandardPage:
    """One standard with its components."""

    anchor: str
    code: str
    title: str
    lines: tuple[ComponentLine, ...]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One smaller group: how many people, and its share at least acceptable by standard."""

    name: str
    people: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One component that another rater placed as well."""

    title: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One component to plan for: the word picture of now beside the next one, and the advice."""

    title: str
    now_label: str
    now: tuple[str, ...]
    next_label: str
    next: tuple[str, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """Everything a group report prints.

    Attributes:
        language: BCP 47 tag of the map's texts.
        title: The document's title.
        name: The group.
        role, occasion: Role and standards; report, round and people.
        opening: What the report is about and how to read its parts.
        columns: The levels and the part without one, as heads of tables.
        standards: Page one's picture.
        groups_heading: What the rings on page one are; nothing where there are none.
        lines_note: What is said of the acceptable lines and the rings.
        findings: What stands out.
        plan_note, plan: What to plan next.
        patterns: The common patterns of all who are in the study.
        pages: The pages by standard.
        has_moves: There is an earlier round to compare with.
        moves_note: What is said of growth, its test and its limits.
        differences_heads, differences, differences_note: Where raters differ.
        group_heads, group_lines, groups_note: The smaller groups.
        glossary: How to read the report: term and meaning.
        colophon: Where the numbers come from.
    """

    language: str
    title: str
    name: str
    role: str
    occasion: str
    opening: str
    columns: tuple[Column, ...]
    standards: tuple[StandardLine, ...]
    groups_heading: str
    lines_note: str
    findings: tuple[Finding, ...]
    plan_note: str
    plan: tuple[PlanLine, ...]
    patterns: tuple[Finding, ...]
    pages: tuple[StandardPage, ...]
    has_moves: bool
    moves_note: str
    differences_heads: tuple[str, ...]
    differences: tuple[DifferenceLine, ...]
    differences_note: str
    group_heads: tuple[str, ...]
    group_lines: tuple[GroupLine, ...]
    groups_note: str
    glossary: tuple[tuple[str, str], ...]
    colophon: tuple[str, ...]

    def texts(self) -> Iterator[str]:
        """Yield every text of the report, for choosing fonts."""
        yield from texts_of(self)
