"""The catalogue of what can be wrong with a file.

A rule is written once, here, as three sentences: what is wrong, why it matters, how to mend it.
The readers find the place and the values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What can be wrong, in three templates filled with the values of the case.

    Attributes:
        what: What is wrong here.
        why: What would go wrong if it were let through.
        mend: What to do, as an order one can carry out.
        severity: An `error` stops the file from being used; a `warning` does not.
    """

    what: str
    why: str
    mend: str
    severity: Severity = "error"


RULES: Final[Mapping[str, Rule]] = {
    # ---- the file as bytes and YAML -------------------------------------------------------
    "unreadable": Rule(
        "the file cannot be read: {reason}",
        "nothing in it was looked at",
        "check the name and your right to read it",
    ),
    "not-utf-8": Rule(
        "byte {byte} is not UTF-8 text",
        "in another encoding accents and names would come out wrong without notice",
        "save the file as UTF-8",
    ),
    "control-character": Rule(
        "there is a control character U+{code} here",
        "it cannot be printed and can hide text",
        "delete it",
    ),
    "empty-file": Rule(
        "the file has nothing in it",
        "there is nothing to validate",
        "start from an example: `icmaps show spl-2022/teacher`",
    ),
    "too-large": Rule(
        "the file is larger than {limit} bytes",
        "files are read whole, so their size is limited",
        "split it, or check that it is the right file",
    ),
    "too-deep": Rule(
        "values are nested more than {limit} deep",
        "no file of ours needs it, and deep nesting is a known way to crash YAML readers",
        "flatten it, or check that it is the right file",
    ),
    "too-many-values": Rule(
        "there are more than {limit} values",
        "files are read whole, so their size is limited",
        "split it, or check that it is the right file",
    ),
    "syntax": Rule(
        "this is not YAML: {reason}",
        "the rest of the file cannot be understood",
        "{hint}",
    ),
    "second-document": Rule(
        "a second document begins here",
        "one file holds one framework, map or assessment; the second would be ignored",
        "put it into a file of its own",
    ),
    "not-a-mapping": Rule(
        "the file holds {found}, not `key: value` lines",
        "there is no `schema:` line to say what it is",
        "begin with a line such as `schema: icmaps/map/1`",
    ),
    "anchor": Rule(
        "the anchor `&{name}` is not allowed",
        "a value is written where it is used, so that a file can be read without jumping about",
        "write the value out and delete `&{name}`",
    ),
    "alias": Rule(
        "the alias `*{name}` is not allowed",
        "a few of them can stand for billions of values",
        "write the value out",
    ),
    "tag": Rule(
        "the tag `{tag}` is not allowed",
        "a tag asks the reader to build something; these files hold text, numbers and lists only",
        "delete it, and put quotes round the value if it is meant as text",
    ),
    "merge-key": Rule(
        "the merge key `<<` is not allowed",
        "it hides where a value comes from",
        "write the keys out",
    ),
    "duplicate-key": Rule(
        "the key {key} is here a second time (first on line {first})",
        "one of the two values would be lost in silence",
        "delete one, or rename it",
    ),
    "complex-key": Rule(
        "a key must be plain text, not {found}",
        "keys are names",
        "use a simple name as the key, in quotes if it is a number",
    ),
    "lone-surrogate": Rule(
        "there is half a character here (a lone surrogate)",
        "it cannot be stored or printed",
        "delete it and type the character again",
    ),
    "number-too-long": Rule(
        "the number has {digits} digits",
        "numbers of more than 18 digits lose digits in other programs",
        "put it in quotes if it is a name or a code",
    ),
    "unknown-schema": Rule(
        "`schema` is {found}",
        "it says what the file is; nothing else in it was looked at",
        "{near}write one of {known}",
    ),
    "wrong-kind": Rule(
        "the file holds {found}",
        "{kind} was asked for here",
        "name the file of {kind}",
    ),
    "missing-schema": Rule(
        "there is no `schema` line",
        "it says what the file is; nothing else in it was looked at",
        "add one of {known} as the first line",
    ),
    # ---- the shape of the data ------------------------------------------------------------
    "unknown-key": Rule(
        "the key {key} is not known here",
        "what it says would be ignored",
        "{near}known keys: {known}",
    ),
    "missing-key": Rule(
        "the key {key!r} is missing",
        "it is needed{where}",
        "add `{key}: ...`",
    ),
    "not-text": Rule(
        "this is {found}, not text",
        "ids, codes and versions are text: as a number 1.10 would become 1.1",
        'write "{text}" in quotes',
    ),
    "wrong-value": Rule(
        "{found} does not fit here: {reason}",
        "what it means could only be guessed",
        "{hint}",
    ),
    "not-an-id": Rule(
        "{found} is not a valid id",
        "ids are stored for ever and used in file names and columns",
        "use lower-case letters, digits and single hyphens, as in `inquiry-cycle`",
    ),
    "not-a-version": Rule(
        "{found} is not a version",
        "versions are compared part by part",
        "write three numbers, as in `1.0.0`",
    ),
    "not-a-reference": Rule(
        "{found} does not name {kind} and its exact version",
        "without the version nobody could tell later what was meant",
        "write it like `{example}`",
    ),
    "not-a-date": Rule(
        "{found} is not a date",
        "rounds are ordered by date",
        "write year-month-day, as in `2026-11-20`",
    ),
    "too-long": Rule(
        "the text has {length} characters, {limit} are allowed",
        "it would not fit the printed page",
        "shorten it, or put the rest where the evidence is and give its name",
    ),
    "duplicate-id": Rule(
        "the {kind} {id} is here a second time",
        "placements are stored under it and could not be told apart",
        "rename one of the two",
    ),
    # ---- maps -----------------------------------------------------------------------------
    "no-scale": Rule(
        "component {component!r} has no scale",
        "nobody can tell which of its levels is the ideal one",
        "give the map a `scale`, or this component its own",
    ),
    "unknown-code": Rule(
        "{code} is not a level of component {component!r}",
        "it stands for nothing on the printed map",
        "{near}its levels are {known}",
    ),
    "code-not-on-scale": Rule(
        "the level {code} is not on the scale",
        "its place between the other levels is unknown",
        "{near}the scale has {known}",
    ),
    "few-variations": Rule(
        "component {component!r} needs at least 2 levels with a word picture and has {count}",
        "with a single word picture every answer is the same",
        "add the missing word pictures, or delete the component",
    ),
    "many-variations": Rule(
        "component {component!r} has {count} variations; 6 are the most",
        "more cannot be told apart, nor printed side by side",
        "merge neighbours that say nearly the same",
    ),
    "off-scale-code": Rule(
        "the off-scale choice {code!r} is also a level",
        "an answer could mean either",
        "rename the off-scale choice",
    ),
    "fidelity-order": Rule(
        "`ideal_until` ({ideal!r}) lies beyond `acceptable_until` ({acceptable!r})",
        "a level would be ideal without being acceptable",
        "swap the two, or move one",
    ),
    "empty-fidelity": Rule(
        "`fidelity` draws no line",
        "it says nothing",
        "give `ideal_until`, `acceptable_until` or both, or delete `fidelity`",
    ),
    "gap": Rule(
        "the level {code!r} of component {component!r} is a gap",
        "there is no word picture at that level",
        "choose one of {known}",
    ),
    "points-order": Rule(
        "level {code!r} is worth more points than the better level {better!r}",
        "a better placement would lower the score",
        "give better levels at least as many points",
    ),
    "part-points": Rule(
        "level {code!r} has no points though others of its scale have",
        "points for some levels and steps for others cannot be added",
        "give every level of the scale its points, or none",
    ),
    "unknown-section": Rule(
        "section {section} is not in {framework}",
        "the component would be in no part of the report",
        "{near}choose a section `id` of {framework}",
    ),
    "unknown-reference": Rule(
        "{reference} is not in the catalog",
        "the file cannot be checked or used without it",
        "{near}put its file under the maps folder, or name the folder with --maps",
    ),
    "broken-reference": Rule(
        "{reference} cannot be used, its own file has problems",
        "the file cannot be checked or used without it",
        "mend that one first: `icmaps validate {other}`",
    ),
    "misplaced": Rule(
        "the file says it is {says}, its name says {name}",
        "it would be found under the wrong name",
        "rename the file to {expected}, or correct `id` and `version`",
    ),
    "published-changed": Rule(
        "the published file has changed since it was locked",
        "placements made on it would no longer mean what they meant",
        "undo the change and make a new version, in a file of its own",
    ),
    "published-unlocked": Rule(
        "the file is published but not in versions.lock",
        "a later change to it would go unnoticed",
        "run `sha256sum` on it in the maps folder and add the line to versions.lock",
        "warning",
    ),
    # ---- assessments ----------------------------------------------------------------------
    "unknown-component": Rule(
        "component {component} is not on {map}",
        "what the file says about it would be lost",
        "{near}see `icmaps show {map}` for the ids",
    ),
    "unknown-level": Rule(
        "component {component!r} has no level {code}",
        "it would stand for nothing",
        "{hint}",
    ),
    "column-missing": Rule(
        "the column {column!r} is missing",
        "no row could be told from another without it",
        "{near}add it; the table has {known}",
    ),
    "rows-disagree": Rule(
        "this row says {column} {value}, row {at} of the same assessment says {other}",
        "one of the two is wrong, and nobody could tell which",
        "make them the same, or give the rows another round or rater",
    ),
    "repeated-assessment": Rule(
        "an assessment of {respondent} in the round {round} was read before this row",
        "one person would be counted as two",
        "delete one, or put the rows of one assessment one below the other",
    ),
    "level-and-answer": Rule(
        "component {component!r} has both a level and an answer",
        "only one of the two can be meant",
        "delete one",
    ),
    "no-answer": Rule(
        "component {component!r} has neither a level nor an answer",
        "an unanswered component is left out altogether",
        "give `level` or `answer`, or delete the placement",
    ),
    "unknown-scope": Rule(
        "section {section} is not in {framework}",
        "nobody could tell which components were taken on",
        "{near}see `icmaps show {map}` for the sections",
    ),
    "empty-scope": Rule(
        "section {section} holds no component of {map}",
        "nothing would be asked there",
        "take it out of `scope`, or see `icmaps show {map}` for the sections that hold some",
    ),
    "out-of-scope": Rule(
        "component {component!r} lies outside the scope",
        "it was not asked, so what is said of it would count nowhere",
        "add {section!r} to `scope`, or delete what is said of it",
    ),
    "goal-not-better": Rule(
        "the goal for {component!r} is level {to!r}, the placement is {level!r}",
        "a goal points to a level nearer the ideal than today's",
        "{hint}",
    ),
    "goal-off-scale": Rule(
        "the goal for {component!r} is the off-scale choice {to!r}",
        "a goal is a level of the map",
        "choose one of {known}",
    ),
    "goal-count": Rule(
        "there are {count} goals",
        "one to three can be worked on at a time",
        "keep the three that matter most",
    ),
    # ---- crosswalks -----------------------------------------------------------------------
    "link-arity": Rule(
        "the relation is `{relation}`, which needs {needs}",
        "nobody could tell what became of what",
        "add or take out ids, or choose the relation that fits",
    ),
    "unknown-link": Rule(
        "{id} is not in {where}",
        "the link would lead nowhere",
        "{near}write an id of {where}",
    ),
    "left-unlinked": Rule(
        "no link names {left} of {where}",
        "what a crosswalk passes over in silence looks forgotten",
        "link each under `{side}`; if it has no counterpart, with `relation: none`",
    ),
    "unknown-source": Rule(
        "the source {source} is not among the `sources`",
        "nobody could look it up",
        "{near}name one of {known}, add it, or leave `source` out for your own judgement",
    ),
    # ---- how a map is written: advice, given by `icmaps validate --strict` -----------------
    "title-verb": Rule(
        "the title begins with {word}, which is no verb in the third person",
        "a component is an outcome that somebody brings about, not a topic",
        'begin with what the person does, as in "Carries a cycle of inquiry through"',
        "warning",
    ),
    "subject-first": Rule(
        "the word picture begins with {words}",
        "every picture on the map has the same subject, so the words carry nothing",
        "begin with the verb",
        "warning",
    ),
    "word-count": Rule(
        "the word picture has {count} words; {least} to {most} are the measure",
        "a shorter one shows too little to recognize, a longer one is not read",
        "{hint}",
        "warning",
    ),
    "adverb-ladder": Rule(
        "levels {better!r} and {code!r} differ in {words} alone",
        "how often or how well is a matter of opinion; two readers would choose differently",
        "say what is done differently: who takes part, which evidence, what becomes of it",
        "warning",
    ),
    "near-duplicate": Rule(
        "{share} % of the words are those of {other}",
        "two places that read alike are one practice written twice, or two not told apart",
        "rewrite one by what is done there alone, or delete it",
        "warning",
    ),
    "reading-grade": Rule(
        "the text has a Flesch-Kincaid grade of {grade}; it should stay below {limit}",
        "somebody with no time has to understand it at first reading",
        "split its longest sentence, or put shorter words in place of long ones",
        "warning",
    ),
    "negation": Rule(
        "the word picture of a practice says {words}",
        "what is missing cannot be seen, and reads as a reproach",
        "say what is done at this level; only a last level of non-use may say what is not",
        "warning",
    ),
    "only-negates": Rule(
        "every sentence of the word picture begins with what is not done",
        "nobody can recognize a practice in what is missing",
        "say what is there in its place",
        "warning",
    ),
    "leans-on-level": Rule(
        "the word picture leans on another one: {words}",
        "each level is read by itself, on the form and in the report",
        "write out what is meant",
        "warning",
    ),
    "ideal-longest": Rule(
        "the ideal picture is the longest in {count} of {total} components",
        "the order can be guessed by eye, and placements drift to the longest text",
        "shorten ideal pictures, or give the others more to see, until at most half are longest",
        "warning",
    ),
    "look-for-count": Rule(
        "component {component!r} has {count} of the 2 to 4 look-fors it should have",
        "they tell people what evidence could show, and more are not read",
        "{hint}",
        "warning",
    ),
    "no-fidelity": Rule(
        "component {component!r} has no fidelity line between acceptable and not",
        "nobody can tell which placements need support first",
        "add `fidelity` with `ideal_until` and `acceptable_until`, or one of them",
        "warning",
    ),
    "no-next-step": Rule(
        "level {code!r} of component {component!r} has no next step",
        "a person placed there is told where they stand and not what to do",
        "add one move to make within a month, and with whom, under `next_steps`",
        "warning",
    ),
    "section-without-component": Rule(
        "section {section!r} of {framework} has no component",
        "a part of the standards is not on the map, and nobody would notice",
        "write a component for it",
        "warning",
    ),
    "critical-share": Rule(
        "{count} of {total} components are critical",
        "critical ones are listed by name; of too many or of none, the list says nothing",
        "mark about one in four: those without which the practice is not there at all",
        "warning",
    ),
}
