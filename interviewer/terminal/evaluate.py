"""The `interviewer evaluate` commands: figures on labelled data, printed as a table or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from interviewer.config import Settings, load_settings
from interviewer.errors import ConfigurationError
from interviewer.terminal.common import (
    FriendlyGroup,
    JsonOption,
    open_everything,
    print_json,
)

evaluate_app = typer.Typer(
    cls=FriendlyGroup, help="Measure search and grades on labelled data.", no_args_is_help=True
)

GraderOption = Annotated[
    Literal["offline", "llm"], typer.Option(help="Grade offline or with the model of the settings.")
]
SeedOption = Annotated[int, typer.Option(min=0, help="Draw the same sample again.")]


@evaluate_app.command("retrieval")
def evaluate_retrieval_command(
    folder: Annotated[
        Path, typer.Argument(help="A folder in BEIR's layout: corpus, queries and qrels.")
    ],
    dense_weight: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Share of the meaning in a fused score."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure search by meaning, by words and by both."""
    from interviewer.evaluation.beir import load_beir
    from interviewer.evaluation.retrieval import evaluate_retrieval
    from interviewer.retrieval.encoder import open_encoder
    from interviewer.terminal.progress import TerminalProgress
    from interviewer.terminal.show_measures import show_retrieval

    settings = load_settings()
    data = load_beir(folder)
    with TerminalProgress(Console(stderr=True)) as progress:
        result = evaluate_retrieval(
            data,
            open_encoder(settings, progress=progress),
            dense_weight=settings.dense_weight if dense_weight is None else dense_weight,
            progress=progress,
        )
    if as_json:
        print_json(result)
    else:
        show_retrieval(Console(), result)


@evaluate_app.command("grading")
def evaluate_grading_command(
    file: Annotated[Path, typer.Argument(help="Graded answers, one JSON object a line.")],
    split: Annotated[str | None, typer.Option(help="Only the rows of this split.")] = None,
    grader: GraderOption = "offline",
    seed: SeedOption = 0,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only so many rows, drawn by the seed.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how far grades agree with people's."""
    from interviewer.evaluation.answers import read_answers, sample_rows
    from interviewer.evaluation.grading import evaluate_grading
    from interviewer.grading.passages import ReferencePassages
    from interviewer.retrieval.encoder import open_encoder
    from interviewer.terminal.progress import TerminalProgress
    from interviewer.terminal.show_measures import show_grading
    from interviewer.workspace import make_grader

    settings = _settings_for(grader)
    rows = sample_rows(read_answers(file, split), limit, seed)
    with TerminalProgress(Console(stderr=True)) as progress:
        encoder = open_encoder(settings, progress=progress)
        measured = make_grader(settings, encoder, ReferencePassages(encoder), bank_version="")
        result = evaluate_grading(rows, measured, encoder, seed=seed, progress=progress)
    if as_json:
        print_json(result)
    else:
        show_grading(Console(), result)


@evaluate_app.command("attacks")
def evaluate_attacks_command(
    file: Annotated[Path, typer.Argument(help="Attacks or honest answers, one object a line.")],
    questions: Annotated[
        int, typer.Option(min=1, help="How many questions of the bank to try them on.")
    ] = 30,
    grader: GraderOption = "offline",
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Measure how often a trick moves a score."""
    from interviewer.evaluation.attacks import evaluate_attacks, read_attacks
    from interviewer.terminal.progress import TerminalProgress
    from interviewer.terminal.show_measures import show_attacks

    rows = read_attacks(file)
    workspace = open_everything()
    with TerminalProgress(Console(stderr=True)) as progress:
        result = evaluate_attacks(
            rows,
            workspace.bank.questions,
            workspace.grader(_settings_for(grader)),
            count=questions,
            seed=seed,
            progress=progress,
        )
    if as_json:
        print_json(result)
    else:
        show_attacks(Console(), result)


def _settings_for(grader: str) -> Settings:
    """Give the settings with the judge that was asked for."""
    settings = load_settings(grader="offline" if grader == "offline" else "llm")
    if grader == "llm" and settings.chat_model is None:
        raise ConfigurationError(
            "There is no model to grade with. Set INTERVIEWER_MODEL and a key or a base URL."
        )
    return settings
