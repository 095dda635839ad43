"""What a growth report prints, as flat text and lists: what Python promises the templates."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A level, as a column of the picture; `tone` names its shade in the spread."""

    head: str
    tone: str


@dataclass(frozen=True, slots=True)
class StandardRow:
    """One standard in the picture on page one; a cell holds a mark for each component."""

    code: str
    title: str
    anchor: str
    cells: tuple[str, ...]
    off_scale: str
    open: str
    moved: str


@dataclass(frozen=True, slots=True)
class Share:
    """One level in the spread over everything asked; `tone` names its shade."""

    label: str
    count: str
    width: str
    tone: str


@dataclass(frozen=True, slots=True)
class Spread:
    """The spread of levels in one round, as a bar; `then` if it is an earlier one."""

    label: str
    then: bool
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A heading and a few lines beside the picture."""

    tone: str
    mark: str
    heading: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoalCard:
    """A goal: the word picture of today beside the next one."""

    title: str
    anchor: str
    critical: bool
    now_label: str
    now: tuple[str, ...]
    next_label: str
    next: tuple[str, ...]
    advice: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ComponentBlock:
    """One component with its ladder; a `long` one may go on over the page."""

    anchor: str
    code: str
    title: str
    critical: bool
    ladder: str
    state: str
    aside: str
    change: str
    tone: str
    picture: tuple[str, ...]
    trail: str
    look_fors: str
    evidence: tuple[str, ...]
    long: bool


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard with its components."""

    anchor: str
    code: str
    title: str
    summary: str
    components: tuple[ComponentBlock, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything a growth report prints.

    Attributes:
        language: BCP 47 tag of the map's texts.
        title: The document's title.
        name: The respondent.
        role, occasion, place: Role and standards; report, round and rater; groups.
        opening: Where the educator stands, in a sentence or two.
        columns: The levels, as the head of the picture.
        has_off_scale: Some choices are outside the scale; the picture has a column for them.
        has_open: Some components are not answered; the picture has a column for them.
        has_moves: There is an earlier round; the picture has a column for what moved.
        rows: The picture by standard.
        spreads: The spread of levels, this round first.
        notes: What stands beside the picture: what moved, what is critical.
        stand_heading: The heading of page one, in the voice of whoever placed the practice.
        goals_heading, goals_note, goals: The goals, or where one could start.
        goals_before: What became of the goals of last time.
        standards: The pages that follow.
        legend: The marks and what they mean.
        example: A ladder of this report, and how to read it; nothing where no level was chosen.
        numbers: The policy's numbers, and the sentence that explains them; often empty.
        glossary: How to read the report: term and meaning.
        plan: The planning page: a goal's title, or nothing, for each block to write on.
        colophon: Where the numbers come from: map, version, licence, date.
        attached: What is said of the data in the PDF.
    """

    language: str
    title: str
    name: str
    role: str
    occasion: str
    place: str
    opening: str
    columns: tuple[Column, ...]
    has_off_scale: bool
    has_open: bool
    has_moves: bool
    rows: tuple[StandardRow, ...]
    spreads: tuple[Spread, ...]
    notes: tuple[Note, ...]
    stand_heading: str
    goals_heading: str
    goals_note: str
    goals_before: str
    goals: tuple[GoalCard, ...]
    standards: tuple[Standard, ...]
    legend: tuple[tuple[str, str], ...]
    example: tuple[str, str] | None
    numbers: tuple[str, ...]
    numbers_note: str
    glossary: tuple[tuple[str, str], ...]
    plan: tuple[str, ...]
    colophon: tuple[str, ...]
    attached: str

    def texts(self) -> Iterator[str]:
        """Yield every text of the report, for choosing fonts."""
        yield from texts_of(self)


def texts_of(value: object) -> Iterator[str]:
    """Yield every text in a view, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts_of(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_of(getattr(value, field.name))
