"""Settings hold for one browser window, and a key never leaves its memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from ui.pages import press, words

from interviewer.config import Settings
from interviewer.ui.settings import _sent

KEY = "sk-secret-value-0123456789"


def filled(page: AppTest, *, model: str = "", base_url: str = "", key: str = "") -> AppTest:
    for box, text in zip(page.text_input, (model, base_url, key), strict=True):
        box.set_value(text)
    return page


def test_without_a_model_answers_are_graded_offline(open_page) -> None:
    assert "Graded by offline\\-1" in words(open_page("settings"))


def test_a_model_that_is_set_grades_from_then_on(open_page) -> None:
    page = filled(open_page("settings"), model="gpt-5-mini", key=KEY)
    said = words(press(page, "Use these"))
    assert "Graded by offline\\-1 \\+ openai\\:gpt\\-5\\-mini" in said
    assert "These settings are in use" in said


def test_the_model_grades_every_point_where_that_is_chosen(open_page) -> None:
    page = filled(open_page("settings"), model="gpt-5-mini", key=KEY)
    points = next(each for each in page.button_group if each.label == "What the model grades")
    points.set_value("all")
    assert "Graded by openai\\:gpt\\-5\\-mini" in words(press(page, "Use these"))


def test_the_key_is_shown_nowhere_and_written_nowhere(open_page, tmp_path: Path) -> None:
    page = filled(open_page("settings"), model="gpt-5-mini", key=KEY)
    said = words(press(page, "Use these"))
    assert KEY not in said
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in kept if KEY.encode() in path.read_bytes()]


def test_a_key_is_forgotten_when_asked(open_page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    page = press(filled(open_page("settings"), key=KEY), "Use these")
    assert page.text_input[2].placeholder.startswith("Set;")
    page = press(page, "Forget the key")
    assert page.text_input[2].placeholder == "sk-…"
    assert "The key is forgotten" in words(page)
    assert "Graded by offline\\-1" in words(page)


def test_a_model_that_needs_the_key_goes_with_it(open_page) -> None:
    page = press(filled(open_page("settings"), model="gpt-5-mini", key=KEY), "Use these")
    page = press(page, "Forget the key")
    assert "this machine grades" in words(page)
    assert "Graded by offline\\-1" in words(page)
    assert [box.value for box in page.text_input] == ["", "", ""]


def test_a_model_without_its_key_is_refused_and_the_form_stays(open_page) -> None:
    page = press(filled(open_page("settings"), model="gpt-5-mini"), "Use these")
    assert "A setting cannot be used" in page.error[0].value
    assert len(page.text_input) == 3
    assert "These settings are in use" in words(press(filled(page), "Use these"))


def test_the_form_is_there_where_the_environment_names_a_model_without_a_key(
    open_page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_MODEL", "gpt-5-mini")
    page = open_page("settings")
    assert "A setting cannot be used" in page.error[0].value
    said = words(press(filled(page, model="gpt-5-mini", key=KEY), "Use these"))
    assert "Graded by offline\\-1 \\+ openai\\:gpt\\-5\\-mini" in said


def test_another_window_keeps_its_own_grader(open_page) -> None:
    press(filled(open_page("settings"), model="gpt-5-mini", key=KEY), "Use these")
    assert "Graded by offline\\-1" in words(open_page("settings"))


def test_an_address_that_is_none_is_refused(open_page) -> None:
    page = press(filled(open_page("settings"), base_url="ftp://somewhere"), "Use these")
    assert "A setting cannot be used" in page.error[0].value
    assert "http://" in words(page).replace("\\", "").replace(":color[/]", "/")


def test_the_connection_test_without_a_model_says_that_there_is_none(open_page) -> None:
    page = press(open_page("settings"), "Test the connection")
    assert "graded offline" in page.success[0].value


def test_a_server_that_is_not_there_is_told_plainly(open_page) -> None:
    page = filled(
        open_page("settings"), model="llama3.2", base_url="http://127.0.0.1:9/v1", key="none"
    )
    page = press(page, "Test the connection")
    assert "The model did not answer" in page.error[0].value
    assert not page.exception


def test_the_index_can_be_rebuilt(open_page) -> None:
    page = press(open_page("settings"), "Rebuild the index")
    assert "The index is rebuilt" in page.success[0].value


def test_the_page_says_where_data_is_kept(open_page, tmp_path: Path) -> None:
    said = words(open_page("settings")).replace("\\", "")
    assert str(tmp_path / "data" / "sessions.sqlite") in said


def test_the_page_says_that_nothing_leaves_the_machine_only_where_it_is_so(
    open_page, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = words(open_page("settings"))
    assert "Everything stays on this machine." in said
    assert "also go to" not in said
    said = words(press(filled(open_page("settings"), model="gpt-5-mini", key=KEY), "Use these"))
    assert "Everything is kept on this machine." in said
    assert "your answers and what you ask in an interview also go to the model at https" in said
    assert "embedding model" not in said
    embedded = Settings(_env_file=None, embedding="openai:small", base_url="http://127.0.0.1:9/v1")  # type: ignore[call-arg]
    (line,) = _sent(embedded, embedded)
    assert "your answers also go to the embedding model at http" in line
