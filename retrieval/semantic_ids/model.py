"""The network: a causal encoder over items (one token each), and a decoder of the codes of what comes next.

The tokens of a T5 over flat code sequences, as in TIGER (Rajput et al. 2023), are four an item; here an item is one
token, the sum of its code embeddings, and only the decoder walks through the codes. Needs the extra `train`.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

N_RECENT = 20
"""Items of a history that count, the most recent."""


@dataclass(frozen=True)
class Shape:
    """Sizes of the network."""

    sizes: tuple[int, ...]
    """Number of codes by level."""
    query_dim: int
    """Floats of a query vector."""
    content_dim: int = 0
    """Floats of an item's vector where tokens carry it too; 0 where they are codes alone."""
    width: int = 128
    n_layers: int = 3
    n_heads: int = 4
    dropout: float = 0.2


class Block(nn.Module):
    """Pre-LN self-attention that looks back only, and a feed-forward layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.n_heads = shape.n_heads
        self.before_attention, self.before_forward = nn.LayerNorm(shape.width), nn.LayerNorm(shape.width)
        self.qkv, self.out = nn.Linear(shape.width, 3 * shape.width), nn.Linear(shape.width, shape.width)
        self.wide, self.narrow = nn.Linear(shape.width, 4 * shape.width), nn.Linear(4 * shape.width, shape.width)
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, S, width) → the same."""
        n, length, width = x.shape
        parts = self.qkv(self.before_attention(x)).view(n, length, 3, self.n_heads, -1).permute(2, 0, 3, 1, 4)
        q, k, v = parts.unbind()
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.drop(self.out(seen.transpose(1, 2).reshape(n, length, width)))
        return x + self.drop(self.narrow(functional.gelu(self.wide(self.before_forward(x)))))


class Encoder(nn.Module):
    """Slots (the request, then items, oldest first) → what the next item should be like, at every slot."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.positions = nn.Parameter(torch.randn(N_RECENT + 1, shape.width) * 0.02)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.n_layers))
        self.after = nn.LayerNorm(shape.width)
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, S, width) → (B, S, width); a slot sees itself and what is before it."""
        x = self.drop(x + self.positions[: x.shape[1]])
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.after(x)
        return out


class Level(nn.Module):
    """One step of the code decoder: state and the codes so far → logits of this level's codes."""

    def __init__(self, shape: Shape, n_codes: int) -> None:
        super().__init__()
        self.before, self.after = nn.LayerNorm(shape.width), nn.LayerNorm(shape.width)
        self.wide, self.narrow = nn.Linear(shape.width, 2 * shape.width), nn.Linear(2 * shape.width, shape.width)
        self.out = nn.Linear(shape.width, n_codes)
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, y: Tensor) -> Tensor:
        """(N, width) → (N, n_codes)."""
        z = y + self.drop(self.narrow(functional.gelu(self.wide(self.before(y)))))
        logits: Tensor = self.out(self.after(z))
        return logits


class NextCodes(nn.Module):
    """All of it. No table of items is learned: an item is its codes (and vector), so a new one needs no training."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.codes_in = nn.ModuleList(nn.Embedding(n, shape.width) for n in shape.sizes)
        self.content = nn.Linear(shape.content_dim, shape.width) if shape.content_dim else None
        self.item_norm = nn.LayerNorm(shape.width)
        self.query = nn.Linear(shape.query_dim, shape.width)
        self.no_query = nn.Parameter(torch.zeros(shape.width))
        self.encoder = Encoder(shape)
        self.codes_so_far = nn.ModuleList(nn.Embedding(n, shape.width) for n in shape.sizes[:-1])
        self.levels = nn.ModuleList(Level(shape, n) for n in shape.sizes)
        for embedding in [*self.codes_in, *self.codes_so_far]:
            nn.init.normal_(embedding.weight, std=0.05)

    def items(self, codes: Tensor, vectors: Tensor | None) -> Tensor:
        """Codes (…, n_levels) and vectors (…, content_dim) of items → their tokens (…, width)."""
        summed = torch.stack([table(codes[..., i]) for i, table in enumerate(self.codes_in)]).sum(dim=0)
        if self.content is not None:
            summed = summed + self.content(vectors)
        out: Tensor = self.item_norm(summed)
        return out

    def encode(self, items: Tensor, queries: Tensor | None = None) -> Tensor:
        """Tokens (B, T, width) and query vectors (B, query_dim), a zero row for none → states (B, T + 1, width)."""
        first = self.no_query.expand(len(items), -1)
        if queries is not None:
            first = torch.where(queries.any(dim=1, keepdim=True), self.query(queries), first)
        states: Tensor = self.encoder(torch.cat([first[:, None], items], dim=1))
        return states

    def logits(self, states: Tensor, codes: Tensor) -> list[Tensor]:
        """States (N, width) and the codes (N, n_levels) that come next → logits of every level, (N, sizes[l])."""
        y, found = states, []
        for i, level in enumerate(self.levels):
            found.append(level(y))
            if i < len(self.codes_so_far):
                y = y + self.codes_so_far[i](codes[:, i])
        return found
