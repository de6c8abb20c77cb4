"""Texts → unit vectors by an OpenAI-compatible server: POST …/embeddings, batched and retried."""

import json
import re
import threading
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from errors import ModelError, ModelNonsense, ModelUnavailable
from retrieval.embed import Vectors, unit

if TYPE_CHECKING:
    import httpx2

_BATCH_TEXTS, _BATCH_CHARS = 64, 60_000
"""What one request holds at most; the strictest hosted servers take 300,000 tokens."""
_MAX_CHARS = 6_000
"""A longer text is cut, for servers refuse what does not fit their model."""
_MIN_CHARS = 200
"""A text refused as too long is halved down to this."""
_BLANK = "."
"""Stands for a text without words: servers refuse empty ones."""
_TRIES_BUILDING, _TRIES_ASKED = 6, 2
_LONGEST_WAIT_S = 60.0
_TIMEOUT_BUILDING_S, _TIMEOUT_ASKED_S, _CONNECT_S = 180.0, 8.0, 5.0
_PAUSE_S = 30.0
"""After a query without an answer, no other waits for the server for so long."""
_TOO_LONG = re.compile(r"too (?:large|long|many tokens)|exceed|maximum (?:context|input)|context (?:size|length)", re.I)


class EndpointEmbedder:
    """One model of one server. A single text is a person waiting: it is tried twice, shortly; a build is patient."""

    KIND = "endpoint"

    def __init__(
        self,
        base_url: str,
        model: str,
        key: str = "",
        *,
        transport: "httpx2.BaseTransport | None" = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Speak to `base_url`, which ends in /v1; nothing is sent yet."""
        self.name = f"{self.KIND}/{model}"
        self._address = base_url.rstrip("/") + "/embeddings"
        self._host = urlsplit(base_url).hostname or base_url
        self._model = model
        self._key = key
        self._transport = transport
        self._sleep = sleep
        self._clock = clock
        self._down_until = 0.0
        self._lock = threading.Lock()
        self._known_dim = 0

    @cached_property
    def dim(self) -> int:
        """Length of a vector; asks the server where it has not answered yet. Raises ModelError."""
        return self._known_dim or self.embed([_BLANK]).shape[1]

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit vector a text, in order; a text of more than some thousand letters is cut.

        Raises ModelUnavailable where the server does not answer, ModelNonsense where it sends no vectors.
        """
        cleaned = [text[:_MAX_CHARS].strip() or _BLANK for text in texts]
        vectors: list[Vectors] = []
        done = 0
        for batch in _batches(cleaned):
            vectors.append(self._vectors(batch, asked=len(cleaned) == 1))
            done += len(batch)
            if progress:
                progress(done)
        return np.concatenate(vectors) if vectors else np.zeros((0, self.dim), np.float32)

    def _vectors(self, texts: list[str], *, asked: bool) -> Vectors:
        """Embed one batch; where it is too long for the server, in halves, and a single text by its first half."""
        answer = self._answer(texts, asked=asked)
        if answer is not None:
            return self._read(answer, len(texts))
        if len(texts) > 1:
            middle = len(texts) // 2
            return np.concatenate([self._vectors(half, asked=asked) for half in (texts[:middle], texts[middle:])])
        if len(texts[0]) < 2 * _MIN_CHARS:
            raise ModelError(f"{self._who} refuses even short texts as too long; set CICERONE_EMBED_MODEL to another.")
        return self._vectors([texts[0][: len(texts[0]) // 2]], asked=asked)

    def _answer(self, texts: list[str], *, asked: bool) -> Any:
        """Return the parsed answer, or None where the texts are too long. Raises ModelError."""
        import httpx2

        if asked and self._clock() < self._down_until:
            raise ModelUnavailable(f"{self._who} did not answer a moment ago; it is asked again soon.")
        n_tries = _TRIES_ASKED if asked else _TRIES_BUILDING
        timeout = httpx2.Timeout(_TIMEOUT_ASKED_S if asked else _TIMEOUT_BUILDING_S, connect=_CONNECT_S)
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        for n in range(1, n_tries + 1):
            try:
                response = self._client.post(self._address, json=body, timeout=timeout)
            except httpx2.HTTPError as error:
                wait_s, problem = 0.5 * 2**n, self._unreached(error)
            else:
                if response.status_code < 300:
                    return _parsed(response.text)
                if response.status_code < 501 and _TOO_LONG.search(response.text):
                    return None
                wait_s, problem = _wait_s(response, n), self._refused(response.status_code)
                if response.status_code not in (429, 500, 502, 503, 504):
                    raise problem
            if n < n_tries:
                self._sleep(min(wait_s, 1.0 if asked else _LONGEST_WAIT_S))
        if asked:
            self._down_until = self._clock() + _PAUSE_S
        raise problem

    @cached_property
    def _client(self) -> "httpx2.Client":
        import httpx2

        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        return httpx2.Client(headers=headers, transport=self._transport)

    @property
    def _who(self) -> str:
        return f"The embedder {self._model!r} at {self._host}"

    def _unreached(self, error: Exception) -> ModelUnavailable:
        return ModelUnavailable(
            f"{self._who} cannot be reached ({type(error).__name__}); start it, or check CICERONE_EMBED_BASE_URL."
        )

    def _refused(self, status: int) -> ModelUnavailable:
        what = {
            401: "refused the key; check CICERONE_EMBED_API_KEY",
            403: "refused the key; check CICERONE_EMBED_API_KEY",
            404: "is not there (404); check CICERONE_EMBED_MODEL and CICERONE_EMBED_BASE_URL",
            429: "is too busy or its quota is used up (429); try again later",
            501: "makes no embeddings (501); start the server for embeddings",
        }
        return ModelUnavailable(f"{self._who} {what.get(status, f'failed with status {status}; see its log')}.")

    def _read(self, answer: Any, n: int) -> Vectors:
        """Put the vectors into the order of the texts. Raises ModelNonsense."""
        try:
            rows = {int(entry.get("index", i)): entry["embedding"] for i, entry in enumerate(answer["data"])}
            vectors = np.array([rows[i] for i in range(n)], np.float32)
        except (AttributeError, KeyError, TypeError, ValueError):
            vectors = np.zeros((0, 0), np.float32)
        if vectors.ndim != 2 or len(vectors) != n or not vectors.shape[1] or not np.isfinite(vectors).all():
            raise ModelNonsense(f"{self._who} sent something that is no vector a text; check CICERONE_EMBED_MODEL.")
        with self._lock:
            self._known_dim = self._known_dim or vectors.shape[1]
        if vectors.shape[1] != self._known_dim:
            raise ModelNonsense(
                f"{self._who} sent vectors of {vectors.shape[1]} numbers, before of {self._known_dim}; "
                "one server must serve one model."
            )
        return unit(vectors)


def _batches(texts: Sequence[str]) -> list[list[str]]:
    """Cut texts into requests, in order."""
    found: list[list[str]] = []
    n_chars = 0
    for text in texts:
        if not found or len(found[-1]) == _BATCH_TEXTS or n_chars + len(text) > _BATCH_CHARS:
            found.append([])
            n_chars = 0
        found[-1].append(text)
        n_chars += len(text)
    return found


def _wait_s(response: "httpx2.Response", n: int) -> float:
    """Return how long to wait: what the server says in seconds, else longer each time."""
    try:
        return max(0.0, float(response.headers.get("retry-after", "")))
    except ValueError:
        return 0.5 * 2.0**n


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {}
