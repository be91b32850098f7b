"""Draws the texts of a file through all that draws other people's words; `page` names the file."""

import json
import os
from pathlib import Path

import streamlit as st

from interviewer.ui.markup import Mark, inline, marked, plain
from interviewer.ui.safe_markdown import safe_line, safe_markdown

texts = json.loads(Path(os.environ["GALLERY"], st.query_params["page"]).read_text("utf-8"))
for number, text in enumerate(texts):
    with st.container(key=f"text-{number}"):
        st.markdown(safe_markdown(text))
        st.markdown(f"#### {safe_line(text)}")
        st.markdown(f"1. {safe_line(text)}\\\n:gray[:small[{inline(text)}]] {safe_line(text)}")
        st.markdown(plain(text))
        st.markdown(marked(text, [Mark(2, 9, "green", "✓ 1"), Mark(5, 20, "red", "✗ 2")]))
        st.badge(inline(text))
        with st.expander(inline(text), expanded=True):
            st.markdown(f"“{inline(text)}”")
st.markdown(f"Drawn: {len(texts)}")
