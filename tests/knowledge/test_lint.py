from __future__ import annotations

from pathlib import Path

import pytest
from support import SMALL_BANK, HashingEncoder

from interviewer.errors import BankError
from interviewer.knowledge.lint import Fault, lint_bank

CODING = """\
---
section: coding
topic: sums
---

## Implement the running mean of a list.
<!-- id: running-mean | kind: coding | level: 1 -->

Keep a running total and divide it by the count so far.
The total is updated once per value, so the cost is linear.
An empty list gives an empty list.
Floating-point error grows slowly with the length.

```python
def running_mean(values):
    total, means = 0.0, []
    for count, value in enumerate(values, start=1):
        total += value
        means.append(total / count)
    return means
```

Call it so:

```python
assert running_mean([1, 3]) == [1.0, 2.0]
```

### Key points
- (3) Keep a running total and divide it by the count so far.
- (2) The total is updated once per value, so the cost is linear.
- (1) An empty list gives an empty list.
- (1) Floating-point error grows slowly with the length.

### Common mistakes
- [1] Divide the running total by the length of the whole list.
- [2] Summing the prefix again for every value is linear too.

### Follow-ups
- How would you do it with NumPy?
  > A cumulative sum divided by the counts:
  >
  > ```python
  > import numpy as np
  >
  > values = np.array([1.0, 3.0])
  > assert (np.cumsum(values) / np.arange(1, 3) == [1, 2]).all()
  > ```
- And over a stream?
  > Keep the count and the mean.

### Hints
- What do you need to remember between two values?
- Which two numbers?

### Sources
- Knuth (1997), The Art of Computer Programming, volume 2, section 4.2.2

### Starter
```python
def running_mean(values):
    ...
```

### Tests
```python
assert running_mean([]) == []
assert running_mean([2, 4]) == [2.0, 3.0]
```
"""


def bank(tmp_path: Path, **files: str) -> Path:
    root = tmp_path / "bank"
    for name, text in files.items():
        (root / "topic").mkdir(parents=True, exist_ok=True)
        (root / "topic" / f"{name}.md").write_text(text, encoding="utf-8")
    return root


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def found(root: Path, **options: object) -> list[tuple[str, int, str]]:
    faults = lint_bank(root, **options)  # type: ignore[arg-type]
    return [(fault.path, fault.line, fault.code) for fault in faults]


def test_a_bank_in_order_has_no_faults(tmp_path: Path) -> None:
    root = bank(tmp_path, coding=CODING)

    assert lint_bank(root) == []
    assert lint_bank(root, encoder=HashingEncoder()) == []


def test_the_small_bank_lacks_one_key_point(small_bank_dir: Path) -> None:
    assert lint_bank(small_bank_dir) == [
        Fault(
            "ml-fundamentals/regularization.md",
            37,
            "key-point-count",
            "A question has 4 to 8 key points, this one 3.",
        )
    ]


@pytest.mark.parametrize(
    ("old", "new", "at", "code"),
    [
        ("section: coding", "section:", "---", "front-matter"),
        ("id: running-mean | ", "", "<!-- ", "missing-id"),
        ("### Hints", "### Hint", "### Hint", "unknown-heading"),
        ("- (3) Keep", "- (5) Keep", "- (5)", "bad-weight"),
        ("- [1] Divide", "- Divide", "- Divide", "mistake-number"),
        ("- [1] Divide", "- [1] a\n- [5] Divide", "- [5]", "mistake-number"),
        ("- [1] Divide", "- [1] a\n- [0] Divide", "- [0]", "mistake-number"),
        ("- [2] Summing", "- [1] Summing", "- (2) The total", "no-mistake"),
        ("- Which two numbers?\n", "", "## Implement", "no-hints"),
        ("- And over a stream?\n  > Keep the count and the mean.\n", "", "## ", "no-follow-ups"),
        ("- Knuth (1997), The Art of Computer Programming, volume 2", "", "## ", "bad-bullet"),
        ("linear.\nAn", "linear, $O(n.\nAn", "The total", "formula"),
        ("Keep the count and", "Keep $n and", "  > Keep $n", "formula"),
        ("Which two numbers?", "Which $k?", "## ", "formula"),
        ("- (1) An empty", "- (1) Attention heads see an empty", "- (1) Att", "unstated-point"),
        ("total += value", "total += valeu", "total += valeu", "code-fails"),
        ("== [1.0, 2.0]", "== [1.0, 9.0]", "assert running_mean([1, 3])", "code-fails"),
        ("= np.array", "= np.arry", "  > values = np", "code-fails"),
        ("    ...", "    return [", "    return [", "code-fails"),
        ("== [2.0, 3.0]", "== [2.0, 4.0]", "assert running_mean([2", "reference-fails-tests"),
        ("    ...", "    return [2.0, 3.0][: len(values)]", "assert", "starter-passes-tests"),
    ],
)
def test_a_fault_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, at: str, code: str
) -> None:
    text = CODING.replace(old, new)
    if code == "bad-bullet":
        text = CODING.replace("- Knuth", "Knuth")
        at = "Knuth"
    faults = found(bank(tmp_path, coding=text))
    line = text[: text.rindex(at)].count("\n") + 1 if code[:3] == "sta" else line_of(text, at)
    if code == "starter-passes-tests":
        line = line_of(text, "### Tests") + 2

    assert ("topic/coding.md", line, code) in faults


def test_a_failing_block_says_why(tmp_path: Path) -> None:
    root = bank(tmp_path, coding=CODING.replace("total / count", "total / 0"))

    messages = [fault.message for fault in lint_bank(root) if fault.code == "code-fails"]

    assert messages == ["The code does not run: ZeroDivisionError: float division by zero"]


def test_code_is_not_run_when_told_so_or_when_tagged_so(tmp_path: Path) -> None:
    broken = CODING.replace("total / count", "total / 0")

    assert found(bank(tmp_path, coding=broken), run_code=False) == []
    quiet = SMALL_BANK.replace("It trades a\n", "It trades a\n```python no-run\n1 / 0\n```\n")
    assert [code for _, _, code in found(bank(tmp_path / "b", quiet=quiet))] == ["key-point-count"]


def test_a_coding_question_needs_starter_and_tests(tmp_path: Path) -> None:
    text = CODING[: CODING.index("### Starter")]

    assert found(bank(tmp_path, coding=text)) == [
        ("topic/coding.md", 6, "no-starter"),
        ("topic/coding.md", 6, "no-tests"),
    ]


def test_what_a_question_lacks_is_named(tmp_path: Path) -> None:
    text = "---\nsection: a\ntopic: b\n---\n## Q?\n<!-- id: q -->\n"

    assert found(bank(tmp_path, a=text)) == [
        ("topic/a.md", 5, "empty-reference"),
        ("topic/a.md", 5, "no-follow-ups"),
        ("topic/a.md", 5, "no-hints"),
        ("topic/a.md", 5, "no-key-points"),
        ("topic/a.md", 5, "no-source"),
    ]


def test_too_many_key_points_are_a_fault(tmp_path: Path) -> None:
    point = "- (1) An empty list gives an empty list.\n"
    root = bank(tmp_path, coding=CODING.replace(point, point * 6))

    assert found(root, run_code=False) == [("topic/coding.md", 6, "key-point-count")]


def test_imported_questions_may_lack_what_an_import_cannot_give(tmp_path: Path) -> None:
    unanswered = "\n## What is new?\n<!-- id: new | answer: none -->\n"
    text = CODING[: CODING.index("### Common mistakes")] + unanswered

    assert found(bank(tmp_path, a=text), imported=True) == []
    assert ("topic/a.md", line_of(text, "## What is new"), "empty-reference") in found(
        bank(tmp_path, a=text)
    )


def test_a_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    root = bank(tmp_path, a="no front matter", b=CODING, c="---\nsection: a\ntopic: b\n---\n")
    (root / "topic" / "d.md").write_bytes(b"\xff\xfe")
    (root / "topic" / "e.md").write_text(CODING.replace("### Hints", "### Hint"), encoding="utf-8")

    assert found(root) == [
        ("topic/a.md", 1, "front-matter"),
        ("topic/c.md", 1, "no-questions"),
        ("topic/d.md", 1, "unreadable"),
        ("topic/e.md", line_of(CODING, "### Hints"), "unknown-heading"),
    ]


def test_one_id_twice_and_one_question_twice_are_named_at_the_later(tmp_path: Path) -> None:
    again = CODING.replace("Implement the running mean", "Implement a running mean")
    other = again.replace("id: running-mean", "id: moving-mean")

    faults = lint_bank(bank(tmp_path, a=CODING, b=again, c=other), run_code=False)

    assert [(fault.path, fault.line, fault.code) for fault in faults] == [
        ("topic/b.md", 6, "duplicate-id"),
        ("topic/b.md", 6, "near-duplicate"),
        ("topic/c.md", 6, "near-duplicate"),
        ("topic/c.md", 6, "near-duplicate"),
    ]
    assert "at topic/a.md:6" in faults[0].message


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="does not exist"):
        lint_bank(tmp_path / "absent")


def test_a_fault_reads_as_one_line() -> None:
    assert str(Fault("a/b.md", 3, "no-source", "Why.")) == "a/b.md:3: Why. [no-source]"
