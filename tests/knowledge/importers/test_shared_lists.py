"""The two real lists beside this checkout: a rendered page and a community list."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from interviewer.knowledge.importers import ImportResult, import_path

SEED_SECTIONS = {
    "ML Fundamentals": 5,
    "Math & Statistics": 3,
    "Deep Learning": 5,
    "NLP": 3,
    "Computer Vision": 2,
    "ML System Design": 2,
    "Python & Libraries": 4,
    "Coding Patterns": 2,
    "Behavioral": 2,
}


@pytest.fixture
def seed(shared_data: Path) -> Path:
    return shared_data / "seed" / "ml-interview-prep.txt"


@pytest.fixture
def sample(shared_data: Path) -> Path:
    return shared_data / "import-samples" / "data-science-interviews-theory.md"


def _sections(result: ImportResult) -> Counter[str]:
    return Counter(entry["section"] for entry in result.to_json_dict()["questions"])


def test_the_rendered_page_gives_its_20_questions_and_8_sheets_under_its_sections(
    seed: Path,
) -> None:
    result = import_path(seed)
    assert _sections(result) == SEED_SECTIONS
    source = seed.read_text(encoding="utf-8").splitlines()
    labelled = [q for q in result.questions if source[q.start_line - 1].startswith("Q: ")]
    assert len(labelled) == 20
    assert [q.text for q in result.questions if q not in labelled] == [
        "Essential NumPy one-liners",
        "Essential Pandas one-liners",
        "Scikit-learn full pipeline template",
        "PyTorch training loop template",
        "Custom Dataset class (PyTorch)",
        "Evaluation metrics from scratch",
        "Project walkthrough template (STAR format)",
        "Questions to ask the interviewer",
    ]
    assert all(question.answered for question in result.questions)


def test_every_line_of_the_rendered_page_survives_in_an_answer_or_is_listed_as_skipped(
    seed: Path,
) -> None:
    result = import_path(seed)
    kept = " ".join(" ".join(f"{q.text} {q.reference}".split()) for q in result.questions)
    first, last = result.questions[0].start_line, result.questions[-1].end_line
    sections = set(SEED_SECTIONS)
    for line in seed.read_text(encoding="utf-8").splitlines()[first - 1 : last]:
        words = re.sub(r"^(?:Q:|\s*•)\s*", "", " ".join(line.split()))
        assert words in kept or any(name in words for name in sections), line


def test_code_of_the_rendered_page_keeps_its_indentation_and_gets_a_fence(seed: Path) -> None:
    loop = next(q for q in import_path(seed).questions if q.text.startswith("PyTorch training"))
    assert loop.reference.startswith("```python\nimport torch\nimport torch.nn as nn\n")
    assert "\n        optimizer.zero_grad()\n        output = model(X)\n" in loop.reference
    assert loop.reference.endswith("\n```")
    for question in import_path(seed).questions:
        assert question.reference.count("```") % 2 == 0


def test_the_community_list_gives_166_questions_with_their_levels(sample: Path) -> None:
    result = import_path(sample)
    assert len(result.questions) == 166
    levels = Counter(int(question.level) for question in result.questions)
    assert levels == {1: 40, 2: 113, 3: 13}
    assert sum(not question.answered for question in result.questions) == 14
    assert len(_sections(result)) == 19
    assert _sections(result)["Linear regression"] == 13


def test_what_the_community_list_shows_before_its_questions_is_skipped_with_reasons(
    sample: Path,
) -> None:
    skipped = [(entry.line, entry.reason) for entry in import_path(sample).skipped]
    assert skipped == [
        (4, "text before the first question"),
        (14, "text before the first question"),
        (19, "table of contents"),
        (21, "table of contents"),
    ]


def test_no_answer_of_the_community_list_holds_html_or_a_remote_image(sample: Path) -> None:
    for question in import_path(sample).questions:
        assert not re.search(r"<(?:img|br|sub|b|i|strong)\b|!\[", question.reference)
        for point in question.key_points:
            assert "**" not in point.text
            assert point.text == " ".join(point.text.split())
