"""How far to trust a grade: what the evaluation that came with the package found."""

from __future__ import annotations

import streamlit as st

from interviewer.evaluation.results import load_results
from interviewer.evaluation.trust import TITLE, trust_sections
from interviewer.evaluation.trust_parts import Section
from interviewer.ui.frame import heading
from interviewer.ui.markup import inline
from interviewer.ui.safe_markdown import safe_markdown


def show() -> None:
    """Draw the page; the tables of detail are folded."""
    heading(TITLE, "How often the grader agrees with people, and what it misses.")
    for section in trust_sections(load_results()):
        _show_section(section)


def _show_section(section: Section) -> None:
    if section.detail:
        with st.expander(inline(section.title)):
            st.markdown(safe_markdown(section.text))
        return
    if section.title:
        st.subheader(inline(section.title), anchor=False)
    st.markdown(safe_markdown(section.text))
