"""Opens what the edges need from one `Settings`: bank, encoder, index, grader and sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from interviewer.config import DEFAULT_ENCODER, Settings
from interviewer.errors import IndexNotWritableError
from interviewer.grading.deferral import DeferringJudge
from interviewer.grading.grader import Grader, IndexPassages, PassageSource, ReferencePassages
from interviewer.grading.judge import Judge
from interviewer.grading.model_judge import ModelJudge
from interviewer.grading.offline import OfflineJudge
from interviewer.grading.pair_model import PairModel, load_calibrations
from interviewer.grading.passages import NearbyPassages
from interviewer.grading.second_look import SecondLookJudge
from interviewer.grading.support import SupportedJudge
from interviewer.interviewing.follow_ups import Interviewer
from interviewer.knowledge.bank import QuestionBank, load_bank
from interviewer.llm.ladder import Ladders
from interviewer.retrieval.encoder import Encoder, open_encoder
from interviewer.retrieval.index import SearchIndex, build_in_memory, ensure_index
from interviewer.retrieval.progress import Progress
from interviewer.retrieval.retriever import HybridRetriever
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository

Notify = Callable[[str], None]


@dataclass(frozen=True)
class Workspace:
    """What is opened once and shared: the bank, with what was imported, and its index.

    It holds no word of an interview, nor of a question of somebody's own.
    """

    settings: Settings
    bank: QuestionBank
    encoder: Encoder
    index: SearchIndex
    repository: SessionRepository

    @cached_property
    def offline(self) -> Judge:
        """The judge that needs no network, opened when somebody is first graded."""
        return open_offline_judge(self.encoder)

    @cached_property
    def ladders(self) -> Ladders:
        """Which way of asking each model knows, learnt once for all windows."""
        return Ladders()

    @property
    def retriever(self) -> HybridRetriever:
        """The hybrid retriever over the bank's index."""
        return HybridRetriever(
            index=self.index,
            top_k=self.settings.top_k,
            dense_weight=self.settings.dense_weight,
        )

    def grader(self, settings: Settings | None = None) -> Grader:
        """Make the grader for questions of the bank.

        Args:
            settings: another person's choice of model and key; the workspace's own by default.
        """
        source = IndexPassages(self.index, self.settings.top_k)
        return self._grader(settings, source)

    def own_grader(self, settings: Settings | None = None) -> Grader:
        """Make the grader for a question with its own reference, which is not in the index."""
        source = ReferencePassages(self.encoder)
        return self._grader(settings, source)

    def _grader(self, settings: Settings | None, source: PassageSource) -> Grader:
        asked = settings or self.settings
        return make_grader(asked, self.offline, source, self.bank.version, ladders=self.ladders)

    def interviews(self, settings: Settings | None = None) -> InterviewService:
        """Make the service that runs interviews with the grader that `settings` asks for."""
        return InterviewService(
            bank=self.bank,
            grader=self.grader(settings),
            own_grader=self.own_grader(settings),
            repository=self.repository,
            interviewer=_interviewer(settings or self.settings, self.ladders),
            nearby=NearbyPassages(self.index),
            token_budget=(settings or self.settings).token_budget,
            turn_s=(settings or self.settings).timeout_s,
        )


def open_offline_judge(encoder: Encoder, *, keeps_all: bool = False) -> Judge:
    """Open the judge that needs no network.

    The model was trained on what the default encoder finds; beside another one, the judge of
    similarity, words and denials grades.

    Args:
        encoder: finds what an answer says of a point.
        keeps_all: remember every rubric, not the bank's alone, where one person's data are graded.

    Raises:
        EncoderError: the model is damaged.
    """
    if encoder.name != DEFAULT_ENCODER:
        return OfflineJudge(encoder, keeps_all=keeps_all)
    return ModelJudge(encoder, PairModel(), load_calibrations(), keeps_all=keeps_all)


def make_grader(
    settings: Settings,
    offline: Judge,
    source: PassageSource,
    bank_version: str,
    *,
    ladders: Ladders | None = None,
) -> Grader:
    """Make the grader that the settings ask for; where a model fails, the offline judge grades.

    Args:
        settings: say which model grades, if any, and which points.
        offline: the judge that needs no network, see `open_offline_judge`.
        source: the passages that a grade may cite.
        bank_version: written into every grade.
        ladders: remember which way of asking each model knows, from one grader to the next.
    """
    return Grader(
        judge=_with_model(settings, offline, ladders),
        passages=source,
        bank_version=bank_version,
        fallback=offline,
    )


def _interviewer(settings: Settings, ladders: Ladders) -> Interviewer | None:
    """Make the chat model an interviewer, where there is one and the settings let it speak."""
    if settings.chat_model is None or settings.words == "bank":
        return None
    from interviewer.interviewing.model_interviewer import ModelInterviewer
    from interviewer.llm.connection import connect

    return ModelInterviewer(connect(settings, ladders))


def _with_model(settings: Settings, offline: Judge, ladders: Ladders | None) -> Judge:
    """Give the offline judge the help of the model, or its place, as the settings say."""
    if settings.chat_model is None:
        return offline
    from interviewer.grading.llm_judge import LlmJudge
    from interviewer.llm.connection import connect

    model = SupportedJudge(LlmJudge(connect(settings, ladders)), offline)
    if settings.model_grades == "all":
        return SecondLookJudge(offline, model)
    return DeferringJudge(offline, model)


def open_workspace(
    settings: Settings, *, progress: Progress | None = None, notify: Notify | None = None
) -> Workspace:
    """Open the bank and its index, building what is missing, stale or damaged.

    Where the index folder cannot be written, the index is built in memory for this run and
    `notify` is told so.

    Raises:
        BankError: the bank is missing or breaks the format.
        EncoderError: the encoder is missing and cannot be exported.
        StoreError: the session database cannot be opened.
    """
    bank = load_bank(settings.bank_dir, settings.imported_dir)
    encoder = open_encoder(settings, progress=progress)
    folder = settings.resolved_index_dir
    try:
        index = ensure_index(bank, encoder, folder, progress=progress, notify=notify)
    except IndexNotWritableError as error:
        if notify:
            notify(f"{error} For now the index is kept in memory.")
        index = build_in_memory(bank, encoder, progress=progress)
    return Workspace(
        settings=settings,
        bank=bank,
        encoder=encoder,
        index=index,
        repository=SessionRepository(settings.database_path),
    )
