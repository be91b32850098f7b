"""The question bank: browse, filter and search; a page per question; import of other lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from secrets import choice

import streamlit as st

from interviewer.errors import UnknownQuestionError
from interviewer.knowledge.bank import QuestionBank
from interviewer.knowledge.names import section_name
from interviewer.models import Kind, Level, Mode, Question, SessionPlan
from interviewer.retrieval.filters import ChunkFilter
from interviewer.ui import live
from interviewer.ui.bank_import import show_import
from interviewer.ui.frame import (
    LEVEL_NAMES,
    badges,
    heading,
    note,
    option,
    show_error,
)
from interviewer.ui.markup import inline
from interviewer.ui.opening import workspace
from interviewer.ui.pages import go_to
from interviewer.ui.personal import interviews
from interviewer.ui.safe_markdown import safe_line, safe_markdown

_ROWS_PER_PAGE = 20
_NEAREST = 10
KIND_NAMES = {
    Kind.CONCEPT: "Concept",
    Kind.DERIVATION: "Derivation",
    Kind.CODING: "Coding",
    Kind.SYSTEM_DESIGN: "System design",
    Kind.BEHAVIORAL: "Behavioral",
    Kind.REVERSE: "Ask them",
}


def show() -> None:
    """Draw the bank, or one question of it where the address names one."""
    question_id = st.query_params.get("question", "")
    if question_id:
        _one_question(workspace().bank, question_id)
        return
    heading("Question bank", "Read any question before you practise it, or bring your own list.")
    browse, bring = st.tabs([option("Browse"), option("Import")])
    with browse:
        _browse(workspace().bank)
    with bring:
        show_import(workspace())


def _browse(bank: QuestionBank) -> None:
    asked = interviews().asked_question_ids()
    found, how = _filtered(bank, asked)
    if not found:
        st.info("No question fits. Take a filter away, or search for another word.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        note(how or f"{len(found)} of {len(bank.questions)} questions")
        if st.button("Surprise me", icon=":material/casino:", help="Open one of these by chance."):
            go_to("bank", question=choice(found).id)
    pages = -(-len(found) // _ROWS_PER_PAGE)
    key = f"bank_page_of_{pages}"
    first = (st.session_state.get(key, 1) - 1) * _ROWS_PER_PAGE
    for question in found[first : first + _ROWS_PER_PAGE]:
        _row(question, seen=question.id in asked)
    if pages > 1:
        st.pagination(pages, key=key)


def _row(question: Question, *, seen: bool = False) -> None:
    place = " · ".join(
        [
            section_name(question.section),
            LEVEL_NAMES[question.level],
            KIND_NAMES[question.kind],
            *([] if question.answered else ["no answer yet"]),
            *(["asked before"] if seen else []),
        ]
    )
    with st.container(border=True, horizontal=True, wrap=False, vertical_alignment="center"):
        st.markdown(
            f"{safe_line(question.text)}\\\n:gray[:small[{inline(place)}]]", width="stretch"
        )
        if st.button("Read", key=f"open-{question.id}"):
            go_to("bank", question=question.id)


def _filtered(bank: QuestionBank, asked: Collection[str]) -> tuple[list[Question], str]:
    """Give the questions that fit, and how they were found where it was not by their words."""
    text = st.text_input(
        "Search",
        key="bank_search",
        placeholder="Words of the question, its topic or a tag",
        icon=":material/search:",
    )
    with st.container(horizontal=True):
        section = st.selectbox(
            "Section",
            bank.sections,
            index=None,
            placeholder="All sections",
            format_func=section_name,
            key="bank_section",
        )
        level = st.selectbox(
            "Level",
            list(Level),
            index=None,
            placeholder="All levels",
            format_func=lambda level: LEVEL_NAMES[level],
            key="bank_level",
        )
        kind = st.selectbox(
            "Kind",
            list(Kind),
            index=None,
            placeholder="All kinds",
            format_func=lambda kind: KIND_NAMES[kind],
            key="bank_kind",
        )
    unseen = st.toggle(
        "Not asked yet", key="bank_unseen", help="Leave out what an interview has asked before."
    )

    def fitting(wanted: str) -> list[Question]:
        found = bank.filter(
            text=wanted,
            sections=(section,) if section else (),
            levels=(level,) if level else (),
            kinds=(kind,) if kind else (),
        )
        return [question for question in found if not (unseen and question.id in asked)]

    found = fitting(text)
    if found or not text.strip():
        return found, ""
    nearest = _by_meaning(text, fitting(""))
    return nearest, "No question has all of these words; the nearest in meaning:"


def _by_meaning(text: str, fitting: Sequence[Question]) -> list[Question]:
    """Give the few questions whose passages are nearest to what was typed, nearest first."""
    by_id = {question.id: question for question in fitting}
    if not by_id:
        return []
    where = ChunkFilter(question_ids=tuple(by_id))
    found = workspace().retriever.retrieve(text, top_k=_NEAREST, where=where)
    return [by_id[name] for name in dict.fromkeys(one.chunk.question_id for one in found)]


def _one_question(bank: QuestionBank, question_id: str) -> None:
    if st.button("All questions", icon=":material/arrow_back:", type="tertiary"):
        go_to("bank")
    try:
        question = bank.get(question_id)
    except UnknownQuestionError as error:
        show_error(error, kept="The question may have been renamed or taken out of the bank.")
        for nearest in error.nearest:
            _row(bank.get(nearest))
        return
    st.markdown(f"### {safe_line(question.text)}")
    badges(
        section_name(question.section),
        LEVEL_NAMES[question.level],
        KIND_NAMES[question.kind],
        *question.tags,
    )
    if not question.answered:
        st.info("This question came without a reference answer, so no answer can be graded.")
        return
    if st.button("Practise this question", type="primary", icon=":material/play_arrow:"):
        plan = SessionPlan(mode=Mode.PRACTICE, question_count=1, question_ids=(question.id,))
        live.open_session(interviews().start(plan))
    _reference(question)
    if st.toggle("Show rubric", help="What an answer is graded on. It gives the answer away."):
        _rubric(question)
    note(f"{question.path}, lines {question.start_line}–{question.end_line}")


def _reference(question: Question) -> None:
    if question.starter:
        st.markdown("**Starter**")
        st.code(question.starter, language=None)
    with st.expander("Reference answer", icon=":material/school:"):
        st.markdown(safe_markdown(question.reference))


def _rubric(question: Question) -> None:
    st.markdown("**Key points**")
    st.markdown(
        "\n".join(
            f"{number}. {safe_line(point.text)} :gray[·\u00a0weight\u00a0{point.weight}]"
            for number, point in enumerate(question.key_points, start=1)
        )
    )
    if question.mistakes:
        st.markdown("**Common mistakes**")
        st.markdown("\n".join(f"- {safe_line(each.text)}" for each in question.mistakes))
    if question.hints:
        st.markdown("**Hints**")
        st.markdown("\n".join(f"- {safe_line(hint)}" for hint in question.hints))
    for follow_up in question.follow_ups:
        with st.expander(f"Follow-up: {inline(follow_up.question)}"):
            st.markdown(safe_markdown(follow_up.answer))
    if question.tests:
        with st.expander("Tests"):
            st.code(question.tests, language=None)
    if question.sources:
        st.markdown("**Sources**")
        st.markdown("\n".join(f"- {inline(source.text)}" for source in question.sources))
