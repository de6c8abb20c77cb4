"""A model that was never trained: random weights over made item codes, for what does not depend on their meaning."""

from pathlib import Path

import numpy as np

from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.artefact import Artefact
from retrieval.semantic_ids.graphs import write_items, write_network
from retrieval.semantic_ids.ids import SemanticIds, made_unique

N_RECENT = 20


def made_ids(n_items: int, n_codes: int, seed: int = 0) -> SemanticIds:
    """Return IDs of three levels whose codes are unevenly used, as those of real items are."""
    rng = np.random.default_rng(seed)
    share = 1 / (np.arange(n_codes) + 10.0)
    return made_unique(rng.choice(n_codes, size=(n_items, 3), p=share / share.sum()), n_codes=n_codes)


def made_weights(
    sizes: tuple[int, ...],
    width: int = 128,
    query_dim: int = 384,
    content_dim: int = 0,
    n_layers: int = 3,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Return arrays by the names and of the shapes that a trained network's have."""
    rng = np.random.default_rng(seed)
    made: dict[str, np.ndarray] = {}

    def linear(name: str, n_in: int, n_out: int) -> None:
        made[name + ".weight"] = rng.normal(size=(n_out, n_in)) * n_in**-0.5
        made[name + ".bias"] = rng.normal(size=n_out) * 0.1

    def norm(name: str) -> None:
        made[name + ".weight"], made[name + ".bias"] = 1 + rng.normal(size=width) * 0.1, rng.normal(size=width) * 0.1

    for level, size in enumerate(sizes):
        made[f"codes_in.{level}.weight"] = rng.normal(size=(size, width))
        if level < len(sizes) - 1:
            made[f"codes_so_far.{level}.weight"] = rng.normal(size=(size, width))
    if content_dim:
        linear("content", content_dim, width)
    norm("item_norm")
    linear("query", query_dim, width)
    made["no_query"], made["encoder.positions"] = rng.normal(size=width), rng.normal(size=(N_RECENT + 1, width))
    for block in (f"encoder.blocks.{i}." for i in range(n_layers)):
        norm(block + "before_attention")
        norm(block + "before_forward")
        linear(block + "qkv", width, 3 * width)
        linear(block + "out", width, width)
        linear(block + "wide", width, 4 * width)
        linear(block + "narrow", 4 * width, width)
    norm("encoder.after")
    for level, size in enumerate(sizes):
        prefix = f"levels.{level}."
        norm(prefix + "before")
        norm(prefix + "after")
        linear(prefix + "wide", width, 2 * width)
        linear(prefix + "narrow", 2 * width, width)
        linear(prefix + "out", width, size)
    return {name: value.astype(np.float32) for name, value in made.items()}


def made_about(ids: SemanticIds, weights: dict[str, np.ndarray]) -> Artefact:
    """Return what model.json says of such a model."""
    return Artefact(
        sizes=ids.sizes,
        n_codes=max(ids.sizes[:-1]),
        n_items=len(ids.codes),
        items_sha256=artefact.items_hash([str(row) for row in range(len(ids.codes))]),
        width=len(weights["no_query"]),
        content_dim=weights["content.weight"].shape[1] if "content.weight" in weights else 0,
        query_dim=weights["query.weight"].shape[1],
        embedder="made",
        debias=0.0,
        seed=0,
        trained_at="2026-01-01",
    )


def write_made(folder: Path, ids: SemanticIds, weights: dict[str, np.ndarray], n_heads: int = 4) -> None:
    """Write a whole folder, as after training; items were seen as often as Zipf's law says, the first most often."""
    folder.mkdir(parents=True, exist_ok=True)
    ids.save(folder / artefact.IDS)
    write_network(weights, n_heads, folder)
    write_items(weights, 10_000 // (np.arange(len(ids.codes)) + 1), None, folder)
    artefact.write(folder, made_about(ids, weights))
