"""The `interviewer evaluate` commands: figures on labelled data, printed as a table or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from interviewer.config import load_settings
from interviewer.terminal.common import FriendlyGroup, JsonOption, print_json

evaluate_app = typer.Typer(
    cls=FriendlyGroup, help="Measure search and grades on labelled data.", no_args_is_help=True
)


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
        _show_retrieval(Console(), result)


def _show_retrieval(console: Console, result: dict[str, Any]) -> None:
    from rich.table import Table

    modes = [name for name, value in result.items() if isinstance(value, dict)]
    table = Table(
        "measure",
        *modes,
        title=f"{result['queries']} queries over {result['documents']} documents",
        caption=f"weight of the meaning in fused scores: {result['dense_weight']}",
    )
    for measure in result[modes[0]]:
        table.add_row(measure, *(f"{result[mode][measure]:.3f}" for mode in modes))
    console.print(table)
