"""The `interviewer sessions` commands: list, read and delete past interviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from interviewer.config import load_settings
from interviewer.terminal.common import FriendlyGroup

if TYPE_CHECKING:
    from interviewer.store.repository import SessionRepository

sessions_app = typer.Typer(
    cls=FriendlyGroup, help="List, read and delete past interviews.", no_args_is_help=True
)


@sessions_app.command("list")
def sessions_list(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000)] = 20,
) -> None:
    """List past interviews, newest first."""
    from interviewer.terminal.show import show_sessions

    found = _repository().summaries(limit=limit)
    if found:
        show_sessions(Console(), found)
    else:
        typer.echo("No interviews yet. Start one with: interviewer interview")


@sessions_app.command("report")
def sessions_report(
    session_id: Annotated[str, typer.Argument(help="Id of the interview.")],
) -> None:
    """Print the report of an interview as Markdown."""
    from interviewer.interview.machine import replay
    from interviewer.reports.markdown import to_markdown

    typer.echo(to_markdown(replay(_repository().events(session_id))))


@sessions_app.command("delete")
def sessions_delete(
    session_id: Annotated[str, typer.Argument(help="Id of the interview.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete an interview for good."""
    if not yes:
        typer.confirm(f"Delete interview {session_id} with all its answers?", abort=True)
    _repository().delete(session_id)
    typer.echo(f"Deleted interview {session_id}.")


def _repository() -> SessionRepository:
    from interviewer.store.repository import SessionRepository

    return SessionRepository(load_settings().database_path)
