"""One training under way: network, optimiser, chance, how far it is, and the best state so far."""

import io
import math
import pickle
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from retrieval.semantic_ids.decode import Decoder
from retrieval.semantic_ids.examples import Batch, Examples
from retrieval.semantic_ids.export import export
from retrieval.semantic_ids.ids import SemanticIds
from retrieval.semantic_ids.losses import Losses
from retrieval.semantic_ids.model import NextCodes, Shape
from retrieval.semantic_ids.network import Network
from retrieval.semantic_ids.workers import Workers

Say = Callable[[str, int, int], None]
Validation = tuple[Sequence[np.ndarray], np.ndarray]
"""Histories, and the row (n,) that comes next after each."""

_VALIDATED_ON = 2000
_DEBIASES = (0.0, 0.1, 0.2, 0.3)
_AS_GOOD = 0.99
"""Of the best NDCG@10 at validation, what a debiasing may leave of it to be taken: it shows more of the catalogue."""


@dataclass(frozen=True)
class Recipe:
    """How to train; the defaults were chosen at the validation position of Amazon Beauty."""

    n_epochs: int = 24
    batch_size: int = 256
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.05
    n_warm_up: int = 200
    """Steps of rising learning rate; it then falls as a cosine."""
    taught: float = 0.2
    """Share of targets drawn from the company of recent items instead of what came next."""
    asked: float = 0.2
    """Requests a step of histories, as a share."""
    noise: float = 1.0
    """Length of the noise beside the unit vector of a request in training."""
    content: bool = True
    """Whether tokens carry the item's vector beside its codes."""
    width: int = 128
    n_layers: int = 2
    dropout: float = 0.2
    validate_every: int = 2
    """Epochs."""
    patience: int = 4
    """Validations without a better one, after which training stops."""


class Run:
    """One training: the network, how far it is, and the best state so far."""

    def __init__(
        self,
        ids: SemanticIds,
        examples: Examples,
        content: np.ndarray | None,
        queries: np.ndarray,
        validation: Validation,
        seed: int,
        recipe: Recipe,
        workers: Workers,
    ) -> None:
        """Tokens carry `content` (n_items, content_dim); requests are made of `queries` (n_items, query_dim)."""
        torch.manual_seed(seed)
        self._ids, self._examples, self._content, self._queries, self._recipe = ids, examples, content, queries, recipe
        content_dim = 0 if content is None else content.shape[1]
        shape = Shape(ids.sizes, queries.shape[1], content_dim, recipe.width, recipe.n_layers, dropout=recipe.dropout)
        self._workers, self._device = workers, workers.device
        self.network = NextCodes(shape).to(self._device)
        if workers.rank:  # equal weights, but not equal dropout
            torch.manual_seed(seed + workers.rank)
        self._losses = Losses(ids, content).to(self._device)
        weights = [[p for p in self.network.parameters() if (p.ndim > 1) is matrix] for matrix in (True, False)]
        decays = [
            {"params": weights[0], "weight_decay": recipe.weight_decay},
            {"params": weights[1], "weight_decay": 0},
        ]
        self._optimizer = torch.optim.AdamW(decays, lr=recipe.learning_rate, betas=(0.9, 0.98))
        self._rng = np.random.default_rng(seed)
        chosen = np.random.default_rng(0).permutation(len(validation[1]))[:_VALIDATED_ON]
        self._validation = [validation[0][i] for i in chosen], validation[1][chosen]
        self.best: dict[str, Any] = {}
        """Score, epoch and weights of the best validation."""
        self._epoch, self._step, self._spent_s, self._loss, self._worse = 0, 0, 0.0, math.nan, 0
        self._log: list[dict[str, float]] = []

    def go(self, budget_s: float, checkpoint: Path | None, say: Say) -> None:
        """Train until the recipe's end, the budget's end, or no validation is better any more."""
        if checkpoint and checkpoint.exists():
            with suppress(RuntimeError, ValueError, OSError, EOFError, KeyError, pickle.UnpicklingError):
                self._restore(checkpoint)  # one cut short by a full disk begins anew
        while self._epoch < self._recipe.n_epochs and self._spent_s < budget_s and self._worse < self._recipe.patience:
            self._one_epoch(budget_s, say)
            last = self._epoch == self._recipe.n_epochs or self._spent_s >= budget_s
            if last or self._epoch % self._recipe.validate_every == 0:
                if self._workers.first:
                    self._validate()
                self._worse = self._workers.agreed(self._worse)
            if checkpoint and self._workers.first:
                self._store(checkpoint)

    def finish(self, folder: Path) -> float:
        """Write the best state into `folder` and return the strongest debiasing that costs next to nothing."""
        self.network.load_state_dict(self.best["weights"])
        decoder = self._exported(folder)
        found = {strength: self._ndcg(decoder, strength) for strength in _DEBIASES}
        return max(strength for strength in _DEBIASES if found[strength] >= found[0.0] * _AS_GOOD)

    def metrics(self) -> dict[str, Any]:
        """Return what there is to tell of the training."""
        best = {"validation_ndcg@10": round(self.best["score"], 4), "best_epoch": self.best["epoch"]}
        return best | {"n_epochs": self._epoch, "seconds": round(self._spent_s), "epochs": self._log}

    def _one_epoch(self, budget_s: float, say: Say) -> None:
        n_steps = self._examples.n_batches
        stage = f"epoch {self._epoch + 1} of {self._recipe.n_epochs}"
        stage += f", loss {self._loss:.3f}" if self._epoch else ""
        losses = []
        self.network.train()
        for i, batch in enumerate(self._examples.epoch(self._rng, self._recipe.taught)):
            started = time.monotonic()
            self._rate(max(self._step / (n_steps * self._recipe.n_epochs), self._spent_s / budget_s))
            losses.append(self._learn(batch))
            if self._rng.random() < self._recipe.asked:
                self._learn(self._examples.asked(self._queries, self._recipe.noise, self._rng))
            self._step += 1
            self._spent_s = self._workers.agreed(self._spent_s + time.monotonic() - started)
            say(stage, i + 1, n_steps)
            if self._spent_s >= budget_s:
                break
        self._epoch, self._loss = self._epoch + 1, float(np.mean(losses))

    def _rate(self, progress: float) -> None:
        rise = min(1.0, (self._step + 1) / self._recipe.n_warm_up)
        fall = 0.51 + 0.49 * math.cos(math.pi * min(1.0, progress))
        for group in self._optimizer.param_groups:
            group["lr"] = self._recipe.learning_rate * rise * fall

    def _learn(self, batch: Batch) -> float:
        part, share = self._workers.part(batch)
        with self._half():
            loss = self._losses(self.network, part)
        self._optimizer.zero_grad()
        loss.backward()
        self._workers.sum_gradients(self.network.parameters(), share)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimizer.step()
        return float(loss.detach())

    def _half(self) -> AbstractContextManager[Any]:
        """Multiply in bfloat16 where the processor does so natively, four times as fast."""
        able = self._device.type == "cuda" or bool(torch.cpu.get_capabilities().get("avx512_bf16"))
        return torch.autocast(self._device.type, torch.bfloat16, enabled=able)

    def _validate(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="validation-"))
        try:
            score = self._ndcg(self._exported(folder), 0.0)
        finally:
            shutil.rmtree(folder)
        self._log.append({"epoch": self._epoch, "loss": round(self._loss, 4), "ndcg@10": round(score, 4)})
        self._worse += 1
        if score > self.best.get("score", -1.0):
            weights = {name: value.detach().cpu().clone() for name, value in self.network.state_dict().items()}
            self.best, self._worse = {"score": score, "epoch": self._epoch, "weights": weights}, 0

    def _exported(self, folder: Path) -> Decoder:
        export(self.network, folder, self._ids, self._examples.counts, self._content)
        return Decoder(Network(folder, self._ids.codes, torch.get_num_threads()), self._ids)

    def _ndcg(self, decoder: Decoder, debias: float) -> float:
        histories, targets = self._validation
        lists = decoder.decode(histories, 10, excluded=histories, debias=debias)
        ranks = [
            next((i for i, (row, _) in enumerate(found) if row == target), None)
            for found, target in zip(lists, targets, strict=True)
        ]
        return float(np.mean([0.0 if rank is None else 1 / math.log2(rank + 2) for rank in ranks]))

    def _store(self, path: Path) -> None:
        state = {
            "network": self.network.state_dict(), "optimizer": self._optimizer.state_dict(), "best": self.best,
            "at": (self._epoch, self._step, self._spent_s, self._loss, self._worse), "log": self._log,
            "chance": (torch.get_rng_state(), self._rng.bit_generator.state),
        }  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        whole, written = io.BytesIO(), path.with_suffix(".tmp")
        torch.save(state, whole)
        written.write_bytes(whole.getbuffer())  # a full disk is an OSError here, which torch makes a RuntimeError
        written.replace(path)

    def _restore(self, path: Path) -> None:
        state = torch.load(path, weights_only=False)
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.best, self._log = state["best"], state["log"]
        self._epoch, self._step, self._spent_s, self._loss, self._worse = state["at"]
        if self._workers.first:
            torch.set_rng_state(state["chance"][0])
        self._rng.bit_generator.state = state["chance"][1]
