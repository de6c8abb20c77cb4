"""Fitting the trees of the ranker: LambdaMART (Burges 2010) by LightGBM, each column of use the higher it is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from agents.ranking.learned import COLUMNS, CONTEXT, tree_columns
from agents.ranking.trees import Forest
from eval.logit import Pool

_MOST_NOT_TAKEN = 300
"""Of a pool's candidates nobody took, at most so many are drawn."""
_SETTINGS: dict[str, Any] = {
    "objective": "lambdarank", "num_leaves": 8, "learning_rate": 0.06, "min_data_in_leaf": 200, "bagging_fraction": 0.7,
    "bagging_freq": 1, "feature_fraction": 0.4, "lambda_l2": 10.0, "lambdarank_truncation_level": 30, "num_threads": 2,
    "seed": 0, "deterministic": True, "verbose": -1,
    "monotone_constraints": [1] * len(COLUMNS) + [0] * len(CONTEXT),
}  # fmt: skip
_N_TREES = 150


def fit_trees(pools: Sequence[Pool], n_trees: int = _N_TREES) -> Forest:
    """Fit on the pools that hold what was taken. Needs the extra `train`."""
    import lightgbm

    drawn = np.random.default_rng(0)
    columns, taken, sizes = [], [], []
    for pool in pools:
        if not (pool.learned and pool.taken.any()):
            continue
        kept = pool.taken.copy()
        kept[drawn.choice(len(kept), min(len(kept), _MOST_NOT_TAKEN), replace=False)] = True
        columns.append(tree_columns(pool.columns, pool.context)[kept])
        taken.append(pool.taken[kept])
        sizes.append(int(kept.sum()))
    data = lightgbm.Dataset(np.concatenate(columns), np.concatenate(taken).astype(int), group=sizes)
    return forest_of(lightgbm.train(_SETTINGS, data, n_trees).dump_model())


def forest_of(dumped: Mapping[str, Any]) -> Forest:
    """Return what LightGBM dumped as arrays."""
    trees = [list(_nodes(tree["tree_structure"])) for tree in dumped["tree_info"]]
    size = max(map(len, trees))
    arrays = {
        "feature": np.zeros((len(trees), size), np.int32),
        "left": np.tile(np.arange(size, dtype=np.int32), (len(trees), 1)),
        "right": np.tile(np.arange(size, dtype=np.int32), (len(trees), 1)),
        "threshold": np.zeros((len(trees), size), np.float32),
        "value": np.zeros((len(trees), size), np.float32),
    }
    for t, nodes in enumerate(trees):
        for i, node in enumerate(nodes):
            for name, value in node.items():
                arrays[name][t, i] = value
    return Forest(**arrays, depth=max(_depth(tree["tree_structure"]) for tree in dumped["tree_info"]))


def _nodes(node: Mapping[str, Any], at: int = 0) -> Iterator[dict[str, float]]:
    """Yield a tree's nodes, the root first, then all of its left side, then its right."""
    if "split_feature" not in node:
        yield {"value": node["leaf_value"]}
        return
    left = list(_nodes(node["left_child"], at + 1))
    right_at = at + 1 + len(left)
    yield {"feature": node["split_feature"], "threshold": node["threshold"], "left": at + 1, "right": right_at}
    yield from left
    yield from _nodes(node["right_child"], right_at)


def _depth(node: Mapping[str, Any]) -> int:
    return 1 + max(_depth(node["left_child"]), _depth(node["right_child"])) if "split_feature" in node else 0
