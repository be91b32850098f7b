from __future__ import annotations

import os
from pathlib import Path

import pytest

from interviewer.knowledge.code_blocks import Outcome, Program, run_alone, run_programs
from interviewer.knowledge.markdown import Fence, fences


def program(*codes: str, line: int = 1, should_fail: bool = False) -> Program:
    blocks = []
    for code in codes:
        blocks.append(Fence(code, "python", line))
        line += code.count("\n") + 10
    return Program(tuple(blocks), should_fail)


def test_only_blocks_tagged_python_are_runnable() -> None:
    text = (
        "Text\n```python\na\n```\n- item\n  ```python no-run\n  b\n  ```\n\n"
        "~~~pycon\n>>> c\n~~~\n```\nd\n```\n"
    )

    found = fences(text, first_line=10)

    assert [(fence.code, fence.line, fence.runnable) for fence in found] == [
        ("a\n", 12, True),
        ("b\n", 16, False),
        (">>> c\n", 20, False),
        ("d\n", 23, False),
    ]


def test_blocks_of_a_program_share_their_names_and_programs_share_nothing() -> None:
    first, second = run_programs([program("x = 1\n", "print(x)\n"), program("print(x)\n", line=7)])

    assert first == Outcome(ok=True, output="1\n")
    assert second == Outcome(ok=False, error="NameError: name 'x' is not defined", line=7)


def test_an_error_names_the_line_of_the_file_that_raised_it() -> None:
    code = "def f():\n    return 1 / 0\n\n\nf()\n"

    outcomes = run_programs(
        [
            program(code, line=40),
            program("x = 1\n", "import json\njson.loads('{')\n", line=3),
            program("ok = True\nif ok\n", line=20),
            program("raise SystemExit(3)\n"),
            program("input()\n"),
        ]
    )

    assert [(outcome.ok, outcome.line) for outcome in outcomes] == [
        (False, 41),
        (False, 15),
        (False, 21),
        (False, 1),
        (False, 1),
    ]
    assert outcomes[0].error == "ZeroDivisionError: division by zero"
    assert outcomes[1].error.startswith("json.decoder.JSONDecodeError: Expecting property name")
    assert outcomes[2].error.startswith("SyntaxError: ")
    assert outcomes[4].error == "EOFError: EOF when reading a line"


def test_a_clean_exit_and_a_main_guard_are_fine() -> None:
    (outcome,) = run_programs(
        [program("import sys\nif __name__ == '__main__':\n    print('ran')\n    sys.exit(0)\n")]
    )

    assert outcome == Outcome(ok=True, output="ran\n")


def test_a_program_that_kills_or_blocks_its_process_spares_the_others() -> None:
    outcomes = run_programs(
        [
            program("print('a')\n"),
            program("import os\nos._exit(7)\n"),
            program("print('b')\n"),
            program("while True:\n    pass\n"),
            program("print('c')\n"),
        ],
        timeout_s=2.0,
    )

    assert [outcome.ok for outcome in outcomes] == [True, False, True, False, True]
    assert outcomes[1].error == "the process ended by itself with exit code 7"
    assert outcomes[3].error == "it was still running after 2 seconds"
    assert [outcomes[index].output for index in (0, 2, 4)] == ["a\n", "b\n", "c\n"]


def test_a_fault_that_another_program_caused_does_not_count() -> None:
    outcomes = run_programs(
        [program("import math\nmath.pi = 3\n"), program("import math\nassert math.pi > 3.1\n")]
    )

    assert [outcome.ok for outcome in outcomes] == [True, True]


def test_a_program_that_should_fail_is_believed_when_it_does() -> None:
    failing, passing = run_programs(
        [
            program("assert False\n", should_fail=True),
            program("assert True\n", should_fail=True),
        ]
    )

    assert (failing.ok, failing.error) == (False, "AssertionError")
    assert passing.ok


def test_code_runs_in_an_empty_folder_without_the_user_s_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    monkeypatch.chdir(tmp_path)
    code = (
        "import os, pathlib, sys\n"
        "assert not os.listdir(), os.listdir()\n"
        "pathlib.Path('left.txt').write_text('x')\n"
        "assert 'OPENAI_API_KEY' not in os.environ\n"
        "assert sys.flags.isolated\n"
    )

    outcomes = run_programs([program(code), program(code)])

    assert [outcome.error for outcome in outcomes] == ["", ""]
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_output_without_end_is_cut() -> None:
    outcome = run_alone(program("for _ in range(5000):\n    print('x' * 99)\n"))

    assert outcome.ok
    assert len(outcome.output) == 10_000


def test_classes_that_look_up_their_module_work() -> None:
    code = (
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\nimport pickle\n\n\n"
        "@dataclass\nclass Point:\n    x: int\n\n\n"
        "assert pickle.loads(pickle.dumps(Point(1))) == Point(1)\n"
    )

    assert run_alone(program("y = 1\n", code)).error == ""


def test_nothing_to_run_starts_nothing() -> None:
    assert run_programs([]) == []
