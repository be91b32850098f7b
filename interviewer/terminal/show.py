"""Draws grades, search results and bank tables in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from interviewer.grading.deferral import is_unsure, several_judges
from interviewer.grading.scoring import BY_CHANCE
from interviewer.models import (
    Grade,
    MistakeMade,
    Question,
    RetrievedChunk,
    Verdict,
    VerdictLabel,
)

if TYPE_CHECKING:
    from interviewer.knowledge.importers import ImportResult
    from interviewer.models import SessionSummary

_PREVIEWED = 5
_EXCERPT_CHARACTERS = 80
_MARKS = {
    VerdictLabel.COVERED: ("✓ covered", "green"),
    VerdictLabel.PARTIAL: ("◐ partly", "yellow"),
    VerdictLabel.MISSING: ("○ missing", "dim"),
    VerdictLabel.CONTRADICTED: ("✗ contradicted", "red"),
}


def show_grade(console: Console, grade: Grade, *, with_model_answer: bool = True) -> None:
    """Print the grade card: score, one row per key point, mistakes, gaps, model answer."""
    low, high = grade.interval
    console.print(
        Panel(
            Text(
                f"{grade.band.capitalize()} · {grade.score:.0f} of 100 "
                f"({low:.0f} to {high:.0f})   graded by {grade.grader}"
            ),
            expand=False,
        )
    )
    if grade.by_chance:
        console.print(Text(BY_CHANCE, style="dim"))
    if grade.notice:
        console.print(Text(grade.notice, style="yellow"))
    console.print(_verdict_table(grade.verdicts))
    for mistake in grade.mistakes:
        console.print(_mistake(mistake))
    if with_model_answer:
        show_model_answer(console, grade)


def show_model_answer(console: Console, grade: Grade) -> None:
    """Print the reference answer that a grade was measured against."""
    if grade.model_answer:
        console.print(Panel(Markdown(grade.model_answer), title="Model answer"))


def _verdict_table(verdicts: Collection[Verdict]) -> Table:
    table = Table(show_lines=True, expand=True)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Weight", justify="right")
    table.add_column("Key point, and what the verdict rests on", ratio=1)
    told_apart = several_judges(verdicts)
    for verdict in verdicts:
        evidence = _evidence(verdict, told_apart=told_apart)
        table.add_row(_mark(verdict), str(verdict.weight), evidence)
    return table


def _mark(verdict: Verdict) -> Text:
    word, style = _MARKS[verdict.verdict]
    doubt = "\n  not sure" if is_unsure(verdict.probabilities) else ""
    return Text(f"{word}{doubt}", style=style)


def _evidence(verdict: Verdict, *, told_apart: bool) -> RenderableType:
    parts = [Text(verdict.key_point)]
    if verdict.answer_span:
        parts.append(Text(f"You said: “{verdict.answer_span.text}”", style="italic"))
    if verdict.citation:
        parts.append(Text(f"Reference: {verdict.citation.footnote}", style="dim"))
    if verdict.reason:
        parts.append(Text(verdict.reason, style="dim"))
    if told_apart:
        parts.append(Text(f"Judged by {verdict.judge}", style="dim"))
    return Group(*parts)


def _mistake(mistake: MistakeMade) -> Text:
    text = Text("Mistake: ", style="red")
    text.append(mistake.text, style="default")
    text.append(f" Right is: {mistake.correction}", style="default")
    if mistake.citation:
        text.append(f" [{mistake.citation.footnote}]", style="dim")
    return text


def show_results(console: Console, results: Sequence[RetrievedChunk]) -> None:
    """Print search results, best first, each with where it stands."""
    for number, found in enumerate(results, start=1):
        chunk = found.chunk
        console.print(
            Text(f"{number}. {chunk.question_id}", style="bold").append(
                f"  {found.score:.3f}  {chunk.path}:{chunk.start_line}-{chunk.end_line}",
                style="dim",
            )
        )
        console.print(Text(chunk.text.strip()), soft_wrap=False)
        console.print()


def show_questions(console: Console, questions: Sequence[Question]) -> None:
    """Print a table of questions."""
    table = Table(expand=True)
    table.add_column("Id", no_wrap=True, style="bold")
    table.add_column("Section")
    table.add_column("Level", justify="right")
    table.add_column("Question", ratio=1)
    for question in questions:
        table.add_row(question.id, question.section, str(int(question.level)), Text(question.text))
    console.print(table)


def show_question(console: Console, question: Question, *, with_rubric: bool) -> None:
    """Print one question, and its rubric where `with_rubric` asks for it."""
    console.print(Text(question.text, style="bold"))
    console.print(
        Text(
            f"{question.section} · {question.kind} · level {int(question.level)} · "
            f"{question.path}:{question.start_line}",
            style="dim",
        )
    )
    if not with_rubric:
        console.print(Text("The answer and its key points: add --rubric", style="dim"))
        return
    console.print(Markdown(question.reference or "_No answer came with this question._"))
    for point in question.key_points:
        console.print(Text(f"({point.weight}) {point.text}"))


def show_stats(console: Console, stats: Mapping[str, object]) -> None:
    """Print the counts of the bank, nested counts indented."""
    for name, value in stats.items():
        label = name.replace("_", " ").capitalize()
        if isinstance(value, Mapping):
            console.print(Text(label))
            for key, count in value.items():
                console.print(Text(f"  {key:24} {count:>5}"))
        else:
            console.print(Text(f"{label:26} {value:>5}"))


def show_sessions(console: Console, sessions: Sequence[SessionSummary]) -> None:
    """Print a table of past interviews, newest first."""
    table = Table()
    for column in ("Id", "Mode", "Started", "Question", "State", "Score"):
        table.add_column(column)
    for row in sessions:
        table.add_row(
            row.id,
            row.mode,
            datetime.fromtimestamp(row.started_at).strftime("%Y-%m-%d %H:%M"),
            f"{row.question_number} of {row.question_count}",
            row.phase,
            "–" if row.score is None else f"{row.score:.0f}",
        )
    console.print(table)


def show_import(console: Console, result: ImportResult) -> None:
    """Print what an import understood: counts by section, the first five, what was skipped."""
    answered = sum(question.answered for question in result.questions)
    console.print(
        f"{len(result.questions)} questions, {answered} with an answer, "
        f"{len(result.skipped)} passages skipped.",
        highlight=False,
    )
    for section, count in Counter(q.section for q in result.questions).items():
        console.print(Text(f"  {section:40} {count:>4}"))
    for question in result.questions[:_PREVIEWED]:
        console.print(Text(f"line {question.start_line}: {question.text}", style="bold"))
    for skipped in result.skipped:
        excerpt = " ".join(skipped.text.split())[:_EXCERPT_CHARACTERS]
        console.print(Text(f"skipped line {skipped.line}: {skipped.reason}: {excerpt}", "dim"))
