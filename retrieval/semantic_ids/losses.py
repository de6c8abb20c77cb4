"""How surprised the network is by the codes of what came next."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from retrieval.semantic_ids.examples import Batch
from retrieval.semantic_ids.ids import SemanticIds, buckets
from retrieval.semantic_ids.model import NextCodes

_NEVER = -1e9


class Losses(nn.Module):
    """Cross-entropy of each code among all of its level; of the last among those that end some item's ID.

    The decoder knows which codes may follow, and asks only about these. Asked only about these in training too, the
    network learns a catalogue by heart instead of what is like what: recall@50 on Amazon Beauty falls from .21 to .15.
    """

    def __init__(self, ids: SemanticIds, vectors: np.ndarray | None) -> None:
        """Mask the last level; `vectors` (n_items, content_dim) go into the tokens."""
        super().__init__()
        self.register_buffer("codes", torch.from_numpy(ids.codes.astype(np.int64)))
        self.register_buffer("vectors", None if vectors is None else torch.from_numpy(vectors.astype(np.float32)))
        bucket = buckets(ids.codes[:, :-1])
        n_alike = np.zeros(int(bucket.max(initial=0)) + 1, np.int64)
        np.maximum.at(n_alike, bucket, ids.codes[:, -1] + 1)
        self.register_buffer("n_alike", torch.from_numpy(n_alike[bucket]))

    def forward(self, network: NextCodes, batch: Batch) -> Tensor:
        """Return the mean over all targets of a batch, in nats, summed over the levels."""
        device = self.get_buffer("codes").device
        inputs, targets = (torch.from_numpy(rows).to(device) for rows in (batch.inputs, batch.targets))
        queries = None if batch.queries is None else torch.from_numpy(batch.queries).to(device)
        codes, vectors = self.get_buffer("codes"), self._buffers["vectors"]
        tokens = network.items(codes[inputs], None if vectors is None else vectors[inputs])
        states = network.encode(tokens, queries)[:, -targets.shape[1] :].flatten(0, 1)
        return self._surprise(network, states, targets.flatten())

    def _surprise(self, network: NextCodes, states: Tensor, rows: Tensor) -> Tensor:
        codes = self.get_buffer("codes")[rows]
        *coarse, last = network.logits(states, codes)
        total = torch.stack(
            [functional.cross_entropy(part.float(), codes[:, i]) for i, part in enumerate(coarse)]
        ).sum()
        absent = torch.arange(last.shape[1], device=last.device) >= self.get_buffer("n_alike")[rows][:, None]
        return total + functional.cross_entropy(last.float().masked_fill(absent, _NEVER), codes[:, -1])
