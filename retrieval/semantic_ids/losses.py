"""How surprised the network is by the item that came next: −log of its path's probability among the IDs there are."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from retrieval.semantic_ids.examples import Batch
from retrieval.semantic_ids.ids import SemanticIds
from retrieval.semantic_ids.model import NextCodes

_NEVER = -1e9


class Losses(nn.Module):
    """Cross-entropy of each code among the codes that continue some item's ID, as the decoder walks them."""

    def __init__(self, ids: SemanticIds, vectors: np.ndarray | None) -> None:
        """Mask the codes of every prefix; `vectors` (n_items, content_dim) go into the tokens."""
        super().__init__()
        self.register_buffer("codes", torch.from_numpy(ids.codes.astype(np.int64)))
        self.register_buffer("vectors", None if vectors is None else torch.from_numpy(vectors.astype(np.float32)))
        self.n_levels = len(ids.sizes)
        node = np.zeros(len(ids.codes), np.int64)
        for level, size in enumerate(ids.sizes):
            valid = np.zeros((int(node.max(initial=0)) + 1, size), bool)
            valid[node, ids.codes[:, level]] = True
            self.register_buffer(f"valid_{level}", torch.from_numpy(valid))
            self.register_buffer(f"node_{level}", torch.from_numpy(node))
            node = np.unique(node * size + ids.codes[:, level], return_inverse=True)[1]

    def forward(self, network: NextCodes, batch: Batch) -> Tensor:
        """Return the mean over all targets of a batch, in nats."""
        device = self.get_buffer("codes").device
        inputs, targets = (torch.from_numpy(rows).to(device) for rows in (batch.inputs, batch.targets))
        queries = None if batch.queries is None else torch.from_numpy(batch.queries).to(device)
        codes, vectors = self.get_buffer("codes"), self._buffers["vectors"]
        tokens = network.items(codes[inputs], None if vectors is None else vectors[inputs])
        states = network.encode(tokens, queries)[:, -targets.shape[1] :].flatten(0, 1)
        return self._surprise(network, states, targets.flatten())

    def _surprise(self, network: NextCodes, states: Tensor, rows: Tensor) -> Tensor:
        codes = self.get_buffer("codes")[rows]
        total = states.new_zeros(())
        for level, logits in enumerate(network.logits(states, codes)):
            valid = self.get_buffer(f"valid_{level}")[self.get_buffer(f"node_{level}")[rows]]
            total = total + functional.cross_entropy(logits.float().masked_fill(~valid, _NEVER), codes[:, level])
        return total
