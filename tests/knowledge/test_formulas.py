from __future__ import annotations

import pytest

from interviewer.knowledge.formulas import formula_faults


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A loss $L = \\frac{1}{n}\\sum_i \\{x_i\\}$ and $$\nx^{2}\n$$ and \\(y_{1}\\).",
        "It costs \\$5.",
        "In code: `$HOME` and ``a ` $ b``.",
        "```sh\necho $HOME {\n```",
        "    $indented code",
        "- item\n\n  ```\n  $5\n  ```",
        "{braces} outside } of formulas {",
        "$$\\begin{aligned} a &= b \\\\(c) \\end{aligned}$$",
    ],
)
def test_a_closed_formula_is_let_through(text: str) -> None:
    assert formula_faults(text) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("One\ntwo $x and three", 1, "opened with $ is not closed with $. Write \\$"),
        ("Costs 5$.\n\nThen $x$.", 0, "Write \\$ for a dollar sign"),
        ("a\n\n$$\nx\n\nb", 2, "opened with $$ is not closed with $$"),
        ("a \\(x", 0, "opened with \\( is not closed with \\)"),
        ("a\nx\\)", 1, "closed with \\) that no \\( opened"),
        ("a\n$\\frac{1}{2$", 1, "A brace { in a formula is never closed"),
        ("$x}$", 0, "A brace } in a formula closes nothing"),
        ("a `$` $x", 0, "opened with $"),
    ],
)
def test_an_open_formula_is_named_with_its_line(text: str, line: int, message: str) -> None:
    (fault,) = formula_faults(text)

    assert fault.line == line
    assert message in fault.message


def test_every_broken_paragraph_is_named() -> None:
    assert [fault.line for fault in formula_faults("$a\n\nfine\n\n$b")] == [0, 4]
