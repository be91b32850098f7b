"""The child process: its limits, what it is told, and that nothing which happens in it gets out."""

from __future__ import annotations

import ast
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from interviewer.errors import InputError
from interviewer.knowledge.importers import (
    HandedIn,
    ImportResult,
    Limits,
    files,
    import_path,
    import_safely,
    import_text,
    safe,
)
from interviewer.knowledge.importers.child import OUT_OF_MEMORY

HERE = Path(__file__).parent
STYLES = HERE / "styles"
NOTES = HandedIn.from_bytes(b"## What is recall?\n\nThe share of positives found.\n", "notes.md")
LIMIT_S = 5.0
"""What a file may take in all, saving it included."""
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux itself")


@pytest.fixture
def misbehave(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.syspath_prepend(str(HERE))
    return monkeypatch


def read_by(
    reader: str,
    monkeypatch: pytest.MonkeyPatch,
    handed_in: HandedIn = NOTES,
    limits: Limits | None = None,
) -> ImportResult:
    monkeypatch.setattr(safe, "_READER", f"hostile_readers:{reader}")
    return import_safely(handed_in, limits=limits)


@pytest.mark.parametrize("name", ["bold-q.md", "labelled-lines.txt"])
def test_a_file_gives_what_it_gives_without_a_child(name: str) -> None:
    result = import_safely(HandedIn.from_path(STYLES / name))
    plain = import_path(STYLES / name)
    assert result == plain
    assert result.questions
    assert result.to_json_dict() == plain.to_json_dict()
    assert [q.key_points for q in result.questions] == [q.key_points for q in plain.questions]


def test_a_folder_gives_what_it_gives_without_a_child(tmp_path: Path) -> None:
    (tmp_path / "nested").mkdir()
    (tmp_path / "a.md").write_bytes(NOTES.files[0].content)
    (tmp_path / "nested" / "b.md").write_bytes(NOTES.files[0].content)
    (tmp_path / "c.md").write_bytes(b"a\0b")
    (tmp_path / "d.png").write_bytes(b"\x89PNG")
    result = import_safely(HandedIn.from_path(tmp_path))
    assert result.to_json_dict() == import_path(tmp_path).to_json_dict()
    assert [question.path for question in result.questions] == ["a.md", "nested/b.md"]
    assert [skipped.path for skipped in result.skipped] == ["c.md", "d.png"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "notes.md is empty. Give a file that holds questions."),
        (b"a\0b", "notes.md holds binary data, not text"),
        (b"x\n" * 20_001, "the limit is 20,000. Split it into smaller files"),
    ],
)
def test_a_refusal_says_the_same_from_the_child(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        import_safely(HandedIn.from_bytes(content, "notes.md"))


def test_too_many_questions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_QUESTIONS", 2)
    with pytest.raises(InputError, match="More than 2 questions were found, the limit of an"):
        import_text("- What is a leaf?\n- What is a root?\n- What is a stem?\n", name="x.md")


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ("MOST_QUESTIONS_A_FILE", "x.md holds 3 questions; the limit is 2 a file. Split it into"),
        ("MOST_SECTIONS_A_FILE", "x.md holds 3 sections; the limit is 2 a file. Split it into"),
    ],
)
def test_a_file_that_would_take_long_to_save_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, told: str
) -> None:
    monkeypatch.setattr(files, limit, 2)
    two = "# Leaves\n\n## What is a leaf?\n\nGreen.\n\n# Roots\n\n## What is a root?\n\nBrown.\n\n"
    three = two + "# Stems\n\n## What is a stem?\n\nTall.\n"
    assert len(import_text(two, name="x.md").questions) == 2
    with pytest.raises(InputError, match=told):
        import_text(three, name="x.md")
    for name, text in (("a.md", two), ("b.md", two), ("x.md", three)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        import_path(tmp_path)
    (tmp_path / "x.md").unlink()
    assert len(import_path(tmp_path).questions) == 4


def test_an_answer_that_nobody_would_give_is_skipped_and_told() -> None:
    said = "x" * 24 + "\n"
    longest, longer = said * 2_000 + "y" * 2_000, said * 2_000 + "y" * 2_001
    text = f"## What is a leaf?\n\n{longest}\n\n## What is a root?\n\n{longer}\n"
    result = import_text(text, name="x.md")
    assert [question.text for question in result.questions] == ["What is a leaf?"]
    assert [(skipped.text, skipped.reason) for skipped in result.skipped] == [
        ("What is a root?", "the answer is longer than 50,000 characters")
    ]


def test_too_many_bytes_never_reach_a_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    with pytest.raises(InputError, match=r"pasted\.md has 1\.0 MB; the limit is 1 MB a file"):
        HandedIn.from_bytes(b"a" * 1_000_001, "pasted.md")
    (tmp_path / "big.md").write_bytes(b"a" * 1_500_000)
    with pytest.raises(InputError, match=r"big\.md has 1\.5 MB"):
        HandedIn.from_path(tmp_path / "big.md")
    folder = HandedIn.from_path(tmp_path)
    assert [(len(file.content), file.refused[:18]) for file in folder.files] == [
        (0, "big.md has 1.5 MB;")
    ]


@pytest.mark.parametrize(
    ("reader", "message"),
    [
        ("hang", "hang.md was not read within 1 seconds. Split it into smaller files"),
        ("hang_before_the_first_file", "hang.md was not read within 1 seconds"),
        ("eat_memory", "hang.md needs more than 300 MB to read. Split it into smaller files"),
        ("be_killed", r"Reading hang.md ended before it was done \(SIGKILL\). Try again; if it"),
        ("crash", r"Reading hang.md ended before it was done \(SIGSEGV\)"),
        ("leave", r"Reading hang.md ended before it was done \(exit code 7\)"),
        ("recurse", r"hang.md could not be read: the importer failed on it \(RecursionError\)"),
        ("lie", r"hang.md could not be read: the importer failed on it \(unreadable reply\)"),
        ("missing", r"Reading hang.md ended before it was done \(exit code 1\)"),
    ],
)
def test_whatever_happens_in_the_child_becomes_one_clear_error(
    misbehave: pytest.MonkeyPatch, reader: str, message: str
) -> None:
    started = time.monotonic()
    limits = Limits(time_s=1.0) if "hang" in reader else Limits()
    with pytest.raises(InputError, match=message):
        read_by(reader, misbehave, HandedIn.from_bytes(b"hang", "hang.md"), limits)
    assert time.monotonic() - started < LIMIT_S


def test_the_file_of_a_folder_that_hangs_is_named_when_its_own_time_is_up(
    misbehave: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for number in range(20):
        (tmp_path / f"{number:02}.md").write_text("hang" if number == 3 else "fine")
    started = time.monotonic()
    with pytest.raises(InputError, match=r"03\.md was not read within 1 seconds"):
        read_by("hang", misbehave, HandedIn.from_path(tmp_path), Limits(time_s=1.0))
    assert time.monotonic() - started < LIMIT_S


def test_memory_within_the_limit_is_given(misbehave: pytest.MonkeyPatch) -> None:
    (seen,) = read_by("hold_little_memory", misbehave).skipped
    assert seen.text == "40000000"
    with pytest.raises(InputError, match="needs more than 20 MB"):
        read_by("hold_little_memory", misbehave, limits=Limits(memory_bytes=20_000_000))


def test_memory_is_watched_where_the_system_does_not_limit_it() -> None:
    program = (
        "import time; from interviewer.knowledge.importers.child import watch_memory\n"
        "watch_memory(50_000_000); eaten = []\n"
        "while len(eaten) < 200: eaten.append(b'x' * 10_000_000); time.sleep(0.01)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=20)
    assert ended.returncode == OUT_OF_MEMORY


@LINUX_ONLY
def test_the_child_has_no_key_in_its_environment_and_no_file_open(
    misbehave: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("OPENAI_API_KEY", "INTERVIEWER_API_KEY", "AWS_SECRET_ACCESS_KEY", "PYTHONPATH"):
        misbehave.setenv(name, "sk-canary-4711")
    with (tmp_path / "open.txt").open("w") as opened:
        os.set_inheritable(opened.fileno(), True)
        (seen,) = read_by("tell_surroundings", misbehave).skipped
    told = json.loads(seen.text)
    assert "canary" not in seen.text
    kept = {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "TZ", "HOME"}
    assert set(told["environment"]) <= kept | {"MPLBACKEND", "OMP_NUM_THREADS"}
    assert told["open"][:3] == [0, 1, 2]
    assert len(told["open"]) == 5, "standard streams, the replies' copy, and the listing itself"


def test_the_child_may_not_write_start_a_program_or_reach_the_network(
    misbehave: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text("as it was")
    mode = (tmp_path / "kept").stat().st_mode
    told = read_by("act", misbehave, HandedIn.from_bytes(str(tmp_path).encode(), "x.md"))
    assert json.loads(told.skipped[0].text) == []
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept").read_text() == "as it was"
    assert (tmp_path / "kept").stat().st_mode == mode


def test_what_a_library_prints_is_no_part_of_the_reply(misbehave: pytest.MonkeyPatch) -> None:
    assert [seen.text for seen in read_by("print_a_lot", misbehave).skipped] == ["done"]


def test_a_child_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(InputError, match=r"could not be started \(Cannot allocate memory\)"):
        import_safely(NOTES)


@LINUX_ONLY
def test_a_name_that_is_no_text_is_shown_with_marks_in_its_place(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"bad-\xff.md")).write_bytes(NOTES.files[0].content)
    assert [q.path for q in import_safely(HandedIn.from_path(tmp_path)).questions] == ["bad-?.md"]


def _everything_under(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def _outcome(path: Path) -> str:
    try:
        result = import_safely(HandedIn.from_path(path))
    except InputError as error:
        return str(error)
    assert all("<script" not in question.reference for question in result.questions)
    return f"{len(result.questions)} questions"


def test_each_hostile_file_ends_in_a_result_or_a_clear_refusal(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, folder = shared_data / "redteam" / "make_bad_files.py", tmp_path / "bad"
    subprocess.run([sys.executable, str(script), str(folder)], check=True, capture_output=True)
    monkeypatch.chdir(tmp_path)
    before, paths = _everything_under(tmp_path), sorted(folder.iterdir())
    assert len(paths) >= 31
    for path in paths:
        started = time.monotonic()
        outcome = _outcome(path)
        assert time.monotonic() - started < LIMIT_S, path.name
        assert "importer failed" not in outcome, path.name
        assert "ended before" not in outcome, path.name
    assert _outcome(folder) == "0 questions"
    assert _everything_under(tmp_path) == before
    assert not Path("/PWNED_YAML").exists()
    for path in paths:
        path.rename(path.with_name(f"{path.name}.md"))
    assert _outcome(folder).endswith(" questions"), "no worse under the name of a text"
    assert len(_everything_under(tmp_path)) == len(before)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Damage a file in one to eight places: flip, cut, repeat, insert, splice."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.randint(1, 200))
        kind = chance.randrange(5)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[at:end]
        elif kind == 2:
            data[at:at] = data[at:end] * chance.randint(1, 50)
        elif kind == 3:
            data[at:at] = chance.choice(MARKS) * chance.randint(1, 300)
        else:
            data[at:at] = chance.randbytes(chance.randint(1, 20))
    return bytes(data)


MARKS = [
    *(b"#", b"\n", b"`", b"```\n", b"|", b"**", b"[", b"](", b"<", b"<details>", b"</summary>"),
    *(b"> ", b"- ", b"1. ", b"\t", b"---\n", b"\xff", b"\xe2\x80", b"\r", b"&#x", b"\xf0\x9f"),
]


@pytest.mark.parametrize("fixture", ["details-answer.md", "labelled-lines.txt"])
def test_fifty_damaged_copies_are_each_read_or_refused(fixture: str, tmp_path: Path) -> None:
    """One child reads all, each within the time of one file; a single failure would end it."""
    chance = random.Random(fixture)
    content = (STYLES / fixture).read_bytes()
    suffix = Path(fixture).suffix
    for number in range(50):
        (tmp_path / f"{number:02}{suffix}").write_bytes(mutated(content, chance))
    before = _everything_under(tmp_path)
    result = import_safely(HandedIn.from_path(tmp_path))
    paths = {q.path for q in result.questions} | {s.path for s in result.skipped}
    assert len(paths) >= 40
    assert len({question.id for question in result.questions}) == len(result.questions)
    assert _everything_under(tmp_path) == before


def test_the_edges_import_through_the_child_alone() -> None:
    package = Path(safe.__file__).parents[2]
    edges = [package / "cli.py", *(package / "ui").glob("*.py"), *(package / "terminal").glob("*")]
    for path in edges:
        if path.suffix == ".py":
            assert not {"import_path", "import_text", "import_handed_in"} & names_in(path), path


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in imported for alias in node.names}
