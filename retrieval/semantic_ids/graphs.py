"""The weights of a trained network, plain arrays → ONNX files and tables that serve without torch.

Weights are stored as float16, half the bytes, and are float32 again from the moment a session is opened.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.onnx_graph import Graph
from retrieval.semantic_ids.artefact import ENCODER, ITEMS, LEVEL, TABLES

_EPSILON = 1e-5

Weights = Mapping[str, np.ndarray]
"""Arrays by the names they have in `NextCodes.state_dict()`."""


def write_network(weights: Weights, n_heads: int, folder: Path) -> None:
    """Write the encoder, the levels of the code decoder, and the tables around them into an existing folder."""
    (folder / ENCODER).write_bytes(_encoder(weights, n_heads).SerializeToString())
    for level in range(n_levels(weights)):
        (folder / LEVEL.format(level)).write_bytes(_level(weights, f"levels.{level}.").SerializeToString())
    tables: dict[str, Any] = {
        name: _small(value) for name, value in weights.items() if not name.startswith(("encoder.", "levels."))
    }
    n_recent = len(weights["encoder.positions"]) - 1
    np.savez_compressed(folder / TABLES, n_recent=np.array(n_recent, np.int32), **tables)


def write_items(weights: Weights, counts: np.ndarray, vectors: np.ndarray | None, folder: Path) -> None:
    """Write how often each item was seen in training (n,), and what its vector (n, content_dim) adds to its token."""
    arrays: dict[str, Any] = {"counts": np.asarray(counts, np.int32)}
    if vectors is not None:
        arrays["content"] = _small(vectors @ weights["content.weight"].T + weights["content.bias"])
    np.savez_compressed(folder / ITEMS, **arrays)


def n_levels(weights: Weights) -> int:
    """Return how many codes an item has."""
    return sum(name.startswith("codes_in.") for name in weights)


def _small(value: np.ndarray) -> np.ndarray:
    return np.asarray(value, np.float16)


def _level(weights: Weights, prefix: str) -> Any:
    """States y (nodes, width) → logits (nodes, codes)."""
    net = _Network(weights)
    n_codes, width = weights[prefix + "out.weight"].shape
    z = net.op("Add", "y", net.forward(prefix, net.norm(prefix + "before", "y")))
    net.op("Identity", net.linear(prefix + "out", net.norm(prefix + "after", z)), out="logits")
    return net.finished("level", {"y": ("float32", "nodes", width)}, {"logits": ("float32", "nodes", n_codes)})


def _encoder(weights: Weights, n_heads: int) -> Any:
    """Slots x (users, slots, width) and the last slot in use of each → h (users, width), the state at that slot."""
    net = _Network(weights)
    n_slots, width = weights["encoder.positions"].shape
    axis, zero = net.constant(np.array([1])), net.constant(np.array([0]))
    length = net.op("Shape", "x", start=1, end=2)
    places = net.op("Slice", net.constant(np.arange(n_slots)), zero, length)
    x = net.op("Add", "x", net.op("Slice", net.weight(weights["encoder.positions"]), zero, length))
    last = net.op("Unsqueeze", "last", axis)
    unseen_by_all, unseen_by_last = _unseen(net, places, net.op("Unsqueeze", places, zero)), _unseen(net, places, last)
    n_blocks = len({name.split(".")[2] for name in weights if name.startswith("encoder.blocks.")})
    for i in range(n_blocks - 1):
        x = _block(net, f"encoder.blocks.{i}.", n_heads, x, x, unseen_by_all)
    # Of the last block one slot is wanted: it reads all of them, but nothing reads what it makes of the others.
    asking = net.op("GatherND", x, net.op("Unsqueeze", last, net.constant(np.array([2]))), batch_dims=1)
    x = _block(net, f"encoder.blocks.{n_blocks - 1}.", n_heads, asking, x, unseen_by_last)
    net.op("Squeeze", net.norm("encoder.after", x), axis, out="h")
    inputs = {"x": ("float32", "users", "slots", width), "last": ("int64", "users")}
    return net.finished("encoder", inputs, {"h": ("float32", "users", width)})


def _unseen(net: Graph, places: str, asking: str) -> str:
    """Places (slots), places that ask (users or 1, asking) → 0 or very negative, (users or 1, 1, asking, slots)."""
    later = net.op("Greater", places, net.op("Unsqueeze", asking, net.constant(np.array([1, 3]))))
    return net.op("Where", later, net.constant(np.float32(-1e9)), net.constant(np.float32(0)))


def _block(net: "_Network", prefix: str, n_heads: int, asking: str, x: str, unseen: str) -> str:
    """Pre-LN attention of the slots that ask over all slots of x, then the feed-forward layer."""
    width = net.weights[prefix + "out.weight"].shape[0]
    split, joined = net.constant(np.array([0, 0, n_heads, width // n_heads])), net.constant(np.array([0, 0, width]))
    normed = [net.norm(prefix + "before_attention", slots) for slots in dict.fromkeys((asking, x))]
    query, key, value = (
        net.op("Reshape", net.linear(prefix + "qkv", slots, slice(i * width, (i + 1) * width)), split)
        for i, slots in enumerate((normed[0], normed[-1], normed[-1]))
    )
    query, value = (net.op("Transpose", part, perm=[0, 2, 1, 3]) for part in (query, value))
    key = net.op("Transpose", key, perm=[0, 2, 3, 1])
    scale = net.constant(np.float32((width // n_heads) ** -0.5))
    scores = net.op("Add", net.op("Mul", net.op("MatMul", query, key), scale), unseen)
    mixed = net.op("MatMul", net.op("Softmax", scores, axis=-1), value)
    mixed = net.op("Reshape", net.op("Transpose", mixed, perm=[0, 2, 1, 3]), joined)
    y = net.op("Add", asking, net.linear(prefix + "out", mixed))
    return net.op("Add", y, net.forward(prefix, net.norm(prefix + "before_forward", y)))


class _Network(Graph):
    """Layers of the network, by the prefix of their weights."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.weights = weights

    def weight(self, value: np.ndarray) -> str:
        """Add an array that takes half its bytes in the file."""
        from onnx import TensorProto

        return self.op("Cast", self.constant(_small(value)), to=TensorProto.FLOAT)

    def linear(self, prefix: str, x: str, part: slice = slice(None)) -> str:
        """Multiply by a layer's weights; of a layer that makes several things at once, only by `part` of them."""
        matrix, shift = self.weights[prefix + ".weight"][part].T, self.weights[prefix + ".bias"][part]
        return self.op("Add", self.op("MatMul", x, self.weight(matrix)), self.weight(shift))

    def norm(self, prefix: str, x: str) -> str:
        """Normalise each vector."""
        scale, shift = (self.weight(self.weights[f"{prefix}.{part}"]) for part in ("weight", "bias"))
        return self.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=_EPSILON)

    def forward(self, prefix: str, x: str) -> str:
        """Two layers with a GELU between them."""
        return self.linear(prefix + "narrow", self.op("Gelu", self.linear(prefix + "wide", x)))
