"""Two processes take the steps that one with all the rows would take."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.examples import Batch
from retrieval.semantic_ids.launched import rank
from retrieval.semantic_ids.workers import Workers

ROOT = Path(__file__).resolve().parents[3]
TRAINS = """
import sys
from dataclasses import replace
from pathlib import Path

import torch

import grammar
from retrieval.semantic_ids import run

torch.set_num_threads(1)
n, out = int(sys.argv[1]), Path(sys.argv[2])
rate = grammar.RECIPE.learning_rate * (2 / n) ** 0.5
recipe = replace(grammar.RECIPE, n_epochs=2, batch_size=32 // n, learning_rate=rate)
go = run.Run.go


def told(self, *given):
    go(self, *given)
    torch.save(self.network.state_dict(), out / f"{n}-{self._workers.rank}.pt")


run.Run.go = told
grammar.trained(out / f"model-{n}", recipe)
"""


def test_alone_nothing_is_shared() -> None:
    workers, batch = Workers(), Batch(np.zeros((3, 2), np.int64), np.ones((3, 2), np.int64))
    assert workers.part(batch) == (batch, 1.0)
    assert (workers.first, workers.agreed("x"), rank()) == (True, "x", 0)


def test_every_row_is_taken_once_and_shares_add_up() -> None:
    workers, rows = Workers(), np.arange(5)[:, None]
    workers.n = 3
    taken, shares = [], []
    for workers.rank in range(3):
        part, share = workers.part(Batch(rows, rows, rows.astype(np.float32)))
        assert part.queries is not None and len(part.queries) == len(part.inputs)
        taken += part.targets[:, 0].tolist()
        shares.append(share)
    assert sorted(taken) == [0, 1, 2, 3, 4]
    assert sum(shares) == pytest.approx(1)
    workers.rank = 2
    part, share = workers.part(Batch(rows[:2], rows[:2]))
    assert (len(part.targets), share) == (1, 0.0)


def test_two_processes_learn_what_one_would(tmp_path: Path) -> None:
    (tmp_path / "trains.py").write_text(TRAINS)
    env = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "OMP_NUM_THREADS": "1"}
    several = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    for run, n in (([sys.executable], 1), (several, 2)):
        done = subprocess.run(
            [*run, str(tmp_path / "trains.py"), str(n), str(tmp_path)],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
    import torch

    first, second = (torch.load(tmp_path / f"2-{rank}.pt") for rank in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    alone, together = (artefact.read(tmp_path / f"model-{n}").metrics["epochs"][-1]["loss"] for n in (1, 2))
    assert together == pytest.approx(alone, rel=1e-2), "that of the first half of the rows"
