"""The interview page: the question on top, the conversation under it, the answer at the bottom."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from interviewer.errors import InterviewerError, UnknownSessionError
from interviewer.interview.actions import Action, allowed_actions, grades_visible
from interviewer.knowledge.names import section_name
from interviewer.models import Mode, Phase, Session, Usage
from interviewer.service import LONGEST_REQUEST, InterviewService
from interviewer.ui import live
from interviewer.ui.citations import References
from interviewer.ui.conversation import (
    PINNED,
    Said,
    Voice,
    answer_bubble,
    current_thread,
    said_so_far,
    show_said,
    turns_of,
)
from interviewer.ui.draft import forget_draft, keep_draft
from interviewer.ui.frame import LEVEL_NAMES, badges, show_error
from interviewer.ui.grade_card import show_grade_card
from interviewer.ui.markup import inline, plain
from interviewer.ui.opening import workspace
from interviewer.ui.personal import grader_name, interviews
from interviewer.ui.safe_markdown import safe_line
from interviewer.ui.start import show_start
from interviewer.ui.summary import show_summary
from interviewer.usage import in_words

_SECONDS_PER_MINUTE = 60
_INPUT_HEIGHT_PIXELS = 96


def show() -> None:
    """Draw the start page, the interview under way, or its summary."""
    service = interviews()
    session_id = live.session_id()
    if not session_id:
        with st.container():
            show_start(service)
        return
    session = _session(service, session_id)
    if session is None:
        return
    if session.plan.mode is Mode.GRADE_MY_ANSWER:
        live.resume(session_id, session.plan.mode)
    if session.phase is Phase.FINISHED:
        show_summary(session)
        return
    _Page(service, session).draw()


def _session(service: InterviewService, session_id: str) -> Session | None:
    """Read the session and have a waiting answer graded; tell what stands in the way."""
    try:
        session = service.peek(session_id)
    except UnknownSessionError as error:
        show_error(error, kept="It may have been deleted, or the address was cut short.")
        if st.button("Go to the start page", type="primary"):
            live.leave()
        return None
    try:
        with st.spinner("Grading your answer…") if session.pending_answer else st.empty():
            return service.get(session_id)
    except InterviewerError as error:
        show_error(error, kept="Your answer is saved; it only waits for its grade.")
        if st.button("Grade it again", type="primary", icon=":material/refresh:"):
            st.rerun()
        return session


class _Page:
    """One drawing of an interview that is under way."""

    def __init__(self, service: InterviewService, session: Session) -> None:
        self._service = service
        self._session = session
        self._seen = live.seen_before(session)
        self._actions = allowed_actions(session)
        self._references = References.of_question(session.current.question, workspace().bank.files)

    def draw(self) -> None:
        # What stood on the page before is cleared, so that it does not fade beside new words, and
        # the box is drawn before them, so that nobody has to wait for a model to type.
        st.empty()
        heard = live.heard_before(self._session)
        new_words = heard < len(turns_of(self._session))
        area = st.empty().container() if new_words else st.container()
        reviewing = self._session.phase is Phase.REVIEWING and self._session.current.grades
        boxed = Action.ANSWER in self._actions and not reviewing
        answer = self._answer_box() if boxed else None
        with area:
            self._status_line()
            self._question()
            said = said_so_far(self._session, heard)
            if reviewing:
                self._review(said)
            else:
                self._talk(said, answer)

    def _talk(self, said: list[Said], answer: str | None) -> None:
        """Show this exchange in full, what came before it on the same question folded."""
        count = sum(turn.kind not in PINNED for turn in self._session.current.turns)
        count += len(self._session.current.grades)
        references = self._references if grades_visible(self._session) else None
        self._folded(said[: len(said) - count], references)
        voice = None if answer else self._voice()
        show_said(said[len(said) - count :], references, voice)
        if voice is not None:  # has spent tokens by now
            self._badges(self._service.peek(self._session.id).usage)
        if answer:
            answer_bubble(answer)
            self._grade(answer)

    def _voice(self) -> Voice | None:
        session_id = self._session.id
        number = self._service.waiting_words(session_id)
        if number is None:
            return None
        return Voice(
            turn=number,
            speak=lambda: self._service.speak(session_id),
            kept=lambda: turns_of(self._service.peek(session_id))[number - 1],
        )

    def _review(self, said: list[Said]) -> None:
        """Show the grade at once; the card repeats the answer, so the talk is folded."""
        *before, comment = said
        latest = self._session.current.grades[-1]
        self._folded([each for each in before if each.grade is not latest], self._references)
        show_said([comment], None)
        show_grade_card(latest, self._references)
        self._after_the_grade()

    def _folded(self, said: list[Said], references: References | None) -> None:
        if said:
            with st.expander("Earlier on this question", icon=":material/history:"):
                show_said([replace(each, new=False) for each in said], references)

    def _status_line(self) -> None:
        session = self._session
        self._line = st.empty()
        self._badges(session.usage)
        if session.plan.time_limit_s is not None:
            _clock(session.started_at + session.plan.time_limit_s)

    def _badges(self, usage: Usage) -> None:
        """Draw what matters throughout, in the place of what was drawn there before."""
        session, question = self._session, self._session.current.question
        with self._line.container():
            badges(
                f"Question {session.question_number} of {len(session.planned)}",
                section_name(question.section),
                LEVEL_NAMES[question.level],
                in_words(usage),
                grader=grader_name(),
            )

    def _question(self) -> None:
        base, current = current_thread(self._session)[0], self._session.current
        with st.container(border=True):
            if current.follow_up:
                st.markdown(follow_up_to(base.text))
            own = current.model_follow_up
            if own:
                st.markdown(f":gray[:small[:material/smart_toy: {inline(own.origin)}]]")
            st.markdown(f"#### {inline(current.text) if own else safe_line(current.text)}")
            if current.question.starter and not current.follow_up:
                st.code(current.question.starter, language=None)
            for turn in current.turns:
                if turn.kind in PINNED and turn.notice:
                    st.markdown(f":gray[:small[{inline(turn.notice)}]]")
            self._quiet_buttons()

    def _quiet_buttons(self) -> None:
        with st.container(horizontal=True, gap="small"):
            self._quiet_button(Action.HINT, "Hint", ":material/lightbulb:", self._hint)
            if self._service.listens and Action.CLARIFY in self._actions:
                self._clarify_form()
            else:
                self._quiet_button(Action.CLARIFY, "Clarify", ":material/help:", self._clarify)
            self._quiet_button(Action.SKIP, "Skip", ":material/skip_next:", self._skip)
            if Action.END in self._actions:
                self._end_button()

    def _quiet_button(
        self, action: Action, label: str, icon: str, act: Callable[[], Session]
    ) -> None:
        if action in self._actions and st.button(
            label, icon=icon, type="tertiary", key=f"act-{action.name}"
        ):
            self._do(act)

    def _clarify_form(self) -> None:
        """Take down what is unclear, which a model can take up and the bank's words cannot."""
        # With each turn it is another popover, which is closed, so that none covers the reply.
        turn = f"{len(self._session.exchanges)}-{len(self._session.current.turns)}"
        with (
            st.popover("Clarify", icon=":material/help:", type="tertiary", key=f"unclear-{turn}"),
            st.form(f"clarify-{turn}", border=False),
        ):
            request = st.text_input(
                "What is unclear?",
                max_chars=LONGEST_REQUEST,
                placeholder="Empty asks for the question in other words.",
            )
            if st.form_submit_button("Ask", icon=":material/help:"):
                self._do(lambda: self._clarify(request))

    def _end_button(self) -> None:
        with st.popover("End", icon=":material/stop_circle:", type="tertiary"):
            st.markdown("End the interview here? The summary covers what you answered.")
            if st.button("End and see the summary", key="end-now"):
                self._do(lambda: self._service.end(self._session.id, seen=self._seen))

    def _hint(self) -> Session:
        return self._service.hint(self._session.id, seen=self._seen)

    def _clarify(self, request: str = "") -> Session:
        return self._service.clarify(self._session.id, request, seen=self._seen)

    def _skip(self) -> Session:
        return self._service.skip(self._session.id, seen=self._seen)

    def _do(self, act: Callable[[], Session]) -> None:
        try:
            with st.spinner("One moment…", show_time=True):
                act()
        except InterviewerError as error:
            show_error(error)
            return
        st.rerun()

    def _answer_box(self) -> str | None:
        session_id, number = self._session.id, len(self._session.exchanges)
        key = f"answer-{session_id}-{number}-{len(self._session.current.grades)}"
        keep_draft(self._service, session_id, key)
        text = st.chat_input(
            "Your answer. Enter sends, Shift+Enter starts a new line.",
            key=key,
            height=_INPUT_HEIGHT_PIXELS,
            submit_mode="disable",
        )
        if text:
            forget_draft(key, text)
        return text

    def _grade(self, text: str) -> None:
        try:
            with st.spinner("Thinking about your answer…", show_time=True):
                self._service.answer(self._session.id, text, seen=self._seen)
        except InterviewerError as error:
            self._answer_kept(text, error)
            return
        st.rerun()

    def _answer_kept(self, text: str, error: InterviewerError) -> None:
        if self._service.peek(self._session.id).pending_answer:
            st.rerun()
        self._service.save_draft(self._session.id, text)
        show_error(error, kept="Your answer was not taken, but it is kept below as a draft.")
        with st.expander("Your answer", expanded=True):
            st.markdown(plain(text))

    def _after_the_grade(self) -> None:
        with st.bottom.container(horizontal=True, horizontal_alignment="right"):
            if Action.RETRY in self._actions and st.button(
                "Retry", icon=":material/replay:", help="Answer again; the better score counts."
            ):
                self._do(lambda: self._service.retry(self._session.id, seen=self._seen))
            if Action.CONTINUE in self._actions and st.button(
                "Next", icon=":material/arrow_forward:", type="primary"
            ):
                self._do(lambda: self._service.go_on(self._session.id, seen=self._seen))


def follow_up_to(question: str) -> str:
    """Name the question that is followed up, small and grey where it holds no code or formula.

    A bracket within one of these would end the directive that makes it so.
    """
    if {"`", "$"} & set(question):
        return f":gray[:small[Follow-up to:]] {safe_line(question)}"
    return f":gray[:small[Follow-up to: {inline(question)}]]"


@st.fragment(run_every=1.0)
def _clock(deadline: float) -> None:
    """Show the time that is left, second by second, and end the interview when it is up."""
    left_s = max(0, round(deadline - time.time()))
    minutes, seconds = divmod(left_s, _SECONDS_PER_MINUTE)
    st.markdown(f":material/timer: **{minutes}:{seconds:02d}** left")
    if left_s == 0:
        st.rerun(scope="app")
