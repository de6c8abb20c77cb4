"""SASRec (Kang & McAuley, 2018) with cross-entropy over the whole catalogue in place of one sampled negative.

The loss is what made the published numbers weak. Here it is taken at every position of every history, its product
with the item table in bfloat16 and its gradient written by hand, so that an epoch over 12,000 items takes one core
seconds. Needs the extra `train`.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

N_RECENT = 20
"""Items of a history that count, the most recent."""
_CHUNK = 512
_PATIENCE = 6
_MAX_EPOCHS = 200
Say = Callable[[str, int, int], None]
Validate = Callable[[Callable[[Sequence[np.ndarray]], np.ndarray]], float]


class WholeSoftmax(torch.autograd.Function):
    """Mean cross-entropy of states (n, width) against the items (n_items, width) they should point to."""

    @staticmethod
    def forward(ctx: Any, states: Tensor, items: Tensor, targets: Tensor) -> Tensor:
        """Compute loss and both gradients in one pass, a chunk of states at a time: no (n, n_items) is ever held."""
        rough, table = states.detach().bfloat16(), items.detach().bfloat16()
        d_states, d_items, loss = torch.empty_like(states), torch.zeros_like(items), torch.zeros(())
        for start in range(0, len(states), _CHUNK):
            part = rough[start : start + _CHUNK]
            wanted = torch.arange(len(part)), targets[start : start + _CHUNK]
            p = torch.softmax(part @ table.T, dim=-1)
            mine = p[wanted]
            loss -= mine.float().clamp_min(1e-12).log().sum()
            p[wanted] = mine - 1
            d_states[start : start + _CHUNK] = (p @ table).float()
            d_items += (p.T @ part).float()
        ctx.save_for_backward(d_states / len(states), d_items / len(states))
        return loss / len(states)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None]:
        """Hand back what forward computed."""
        d_states, d_items = ctx.saved_tensors
        return d_states * grads[0], d_items * grads[0], None


class _Block(nn.Module):
    """Pre-LN self-attention that looks back only, and a feed-forward layer."""

    def __init__(self, width: int, n_heads: int, dropout: float) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.before_attention, self.before_forward = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        n, length, width = x.shape
        parts = self.qkv(self.before_attention(x)).view(n, length, 3, self.n_heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = parts
        # Without dropout among the attended, which torch has no fast way for on a processor.
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.drop(self.out(seen.transpose(1, 2).reshape(n, length, width)))
        after: Tensor = x + self.drop(self.narrow(functional.gelu(self.wide(self.before_forward(x)))))
        return after


class _Network(nn.Module):
    """Item and place vectors → states; an item's score is the product of a state and the item's vector."""

    def __init__(self, n_items: int, width: int, dropout: float, n_layers: int = 2, n_heads: int = 2) -> None:
        super().__init__()
        self.items, self.places = nn.Embedding(n_items, width), nn.Embedding(N_RECENT, width)
        self.blocks = nn.ModuleList(_Block(width, n_heads, dropout) for _ in range(n_layers))
        self.after, self.drop, self.scale = nn.LayerNorm(width), nn.Dropout(dropout), math.sqrt(width)
        for table in (self.items, self.places):
            nn.init.normal_(table.weight, std=0.02)

    def forward(self, items: Tensor) -> Tensor:
        """(B, T) items, oldest first, padded behind → (B, T, width)."""
        x = self.drop(self.items(items) * self.scale + self.places.weight[: items.shape[1]])
        for block in self.blocks:
            x = block(x)
        states: Tensor = self.after(x)
        return states


class Network:
    """Trains a network and scores with it."""

    def __init__(self, n_items: int, seed: int, width: int, dropout: float) -> None:
        self._random = np.random.default_rng(seed)
        torch.manual_seed(seed)
        self._net = _Network(n_items, width, dropout)

    def train(self, histories: Sequence[np.ndarray], validate: Validate, most_s: float, say: Say) -> dict[str, float]:
        """Train until `validate` stalls for six epochs or `most_s` of processor time are over; the best is kept."""
        windows = list(_windows(histories))
        adam = torch.optim.Adam(self._net.parameters(), lr=1e-3, betas=(0.9, 0.98))
        started, best, kept, at = time.process_time(), -1.0, self._net.state_dict(), 0
        for epoch in range(_MAX_EPOCHS):
            loss = self._epoch(windows, adam, epoch, say)
            value = validate(self.score)
            if value > best:
                best, at = value, epoch
                kept = {name: tensor.clone() for name, tensor in self._net.state_dict().items()}
            elapsed = time.process_time() - started
            say(f"sasrec epoch {epoch + 1}, loss {loss:.3f}, NDCG@10 {value:.4f}", 1, 1)
            if epoch - at >= _PATIENCE or elapsed * (epoch + 2) / (epoch + 1) > most_s:
                break
        self._net.load_state_dict(kept)
        return {"epochs": epoch + 1, "best_epoch": at + 1, "validation_ndcg": round(best, 4), "s": round(elapsed)}

    def _epoch(self, windows: Sequence[np.ndarray], adam: torch.optim.Optimizer, epoch: int, say: Say) -> float:
        self._net.train()
        batches, total = _batches(windows, self._random), 0.0
        for i, batch in enumerate(batches):
            items, real = _padded([window[:-1] for window in batch])
            targets = torch.from_numpy(np.concatenate([window[1:] for window in batch]).astype(np.int64))
            with torch.autocast("cpu", torch.bfloat16):
                states = self._net(items)[real].float()
            loss = WholeSoftmax.apply(states, self._net.items.weight, targets)
            adam.zero_grad()
            loss.backward()
            adam.step()
            total += float(loss.detach())
            say(f"sasrec epoch {epoch + 1}", i + 1, len(batches))
        return total / len(batches)

    @torch.no_grad()
    def score(self, histories: Sequence[np.ndarray]) -> np.ndarray:
        """Return (n_histories, n_items) logits of the next item."""
        self._net.eval()
        items, real = _padded([history[-N_RECENT:] for history in histories])
        last = self._net(items)[torch.arange(len(items)), real.sum(dim=1) - 1]
        scores: np.ndarray = (last @ self._net.items.weight.T).numpy()
        return scores

    def save(self, path: Path) -> None:
        """Write the weights."""
        torch.save(self._net.state_dict(), path)

    def load(self, path: Path) -> None:
        """Read the weights."""
        self._net.load_state_dict(torch.load(path, weights_only=True))


def _windows(histories: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """Cut histories, from their ends, so that every item but the first is once a target."""
    for history in histories:
        for stop in range(len(history), 1, -N_RECENT):
            yield history[max(0, stop - N_RECENT - 1) : stop]


def _batches(windows: Sequence[np.ndarray], random: np.random.Generator, size: int = 64) -> list[list[np.ndarray]]:
    """Shuffle into batches of windows of about the same length, so that little is padded."""
    order = random.permutation(len(windows))
    order = order[np.argsort([len(windows[i]) for i in order], kind="stable")]
    batches = [[windows[i] for i in order[start : start + size]] for start in range(0, len(order), size)]
    return [batches[i] for i in random.permutation(len(batches))]


def _padded(parts: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
    """Return (n, longest) items, 0 behind the last, and where they are real."""
    lengths = np.array([len(part) for part in parts])
    real = np.arange(lengths.max()) < lengths[:, None]
    items = np.zeros(real.shape, np.int64)
    items[real] = np.concatenate(list(parts))
    return torch.from_numpy(items), torch.from_numpy(real)
