"""Who finds the nearest of all vectors: Chroma in this process over a copy of its own, or a Chroma server."""

import hashlib
import ipaddress
import json
import logging
import shutil
import socket
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from functools import cached_property
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np

from errors import SettingsError
from retrieval.items import Rows

COLLECTION = "items"
HNSW = {"space": "ip", "ef_construction": 100, "ef_search": 400, "max_neighbors": 16}
_ANSWER_WITHIN_S, _FILL_WITHIN_S, _LEFT_ALONE_S = 2.0, 60.0, 30.0
_KEPT = 3
_log = logging.getLogger("cicerone.neighbours")


class Neighbours(Protocol):
    """Finds candidates; whoever asks computes their scores again. Safe for threads."""

    def warm(self) -> None:
        """Get ready now instead of at the first question."""
        ...

    def nearest(self, vector: np.ndarray, k: int) -> Rows | None:
        """Return about k rows near a (dim,) unit vector; None where they cannot be told now."""
        ...


class OwnCopy:
    """Chroma in this process.

    It writes into its files (SQLite always, its index sometimes) even when it only reads, and two processes on one
    folder corrupt it; a bundle is immutable and shared, so each process opens a copy, which goes with this object.
    """

    def __init__(self, folder: Path) -> None:
        """Use the collection in `folder`, opened by the first question or by `warm`."""
        self._folder = folder
        self._lock = threading.Lock()
        self._private: tempfile.TemporaryDirectory[str] | None = None
        self._collection: Any = None

    def warm(self) -> None:
        """Load Chroma, which takes about a second."""
        with self._lock:
            if self._collection is None:
                self._private = tempfile.TemporaryDirectory(prefix="cicerone-chroma-", ignore_cleanup_errors=True)
                client = files_client(shutil.copytree(self._folder, Path(self._private.name) / "chroma"))
                weakref.finalize(self, client.close)
                self._collection = client.get_collection(COLLECTION, embedding_function=None)

    def nearest(self, vector: np.ndarray, k: int) -> Rows:
        """Return about k rows near a (dim,) unit vector."""
        self.warm()
        return _asked(self._collection, vector, k)


class ChromaServer:
    """A Chroma server that every replica shares; each set of vectors is one collection, named by its content.

    It is filled by whoever warms first, again where that was broken off. While it is away or not full yet, nothing is
    told, and the vectors of the bundle are scored one by one instead.
    """

    def __init__(
        self, url: str, vectors: np.ndarray, catalog: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Speak to `url` at the first question. Raises SettingsError for an address that is not private."""
        self._host, self._port = private_address(url)
        self._ssl = url.startswith("https:")
        self._vectors, self._catalog, self._clock = vectors, catalog, clock
        self._lock = threading.Lock()
        self._collection: Any = None
        self._not_before = -1.0

    def warm(self) -> None:
        """Fill the collection where it is not full yet; a server that is away is only logged."""
        try:
            client = self._client(_FILL_WITHIN_S)
            collection = client.get_or_create_collection(
                self._name, embedding_function=None, configuration={"hnsw": HNSW},
                metadata={"catalog": self._catalog, "made": time.time()},
            )  # fmt: skip
            if collection.count() < len(self._vectors):
                _fill(collection, self._vectors, client.get_max_batch_size())
                self._forget_old(client)
        except Exception as error:  # Chroma's client raises whatever its HTTP client and its server do
            self._away(error)

    def nearest(self, vector: np.ndarray, k: int) -> Rows | None:
        """Return about k rows near a (dim,) unit vector; None where the server is away, slow or not full yet."""
        if self._clock() < self._not_before:
            return None
        try:
            with self._lock:
                if self._collection is None:
                    found = self._client(_ANSWER_WITHIN_S).get_collection(self._name, embedding_function=None)
                    if found.count() < len(self._vectors):
                        self._not_before = self._clock() + _LEFT_ALONE_S
                        return None
                    self._collection = found
            return _asked(self._collection, vector, k)
        except Exception as error:  # as above
            self._away(error)
            return None

    @cached_property
    def _name(self) -> str:
        digest = hashlib.sha256(str(self._vectors.shape).encode())
        for start in range(0, len(self._vectors), 16_384):
            digest.update(self._vectors[start : start + 16_384].tobytes())
        return f"cicerone-{digest.hexdigest()[:40]}"

    def _client(self, within_s: float) -> Any:
        import chromadb
        from chromadb.config import Settings

        # The client's first request, made while it is constructed, would wait for ever.
        _heartbeat(self._host, self._port, self._ssl, within_s)
        quiet = Settings(anonymized_telemetry=False)
        client = chromadb.HttpClient(self._host, self._port, ssl=self._ssl, settings=quiet)
        client._server._session.timeout = within_s  # it has no limit and no setting for one
        return client

    def _away(self, error: Exception) -> None:
        self._collection, self._not_before = None, self._clock() + _LEFT_ALONE_S
        _log.warning(
            "the Chroma server at %s:%s does not help (%s: %s); vectors are scored one by one for %d s",
            self._host, self._port, type(error).__name__, str(error).partition("\n")[0][:200], _LEFT_ALONE_S,
        )  # fmt: skip

    def _forget_old(self, client: Any) -> None:
        """Of a catalogue's collections only the newest few stay: replicas may be a build behind, not more."""
        mine = [one for one in client.list_collections() if (one.metadata or {}).get("catalog") == self._catalog]
        mine.sort(key=lambda one: float(one.metadata.get("made", 0)), reverse=True)
        for old in mine[_KEPT:]:
            client.delete_collection(old.name)


def private_address(url: str) -> tuple[str, int]:
    """Return host and port of a Chroma server.

    Raises SettingsError where it is no address, or not of this machine or a private network: the server has no login
    of its own.
    """
    parts = urlsplit(url)
    try:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 8000)
    except ValueError:
        host, port = "", 0
    if parts.scheme not in ("http", "https") or not host or parts.path.strip("/"):
        raise SettingsError(f"CICERONE_CHROMA_URL={url!r} is no address of a server. Give http://HOST:PORT.")
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError:
        return host, port  # a name that is not known now may be later; until then the server is away
    if not all(ipaddress.ip_address(str(one).partition("%")[0]).is_private for one in found):
        raise SettingsError(
            f"CICERONE_CHROMA_URL={url!r} is not on this machine or a private network, and Chroma asks nobody who they "
            "are. Reach it through a private network or a tunnel."
        )
    return host, port


def hear(url: str) -> None:
    """Raises SettingsError where no Chroma server answers at an address, or it is not a private one."""
    host, port = private_address(url)
    try:
        _heartbeat(host, port, url.startswith("https:"), _ANSWER_WITHIN_S)
    except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
        raise SettingsError(
            f"CICERONE_CHROMA_URL={url!r} does not answer as a Chroma server does ({type(error).__name__}: {error}). "
            "Start one there with `chroma run`, or unset it: until then vectors are scored one by one."
        ) from error


def _heartbeat(host: str, port: int, ssl: bool, within_s: float) -> None:
    """Ask a server whether it is Chroma; raises what urlopen raises, and mistakes of the JSON where it is another."""
    named = f"[{host}]" if ":" in host else host
    with urlopen(f"http{'s' * ssl}://{named}:{port}/api/v2/heartbeat", timeout=within_s) as answer:
        int(json.load(answer)["nanosecond heartbeat"])


def files_client(path: Path) -> Any:
    """Return a Chroma client of the files in a folder."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))


def _fill(collection: Any, vectors: np.ndarray, at_once: int) -> None:
    """Write every row again: half of a collection may be there already, from this replica or another."""
    step = min(at_once, 2_000)
    for start in range(0, len(vectors), step):
        part = np.ascontiguousarray(vectors[start : start + step], np.float32)
        collection.upsert(ids=[str(start + i) for i in range(len(part))], embeddings=part)


def _asked(collection: Any, vector: np.ndarray, k: int) -> Rows:
    found = collection.query(query_embeddings=[vector.astype(np.float32)], n_results=k, include=[])
    return np.asarray([int(row) for row in found["ids"][0]], np.int32)
