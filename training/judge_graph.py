"""Writes the trained judge as an ONNX graph that reads one pair at a time, with 8-bit weights.

PyTorch's exporter keeps a mask for padding, which a single pair has not, and three products where
one does. And one scale for all activations, which is what 8-bit products want, costs most behind
the feed-forward layers' GELU: a few hidden units reach 25 where most stay below 2. Those few are
kept apart and multiplied in full precision, and the others in 8 bits (Dettmers et al., LLM.int8(),
2022); the hidden units of such a layer have no order, so the graph may name them anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

Numbers = NDArray[np.float32]
Weights = Mapping[str, Numbers]

KEPT_APART = 64
"""How many of the 1,536 hidden units of a feed-forward layer keep full precision."""

_HEADS = 12
_LAYERS = 6
_EPSILON = 1e-12
_OPSET = 20
_IR_VERSION = 10
_CONTRIB = "com.microsoft"
_INPUTS = ("input_ids", "token_type_ids")
_IN_8_BITS = ("MatMul", "Gather")


def write_judge(weights: Weights, reach: Sequence[Numbers], target: Path) -> None:
    """Write the judge with weights in 8 bits per channel, activations scaled as they come.

    Of the 8 bits 7 are used: processors without 8-bit dot products overflow on the full range, and
    a grade would depend on whose machine it was given on.

    Args:
        weights: the state of `train_judge.PairModel`.
        reach: how far each hidden unit of each feed-forward layer gets, `(1536,)` a layer.
        target: the file to write.
    """
    graph = _Graph(weights)
    kept_whole = graph.judge(reach)
    with TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        onnx.save(graph.model(), str(full))
        quantize_dynamic(
            full,
            target,
            per_channel=True,
            weight_type=QuantType.QInt8,
            reduce_range=True,
            nodes_to_exclude=kept_whole,
            op_types_to_quantize=list(_IN_8_BITS),
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )


class _Graph:
    """Collects nodes and constants; `x`, `y` … are names of tensors `(1, sequence, hidden)`."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def judge(self, reach: Sequence[Numbers]) -> list[str]:
        """Add the whole judge and give the names of the products that keep full precision."""
        kept_whole = ["logits.product"]
        x = self._embedded()
        for layer in range(_LAYERS):
            prefix, name = f"transformer.encoder.layer.{layer}.", f"layer{layer}"
            told = self._attention(x, prefix, name)
            x = self._norm(self._add(told, x, f"{name}.told"), f"{prefix}attention.output.")
            made, whole = self._feed_forward(x, prefix, name, np.argsort(reach[layer]))
            x = self._norm(self._add(made, x, f"{name}.made"), f"{prefix}output.")
            kept_whole.append(whole)
        first = self._node(
            "Gather", [x, self._constant("place", np.array(0, np.int64))], "first", axis=1
        )
        axes = self._constant("axes", np.array([1], np.int64))
        mean = self._node("ReduceMean", [x, axes], "mean", keepdims=0)
        both = self._node("Concat", [first, mean], "both", axis=-1)
        self._linear(both, self._of("head.weight").T, self._of("head.bias"), "logits")
        return kept_whole

    def model(self) -> onnx.ModelProto:
        """Give the graph with its inputs and its output."""
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, [1, "sequence"])
            for name in _INPUTS
        ]
        logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 4])
        graph = helper.make_graph(self._nodes, "judge", inputs, [logits], self._constants)
        versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=_IR_VERSION)

    def _embedded(self) -> str:
        prefix = "transformer.embeddings."
        words, types, places = (
            self._constant(name, self._of(f"{prefix}{name}_embeddings.weight"))
            for name in ("word", "token_type", "position")
        )
        start, axis = (self._constant(name, np.zeros(1, np.int64)) for name in ("start", "axis"))
        length = self._node("Shape", ["input_ids"], "length", start=1, end=2)
        said = self._node("Gather", [words, "input_ids"], "words")
        typed = self._node("Gather", [types, "token_type_ids"], "types")
        placed = self._node("Slice", [places, start, length, axis], "places")
        both = self._add(said, typed, "typed")
        return self._norm(self._add(both, placed, "placed"), prefix)

    def _attention(self, x: str, prefix: str, name: str) -> str:
        parts = [f"{prefix}attention.self.{part}." for part in ("query", "key", "value")]
        weight = np.concatenate([self._of(f"{part}weight").T for part in parts], axis=1)
        bias = np.concatenate([self._of(f"{part}bias") for part in parts])
        read = self._linear(x, weight, bias, f"{name}.read")
        sizes = self._constant(f"{name}.sizes", np.full(3, len(bias) // 3, np.int64))
        names = [f"{name}.{part}" for part in ("query", "key", "value")]
        self._nodes.append(helper.make_node("Split", [read, sizes], names, axis=-1))
        seen = self._node(
            "MultiHeadAttention", names, f"{name}.seen", domain=_CONTRIB, num_heads=_HEADS
        )
        out = f"{prefix}attention.output.dense."
        return self._linear(seen, self._of(f"{out}weight").T, self._of(f"{out}bias"), f"{name}.out")

    def _feed_forward(
        self, x: str, prefix: str, name: str, order: NDArray[np.int64]
    ) -> tuple[str, str]:
        """Give the output, and the name of the product of the units that reach farthest."""
        widening, narrowing = f"{prefix}intermediate.dense.", f"{prefix}output.dense."
        down = self._of(f"{narrowing}weight").T
        made = []
        for part, units in (("most", order[:-KEPT_APART]), ("far", order[-KEPT_APART:])):
            weight = self._of(f"{widening}weight").T[:, units]
            bias = self._of(f"{widening}bias")[units]
            wide = self._linear(x, weight, bias, f"{name}.{part}.wide")
            active = self._node("Gelu", [wide], f"{name}.{part}.active")
            made.append(self._product(active, down[units], f"{name}.{part}"))
        bias = self._constant(f"{name}.bias", self._of(f"{narrowing}bias"))
        most = self._add(made[0], bias, f"{name}.most.biased")
        return self._add(most, made[1], f"{name}.down"), f"{name}.far.product"

    def _linear(self, x: str, weight: Numbers, bias: Numbers, name: str) -> str:
        return self._add(self._product(x, weight, name), self._constant(f"{name}.bias", bias), name)

    def _product(self, x: str, weight: Numbers, name: str) -> str:
        product = f"{name}.product"
        return self._node("MatMul", [x, self._constant(f"{name}.weight", weight)], product)

    def _norm(self, x: str, prefix: str) -> str:
        names = (f"{prefix}LayerNorm.weight", f"{prefix}LayerNorm.bias")
        known = [self._constant(name, self._of(name)) for name in names]
        made = f"{prefix}LayerNorm"
        return self._node("LayerNormalization", [x, *known], made, axis=-1, epsilon=_EPSILON)

    def _add(self, left: str, right: str, name: str) -> str:
        return self._node("Add", [left, right], name)

    def _node(self, kind: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def _constant(self, name: str, values: NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(np.array(values, order="C"), name))
        return name

    def _of(self, name: str) -> Numbers:
        return self._weights[name]
