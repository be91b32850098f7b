"""The grade card: the score, one row per key point with its evidence, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from interviewer.grading.deferral import is_unsure, several_judges
from interviewer.grading.scoring import BY_CHANCE
from interviewer.models import Grade, MistakeMade, Verdict, VerdictLabel
from interviewer.ui.citations import References, footnote, show_passage
from interviewer.ui.frame import note
from interviewer.ui.markup import Mark, inline, marked, plain
from interviewer.ui.pages import link_to
from interviewer.ui.safe_markdown import safe_markdown

_LONG_ANSWER_CHARACTERS = 1_500
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Look:
    """How a verdict is told: an icon and a word, then a colour; never the colour alone."""

    word: str
    icon: str
    colour: str
    sign: str


LOOKS = {
    VerdictLabel.COVERED: Look("Covered", ":material/check_circle:", "green", "✓"),
    VerdictLabel.PARTIAL: Look("Partly", ":material/contrast:", "orange", "◐"),
    VerdictLabel.MISSING: Look("Missing", ":material/radio_button_unchecked:", "gray", "○"),
    VerdictLabel.CONTRADICTED: Look("Contradicted", ":material/cancel:", "red", "✗"),
}
_WORST_FIRST = (VerdictLabel.CONTRADICTED, VerdictLabel.PARTIAL, VerdictLabel.COVERED)


def show_grade_card(grade: Grade, references: References) -> None:
    """Draw the whole card."""
    with st.container(border=True):
        _headline(grade)
        if grade.by_chance:
            note(BY_CHANCE)
        if grade.notice:
            st.info(plain(grade.notice), icon=":material/info:")
        _key_points(grade.verdicts, references)
        _mistakes(grade.mistakes, references)
        _answer(grade)
        _model_answer(grade)
        link_to("trust")


def score_text(score: float, interval: tuple[float, float]) -> str:
    """Write a score with its interval: `68 ± 9`, or `68 (52–75)` where it is lopsided."""
    middle, low, high = round(score), round(interval[0]), round(interval[1])
    below, above = middle - low, high - middle
    if abs(below - above) <= 1:
        return f"{middle} ± {max(below, above)}"
    return f"{middle} ({low}–{high})"


def band_text(band: str) -> str:
    """Write a band as the card does: `Lean yes`."""
    return band.capitalize()


def _headline(grade: Grade) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(
            f"{band_text(grade.band)} · {score_text(grade.score, grade.interval)}",
            anchor=False,
            width="content",
            help=(
                f"{round(grade.score)} of {_WHOLE} points. Eight times in ten the true score lies "
                f"from {round(grade.interval[0])} to {round(grade.interval[1])}, by how sure the "
                "grader is of each key point."
            ),
        )
        st.badge(inline(grade.grader), color="gray", icon=":material/balance:", help="The grader")


def _key_points(verdicts: tuple[Verdict, ...], references: References) -> None:
    if not verdicts:
        return
    st.markdown("**Key points**")
    told_apart = several_judges(verdicts)
    for number, verdict in enumerate(verdicts, start=1):
        look = LOOKS[verdict.verdict]
        label = (
            f"{number}\\. :{look.colour}[**{look.word}**]{_doubt(verdict)} · "
            f"{inline(verdict.key_point)}"
            f" :gray[·\u00a0weight\u00a0{verdict.weight}]"
        )
        with st.expander(label, icon=look.icon):
            _evidence(verdict, references)
            if told_apart:
                note(f"Judged by {verdict.judge}")


def _doubt(verdict: Verdict) -> str:
    return ", not sure" if is_unsure(verdict.probabilities) else ""


def _evidence(verdict: Verdict, references: References) -> None:
    if verdict.answer_span is not None:
        look = LOOKS[verdict.verdict]
        quoted = f":{look.colour}-background[{inline(verdict.answer_span.text)}]"
        st.markdown(f"**Your words** — “{quoted}”")
    else:
        st.markdown("**Your words** — nothing in your answer speaks to this point.")
    if verdict.reason:
        st.markdown(f":gray[{inline(verdict.reason)}]")
    if verdict.downgraded:
        st.markdown(
            ":gray[The grader claimed more, but its evidence was not in your answer, "
            "so the point counts as missing.]"
        )
    note(_chances(verdict))
    if verdict.citation is not None:
        show_passage(verdict.citation, references)


def _chances(verdict: Verdict) -> str:
    """Write the chance of a verdict, and of the next one where the grader is not sure."""
    told = f"{look_of(verdict).word} with probability {verdict.probability:.0%}"
    if not is_unsure(verdict.probabilities):
        return told
    others = zip(VerdictLabel, verdict.probabilities, strict=True)
    chance, label = max((chance, label) for label, chance in others if label is not verdict.verdict)
    return f"Not sure on this point. {told}, {LOOKS[label].word.lower()} with {chance:.0%}"


def look_of(verdict: Verdict) -> Look:
    """Give the icon, word and colour of a verdict."""
    return LOOKS[verdict.verdict]


def _mistakes(mistakes: tuple[MistakeMade, ...], references: References) -> None:
    if not mistakes:
        return
    st.markdown("**Mistakes**")
    for mistake in mistakes:
        said = mistake.answer_span.text if mistake.answer_span else mistake.text
        st.markdown(
            f":red[:material/cancel:] You said “{inline(said)}” "
            f"**Rather:** {inline(mistake.correction)}"
        )
        if mistake.citation is not None:
            with st.expander(footnote(mistake.citation), icon=":material/menu_book:"):
                show_passage(mistake.citation, references)


def answer_marks(verdicts: Iterable[Verdict]) -> list[Mark]:
    """Give the stretches of the answer that verdicts rest on, the worst verdict in front.

    The note behind a stretch is the verdict's sign and the number of its key point.
    """
    numbered = list(enumerate(verdicts, start=1))
    return [
        Mark(
            verdict.answer_span.start,
            verdict.answer_span.end,
            LOOKS[label].colour,
            f"{LOOKS[label].sign} {number}",
        )
        for label in _WORST_FIRST
        for number, verdict in numbered
        if verdict.verdict is label and verdict.answer_span is not None
    ]


def _answer(grade: Grade) -> None:
    if not grade.answer.strip():
        return
    text = marked(grade.answer, answer_marks(grade.verdicts))
    if len(grade.answer) > _LONG_ANSWER_CHARACTERS:
        with st.expander("Your answer, with its evidence marked", icon=":material/notes:"):
            st.markdown(text)
        return
    st.markdown("**Your answer**")
    st.markdown(text)


def _model_answer(grade: Grade) -> None:
    if grade.model_answer.strip():
        with st.expander("Model answer", icon=":material/school:"):
            st.markdown(safe_markdown(grade.model_answer))
