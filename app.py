"""The app's entry: page setup and navigation only; the pages live in `interviewer/ui/`."""

import streamlit as st

from interviewer.ui.pages import navigation

st.set_page_config(
    page_title="Mock interviewer",
    page_icon="💬",
    layout="centered",
    initial_sidebar_state="collapsed",
)
navigation().run()
