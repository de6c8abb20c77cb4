"""Writes ONNX graphs by hand, node after node; values are known by name."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Shapes = Mapping[str, Sequence[Any]]


class Graph:
    """A graph in the making: every call adds a node or a constant and returns the name of its value."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def op(self, kind: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        """Add a node of this operator."""
        from onnx import helper

        out = out or f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [out], name=out, **attributes))
        return out

    def constant(self, value: Any, name: str = "") -> str:
        """Add an array."""
        from onnx import numpy_helper

        name = name or f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def finished(self, name: str, inputs: Shapes, outputs: Shapes) -> Any:
        """Return the checked ModelProto; inputs and outputs: a type and sizes by name, a word where a size varies."""
        from onnx import checker, helper

        graph = helper.make_graph(self._nodes, name, _values(inputs), _values(outputs), self._constants)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
        checker.check_model(made)
        return made


def _values(shapes: Shapes) -> list[Any]:
    from onnx import TensorProto, helper

    types = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64}
    return [helper.make_tensor_value_info(name, types[kind], shape) for name, (kind, *shape) in shapes.items()]
