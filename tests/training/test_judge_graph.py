"""The judge's graph says what the trained model says, in a third of the bytes."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from onnxruntime import InferenceSession

from interviewer.config import CHECKOUT_DIR
from interviewer.grading.pair_text import encode_pair
from interviewer.retrieval.encoder_export import packaged_tokenizer

PAIRS = (
    ("The L1 penalty drives weights to exactly zero.", "The lasso zeroes some of them."),
    ("Ridge shrinks all weights and zeroes none.", "Ridge sets weights to zero, I think."),
    ("Trees overfit when they grow deep.", "Boosting. Then again, it depends on the data."),
    ("A larger batch makes the gradient less noisy.", "Noise falls as the batch grows, by a root."),
    ("Recall counts what was found of all there is.", "k"),
)


@pytest.fixture(scope="module")
def export_judge() -> ModuleType:
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(CHECKOUT_DIR / "training"))
        import export_judge

        return export_judge


def test_the_graph_gives_the_logits_of_the_trained_model(
    export_judge: ModuleType, tmp_path: Path
) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    trained = export_judge.TorchModel().eval()
    pairs = [export_judge.Pair(claim, said, (0,), "") for claim, said in PAIRS]
    tokenizer = packaged_tokenizer()

    export_judge.export(trained, pairs, tmp_path / "judge.onnx")

    session = InferenceSession(tmp_path / "judge.onnx", providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        wanted = [trained(**export_judge.collate([pair], tokenizer))[0].numpy() for pair in pairs]
    given = []
    for claim, said in PAIRS:
        ids, types = encode_pair(tokenizer, claim, said)
        given.append(session.run(None, {"input_ids": [ids], "token_type_ids": [types]})[0][0])
    spread = np.std(wanted, axis=0).mean()
    assert np.abs(np.array(given) - wanted).max() < spread
    assert np.corrcoef(np.ravel(given), np.ravel(wanted))[0, 1] > 0.98
    assert (tmp_path / "judge.onnx").stat().st_size < 30e6


def test_the_farthest_reach_of_each_hidden_unit_is_found(export_judge: ModuleType) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    trained = export_judge.TorchModel()
    pairs = [export_judge.Pair(claim, said, (0,), "") for claim, said in PAIRS]

    one = export_judge.reach_of(trained, pairs[:1], packaged_tokenizer())
    more = export_judge.reach_of(trained, pairs, packaged_tokenizer())

    assert [len(layer) for layer in more] == [1536] * 6
    assert all((after >= before).all() for before, after in zip(one, more, strict=True))
    assert max(float(layer.max()) for layer in more) > 4
