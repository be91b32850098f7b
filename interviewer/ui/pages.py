"""The pages, their names and addresses, and the way from one to another."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Literal, NoReturn

import streamlit as st

from interviewer.ui.frame import errors_shown

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

PageName = Literal["interview", "grade", "bank", "settings", "trust"]


def navigation(first: PageName = "interview") -> Page:
    """Put up the menu and give the page to run."""
    return st.navigation(list(_pages(first).values()), position="top")


def go_to(name: PageName, **query: str) -> NoReturn:
    """Leave this page for another, which finds `query` in its address."""
    st.switch_page(_pages("interview")[name], query_params=query)


def link_to(name: PageName) -> None:
    """Put a quiet link to a page, named as the page is."""
    st.page_link(_pages("interview")[name])


def _pages(first: PageName) -> dict[PageName, Page]:
    return {
        "interview": st.Page(
            _interview,
            title="Interview",
            icon=":material/forum:",
            url_path="interview",
            default=first == "interview",
        ),
        "grade": st.Page(
            _grade,
            title="Grade my answer",
            icon=":material/task_alt:",
            url_path="grade",
            default=first == "grade",
        ),
        "bank": st.Page(
            _bank,
            title="Questions",
            icon=":material/menu_book:",
            url_path="questions",
            default=first == "bank",
        ),
        "settings": st.Page(
            _settings,
            title="Settings",
            icon=":material/tune:",
            url_path="settings",
            default=first == "settings",
        ),
        "trust": st.Page(
            _trust,
            title="How far to trust a grade",
            icon=":material/straighten:",
            url_path="trust",
            default=first == "trust",
            visibility="hidden",
        ),
    }


def _interview() -> None:
    _show("interview")


def _grade() -> None:
    _show("grade_mine")


def _bank() -> None:
    _show("bank")


def _settings() -> None:
    _show("settings")


def _trust() -> None:
    _show("trust")


def _show(module: str) -> None:
    """Load a page when it is first opened, so that the first page waits for no other."""
    with errors_shown():
        import_module(f"interviewer.ui.{module}").show()
