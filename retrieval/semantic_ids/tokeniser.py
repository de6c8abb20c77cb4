"""From texts and histories to IDs, and from the text of a new item to its ID at once."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from errors import BundleError
from retrieval.semantic_ids.ids import SemanticIds, made_unique
from retrieval.semantic_ids.quantise import Quantiser, ResidualKMeans
from retrieval.semantic_ids.vectors import Mixer


class Tokeniser:
    """A mixer and a quantiser, fitted together."""

    def __init__(self, mixer: Mixer, quantiser: Quantiser) -> None:
        """The two may be unfitted until `fit`."""
        self.mixer = mixer
        self.quantiser = quantiser

    def fit(
        self, text: np.ndarray, histories: Sequence[np.ndarray], seed: int, order: np.ndarray | None = None
    ) -> SemanticIds:
        """Learn from (n_items, d) text vectors and histories, and return the IDs of these items.

        `order` (n_items,) ranks items alike in all codes but the last, see `made_unique`.
        """
        vectors = self.mixer.fit(text, histories).vectors()
        codes = self.quantiser.fit(vectors, seed).assign(vectors)
        return made_unique(codes, order, self.quantiser.n_codes)

    def codes_of_new(self, text: np.ndarray, taken: SemanticIds) -> np.ndarray:
        """Return (n, n_levels) int32, the IDs of new items by their text vectors (n, d); no ID is taken twice.

        They stay within `taken.sizes`, as a trained model needs: where the last level has no number left under the
        nearest tuple, the item gets the next nearest one under the same coarser codes, and where all of those are
        full the nearest free one among the tuples of the other items. Raises ValueError where no ID is left.
        """
        vectors = self.mixer.mixed_from_text(text)
        codes = self.quantiser.assign(vectors)
        used = {tuple(code) for code in taken.codes.tolist()}
        found: list[tuple[int, ...]] = []
        for vector, coarse in zip(vectors, codes[:, :-1].tolist(), strict=True):
            code = self._first_free(vector, tuple(coarse), taken.sizes, used)
            used.add(code)
            found.append(code)
        return np.array(found, np.int32).reshape(len(vectors), len(taken.sizes))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return both parts' arrays under prefixed names."""
        parts = {"mixer": self.mixer.arrays(), "quantiser": self.quantiser.arrays()}
        return {f"{part}_{name}": array for part, arrays in parts.items() for name, array in arrays.items()}

    def save(self, path: Path) -> None:
        """Write to `path` (.npz)."""
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **self.arrays())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises BundleError where it is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                mixer = Mixer.of_arrays(_part(stored, "mixer_"))
                return cls(mixer, _quantiser(_part(stored, "quantiser_")))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise BundleError(f"{path} holds no readable tokeniser ({error}). Train the catalogue again.") from error

    def _first_free(
        self, vector: np.ndarray, coarse: tuple[int, ...], sizes: tuple[int, ...], used: set[tuple[int, ...]]
    ) -> tuple[int, ...]:
        for fine in self.quantiser.last_ranked(vector[None])[0].tolist():
            if code := _numbered((*coarse, fine), sizes[-1], used):
                return code
        others = np.array(sorted({code[:-1] for code in used}), np.int32)
        alike = np.cumprod(others == self.quantiser.assign(vector[None]), axis=1).sum(axis=1)
        for other in others[np.argsort(-alike, kind="stable")].tolist():
            if code := _numbered(tuple(other), sizes[-1], used):
                return code
        raise ValueError(f"All {len(used)} IDs that the model can tell apart are taken.")


def _numbered(codes: tuple[int, ...], size: int, used: set[tuple[int, ...]]) -> tuple[int, ...] | None:
    return next(((*codes, last) for last in range(size) if (*codes, last) not in used), None)


def _part(stored: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): stored[name] for name in stored if name.startswith(prefix)}


def _quantiser(arrays: Mapping[str, np.ndarray]) -> Quantiser:
    if "weight_0" not in arrays:
        return ResidualKMeans.of_arrays(arrays)
    from retrieval.semantic_ids.rqvae import RqVae

    return RqVae.of_arrays(arrays)
