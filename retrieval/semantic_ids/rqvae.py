"""RQ-VAE: an autoencoder whose narrow middle is quantised level by level (TIGER, Rajput et al. 2023).

Fitting needs torch; a fitted one computes with numpy.

On raw unit vectors it is known to collapse to a few codes; what keeps it from that here: inputs standardised per
dimension, AdamW, codebooks that begin as residual k-means of the first latents, and dead codes moved to where
the latents are.
"""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

import numpy as np

from retrieval.semantic_ids.quantise import ResidualKMeans, last_ranked, residual_codes

if TYPE_CHECKING:
    import torch
    from torch import nn

_LATENT = 32
_HIDDEN = (256, 128)
_EPOCHS = 200
_BATCH = 1024
_RATE = 1e-3
_COMMITMENT = 0.25
_RESET_EVERY = 10
"""Epochs between two searches for codes that nothing uses."""
_FITTED_ON = 100_000


class RqVae:
    """A quantiser, see `quantise.Quantiser`."""

    def __init__(self, n_codes: int = 256, n_levels: int = 3, seconds: float = 300.0) -> None:
        """Codes at each level, levels, and the time after which training ends though it has not settled."""
        self.n_codes = n_codes
        self.n_levels = n_levels
        self.seconds = seconds
        self._layers: list[tuple[np.ndarray, np.ndarray]] = []
        self.codebooks = np.zeros((n_levels, n_codes, _LATENT), np.float32)

    def fit(self, vectors: np.ndarray, seed: int) -> Self:
        """Train encoder, codebooks and decoder. Within its time the same seed gives the same codes on one machine."""
        import torch
        from torch import nn

        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(vectors), _FITTED_ON, replace=False) if len(vectors) > _FITTED_ON else slice(None)
        inputs = np.asarray(vectors[chosen], np.float32)
        self._centre, self._spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            encoder, codebooks = self._trained(torch.from_numpy((inputs - self._centre) / self._spread), seed)
        linear = [layer for layer in encoder if isinstance(layer, nn.Linear)]
        self._layers = [(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in linear]
        self.codebooks = codebooks.detach().numpy()
        return self

    def assign(self, vectors: np.ndarray) -> np.ndarray:
        """Return the codes, see `Quantiser.assign`."""
        return residual_codes(self._latent(vectors), self.codebooks)

    def last_ranked(self, vectors: np.ndarray) -> np.ndarray:
        """Return the last level's codes, see `Quantiser.last_ranked`."""
        return last_ranked(self._latent(vectors), self.codebooks)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the encoder and the codebooks; the decoder has served."""
        arrays = {"codebooks": self.codebooks, "centre": self._centre, "spread": self._spread}
        for i, (weight, bias) in enumerate(self._layers):
            arrays |= {f"weight_{i}": weight, f"bias_{i}": bias}
        return arrays

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the quantiser that `arrays` came from."""
        quantiser = cls(arrays["codebooks"].shape[1], arrays["codebooks"].shape[0])
        quantiser.codebooks = arrays["codebooks"]
        quantiser._centre, quantiser._spread = arrays["centre"], arrays["spread"]
        quantiser._layers = [(arrays[f"weight_{i}"], arrays[f"bias_{i}"]) for i in range(len(_HIDDEN) + 1)]
        return quantiser

    def _latent(self, vectors: np.ndarray) -> np.ndarray:
        values = (np.asarray(vectors, np.float32) - self._centre) / self._spread
        for i, (weight, bias) in enumerate(self._layers):
            values = values @ weight.T + bias
            if i < len(self._layers) - 1:
                values = np.maximum(values, 0)
        return values

    def _trained(self, inputs: "torch.Tensor", seed: int) -> tuple["nn.Sequential", "torch.Tensor"]:
        import torch
        from torch import nn

        encoder = _perceptron([inputs.shape[1], *_HIDDEN, _LATENT])
        decoder = _perceptron([_LATENT, *reversed(_HIDDEN), inputs.shape[1]])
        with torch.no_grad():
            begun = ResidualKMeans(self.n_codes, self.n_levels).fit(encoder(inputs).numpy(), seed).codebooks
        codebooks = nn.Parameter(torch.from_numpy(begun.copy()))
        optimiser = torch.optim.AdamW([*encoder.parameters(), *decoder.parameters(), codebooks], _RATE)
        stop = time.monotonic() + self.seconds
        for epoch in range(_EPOCHS):
            used = torch.zeros(codebooks.shape[:2], dtype=torch.bool)
            order = torch.randperm(len(inputs))
            for start in range(0, len(inputs), _BATCH):
                loss = _loss(inputs[order[start : start + _BATCH]], encoder, decoder, codebooks, used)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            if epoch % _RESET_EVERY == _RESET_EVERY - 1 and epoch < _EPOCHS - _RESET_EVERY:
                _revive(inputs, encoder, codebooks, used)
            if time.monotonic() > stop:
                break
        return encoder, codebooks


def _perceptron(widths: list[int]) -> "nn.Sequential":
    from torch import nn

    layers: list[nn.Module] = []
    for narrow, wide in zip(widths, widths[1:], strict=False):
        layers += [nn.Linear(narrow, wide), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _loss(
    inputs: "torch.Tensor", encoder: "nn.Module", decoder: "nn.Module", codebooks: "torch.Tensor", used: "torch.Tensor"
) -> "torch.Tensor":
    """Return the loss and mark the codes in `used`; gradients pass the quantised middle as if it were not there."""
    import torch

    latent = encoder(inputs)
    residual, total, loss = latent, torch.zeros_like(latent), torch.zeros(())
    for level, centroids in enumerate(codebooks):
        nearest = torch.cdist(residual.detach(), centroids.detach()).argmin(dim=1)
        used[level, nearest] = True
        quantised = centroids[nearest]
        moved = ((quantised - residual.detach()) ** 2).sum(dim=1).mean()
        loss = loss + moved + _COMMITMENT * ((quantised.detach() - residual) ** 2).sum(dim=1).mean()
        residual = residual - quantised.detach()
        total = total + quantised.detach()
    passed = latent + (total - latent).detach()
    return loss + ((decoder(passed) - inputs) ** 2).sum(dim=1).mean()


def _revive(inputs: "torch.Tensor", encoder: "nn.Module", codebooks: "torch.Tensor", used: "torch.Tensor") -> None:
    """Move every code that the last epoch left unused to the residual of some random input."""
    import torch

    with torch.no_grad():
        residual = encoder(inputs)
        for level, centroids in enumerate(codebooks):
            dead = (~used[level]).nonzero().ravel()
            centroids[dead] = residual[torch.randint(len(residual), (len(dead),))]
            residual = residual - centroids[torch.cdist(residual, centroids).argmin(dim=1)]
