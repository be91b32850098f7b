"""What every page does: it opens, tells errors plainly, and loads nothing heavy first."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from support import loaded_by
from ui.pages import words

from interviewer.config import CHECKOUT_DIR
from interviewer.models import Grade

PAGES = ("interview", "grade", "bank", "settings", "trust")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_an_error(open_page, name: str) -> None:
    page = open_page(name)
    assert not page.exception
    assert not page.error
    assert page.title


def test_an_empty_bank_says_what_to_do(open_page, tmp_path, monkeypatch) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("INTERVIEWER_BANK_DIR", str(empty))
    page = open_page()
    assert "The question bank cannot be read" in page.error[0].value
    assert "INTERVIEWER" in words(page)


def test_a_setting_that_cannot_be_used_says_which(open_page, monkeypatch) -> None:
    monkeypatch.setenv("INTERVIEWER_TOP_K", "many")
    page = open_page()
    assert "A setting cannot be used" in page.error[0].value
    assert "TOP\\_K" in words(page)


def test_the_unexpected_shows_no_traceback(open_page, monkeypatch) -> None:
    def fail(service: object) -> Grade:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("interviewer.ui.interview.show_start", fail)
    page = open_page()
    assert not page.exception
    assert "Something went wrong on this page" in page.error[0].value
    assert "secret detail" not in words(page)


def test_the_bank_opens_again_once_it_is_put_right(open_page, tmp_path, monkeypatch) -> None:
    with monkeypatch.context() as broken:
        broken.setenv("INTERVIEWER_BANK_DIR", str(tmp_path / "nowhere"))
        assert open_page().error
    assert not open_page().error


def test_the_status_line_leaves_out_what_is_empty() -> None:
    def _page() -> None:
        from interviewer.ui.frame import badges

        badges("", "Core", "")

    page = AppTest.from_function(_page).run()
    assert [each.value for each in page.markdown] == [":gray-badge[Core]"]


def test_the_first_page_loads_neither_torch_nor_model_libraries(small_bank_dir: Path) -> None:
    script = (
        "import sys\n"
        "sys.path.insert(0, 'tests')\n"
        "from support import HashingEncoder\n"
        "import interviewer.workspace as workspace\n"
        "workspace.open_encoder = lambda settings, progress=None: HashingEncoder()\n"
        "from streamlit.testing.v1 import AppTest\n"
        "page = AppTest.from_file('app.py', default_timeout=60).run()\n"
        "assert not page.exception and not page.error, page\n"
        "assert page.title[0].value == 'Mock interview'\n"
    )
    heavy = {"torch", "transformers", "sentence_transformers", "langchain_community"}
    heavy |= {"langchain_openai", "openai"}
    assert loaded_by(script, heavy, environment=_folders(small_bank_dir)) == []


def _folders(bank: Path) -> dict[str, str]:
    folders = {"BANK": bank, "DATA": bank.parent / "data", "INDEX": bank.parent / "index"}
    return {f"INTERVIEWER_{name}_DIR": str(at) for name, at in folders.items()}


def test_the_app_serves_this_machine_only_and_sends_nothing_out() -> None:
    import tomllib

    config = tomllib.loads((CHECKOUT_DIR / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert {"light", "dark"} <= set(config["theme"])
    assert st.__version__ >= "1.67"
