"""A sentence-transformer in a folder, small enough to write in a moment: a table of word vectors as an ONNX graph."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"green tea pot kettle boils water cup word number a in".split()]


def write_folder(
    folder: Path,
    *,
    dim: int = 6,
    pooling: dict[str, Any] | None = None,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    model: str = "model.onnx",
    pooled: bool = False,
    seed: int = 1,
) -> Path:
    """Write tokenizer.json, the model and its settings; `pooled` models sum the tokens themselves."""
    (folder / model).parent.mkdir(parents=True, exist_ok=True)
    _tokenizer().save(str(folder / "tokenizer.json"))
    (folder / model).write_bytes(_graph(dim, inputs, pooled=pooled, seed=seed))
    (folder / "config.json").write_text(json.dumps({"max_position_embeddings": 64}), encoding="utf-8")
    if pooling is not None:
        (folder / "1_Pooling").mkdir(exist_ok=True)
        (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling), encoding="utf-8")
    return folder


def table(dim: int = 6, seed: int = 1) -> np.ndarray:
    """Return the vector of every word, (n_words, dim)."""
    return np.random.default_rng(seed).normal(size=(len(WORDS), dim)).astype(np.float32)


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def _graph(dim: int, inputs: Sequence[str], *, pooled: bool, seed: int) -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    nodes = [helper.make_node("Gather", ["table", inputs[0]], ["last_hidden_state"])]
    shapes: dict[str, list[Any]] = {"last_hidden_state": ["batch", "length", dim]}
    constants = [numpy_helper.from_array(table(dim, seed), "table")]
    if pooled:
        constants.append(numpy_helper.from_array(np.array([1]), "one"))
        nodes.append(helper.make_node("ReduceSum", ["last_hidden_state", "one"], ["sentence_embedding"], keepdims=0))
        shapes["sentence_embedding"] = ["batch", dim]
    made = helper.make_graph(
        nodes,
        "words",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()],
        constants,
    )
    content: bytes = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", 20)], ir_version=9
    ).SerializeToString()
    return content
