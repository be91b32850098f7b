"""The `interviewer knowledge` commands: look at the question bank and check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from interviewer.config import load_settings
from interviewer.errors import BankError
from interviewer.files import read_text
from interviewer.models import Level
from interviewer.terminal.common import (
    FriendlyGroup,
    JsonOption,
    LevelOption,
    SectionOption,
    open_bank,
    print_json,
)

knowledge_app = typer.Typer(
    cls=FriendlyGroup, help="Look at the question bank and check it.", no_args_is_help=True
)


@knowledge_app.command("list")
def knowledge_list(
    section: SectionOption = None,
    level: LevelOption = None,
    text: Annotated[str, typer.Option(help="Only questions that contain these words.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List the questions with their ids."""
    from interviewer.terminal.show import show_questions

    found = open_bank().filter(
        sections=tuple(section or ()),
        levels=tuple(Level(number) for number in level or ()),
        text=text,
    )
    if as_json:
        rows = [
            {"id": q.id, "section": q.section, "level": int(q.level), "question": q.text}
            for q in found
        ]
        print_json({"questions": rows})
    elif found:
        show_questions(Console(), found)
    else:
        typer.echo("No question matches. Loosen a filter.")


@knowledge_app.command("show")
def knowledge_show(
    question_id: Annotated[str, typer.Argument(help="Id of the question.")],
    rubric: Annotated[bool, typer.Option("--rubric", help="Show its answer and points.")] = False,
) -> None:
    """Show one question, and its rubric when asked to."""
    from interviewer.terminal.show import show_question

    show_question(Console(), open_bank().get(question_id), with_rubric=rubric)


@knowledge_app.command("stats")
def knowledge_stats(as_json: JsonOption = False) -> None:
    """Count what is in the bank."""
    from interviewer.knowledge.stats import bank_stats
    from interviewer.terminal.show import show_stats

    stats = bank_stats(open_bank())
    if as_json:
        print_json(stats)
    else:
        show_stats(Console(), stats)


@knowledge_app.command("lint")
def knowledge_lint(
    folder: Annotated[
        Path | None, typer.Argument(help="A bank's folder; the one in use by default.")
    ] = None,
    run_code: Annotated[bool, typer.Option(help="Run the Python blocks.")] = True,
) -> None:
    """Check every file of the bank; name file and line for each fault."""
    from interviewer.knowledge.lint import lint_bank
    from interviewer.retrieval.encoder import open_encoder

    settings = load_settings()
    faults = lint_bank(
        folder or settings.bank_dir, encoder=open_encoder(settings), run_code=run_code
    )
    for fault in faults:
        typer.echo(f"{fault.path}:{fault.line}: {fault.code}: {fault.message}")
    if faults:
        typer.echo(f"{len(faults)} faults.", err=True)
        raise typer.Exit(1)
    typer.echo("No faults.")


@knowledge_app.command("contents")
def knowledge_contents(
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether the README is up to date.")
    ] = False,
) -> None:
    """Bring the table of contents in the bank's README up to date."""
    from interviewer.knowledge.bank import load_bank
    from interviewer.knowledge.contents import with_contents

    folder = load_settings().bank_dir
    readme = folder / "README.md"
    before = read_text(readme)
    after = with_contents(before, load_bank(folder).questions)
    if check and before != after:
        raise BankError(f"{readme} is out of date. Run: interviewer knowledge contents")
    if before != after:
        readme.write_text(after, encoding="utf-8")
    typer.echo("The contents are up to date.")
