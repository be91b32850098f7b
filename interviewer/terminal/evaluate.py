"""The `interviewer evaluate` commands: figures on labelled data, printed as a table or JSON."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from interviewer.config import CHECKOUT_DIR, Settings, load_settings
from interviewer.errors import ConfigurationError, InputError
from interviewer.terminal.common import (
    FriendlyGroup,
    JsonOption,
    open_everything,
    print_json,
    tell,
)

if TYPE_CHECKING:
    from interviewer.evaluation.answers import AnswerRow
    from interviewer.evaluation.attacks import AttackRow

evaluate_app = typer.Typer(
    cls=FriendlyGroup, help="Measure search and grades on labelled data.", no_args_is_help=True
)

GraderOption = Annotated[
    Literal["offline", "llm", "deferring"],
    typer.Option(
        help="Grade offline, with the model of the settings, or offline with the model for the "
        "points that the offline judge is unsure of."
    ),
]
SeedOption = Annotated[int, typer.Option(min=0, help="Draw the same sample again.")]
_OWN_ROWS = CHECKOUT_DIR / "training" / "rows.py"
_OWN_SETS = {
    "ours/test": ("test",),
    "ours/test-without-twins": ("test", "--no-twins"),
    "ours/test-restyled": ("test", "--no-twins", "--other", "restyled"),
    "ours/test-mixed": ("test", "--no-twins", "--other", "mixed"),
}


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
    worst: Annotated[
        int, typer.Option(min=0, help="Tell so many of the rows farthest off in full.")
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Measure how far grades agree with people's."""
    from interviewer.evaluation.answers import read_answers, sample_rows
    from interviewer.evaluation.grading import evaluate_grading
    from interviewer.grading.grader import Grader
    from interviewer.grading.passages import ReferencePassages
    from interviewer.retrieval.encoder import open_encoder
    from interviewer.terminal.progress import TerminalProgress
    from interviewer.terminal.show_measures import show_grading
    from interviewer.workspace import make_grader, open_offline_judge

    settings = _settings_for(grader)
    rows = sample_rows(read_answers(file, split), limit, seed)
    with TerminalProgress(Console(stderr=True)) as progress:
        encoder = open_encoder(settings, progress=progress)
        source = ReferencePassages(encoder)
        offline = open_offline_judge(encoder, keeps_all=True)
        measured = make_grader(settings, offline, source, bank_version="")
        alone = Grader(judge=offline, passages=source, bank_version="")
        result = evaluate_grading(
            rows,
            measured,
            encoder,
            alone=alone if grader == "deferring" else None,
            seed=seed,
            worst=worst,
            progress=progress,
        )
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
    """Measure how often a trick, or the same answer in another form, moves a score."""
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


@evaluate_app.command("all")
def evaluate_all_command(
    data_dir: Annotated[
        Path, typer.Argument(help="A folder with asag/*.jsonl and redteam/*.jsonl.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Write everything measured to this file.")],
    questions: Annotated[
        int, typer.Option(min=1, help="How many questions of the bank to try tricks on.")
    ] = 30,
    limit: Annotated[
        int, typer.Option(min=0, help="At most so many rows a set, drawn by the seed; 0 for all.")
    ] = 0,
    seed: SeedOption = 0,
) -> None:
    """Measure the offline grader on everything, for the page on how far to trust a grade."""
    from interviewer.evaluation.full import evaluate_attack_sets, evaluate_sets
    from interviewer.grading.passages import ReferencePassages
    from interviewer.terminal.progress import TerminalProgress
    from interviewer.workspace import make_grader

    if not out.parent.is_dir():
        raise InputError(f"There is no folder {out.parent} to write to. Make it first.")
    sets, attacks = _all_sets(data_dir), _all_attacks(data_dir)
    if not (sets or attacks):
        raise InputError(f"There is nothing to measure in {data_dir}.")
    settings = _settings_for("offline")
    workspace = open_everything()
    encoder = workspace.encoder
    source = ReferencePassages(encoder)
    grader = make_grader(settings, workspace.offline, source, bank_version="")
    with TerminalProgress(Console(stderr=True)) as progress:
        result = {
            "grader": grader.name,
            "limit": limit,
            "sets": evaluate_sets(sets, grader, encoder, limit=limit, seed=seed, progress=progress),
            "attacks": evaluate_attack_sets(
                attacks,
                workspace.bank.questions,
                workspace.grader(settings),
                count=questions,
                seed=seed,
                progress=progress,
            ),
        }
    _write(out, json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


@evaluate_app.command("trust")
def evaluate_trust_command(
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the page to this file, not to the screen.")
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(help="What `evaluate all` wrote; the evaluation in the package by default."),
    ] = None,
    card: Annotated[
        Path | None,
        typer.Option(help="Also write the figures into this model card, between its comments."),
    ] = None,
) -> None:
    """Write the page on how far to trust a grade, every figure taken from an evaluation."""
    from interviewer.evaluation.results import load_results, read_results
    from interviewer.evaluation.trust import trust_page
    from interviewer.evaluation.trust_card import with_figures
    from interviewer.files import read_text

    found = read_results(read_text(results), str(results)) if results else load_results()
    page = trust_page(found)
    if card is not None:
        _write(card, with_figures(read_text(card), found))
    if out is None:
        typer.echo(page, nl=False)
    else:
        _write(out, page)


def _all_sets(data_dir: Path) -> dict[str, list[AnswerRow]]:
    from interviewer.evaluation.full import read_graded_sets

    if not data_dir.is_dir():
        raise InputError(
            f"There is no folder {data_dir}. Name the one with asag and redteam in it."
        )
    folder = data_dir / "asag"
    sets = read_graded_sets(folder)
    if not sets:
        tell(f"{folder} has no graded answers; other people's grades are left out.")
    return sets | _own_sets()


def _all_attacks(data_dir: Path) -> dict[str, list[AttackRow]]:
    from interviewer.evaluation.full import ATTACK_FILES, read_attack_sets

    folder = data_dir / "redteam"
    attacks = read_attack_sets(folder)
    for name in ATTACK_FILES:
        if name not in attacks:
            tell(f"{folder / name}.jsonl is not there; it is left out.")
    return attacks


def _own_sets() -> dict[str, list[AnswerRow]]:
    """Make the rows of our own test answers, which only a checkout has, with and without twins."""
    from interviewer.evaluation.answers import read_answers

    if not _OWN_ROWS.is_file():
        tell(f"{_OWN_ROWS} is not there; our own test answers are left out.")
        return {}
    sets = {}
    for name, arguments in _OWN_SETS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.jsonl"
            path.write_bytes(_own_rows(*arguments))
            sets[name] = read_answers(path)
    return sets


def _own_rows(*arguments: str) -> bytes:
    command = [sys.executable, str(_OWN_ROWS), *arguments]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise InputError(f"{_OWN_ROWS} failed: {''.join(reason)}. Run it by itself to see why.")
    return done.stdout


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
    tell(f"Written: {path}")


def _settings_for(grader: str) -> Settings:
    """Give the settings with the judge that was asked for."""
    model_grades = "unsure" if grader == "deferring" else "all"
    settings = load_settings(
        grader="offline" if grader == "offline" else "llm", model_grades=model_grades
    )
    if grader != "offline" and settings.chat_model is None:
        raise ConfigurationError(
            "There is no model to grade with. Set INTERVIEWER_MODEL and a key or a base URL."
        )
    return settings
