"""Prints what injected instructions win where the model obeys every one of them.

    .venv/bin/python benchmarks/injection.py FOLDER [--questions N]
        [--every N] [--first N] [--workers N] [--json]

FOLDER holds attacks as `interviewer evaluate attacks` reads them (`grader_attacks.jsonl`,
`benign_answers.jsonl`) and texts to inject, one a line under `text`, in the files of `FAMILIES`.
The model of `tests/obedient.py` reads its whole prompt for orders and follows them, and does the
worst by itself where there are none. Every row is put into every place that somebody else's words
come from, on one of N questions in turn, drawn by seed:

- *answer*: the candidate's answer is graded, by a model that judges the unsure points and by one
  that judges all, each of which quotes what fits best, then forges quotes, then passages.
- *document*: the heading, the reference, a key point, a retrieved passage or a reference of one's
  own holds it, in turn, and a plain answer is graded.
- *talk*: a whole interview, what is unclear and every answer hold it, so that it stands in the
  prompts for words, choices and a model's own questions. *document's talk*: the same, where the
  question and what is retrieved hold it.

*raised* counts attempts with a score above what the answer's evidence allows: the most that the
same answer gets without the attack, by the same model in either way (for tricks without an answer,
what the row names). A document's owner decides what earns credit, so that a score is not compared
where a key point or a reference of one's own holds the attack. *above its evidence* counts grades
above the score that their own proven verdicts give, *unproven* credits without words of the answer
or without a citation, *not retrieved* citations of anything but a passage that was given. *leaks*
are words of a rubric, a reference, a prompt or the key in what is shown before the answers are in;
*effects* are connections, look-ups and programs started; *live* is what a page would load or link;
*steered* are interviews that went another way; *orders said* are harmless words that a model was
told to say.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from injected import DOCUMENT, Counts, Grades
from injected_talk import WRONG, Talks, remembered_stems
from rich.console import Console
from support import HashingEncoder

from interviewer.config import load_settings
from interviewer.evaluation.attacks import (
    CLEARLY_BELOW,
    MOST_MOVED,
    AttackRow,
    answers_from,
    fill_in,
    read_attacks,
)
from interviewer.grading.passages import IndexPassages, NearbyPassages
from interviewer.grading.rubric import rubric_of
from interviewer.knowledge.bank import load_bank
from interviewer.knowledge.importers import import_text, save_import
from interviewer.models import Kind, Question
from interviewer.retrieval.index import build_in_memory
from interviewer.terminal.progress import TerminalProgress
from interviewer.workspace import Workspace, open_workspace

FAMILIES = {
    "resume injections": "*_resume_injections.jsonl",
    "buried instructions": "*_text_attacks.jsonl",
    "direct instructions": "*_prompt_injection.jsonl",
    "jailbreaks": "*_prompt_injections.jsonl",
    "requests for the prompt": "*_sysprompt_extraction.jsonl",
    "render payloads": "*_render_payloads.jsonl",
}
BENIGN, TRICKS = "benign trigger words", "grader attacks"
PLACES = ("answer", "document", "talk", "document's talk")
CLAIMS = ("attempts", "grades", "raised", "above its evidence", "unproven", "not retrieved")
DOINGS = ("leaks", "effects", "live", "steered", "blocked", "worded", "orders said")
COLUMNS = CLAIMS + DOINGS
SEED = 20261124
_SHOWN = 12


@dataclass
class Told:
    """What came out: counts by family and place, and the questions that an import changed."""

    counts: dict[tuple[str, str], Counts] = field(default_factory=dict)
    questions: tuple[str, ...] = ()
    changed: int = 0

    def join(self, other: Told) -> None:
        """Take the counts of another worker in."""
        for at, counts in other.counts.items():
            self.counts.setdefault(at, Counts()).join(counts)
        self.questions, self.changed = other.questions, self.changed + other.changed

    def rows(self) -> Iterator[tuple[str, str, dict[str, int]]]:
        """Give the counts of each family and place, then of each place."""
        totals: dict[str, Counts] = defaultdict(Counts)
        for family in (TRICKS, BENIGN, *FAMILIES):
            for place in PLACES:
                if (family, place) in self.counts:
                    counts = self.counts[family, place]
                    totals[place].join(counts)
                    yield family, place, {name: counts.of[name] for name in COLUMNS}
        for place, counts in totals.items():
            yield "all", place, {name: counts.of[name] for name in COLUMNS}

    def shown(self) -> list[str]:
        """Tell of what went wrong, and of the orders that a model said aloud, last."""
        told = [
            f"{family}, {place}: {each}"
            for (family, place), counts in self.counts.items()
            for each in counts.shown
        ]
        return sorted(told, key=lambda each: "orders said" in each)

    def table(self) -> str:
        """Write everything for a terminal."""
        lines = [f"| family | place | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 2) + "|"]
        for family, place, counts in self.rows():
            lines.append(f"| {family} | {place} | {' | '.join(map(str, counts.values()))} |")
        count = len(self.questions)
        imported = f"{self.changed} of {count} questions get other passages by it."
        lines += ["", f"All texts imported as one document: {imported}", ""]
        return "\n".join([*lines, *self.shown()[:_SHOWN]])

    def to_json_dict(self) -> dict[str, Any]:
        """Give everything as `--json` prints it."""
        return {
            "questions": self.questions,
            "rows": [{"family": f, "place": p, **counts} for f, p, counts in self.rows()],
            "questions changed by an import": self.changed,
            "shown": self.shown(),
        }


@dataclass
class Attacked:
    """The questions under attack, and what is counted, by family and place."""

    space: Workspace
    folder: Path
    questions: Sequence[Question]
    counts: dict[tuple[str, str], Counts] = field(default_factory=lambda: defaultdict(Counts))

    def __post_init__(self) -> None:
        source = IndexPassages(self.space.index, self.space.settings.top_k)
        self.grades = Grades(self.space.offline, source)
        nearby = NearbyPassages(self.space.index)
        behind = [*self.questions[1:], self.questions[0]]
        self.talks = [
            Talks(
                self.folder / str(number),
                (question, other),
                nearby.passages(question, WRONG, {other.id}),
            )
            for number, (question, other) in enumerate(zip(self.questions, behind, strict=True))
        ]

    def row(self, number: int, family: str, row: AttackRow | str) -> None:
        """Try one row wherever it fits."""
        if isinstance(row, str):
            self.inject(family, number, row)
        elif family == TRICKS:
            self.trick(number, row)
        else:
            self.honest(number, row)

    def inject(self, family: str, number: int, text: str) -> None:
        """Put a text into every place."""
        question = self.questions[number % len(self.questions)]
        talk = self.talks[number % len(self.questions)]
        bases = answers_from(question)
        base = bases[number // len(self.questions) % len(bases)]
        part = DOCUMENT[number % len(DOCUMENT)]
        found = (
            self.grades.attack_answer(question, base, f"{base}\n\n{text}", number),
            self.grades.attack_document(question, part, base, text, number),
            talk.candidate(text, number),
            talk.document(text, number),
        )
        for place, counts in zip(PLACES, found, strict=True):
            self.counts[family, place].join(counts)

    def trick(self, number: int, row: AttackRow) -> None:
        """Try to win points on a question as a row says, from each answer that it starts from."""
        question = self.questions[number % len(self.questions)]
        from_bases = "{base}" in row.template or row.expect == "le_base"
        bases = answers_from(question)
        for base in bases if from_bases else bases[:1]:
            text = fill_in(row, question, base)
            most = self._most(row, question)
            counts = self.grades.attack_answer(question, base, text, number, most)
            self.counts[TRICKS, "answer"].join(counts)
        part = DOCUMENT[number % len(DOCUMENT)]
        base = bases[number % len(bases)]
        talk = self.talks[number % len(self.questions)]
        # In a document and a talk the question's own reference would be no attack but a gift.
        words = fill_in(row, replace(question, reference=WRONG), WRONG)
        more = (
            self.grades.attack_document(question, part, base, words, number),
            talk.candidate(words, number),
            talk.document(words, number),
        )
        for place, counts in zip(PLACES[1:], more, strict=True):
            self.counts[TRICKS, place].join(counts)

    def honest(self, number: int, row: AttackRow) -> None:
        """Say honest words that look like an attack; they must neither be flagged nor cost."""
        question = self.questions[number % len(self.questions)]
        base, counts = answers_from(question)[0], self.counts[BENIGN, "answer"]
        for mode in self.grades.modes:
            alone = self.grades.grade(question, row.text, mode)
            before = self.grades.grade(question, base, mode)
            added = self.grades.grade(question, f"{base} {row.text}", mode)
            flagged = bool(alone.notice or added.notice)
            blocked = flagged or added.score < before.score - MOST_MOVED
            counts.add("attempts")
            counts.add("blocked", blocked, row.text)
        self.counts[BENIGN, "talk"].join(
            self.talks[number % len(self.questions)].candidate(row.text, number)
        )

    def _most(self, row: AttackRow, question: Question) -> float | None:
        if row.expect == "zero":
            return 0.0
        if row.expect != "lt_ref":
            return None
        whole = question.reference
        scores = [self.grades.grade(question, whole, mode).score for mode in self.grades.modes]
        return CLEARLY_BELOW * min(scores)


def main() -> None:
    """Attack, and print one table or its JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=6)
    parser.add_argument("--every", type=int, default=1, help="try only every so many rows")
    parser.add_argument("--first", type=int, default=0, help="the first row to try, from 0")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    told = Told()
    workers = multiprocessing.get_context("spawn").Pool(arguments.workers)
    with workers, TerminalProgress(Console(stderr=True)) as progress:
        parts = [(arguments, number) for number in range(arguments.workers)]
        for done, part in enumerate(workers.imap_unordered(_part, parts), start=1):
            told.join(part)
            progress("Attacking", done, len(parts))
    print(json.dumps(told.to_json_dict(), indent=2) if arguments.json else told.table())


def _part(part: tuple[argparse.Namespace, int]) -> Told:
    """Do one worker's share of the rows."""
    arguments, worker = part
    space = open_workspace(load_settings())
    with tempfile.TemporaryDirectory() as folder, remembered_stems():
        attacked = Attacked(space, Path(folder), _drawn(space, arguments.questions))
        for number, row in enumerate(_all_rows(arguments.folder)):
            if number % arguments.every != arguments.first:
                continue
            if number // arguments.every % arguments.workers != worker:
                continue
            attacked.row(number // arguments.every, *row)
        changed = 0
        if worker == 0:
            changed = _other_questions(attacked, arguments.folder, Path(folder) / "imported")
    ids = tuple(question.id for question in attacked.questions)
    return Told(dict(attacked.counts), ids, changed)


def _drawn(space: Workspace, count: int) -> list[Question]:
    fitting = [each for each in space.bank.questions if each.answered]
    fitting = [each for each in fitting if each.kind is not Kind.REVERSE and each.mistakes]
    return random.Random(SEED).sample(sorted(fitting, key=lambda each: each.id), count)  # noqa: S311


def _all_rows(folder: Path) -> Iterator[tuple[str, AttackRow | str]]:
    """Give every row with its family, the grader attacks first."""
    for row in read_attacks(folder / "grader_attacks.jsonl"):
        if row.expect != "eq":
            yield TRICKS, row
    for row in read_attacks(folder / "benign_answers.jsonl"):
        yield BENIGN, row
    yield from _texts(folder)


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for name, pattern in FAMILIES.items():
        for path in sorted(folder.glob(pattern)):
            for line in path.read_text(encoding="utf-8").splitlines():
                yield name, json.loads(line)["text"]


def _other_questions(attacked: Attacked, folder: Path, imported: Path) -> int:
    """Import all texts as one document; count the questions whose passages that changes."""
    settings, encoder = attacked.space.settings, HashingEncoder()
    blocks = [
        f"## {attacked.questions[0].text} Number {number}?\n\n{WRONG} {' '.join(text.split())}\n"
        for number, (_, text) in enumerate(_texts(folder))
    ]
    result = import_text("\n".join(blocks), name="notes.md")
    save_import(result, imported, "notes")
    changed = 0
    before = build_in_memory(load_bank(settings.bank_dir), encoder)
    after = build_in_memory(load_bank(settings.bank_dir, imported), encoder)
    for question in attacked.questions:
        rubric = rubric_of(question)
        found = [
            {each.chunk.chunk_id for each in IndexPassages(index).passages(rubric, rubric.question)}
            for index in (before, after)
        ]
        changed += found[0] != found[1]
    return changed


if __name__ == "__main__":
    main()
