from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_network import N_ITEMS, QUERY_DIM, exact_log_probs, small_ids, small_weights

from bench.made_network import made_about
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.decode import Decoder
from retrieval.semantic_ids.ids import SemanticIds

torch = pytest.importorskip("torch")
torch.set_num_threads(1)  # on tiny matrices threads only wait for each other
CONTENT_DIM = 6


def trained(ids: SemanticIds, content_dim: int) -> Any:
    """A network whose weights are all random, as after training, and exact in half precision."""
    from retrieval.semantic_ids.model import NextCodes, Shape

    torch.manual_seed(0)
    model = NextCodes(Shape(ids.sizes, QUERY_DIM, content_dim=content_dim, width=16, n_layers=2, n_heads=2)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += torch.randn_like(parameter) * 0.3
        for parameter in model.content.parameters() if model.content else ():
            parameter.copy_((parameter * 8).round() / 8)  # what vectors of whole numbers add is exact too
    return model.half().float()


def exact_by_torch(
    model: Any, ids: SemanticIds, vectors: np.ndarray | None, history: np.ndarray, query: np.ndarray
) -> np.ndarray:
    with torch.no_grad():
        content = None if vectors is None else torch.tensor(vectors[history])[None]
        items = model.items(torch.tensor(ids.codes[history].astype(np.int64))[None], content)
        state = model.encode(items, torch.tensor(query)[None])[0, -1].numpy()

        def logits(level: int, y: np.ndarray) -> np.ndarray:
            return model.levels[level](torch.tensor(y)).numpy()

        def added(level: int, codes: np.ndarray) -> np.ndarray:
            return model.codes_so_far[level](torch.tensor(codes.astype(np.int64))).numpy()

        return exact_log_probs(ids, state, logits, added)


@pytest.mark.parametrize("content_dim", [0, CONTENT_DIM])
def test_the_served_model_ranks_as_torch_does(tmp_path: Path, content_dim: int) -> None:
    from retrieval.semantic_ids.export import export

    rng = np.random.default_rng(1)
    ids = small_ids()
    model = trained(ids, content_dim)
    vectors = rng.integers(-2, 3, (N_ITEMS, content_dim)).astype(np.float32) if content_dim else None
    export(model, tmp_path, ids, np.ones(N_ITEMS), vectors)
    artefact.write(tmp_path, made_about(ids, small_weights(ids, content_dim)))
    decoder = Decoder.open(tmp_path)
    histories = [rng.integers(0, N_ITEMS, rng.integers(1, 21)) for _ in range(12)]
    queries = rng.normal(size=(12, QUERY_DIM)).astype(np.float32)
    queries[::3] = 0
    found = decoder.decode(histories, 10, beam=N_ITEMS, queries=queries)
    for history, query, got in zip(histories, queries, found, strict=True):
        wanted = exact_by_torch(model, ids, vectors, history, query)
        assert [row for row, _ in got] == np.argsort(-wanted, kind="stable")[:10].tolist()
        assert np.allclose([p for _, p in got], wanted[[row for row, _ in got]], atol=1e-4)
