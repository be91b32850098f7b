"""Grade my answer: one question of the bank or one's own, one answer, one card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

import streamlit as st

from interviewer.errors import InputError, InterviewerError, UnknownSessionError
from interviewer.grading.rubric import own_question
from interviewer.knowledge.names import section_name
from interviewer.models import (
    NOTHING_SPENT,
    Grade,
    Mode,
    Phase,
    Question,
    Session,
    SessionPlan,
    Usage,
)
from interviewer.service import InterviewService
from interviewer.ui import live
from interviewer.ui.citations import References
from interviewer.ui.conversation import earlier_grade
from interviewer.ui.draft import keep_draft
from interviewer.ui.frame import LEVEL_NAMES, badges, heading, option, show_error
from interviewer.ui.grade_card import show_grade_card
from interviewer.ui.markup import inline
from interviewer.ui.opening import workspace
from interviewer.ui.pages import go_to
from interviewer.ui.personal import grader_name, interviews
from interviewer.ui.safe_markdown import safe_line, safe_markdown
from interviewer.usage import in_words

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_OWN_PATH = "your-reference.md"
_LARGEST_REFERENCE_KB = 200
_ANSWER_HEIGHT_PIXELS = 220
_REFERENCE_HEIGHT_PIXELS = 160
_BANK, _OWN = "A question of the bank", "My own question"


def show() -> None:
    """Draw the page: choose a question, or answer the chosen one, or read its grade."""
    service = interviews()
    heading("Grade my answer", "One answer, set beside a written reference point by point.")
    line = st.empty()
    _badges(line, NOTHING_SPENT)
    session_id = live.session_id()
    if not session_id:
        _choose_question(service)
        return
    session = _session(service, session_id)
    if session is None:
        return
    if session.plan.mode is not Mode.GRADE_MY_ANSWER:
        live.resume(session_id, session.plan.mode)
    _badges(line, session.usage)
    seen = live.seen_before(session)
    _question(session.current.question)
    if session.phase is Phase.ANSWERING:
        _answer_form(service, session, seen)
    else:
        _card(service, session)


def _badges(line: DeltaGenerator, usage: Usage) -> None:
    with line.container():
        badges(in_words(usage), grader=grader_name())


def _session(service: InterviewService, session_id: str) -> Session | None:
    try:
        session = service.peek(session_id)
    except UnknownSessionError as error:
        show_error(error, kept="It may have been deleted, or the address was cut short.")
        if st.button("Choose a question", type="primary"):
            go_to("grade")
        return None
    try:
        return service.get(session_id)
    except InterviewerError as error:
        show_error(error, kept="Your answer is saved; it only waits for its grade.")
        if st.button("Grade it again", type="primary", icon=":material/refresh:"):
            st.rerun()
        return session


def _choose_question(service: InterviewService) -> None:
    source = st.segmented_control(
        "What is it an answer to?",
        [_BANK, _OWN],
        default=_BANK,
        required=True,
        format_func=option,
        key="grade_source",
    )
    if source == _OWN:
        _own_question(service)
    else:
        _bank_question(service)


def _bank_question(service: InterviewService) -> None:
    questions = {question.id: question for question in workspace().bank.filter(answered_only=True)}
    if not questions:
        st.info("The bank has no question with a reference answer yet. Import some first.")
        if st.button("Open the question bank"):
            go_to("bank")
        return
    chosen = st.selectbox(
        "Question",
        list(questions),
        index=None,
        format_func=lambda question_id: questions[question_id].text,
        placeholder="Type a few words to find it",
        filter_mode="contains",
        key="grade_question",
    )
    if st.button("Answer this question", type="primary", disabled=chosen is None) and chosen:
        plan = SessionPlan(mode=Mode.GRADE_MY_ANSWER, question_count=1, question_ids=(chosen,))
        live.open_session(service.start(plan))


def _own_question(service: InterviewService) -> None:
    with st.form("own_question_form", enter_to_submit=False, border=False):
        text = st.text_area("Your question", key="own_question", persist_state="session", height=80)
        upload = st.file_uploader(
            "Reference answer as a file", type=["md", "txt"], max_upload_size=1
        )
        pasted = st.text_area(
            "Or write the reference answer",
            key="own_reference",
            persist_state="session",
            height=_REFERENCE_HEIGHT_PIXELS,
            placeholder="What a good answer says, in full sentences.",
        )
        if not st.form_submit_button("Answer this question", type="primary"):
            return
    try:
        question = own_question(text or "", *_reference(upload, pasted or ""))
    except InputError as error:
        show_error(error, kept="What you typed stays here.")
        return
    live.open_session(service.start_own(question))


def _reference(upload: UploadedFile | None, pasted: str) -> tuple[str, str]:
    """Give the reference and the name that citations of it carry."""
    if upload is None:
        return pasted, _OWN_PATH
    name = PurePath(upload.name).name
    if upload.size > _LARGEST_REFERENCE_KB * 1000:
        raise InputError(
            f"{name} has {upload.size / 1000:,.0f} kB; the limit is {_LARGEST_REFERENCE_KB} kB. "
            "Keep what belongs to this one question, or import the list into the bank."
        )
    return _text_of(upload.getvalue(), name), name


def _text_of(content: bytes, name: str) -> str:
    """Decode what is small enough to be read here; a larger file goes through the import."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not UTF-8 text. Save it as UTF-8 and choose it again."
        ) from error


def _question(question: Question) -> None:
    with st.container(border=True):
        many_lines = "\n" in question.text
        st.markdown(
            safe_markdown(question.text) if many_lines else f"#### {safe_line(question.text)}"
        )
        if not question.id.startswith("own-question"):
            st.markdown(
                f":gray[:small[{inline(section_name(question.section))} · "
                f"{LEVEL_NAMES[question.level]}]]"
            )
        if question.starter:
            st.code(question.starter, language=None)


def _answer_form(service: InterviewService, session: Session, seen: int) -> None:
    grades = session.current.grades
    key = f"mine-{session.id}-{len(grades)}"
    keep_draft(service, session.id, key)
    with st.form(f"form-{key}", enter_to_submit=False, border=False):
        answer = st.text_area(
            "Your answer",
            key=key,
            height=_ANSWER_HEIGHT_PIXELS,
            placeholder="Write it as you would say it aloud.",
        )
        with st.container(horizontal=True):
            grade = st.form_submit_button("Grade it", type="primary", icon=":material/task_alt:")
            other = st.form_submit_button("Another question", icon=":material/arrow_back:")
    if other:
        go_to("grade")
    if grade:
        _grade(service, session, answer or "", seen)
    _earlier(session, grades)


def _grade(service: InterviewService, session: Session, answer: str, seen: int) -> None:
    if not answer.strip():
        st.warning("There is no answer yet. Write one, then grade it.", icon=":material/edit:")
        return
    try:
        with st.spinner("Setting your answer beside the reference…", show_time=True):
            service.answer(session.id, answer, seen=seen)
    except InterviewerError as error:
        if not service.peek(session.id).pending_answer:
            show_error(error, kept="Your answer is still in the box above.")
            return
    st.rerun()


def _card(service: InterviewService, session: Session) -> None:
    grades = session.current.grades
    if not grades:
        return
    references = References.of_question(session.current.question, workspace().bank.files)
    show_grade_card(grades[-1], references)
    with st.container(horizontal=True):
        if session.phase is Phase.REVIEWING and st.button(
            "Answer again", icon=":material/replay:", type="primary"
        ):
            service.save_draft(session.id, grades[-1].answer)
            service.retry(session.id)
            st.rerun()
        if st.button("Another question", icon=":material/arrow_back:"):
            go_to("grade")
    _earlier(session, grades[:-1])


def _earlier(session: Session, grades: Sequence[Grade]) -> None:
    if not grades:
        return
    st.markdown("**Earlier attempts**")
    references = References.of_question(session.current.question, workspace().bank.files)
    for grade in grades:
        earlier_grade(grade, references)
