"""An embedder for tests: no model, no file."""

from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np

from retrieval.embed import Vectors, unit
from retrieval.text import tokens


class HashingEmbedder:
    """Bags of word stems hashed to 256 directions: no model, the same on every machine, alike for shared words."""

    name = "hashing"
    dim = 256

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit vector a text; a text without words gets the first direction."""
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for word in tokens(text) or [""]:
                code = int.from_bytes(blake2b(word[:5].encode(), digest_size=4).digest(), "little")
                vectors[row, code % self.dim] += 1 if code & 1 << 20 else -1
            vectors[row, 0] += 1e-6
        if progress:
            progress(len(texts))
        return unit(vectors)
