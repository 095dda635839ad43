"""Advice on how a map is written (`icmaps validate --strict`): its wording, not its validity.

Each check has a rule of its own in `icmaps.errors`, which says why it matters and how to mend it.
The checks of wording are made for English; those of structure for every language.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from icmaps.errors import Finding, quoted
from icmaps.models import Component, Framework, ICMap, Variation

__all__ = ["lint", "reading_grade"]

_LEAST_WORDS: Final = 18
_MOST_WORDS: Final = 45
_GRADE_LIMIT: Final = 14
_ALIKE: Final = 0.75  # share of words, in order, from which two texts count as near-duplicates
_COMPARED_WORDS: Final = 6  # shorter texts are alike by chance
_FEW_LOOK_FORS: Final = 2
_MANY_LOOK_FORS: Final = 4
_SMALL_MAP: Final = 6  # in a smaller map, a share says nothing
_CRITICAL: Final = (0.1, 0.4)  # about one in four

_WORD: Final = re.compile(r"[^\W_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W_]+)*")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n")
# Plural nouns that would pass for verbs in the third person at the head of a title.
_NOUN: Final = re.compile(
    "students|teachers|principals|leaders|educators|families|superintendents|colleagues|lessons|"
    "materials|goals|expectations|relationships|standards|skills"
)
# Words of degree and frequency: a level that differs from its neighbor in these alone is no level.
_DEGREE: Final = re.compile(
    "always|often|sometimes|rarely|seldom|never|usually|mostly|generally|typically|fully|partly|"
    "partially|entirely|largely|somewhat|very|quite|well|poorly|highly|barely|hardly|most|many|"
    "some|few|all|any|every|each|several|no|not|only|more|less|much|little|strong|weak|clear|"
    "limited|minimal|full|partial|frequent|occasional|rare|consistent|inconsistent|[a-z]{3,}ly"
)
_NEGATION: Final = re.compile(
    r"\b(?:does not|doesn't|has not|hasn't|fails? to|failing to|lacks?|lacking|never|neglects?|"
    r"refuses?)\b",
    re.IGNORECASE,
)
_NEGATIVE_START: Final = re.compile(
    r"(?:does not|doesn't|do not|is not|has no|has not|never|no|not|fails? to|lacks?|without)\b",
    re.IGNORECASE,
)
_LEANS: Final = re.compile(
    r"\b(?:as above|as below|same as|(?:in addition to|like|unlike|compared (?:to|with)) "
    r"(?:the )?(?:level|previous|next|higher|lower)|(?:previous|higher|lower|next) level|"
    r"level [1-6a-f])\b",
    re.IGNORECASE,
)


_Path = tuple[str | int, ...]


class _Place(NamedTuple):
    """A text of a map and where it stands."""

    icmap: ICMap
    component: Component
    path: _Path
    text: str

    def __str__(self) -> str:
        kind = {"title": "the title", "next_steps": "the next step"}.get(str(self.path[2]))
        level = f"level {self.path[3]!r}" if len(self.path) > 3 else ""  # noqa: PLR2004
        what = " for ".join(filter(None, [kind, level]))
        return f"{what} of {self.component.id!r} on {self.icmap.id}"


def lint(icmap: ICMap, framework: Framework, others: Iterable[ICMap] = ()) -> list[Finding]:
    """Return advice on how a map is written.

    Args:
        icmap: The map.
        framework: The framework it is for.
        others: Maps whose texts its own are compared with; of maps with its own id, which are
            its other versions, none is looked at.

    Returns:
        Broken rules of writing with their places, in no particular order.
    """
    findings = [*_structure(icmap, framework)]
    if icmap.language.partition("-")[0].lower() == "en":
        findings += _wording(icmap)
    ladders = {finding.path for finding in findings if finding.rule == "adverb-ladder"}
    alike = _near_duplicates(icmap, [other for other in others if other.id != icmap.id])
    return [*findings, *(finding for finding in alike if finding.path not in ladders)]


@lru_cache(maxsize=1)
def _syllable_positions() -> Callable[[str], list[int]]:
    import pyphen  # noqa: PLC0415, its dictionaries are read when the first map is linted

    return lru_cache(maxsize=50_000)(pyphen.Pyphen(lang="en_US").positions)


def reading_grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of an English text: years of schooling to read it easily.

    0.39 x words per sentence + 11.8 x syllables per word - 15.59 (Kincaid, Fishburne, Rogers and
    Chissom 1975, "Derivation of New Readability Formulas", Research Branch Report 8-75, p. 14).
    Syllables are those at which Pyphen's dictionary hyphenates, at least one a word; it leaves out
    a few short ones, so the grade is on the low side.

    Args:
        text: One or more sentences; bullets on lines of their own are sentences.

    Returns:
        The grade; 0 for a text without words.
    """
    words = _words(text)
    if not words:
        return 0
    positions = _syllable_positions()
    syllables = sum(len(positions(word.lower())) + 1 for word in words)
    return 0.39 * len(words) / len(_sentences(text)) + 11.8 * syllables / len(words) - 15.59


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE.split(text.strip()) if _WORD.search(part)]


def _structure(icmap: ICMap, framework: Framework) -> Iterator[Finding]:
    """Yield what is missing around the word pictures, in any language."""
    held = {component.section for component in icmap.components}
    for section, above in framework.walk():
        if not section.sections and held.isdisjoint({section.id, *above}):
            missing = {"section": section.id, "framework": framework.reference}
            yield Finding("section-without-component", ("components",), missing, at_key=True)
    total = len(icmap.components)
    critical = sum(component.critical for component in icmap.components)
    least, most = _CRITICAL
    if total >= _SMALL_MAP and not least <= critical / total <= most:
        shares = {"count": critical, "total": total}
        yield Finding("critical-share", ("components",), shares, at_key=True)
    for position, component in enumerate(icmap.components):
        at = ("components", position)
        values = {"component": component.id}
        count = len(component.look_fors)
        if not _FEW_LOOK_FORS <= count <= _MANY_LOOK_FORS:
            hint = (
                "add something to see or to read at this practice"
                if count < _FEW_LOOK_FORS
                else "keep those that tell levels apart"
            )
            yield Finding("look-for-count", at, {**values, "count": count, "hint": hint})
        if component.fidelity is None or component.fidelity.acceptable_until is None:
            yield Finding("no-fidelity", at, values)
        for code in component.levels[1:]:
            if component.next_step(code) is None:
                yield Finding("no-next-step", at, {**values, "code": code})


def _wording(icmap: ICMap) -> Iterator[Finding]:
    longest = 0
    for position, component in enumerate(icmap.components):
        at = ("components", position)
        yield from _title(component, at)
        pictures = [v for v in component.variations if not v.gap]
        lengths = [len(_words(picture.text)) for picture in pictures]
        longest += lengths[0] == max(lengths)
        for picture in pictures:
            last = picture is pictures[-1]
            yield from _picture(picture, icmap.title, (*at, "variations", picture.code), last=last)
        for better, worse in pairwise(pictures):
            yield from _ladder(better, worse, (*at, "variations", worse.code))
        for step in component.next_steps:
            yield from _grade(step.text, (*at, "next_steps", step.code))
    total = len(icmap.components)
    if total >= _SMALL_MAP and longest > total / 2:
        values = {"count": longest, "total": total}
        yield Finding("ideal-longest", ("components",), values, at_key=True)


def _title(component: Component, at: _Path) -> Iterator[Finding]:
    first = component.title.split()[0]
    word = first.lower()
    if not re.fullmatch(r"[a-z]+(?:-[a-z]+)*[^s\W]s", word) or _NOUN.fullmatch(word):
        yield Finding("title-verb", (*at, "title"), {"word": quoted(first)})


def _picture(picture: Variation, role: str, at: _Path, *, last: bool) -> Iterator[Finding]:
    """Yield what is wrong with one word picture, looked at by itself."""
    text = picture.text
    count = len(_words(text))
    if not _LEAST_WORDS <= count <= _MOST_WORDS:
        hint = (
            "say who does what with whom, and with which evidence"
            if count < _LEAST_WORDS
            else "keep the two or three things that tell this level from its neighbors"
        )
        values = {"count": count, "least": _LEAST_WORDS, "most": _MOST_WORDS, "hint": hint}
        yield Finding("word-count", at, values)
    start = re.match(rf"(?:the|an?|our|each)\s+(?:{re.escape(role)}|\w+)\b", text, re.IGNORECASE)
    if start or text.lower().startswith(role.lower()):
        words = quoted(start[0] if start else role)
        yield Finding("subject-first", at, {"words": words})
    if all(_NEGATIVE_START.match(sentence) for sentence in _sentences(text)):
        yield Finding("only-negates", at, {})
    elif not last and (negation := _NEGATION.search(text)):
        yield Finding("negation", at, {"words": quoted(negation[0])})
    if leans := _LEANS.search(text):
        yield Finding("leans-on-level", at, {"words": quoted(leans[0])})
    yield from _grade(text, at)


def _grade(text: str, at: _Path) -> Iterator[Finding]:
    grade = round(reading_grade(text), 1)
    if grade >= _GRADE_LIMIT:
        yield Finding("reading-grade", at, {"grade": grade, "limit": _GRADE_LIMIT})


def _of_degree(word: str) -> bool:
    return bool(_DEGREE.fullmatch(word))


def _ladder(better: Variation, worse: Variation, at: _Path) -> Iterator[Finding]:
    """Yield a finding if two neighbors are equal once words of degree are taken out."""
    first, second = ([w.lower() for w in _words(v.text)] for v in (better, worse))
    if first == second:
        return  # two levels may share one text; that is told as a duplicate
    if [w for w in first if not _of_degree(w)] == [w for w in second if not _of_degree(w)]:
        pairs = [quoted(w) for w in dict.fromkeys([*first, *second]) if _of_degree(w)]
        differing = [w for w in pairs if (w.strip("'") in first) != (w.strip("'") in second)]
        values = {
            "better": better.code,
            "code": worse.code,
            "words": " and ".join(differing or pairs),
        }
        yield Finding("adverb-ladder", at, values)


def _places(icmap: ICMap) -> dict[str, list[_Place]]:
    """Return the texts that are compared, by what they are; short ones are left out."""
    places: dict[str, list[_Place]] = {"title": [], "variations": [], "next_steps": []}
    for position, component in enumerate(icmap.components):
        texts = [("title", "", component.title)]
        texts += [("variations", v.code, v.text) for v in component.variations]
        texts += [("next_steps", step.code, step.text) for step in component.next_steps]
        for kind, code, text in texts:
            if len(_words(text)) >= _COMPARED_WORDS:
                path: _Path = ("components", position, kind, *([code] if code else []))
                places[kind].append(_Place(icmap, component, path, text))
    return places


def _near_duplicates(icmap: ICMap, others: list[ICMap]) -> Iterator[Finding]:
    """Yield the texts of a map most of whose words stand, in their order, in another text."""
    from rapidfuzz.distance import Indel  # noqa: PLC0415, loaded when the first map is linted
    from rapidfuzz.process import cdist  # noqa: PLC0415

    vocabulary: dict[str, str] = {}

    def spelled(place: _Place) -> str:
        # A character for each word, so that a text is compared word by word, in a few steps.
        words = (word.lower() for word in _words(place.text))
        return "".join(
            vocabulary.setdefault(word, chr(0x10000 + len(vocabulary))) for word in words
        )

    own_places, other_places = _places(icmap), [_places(other) for other in others]
    for kind, own in own_places.items():
        against = [*own, *(place for places in other_places for place in places[kind])]
        if not own:
            continue
        likeness = cdist(
            [*map(spelled, own)],
            [*map(spelled, against)],
            scorer=Indel.normalized_similarity,
            score_cutoff=_ALIKE,
        )
        for row, place in enumerate(own):
            likeness[row, row : len(own)] = 0  # itself; a pair is told at the second of the two
            column = int(likeness[row].argmax())
            if share := float(likeness[row, column]):
                values = {"share": round(100 * share), "other": str(against[column])}
                yield Finding("near-duplicate", place.path, values)
