"""The interview in the terminal: reads lines, calls the service, prints what was said."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

from interviewer.errors import EventRefusedError, InputError, SessionError
from interviewer.models import Kind, Level, Mode, Phase, Session, SessionPlan, Speaker, TurnKind
from interviewer.reports.markdown import to_markdown
from interviewer.service import InterviewService
from interviewer.terminal.show import show_grade, show_model_answer

_HELP = (
    "Type your answer; an empty line sends it. On a line of its own: "
    "/hint, {clarify}, /skip, /end, /help. "
    "Ctrl-C leaves; nothing that was sent is lost."
)
_AFTER_GRADE = "Enter goes on, r answers again, m shows the model answer, e ends"
_SECONDS_PER_MINUTE = 60


def plan_interview(
    *,
    mode: Mode,
    sections: Sequence[str],
    levels: Sequence[Level],
    kinds: Sequence[Kind],
    question_count: int,
    minutes: float | None,
    seed: int | None,
) -> SessionPlan:
    """Make the plan of an interview from the command's options; no seed means a fresh choice."""
    return SessionPlan(
        mode=mode,
        sections=tuple(sections),
        levels=tuple(levels),
        kinds=tuple(kinds),
        question_count=question_count,
        time_limit_s=None if minutes is None else minutes * _SECONDS_PER_MINUTE,
        seed=seed if seed is not None else random.SystemRandom().randrange(1, 2**31),
    )


def run_interview(service: InterviewService, console: Console, plan: SessionPlan | None) -> None:
    """Hold an interview to its end, or until the candidate leaves.

    Args:
        service: runs and saves the interview.
        console: where it is printed; answers are read from standard input.
        plan: a new interview; None continues the unfinished one touched last.

    Raises:
        SessionError: there is nothing to continue, or no question fits the plan.
    """
    session = service.start(plan) if plan else _last_unfinished(service)
    console.print(_help(service))
    try:
        _Conversation(service, console).run(session)
    except (KeyboardInterrupt, EOFError):
        console.print(
            Text("\nSaved. Go on from here with: interviewer interview --resume", style="dim")
        )


def _help(service: InterviewService) -> Text:
    """Say what can be typed; what is unclear is asked for only where a model can take it up."""
    clarify = "/clarify (and what is unclear)" if service.listens else "/clarify"
    return Text(_HELP.format(clarify=clarify), style="dim")


def _last_unfinished(service: InterviewService) -> Session:
    unfinished = service.unfinished()
    if not unfinished:
        raise SessionError("There is no unfinished interview. Start one without --resume.")
    return service.get(unfinished[0].id)


class _Conversation:
    """Prints each turn once and turns what is typed into calls of the service."""

    def __init__(self, service: InterviewService, console: Console) -> None:
        self._service = service
        self._console = console
        self._turns_shown = 0

    def run(self, session: Session) -> None:
        while session.phase is not Phase.FINISHED:
            session = self._in_a_models_words(session)
            self._show_new_turns(session)
            try:
                session = self._next(session)
            except (EventRefusedError, InputError) as error:
                self._console.print(Text(str(error), style="yellow"))
                session = self._service.peek(session.id)
        self._show_new_turns(session)
        self._console.print(Markdown(to_markdown(session)))

    def _in_a_models_words(self, session: Session) -> Session:
        """Have a chat model, where there is one, word what is about to be shown."""
        waiting = self._service.waiting_words(session.id)
        if waiting is None or waiting <= self._turns_shown:
            return session
        for _ in self._service.speak(session.id):
            pass
        return self._service.peek(session.id)

    def _next(self, session: Session) -> Session:
        if session.phase is Phase.REVIEWING:
            return self._review(session)
        if session.phase is Phase.GRADING:
            return self._service.get(session.id)
        return self._answer(session)

    def _answer(self, session: Session) -> Session:
        lines: list[str] = []
        while True:
            line = self._console.input("[bold]>[/bold] " if not lines else "  ")
            command = self._command(line, session) if not lines else None
            if command:
                return command()
            if line.strip() == "/help":
                self._console.print(_help(self._service))
            elif line.strip():
                lines.append(line)
            elif lines:
                text = "\n".join(lines)
                return self._service.answer(session.id, text, seen=session.event_count)

    def _command(self, line: str, session: Session) -> Callable[[], Session] | None:
        service, session_id, seen = self._service, session.id, session.event_count
        name, _, request = line.strip().partition(" ")
        if request and name.lower() != "/clarify":
            return None
        commands: dict[str, Callable[[], Session]] = {
            "/hint": lambda: service.hint(session_id, seen=seen),
            "/clarify": lambda: service.clarify(session_id, request, seen=seen),
            "/skip": lambda: service.skip(session_id, seen=seen),
            "/end": lambda: service.end(session_id, seen=seen),
        }
        return commands.get(name.lower())

    def _review(self, session: Session) -> Session:
        grade = session.current.grades[-1]
        show_grade(self._console, grade, with_model_answer=False)
        choice = self._choice()
        if choice in {"m", "model"}:
            show_model_answer(self._console, grade)
            choice = self._choice()
        if choice in {"r", "retry"}:
            return self._service.retry(session.id, seen=session.event_count)
        over = session.plan.mode is Mode.GRADE_MY_ANSWER
        if over or choice in {"e", "end", "/end"}:
            return self._service.end(session.id, seen=session.event_count)
        return self._service.go_on(session.id, seen=session.event_count)

    def _choice(self) -> str:
        return self._console.input(f"[dim]{_AFTER_GRADE}:[/dim] ").strip().lower()

    def _show_new_turns(self, session: Session) -> None:
        turns = [(turn, exchange) for exchange in session.exchanges for turn in exchange.turns]
        for turn, exchange in turns[self._turns_shown :]:
            if turn.speaker is Speaker.CANDIDATE:
                continue
            if turn.kind in {TurnKind.QUESTION, TurnKind.FOLLOW_UP}:
                self._console.print(Panel(Text(turn.text), title=self._position(session)))
                if exchange.model_follow_up:
                    self._console.print(Text(exchange.model_follow_up.origin, style="dim"))
            else:
                self._console.print(Text(turn.text))
            if turn.notice:
                self._console.print(Text(turn.notice, style="dim"))
        self._turns_shown = len(turns)

    def _position(self, session: Session) -> str:
        position = f"Question {session.question_number} of {len(session.planned)}"
        return f"{position}, follow-up" if session.current.follow_up else position
