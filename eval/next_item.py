"""Which item comes next, as published benchmarks ask it: fitted without the last two, chosen by the last but one.

Cheap models are shown once more fitted on all but the last item, as they would be served; what is trained never is.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.next_fusion import choose, fuse
from eval.next_lists import Lists, ndcg, predict
from eval.next_models import Means, NextModel, reseeded, select
from eval.next_rows import by_times_seen, row
from eval.sequences import Sequences

REFITTED = "†"
"""Behind the name of a model that is fitted on the validation item too."""
_CHOSEN_ON = 5000
_SETTINGS_ON = 2000
_GENERATED = "semantic_ids"


@dataclass(frozen=True)
class Outcome:
    """What every model predicted at the test position."""

    rows: dict[str, dict[str, Any]]
    seen: dict[str, dict[str, Any]]
    """By model, recall@10 by how often the target happened in training."""
    lists: dict[str, Sequence[Lists]]
    """By model, one of all users for each seed."""
    chosen: dict[str, Mapping[str, Any]]
    """Settings by model, and those of the fusion."""


@dataclass(frozen=True)
class _Run:
    """One model, with one seed."""

    tried: Lists
    """Of the users all is chosen by, at the validation position."""
    plain: Lists
    """Of all users, at the test position."""
    refitted: Lists | None
    chosen: Mapping[str, float]
    ms: float
    """A user."""


def score_next(data: Sequences, names: Sequence[str], means: Means, seeds: Sequence[int] = (0,)) -> Outcome:
    """Fit, choose and score the models, and their fusion where there are several.

    Settings and the fusion are chosen on the last but one item of (at most 2,000 and 5,000) users, by models fitted on
    what is before it. Seeds are those of trained models; every seed has its own fusion.
    """
    users = np.random.default_rng(means.seed).permutation(len(data.users))[:_CHOSEN_ON]
    bench = _Bench(data, users)
    runs: dict[str, list[_Run]] = {}
    models = select(names, data, means)
    for i, model in enumerate(models):
        again = [reseeded(model, data, means, seed) for seed in seeds] if model.trained else [model]
        runs[model.name] = [bench.run(one) for one in again]
        means.say("models", i + 1, len(models))
    lists: dict[str, Sequence[Lists]] = {}
    for name, of in runs.items():
        lists[name] = [run.plain for run in of]
        if of[0].refitted:
            lists[name + REFITTED] = [run.refitted for run in of if run.refitted]
    chosen: dict[str, Mapping[str, Any]] = {name: of[0].chosen for name, of in runs.items()}
    if len(runs) > 1:
        fusions = [{name: of[i % len(of)] for name, of in runs.items()} for i in range(max(map(len, runs.values())))]
        bench.add_fusions(fusions, lists, chosen)
    ms = {name: float(np.mean([run.ms for run in of])) for name, of in runs.items()}
    rows = {
        name: row(of, data, ms.get(name.removesuffix(REFITTED), sum(ms.values())), means.seed)
        for name, of in lists.items()
    }
    return Outcome(rows, {name: by_times_seen(of, data) for name, of in lists.items()}, lists, chosen)


def write_predictions(folder: Path, outcome: Outcome, data: Sequences, k: int = 50) -> None:
    """Write MODEL.jsonl for every model: {user, items}, the k best first. Further seeds are numbered from 1."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, of in outcome.lists.items():
        for i, lists in enumerate(of):
            with (folder / f"{_file_name(name)}{f'_{i}' if i else ''}.jsonl").open("w", encoding="utf-8") as file:
                for user, items in zip(data.users, lists.items[:, :k].tolist(), strict=True):
                    listed = [data.items[item] for item in items if item >= 0]
                    file.write(json.dumps({"user": user, "items": listed}) + "\n")


def _file_name(name: str) -> str:
    return name.replace(REFITTED, "_refitted").replace(", ", "_").replace(" ", "_")


class _Bench:
    """The positions models are asked at."""

    def __init__(self, data: Sequences, users: np.ndarray) -> None:
        self._data = data
        self._before, self._last = data.histories(2), data.histories(1)
        self._asked, self._answers = [self._before[user] for user in users], data.targets(2)[users]

    def run(self, model: NextModel) -> _Run:
        """Fit the model by each of its choices, keep the best, and predict with it."""
        best: tuple[float, dict[str, float]] | None = None
        for choice in model.choices if len(model.choices) > 1 else ():
            model.fit(self._before, self._data, **choice)
            value = ndcg(predict(model, self._asked[:_SETTINGS_ON]), self._answers[:_SETTINGS_ON])
            if best is None or value > best[0]:
                best = value, choice
        choice = best[1] if best else model.choices[0]
        model.fit(self._before, self._data, **choice)
        tried = predict(model, self._asked)
        started = time.perf_counter()
        plain = predict(model, self._last)
        ms = (time.perf_counter() - started) * 1000 / len(self._last)
        refitted = None
        if not model.trained:
            model.fit(self._last, self._data, **choice)
            refitted = predict(model, self._last)
        return _Run(tried, plain, refitted, choice, ms)

    def add_fusions(
        self, seeds: Sequence[Mapping[str, _Run]], lists: dict[str, Sequence[Lists]], chosen: dict[str, Any]
    ) -> None:
        """Add the fusion of trained and refitted models, that of nothing refitted, and that without semantic IDs.

        Weights come from lists of models that were not refitted, whose validation items are new to them.
        """
        fused: dict[str, list[Lists]] = {}
        for i, runs in enumerate(seeds):
            names = {"fused": list(runs)}
            if _GENERATED in runs and len(runs) > 2:
                names[f"fused, no {_GENERATED}"] = [name for name in runs if name != _GENERATED]
            for name, among in names.items():
                n_items = len(self._data.items)
                fusion = choose({one: runs[one].tried for one in among}, self._answers, n_items)
                if i == 0:
                    chosen[name] = fusion.told()
                served = {one: runs[one].refitted or runs[one].plain for one in among}
                fused.setdefault(name, []).append(fuse(served, fusion, n_items))
                if name == "fused":
                    plain = {one: runs[one].plain for one in among}
                    fused.setdefault("fused, nothing refitted", []).append(fuse(plain, fusion, n_items))
        lists |= fused
