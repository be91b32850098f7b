"""What the commands share: options, JSON, errors as one sentence, opening the workspace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from interviewer.config import Settings, load_settings
from interviewer.errors import InterviewerError

if TYPE_CHECKING:
    from interviewer.knowledge.bank import QuestionBank
    from interviewer.workspace import Workspace

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
SectionOption = Annotated[
    list[str] | None, typer.Option("--section", "-s", help="Only this section; may be repeated.")
]
LevelOption = Annotated[
    list[int] | None,
    typer.Option("--level", "-l", min=1, max=4, help="1 screening, 2 core, 3 senior, 4 research."),
]
ModelGradesOption = Annotated[
    Literal["unsure", "all"] | None,
    typer.Option(
        help="What a model grades: the points that the offline judge is unsure of, or all of them."
    ),
]


class FriendlyGroup(TyperGroup):
    """Shows a deliberate error as one sentence on standard error and exits with 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a deliberate error becomes a sentence."""
        try:
            return super().invoke(ctx)
        except InterviewerError as error:
            tell(f"Error: {error}")
            raise typer.Exit(1) from error


def tell(message: str) -> None:
    """Print a message for the person on standard error, so that output stays clean."""
    Console(stderr=True).print(Text(message))


def print_json(value: object) -> None:
    """Print a value as JSON on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def open_bank(settings: Settings | None = None) -> QuestionBank:
    """Load the bank and what was imported beside it."""
    from interviewer.knowledge.bank import load_bank

    settings = settings or load_settings()
    return load_bank(settings.bank_dir, settings.imported_dir)


def open_everything(**chosen: object) -> Workspace:
    """Open the workspace, with bars and messages on standard error.

    Args:
        chosen: settings from options; one that is None stays as the environment has it.
    """
    from interviewer.terminal.progress import TerminalProgress
    from interviewer.workspace import open_workspace

    with TerminalProgress(Console(stderr=True)) as progress:
        settings = load_settings(**{name: value for name, value in chosen.items() if value})
        return open_workspace(settings, progress=progress, notify=tell)
