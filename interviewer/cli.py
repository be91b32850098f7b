"""The `interviewer` command: reads settings, calls the package, prints what came back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from interviewer import __version__
from interviewer.config import Settings, load_settings
from interviewer.errors import InputError
from interviewer.models import Kind, Level, Mode
from interviewer.terminal.common import (
    FriendlyGroup,
    JsonOption,
    LevelOption,
    ModelGradesOption,
    SectionOption,
    open_bank,
    open_everything,
    print_json,
    tell,
)
from interviewer.terminal.evaluate import evaluate_app
from interviewer.terminal.knowledge import knowledge_app
from interviewer.terminal.sessions import sessions_app

if TYPE_CHECKING:
    from interviewer.models import Grade, Usage

app = typer.Typer(
    cls=FriendlyGroup,
    help="A mock interviewer for machine-learning roles that shows what every grade rests on.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(knowledge_app, name="knowledge", rich_help_panel="Question bank")
app.add_typer(sessions_app, name="sessions", rich_help_panel="Interview")
app.add_typer(evaluate_app, name="evaluate", rich_help_panel="Evaluation")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"interviewer {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Interview, grade and search, with no key and no network; better still with a model."""


@app.command(rich_help_panel="Start")
def setup() -> None:
    """Export the encoder and build the index where they are missing or stale."""
    workspace = open_everything()
    tell(
        f"Ready: {len(workspace.bank.questions)} questions in {len(workspace.bank.sections)} "
        f"sections, {workspace.index.passage_count} passages in the index."
    )


@app.command("app", rich_help_panel="Start")
def open_app(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port; 8501 or the next free one.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Open the app in the browser; it listens on this machine only."""
    from interviewer.terminal.serve import serve

    raise typer.Exit(serve(port, open_browser=browser, console=Console(stderr=True)))


@app.command(rich_help_panel="Interview")
def interview(
    section: SectionOption = None,
    level: LevelOption = None,
    kind: Annotated[list[Kind] | None, typer.Option(help="Only this kind of question.")] = None,
    questions: Annotated[int, typer.Option("--questions", "-n", min=1, max=50)] = 5,
    mode: Annotated[
        Literal["practice", "real"],
        typer.Option(help="Practice gives feedback at once, real at the end."),
    ] = "practice",
    minutes: Annotated[
        float | None, typer.Option(min=1, help="Time limit of a real interview.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Ask the same questions again.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the last unfinished interview.")
    ] = False,
    model_grades: ModelGradesOption = None,
) -> None:
    """Hold a mock interview in the terminal."""
    from interviewer.terminal.interview import plan_interview, run_interview

    service = open_everything(model_grades=model_grades).interviews()
    plan = plan_interview(
        mode=Mode(mode),
        sections=section or [],
        levels=[Level(number) for number in level or []],
        kinds=kind or [],
        question_count=questions,
        minutes=minutes,
        seed=seed,
    )
    run_interview(service, Console(), None if resume else plan)


@app.command(rich_help_panel="Interview")
def grade(
    answer_file: Annotated[str, typer.Option(help="File with the answer, or - to read it in.")],
    question_id: Annotated[str | None, typer.Option(help="Id of a question of the bank.")] = None,
    question: Annotated[str | None, typer.Option(help="A question of your own.")] = None,
    reference_file: Annotated[
        str | None, typer.Option(help="The reference answer to your own question.")
    ] = None,
    model_grades: ModelGradesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Grade an answer point by point, with its evidence."""
    from interviewer.grading.to_json import grade_to_dict
    from interviewer.terminal.show import show_grade
    from interviewer.usage import in_words

    result, usage = _grade(answer_file, question_id, question, reference_file, model_grades)
    if as_json:
        print_json(grade_to_dict(result))
    else:
        show_grade(Console(), result)
    if usage.total:
        tell(f"The model has spent {in_words(usage)}.")


def _grade(
    answer_file: str,
    question_id: str | None,
    question: str | None,
    reference_file: str | None,
    model_grades: str | None,
) -> tuple[Grade, Usage]:
    from interviewer.files import read_text
    from interviewer.grading.rubric import own_question, rubric_of
    from interviewer.usage import Meter

    if (question_id is None) == (question is None):
        raise InputError(
            "Name either --question-id ID, or --question TEXT with --reference-file FILE."
        )
    if question is not None and reference_file is None:
        raise InputError("A question of your own needs its reference: add --reference-file FILE.")
    answer = read_text(answer_file)
    own = None
    if question is not None and reference_file is not None:
        own = own_question(question, read_text(reference_file), reference_file)
    workspace = open_everything(model_grades=model_grades)
    grader = workspace.own_grader() if own else workspace.grader()
    rubric = rubric_of(own or workspace.bank.get(question_id or ""))
    meter = Meter(workspace.settings.token_budget)
    return meter.run(lambda: grader.grade(rubric, answer)), meter.usage


@app.command(rich_help_panel="Question bank")
def search(
    query: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    top_k: Annotated[int, typer.Option("--top-k", "-k", min=1, max=100)] = 5,
    section: SectionOption = None,
    level: LevelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search the bank's passages."""
    from interviewer.retrieval.filters import ChunkFilter
    from interviewer.terminal.show import show_results

    workspace = open_everything()
    where = ChunkFilter(
        sections=tuple(section or ()), levels=tuple(Level(number) for number in level or ())
    )
    results = workspace.retriever.retrieve(query, top_k=top_k, where=where)
    if not as_json:
        show_results(Console(), results)
        return
    rows = [
        {
            "question_id": found.chunk.question_id,
            "chunk_id": found.chunk.chunk_id,
            "path": found.chunk.path,
            "start_line": found.chunk.start_line,
            "end_line": found.chunk.end_line,
            "score": found.score,
            "text": found.chunk.text,
        }
        for found in results
    ]
    print_json({"results": rows})


@app.command(rich_help_panel="Question bank")
def index(
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether it is current; build nothing.")
    ] = False,
) -> None:
    """Build the search index over the bank, embedding only what is new."""
    from interviewer.retrieval.encoder import encoder_fingerprint
    from interviewer.retrieval.index import check_index

    settings = load_settings()
    if check:
        check_index(settings.resolved_index_dir, open_bank(settings), encoder_fingerprint(settings))
        typer.echo("The index is current.")
        return
    _build_index(settings)


def _build_index(settings: Settings) -> None:
    from interviewer.retrieval.encoder import open_encoder
    from interviewer.retrieval.index import build_index
    from interviewer.terminal.progress import TerminalProgress

    bank = open_bank(settings)
    with TerminalProgress(Console(stderr=True)) as progress:
        encoder = open_encoder(settings, progress=progress)
        built = build_index(bank, encoder, settings.resolved_index_dir, progress=progress)
    typer.echo(
        f"Built the index: {built.passage_count} passages of {len(bank.questions)} questions."
    )


@app.command("import", rich_help_panel="Question bank")
def import_questions(
    path: Annotated[str, typer.Argument(help="A file, a folder, or - for standard input.")],
    name: Annotated[
        str | None, typer.Option(help="What to call this collection; the file's name by default.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what was understood; save nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Turn other people's questions and answers into a bank that works the same."""
    from interviewer.knowledge.importers import HandedIn, import_safely, save_import
    from interviewer.terminal.show import show_import

    result = import_safely(HandedIn.from_path(path))
    if as_json:
        print_json(result.to_json_dict())
    else:
        show_import(Console(), result)
    if dry_run or not result.questions:
        return
    collection = name or ("notes" if path == "-" else Path(path).resolve().stem)
    written = save_import(result, load_settings().imported_dir, collection)
    tell(
        f"Saved {len(result.questions)} questions in {len(written)} files. "
        "The index takes them in the next time it is opened."
    )
