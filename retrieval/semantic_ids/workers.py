"""Several processes training one network, a GPU each: every one takes its share of a batch, gradients are summed.

Started by `torchrun --nproc-per-node N app.py train …`, which sets RANK, WORLD_SIZE and LOCAL_RANK. All of them draw
the same batches by the same seed and so take the same steps; only the first validates, keeps checkpoints and writes.
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

import torch
from torch import distributed

from retrieval.semantic_ids.examples import Batch
from retrieval.semantic_ids.launched import n_processes, rank

T = TypeVar("T")


class Workers:
    """The processes of one training; one alone without torchrun."""

    def __init__(self) -> None:
        """Meet the others; waits for them."""
        self.n, self.rank = n_processes(), rank()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if self.n > 1 and self.device.type == "cuda":
            self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
            torch.cuda.set_device(self.device)
        if self.n > 1 and not distributed.is_initialized():
            distributed.init_process_group("nccl" if self.device.type == "cuda" else "gloo")

    @property
    def first(self) -> bool:
        """Whether this one validates and writes."""
        return self.rank == 0

    def agreed(self, value: T) -> T:
        """Return the value of the first process, in all of them."""
        if self.n == 1:
            return value
        held = [value]
        distributed.broadcast_object_list(held, src=0)
        return held[0]

    def part(self, batch: Batch) -> tuple[Batch, float]:
        """Return this process's rows of a batch and their share of all; where none is left, one that counts nothing."""
        if self.n == 1:
            return batch, 1.0
        n_rows = len(batch.targets)
        mine = slice(self.rank, None, self.n) if self.rank < n_rows else slice(0, 1)
        share = len(range(self.rank, n_rows, self.n)) / n_rows
        queries = None if batch.queries is None else batch.queries[mine]
        return replace(batch, inputs=batch.inputs[mine], targets=batch.targets[mine], queries=queries), share

    def sum_gradients(self, parameters: Iterable[torch.nn.Parameter], share: float) -> None:
        """Make every gradient the mean over the whole batch; `share` is that of this process's rows."""
        if self.n == 1:
            return
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients]) * share
        distributed.all_reduce(flat)
        for gradient, summed in zip(gradients, flat.split([one.numel() for one in gradients]), strict=True):
            gradient.copy_(summed.view_as(gradient))

    def part_company(self) -> None:
        """Say goodbye to the others."""
        if self.n > 1 and distributed.is_initialized():
            distributed.destroy_process_group()
