"""A server of embeddings made of code: words hashed to directions, answered in the form of OpenAI's /v1/embeddings."""

import json
from collections.abc import Callable

import httpx2
from shelf import WordVectors

Answer = Callable[[httpx2.Request], httpx2.Response]


class EmbeddingServer(httpx2.MockTransport):
    """Answers in the reverse order, as servers may; `refusals` are given first, one a request."""

    def __init__(self, *refusals: httpx2.Response | Exception, most_chars: int = 10**9) -> None:
        """`most_chars` is the longest text it takes."""
        super().__init__(self._handle)
        self.refusals = list(refusals)
        self.most_chars = most_chars
        self.asked: list[httpx2.Request] = []

    @property
    def inputs(self) -> list[list[str]]:
        """The texts of every request."""
        return [json.loads(request.content)["input"] for request in self.asked]

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        if self.refusals:
            refusal = self.refusals.pop(0)
            if isinstance(refusal, Exception):
                raise refusal
            return refusal
        texts = json.loads(request.content)["input"]
        if not all(text.strip() for text in texts):
            return httpx2.Response(400, json={"error": {"message": "input cannot be an empty string"}})
        if max(map(len, texts)) > self.most_chars:
            return httpx2.Response(500, json={"error": {"message": "input is too large to process"}})
        rows = [
            {"object": "embedding", "index": i, "embedding": (3 * vector).tolist()}
            for i, vector in enumerate(WordVectors().embed([text.strip(". ") or "none" for text in texts]))
        ]
        return httpx2.Response(200, json={"object": "list", "data": rows[::-1]})
